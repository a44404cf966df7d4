package dev.overtake.control.page;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The folder of a user's page where the system gives that user none: {@code /dev/shm/overtake-UID}.
 * Anybody may make a folder of that name there, and whoever did could put files of their own in
 * place of the page and what lies beside it. So it has to be that user's, and no one else's to
 * write to; the same rule is in the shim.
 */
final class PageFolder {
  private static final Pattern BY_USER = Pattern.compile("/dev/shm/overtake-(\\d{1,10})");
  private static final int OTHERS_WRITE = 022;

  private PageFolder() {}

  /**
   * @throws PageException if the page is in such a folder, and that is another's or is not there
   */
  static void check(Path page) throws PageException {
    Path folder = page.toAbsolutePath().getParent();
    Matcher byUser = BY_USER.matcher(String.valueOf(folder));
    if (folder == null || !byUser.matches()) {
      return;
    }
    try {
      Map<String, Object> found =
          Files.readAttributes(folder, "unix:uid,mode,isDirectory", LinkOption.NOFOLLOW_LINKS);
      if (!isOf(Long.parseLong(byUser.group(1)), found)) {
        throw new PageException(
            "%s: not a folder of user %s that nobody else may write to; remove it, or name another place (--page, OVERTAKE_PAGE)"
                .formatted(folder, byUser.group(1)));
      }
    } catch (NoSuchFileException e) {
      throw ControlPage.none(page, e); // Nor one that comes a moment later.
    } catch (PageException e) {
      throw e;
    } catch (IOException e) {
      throw new PageException(folder + ": cannot be looked at: " + e.getMessage(), e);
    }
  }

  private static boolean isOf(long user, Map<String, Object> found) {
    return Boolean.TRUE.equals(found.get("isDirectory"))
        && found.get("uid") instanceof Integer owner
        && Integer.toUnsignedLong(owner) == user
        && found.get("mode") instanceof Integer mode
        && (mode & OTHERS_WRITE) == 0;
  }
}
