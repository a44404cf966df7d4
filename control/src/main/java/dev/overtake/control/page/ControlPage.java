package dev.overtake.control.page;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The control page, mapped. What it holds is reached through typed views; see {@link PageLayout}
 * for the file itself. Thread-safe, until it is closed: nobody may touch a view after that.
 */
public final class ControlPage implements AutoCloseable {
  private static final long HEADER = 0;

  private final Path file;
  private final Arena arena;
  private final Doorbell doorbell;
  private final DaemonLine daemon;
  private final Devices devices;
  private final Slots slots;
  private final Floor floor;

  private ControlPage(Path file, Arena arena, Words words) {
    this.file = file;
    this.arena = arena;
    this.doorbell = new Doorbell(words);
    this.daemon = new DaemonLine(words);
    this.devices = new Devices(words);
    this.slots = new Slots(words);
    this.floor = new Floor(daemon, devices, slots);
  }

  /**
   * Opens the page, and creates it, with the folder that it is in, where there is none.
   *
   * @throws PageException if it cannot be created, or is no page of this version
   */
  public static ControlPage openOrCreate(Path file) throws PageException {
    create(file);
    return map(file, true);
  }

  /**
   * Opens a page that exists, to write.
   *
   * @throws PageException if there is none, or it is no page of this version
   */
  public static ControlPage open(Path file) throws PageException {
    return map(file, true);
  }

  /**
   * Opens a page that exists, to look at: whatever writes throws {@link IllegalArgumentException}.
   *
   * @throws PageException if there is none, or it is no page of this version
   */
  public static ControlPage openReadOnly(Path file) throws PageException {
    return map(file, false);
  }

  /** Where it is. */
  public Path file() {
    return file;
  }

  /** The word that the daemon waits on. */
  public Doorbell doorbell() {
    return doorbell;
  }

  /** The daemon, and the policy. */
  public DaemonLine daemon() {
    return daemon;
  }

  public Devices devices() {
    return devices;
  }

  public Slots slots() {
    return slots;
  }

  /** What follows from the slots for the devices. */
  public Floor floor() {
    return floor;
  }

  /** Unmaps it. */
  @Override
  public void close() {
    arena.close();
  }

  private static void create(Path file) throws PageException {
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null && !Files.isDirectory(folder)) {
        Files.createDirectories(folder, permissions("rwx------"));
      }
      PageFolder.check(file);
      if (!Files.exists(file)) {
        createFile(file);
      }
      long bytes = Files.isRegularFile(file, NOFOLLOW_LINKS) ? Files.size(file) : -1;
      if (bytes != 0 && bytes != PageLayout.LENGTH) {
        return; // Something else; mapping it says what.
      }
    } catch (PageException e) {
      throw e;
    } catch (IOException e) {
      throw cannot("be created", file, e);
    }
    // Allocated, not only extended: on a full file system a write to a hole is a SIGBUS.
    int failure = Libc.allocate(file, PageLayout.LENGTH);
    if (failure == Libc.ENOSPC) {
      throw new PageException(
          "%s: its file system is full, and the control page needs %d KiB; make room there, or name another place (--page, OVERTAKE_PAGE)"
              .formatted(file, PageLayout.LENGTH / 1024));
    }
    if (failure != 0) {
      throw new PageException(
          "%s: cannot be made %d bytes long (errno %d); name another place (--page, OVERTAKE_PAGE)"
              .formatted(file, PageLayout.LENGTH, failure));
    }
  }

  private static void createFile(Path file) throws IOException {
    try {
      Files.createFile(file, permissions("rw-------"));
    } catch (FileAlreadyExistsException e) {
      // Another creator came first, and what he makes is just as good.
    }
  }

  private static FileAttribute<?> permissions(String text) {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(text));
  }

  @SuppressWarnings("MustBeClosedChecker") // the page that is given out closes the arena
  private static ControlPage map(Path file, boolean writable) throws PageException {
    PageFolder.check(file);
    var mode = writable ? FileChannel.MapMode.READ_WRITE : FileChannel.MapMode.READ_ONLY;
    Set<OpenOption> options =
        writable
            ? Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, NOFOLLOW_LINKS)
            : Set.of(StandardOpenOption.READ, NOFOLLOW_LINKS);
    if (Files.isSymbolicLink(file)) {
      throw new PageException(
          file
              + ": a symbolic link, which programs do not follow to a control page; name the file"
              + " itself, or another (--page, OVERTAKE_PAGE)");
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new PageException(
          file + ": not a file, so it cannot be the control page; name another (--page)");
    }
    try (FileChannel channel = FileChannel.open(file, options)) {
      if (channel.size() == 0) {
        throw none(file, null); // Somebody is just creating it.
      }
      if (channel.size() != PageLayout.LENGTH) {
        throw new PageException(
            "%s: %d bytes long, and a control page of version %d has %d; end what uses it and delete it, or name another (--page)"
                .formatted(file, channel.size(), PageLayout.VERSION, PageLayout.LENGTH));
      }
      Arena arena = Arena.ofShared();
      try {
        var words = new Words(channel.map(mode, 0, PageLayout.LENGTH, arena));
        if (writable) {
          format(words);
        }
        check(file, words);
        return new ControlPage(file, arena, words);
      } catch (IOException | RuntimeException | Error e) {
        arena.close();
        throw e;
      }
    } catch (PageException e) {
      throw e;
    } catch (NoSuchFileException e) {
      throw none(file, e);
    } catch (IOException e) {
      throw cannot(writable ? "be opened to write" : "be opened", file, e);
    }
  }

  /** Whoever of several creators comes first writes the magic; the rest of the header is equal. */
  private static void format(Words words) {
    if (words.u64(HEADER, PageLayout.Header.MAGIC) == 0) {
      words.u32(HEADER, PageLayout.Header.VERSION, PageLayout.VERSION);
      words.u32(HEADER, PageLayout.Header.LENGTH, PageLayout.LENGTH);
      words.compareAndSet(HEADER, PageLayout.Header.MAGIC, 0L, PageLayout.MAGIC);
    }
  }

  private static void check(Path file, Words words) throws PageException {
    long magic = words.u64(HEADER, PageLayout.Header.MAGIC);
    if (magic == 0) {
      throw none(file, null); // Its creator writes that last, and who only reads does not.
    }
    if (magic != PageLayout.MAGIC) {
      throw new PageException(
          file + ": not a control page; delete it if nothing needs it, or name another (--page)");
    }
    int version = words.u32(HEADER, PageLayout.Header.VERSION);
    if (version != PageLayout.VERSION) {
      throw new PageException(
          "%s: a control page of version %s, and this Overtake knows version %d; end what uses it and delete it, or name another (--page)"
              .formatted(file, Integer.toUnsignedString(version), PageLayout.VERSION));
    }
    int length = words.u32(HEADER, PageLayout.Header.LENGTH);
    if (length != PageLayout.LENGTH) {
      throw new PageException(
          "%s: damaged: its header says %s bytes, and it has %d; end what uses it and delete it"
              .formatted(file, Integer.toUnsignedString(length), PageLayout.LENGTH));
    }
  }

  static PageException none(Path file, @Nullable Throwable cause) {
    return new PageException(
        file
            + ": there is no control page; it comes with the first scheduled program or the"
            + " daemon (overtake run, overtake daemon)",
        cause);
  }

  private static PageException cannot(String what, Path file, IOException e) {
    String reason =
        e instanceof AccessDeniedException ? "no permission" : String.valueOf(e.getMessage());
    return new PageException(
        "%s: the control page cannot %s (%s); name another place (--page, OVERTAKE_PAGE)"
            .formatted(file, what, reason),
        e);
  }
}
