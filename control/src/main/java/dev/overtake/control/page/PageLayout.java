package dev.overtake.control.page;

import static dev.overtake.control.page.Field.bytes;
import static dev.overtake.control.page.Field.chars;
import static dev.overtake.control.page.Field.i32;
import static dev.overtake.control.page.Field.u32;
import static dev.overtake.control.page.Field.u64;
import static dev.overtake.control.page.Field.u64s;

import java.util.List;

/**
 * Where everything lies in the control page, version {@value #VERSION}. Nothing else knows an
 * offset: Java reads and writes by these fields, and {@code shim/src/page.h} is generated from them
 * by {@link PageHeader}.
 *
 * <p>The file is little-endian. One of zeros is an empty page once its header says magic, version
 * and length. Times are nanoseconds of CLOCK_MONOTONIC. Numbers at the left are bytes from the
 * start of the structure; a dot is reserved and zero.
 *
 * <pre>
 *          +-----------------------------------------------------------------+
 *        0 |  header                                               4096 bytes |
 *          +-----------------------------------------------------------------+
 *     4096 |  devices                                        64 of 128 bytes |
 *          +-----------------------------------------------------------------+
 *    12288 |  slots                                        2048 of 256 bytes |
 *          +-----------------------------------------------------------------+
 *   536576
 *
 *   HEADER   0 .. 31 bits                      32 .. 63 bits
 *          +--------------------------------+--------------------------------+
 *        0 |  magic                                                          |  "OVERTAKE"
 *          +--------------------------------+--------------------------------+
 *        8 |  version                       |  length                        |
 *          +--------------------------------+--------------------------------+
 *       16 |  .                                                              |
 *          +--------------------------------+--------------------------------+
 *       64 |  daemonPid                     |  policyMode                    |  the daemon's
 *          +--------------------------------+--------------------------------+
 *       72 |  daemonHeartbeat                                                |
 *          +--------------------------------+--------------------------------+
 *       80 |  policyName                                           char[32]  |
 *          +--------------------------------+--------------------------------+
 *      112 |  .                                                              |
 *          +--------------------------------+--------------------------------+
 *      128 |  doorbell              (futex) |  doorbellWaiters               |  everybody's
 *          +--------------------------------+--------------------------------+
 *      136 |  .                                                              |
 *          +--------------------------------+--------------------------------+
 *      256 |  activeSlots                                           u64[32]  |  everybody's
 *          +--------------------------------+--------------------------------+
 *      512 |  .                                                              |
 *          +--------------------------------+--------------------------------+
 *
 *   DEVICE   0 .. 31 bits                      32 .. 63 bits
 *          +--------------------------------+--------------------------------+
 *        0 |  floor: futex word             |  floor: version                |  everybody's
 *          +----------------+---------------+--------------------------------+
 *        8 |  span: top     |  span: bottom |  span: version                 |
 *          +----------------+---------------+--------------------------------+
 *       16 |  escaping                      |  state                         |
 *          +--------------------------------+--------------------------------+
 *       24 |  riseWaiters                   |  .                             |
 *          +--------------------------------+--------------------------------+
 *       32 |  uuid                                                   u8[16]  |  who adds the device
 *          +--------------------------------+--------------------------------+
 *       48 |  pciBusId                                             char[16]  |
 *          +--------------------------------+--------------------------------+
 *       64 |  escapes                                                        |  everybody's
 *          +--------------------------------+--------------------------------+
 *       72 |  name                                                 char[48]  |  who adds the device
 *          +--------------------------------+--------------------------------+
 *      120 |  interruptions                                                  |  everybody's
 *          +--------------------------------+--------------------------------+
 *
 *   SLOT     0 .. 31 bits                      32 .. 63 bits
 *          +--------------------------------+--------------------------------+
 *        0 |  claim                         |  pid                           |  the owner's, at claim
 *          +--------------------------------+--------------------------------+
 *        8 |  startTime                                                      |
 *          +--------------------------------+--------------------------------+
 *       16 |  device                        |  scope                         |
 *          +--------------------------------+--------------------------------+
 *       24 |  key                                                            |
 *          +--------------------------------+--------------------------------+
 *       32 |  name                                                 char[32]  |
 *          +--------------------------------+--------------------------------+
 *       64 |  run                           |  held                          |  the owner's
 *          +--------------------------------+--------------------------------+
 *       72 |  level                         |  inFlight                      |
 *          +--------------------------------+--------------------------------+
 *       80 |  submitted                                                      |
 *          +--------------------------------+--------------------------------+
 *       88 |  completed                                                      |
 *          +--------------------------------+--------------------------------+
 *       96 |  readySince                                                     |
 *          +--------------------------------+--------------------------------+
 *      104 |  busyNanos                                                      |
 *          +--------------------------------+--------------------------------+
 *      112 |  heldNanos                                                      |
 *          +--------------------------------+--------------------------------+
 *      120 |  threshold                     |  batch                         |
 *          +--------------------------------+--------------------------------+
 *      128 |  gate                  (futex) |  priority                      |  the daemon's and
 *          +--------------------------------+--------------------------------+  who hints
 *      136 |  levelWanted                   |  thresholdWanted               |
 *          +--------------------------------+--------------------------------+
 *      144 |  batchWanted                   |  inFlightMicros                |
 *          +--------------------------------+--------------------------------+
 *      152 |  lingerMicros                  |  suspended                     |
 *          +--------------------------------+--------------------------------+
 *      160 |  utilizationPercent            |  timesliceMicros               |
 *          +--------------------------------+--------------------------------+
 *      168 |  deadlineMicros                |  laxityMicros                  |
 *          +----------------+---------------+--------------------------------+
 *      176 |  lax priority  |  critical one |  targetMicros                  |
 *          +----------------+---------------+--------------------------------+
 *      184 |  targetPercentileHundredths    |  windowActive                  |
 *          +--------------------------------+--------------------------------+
 *      192 |  escapeMark                                                     |  everybody's
 *          +--------------------------------+--------------------------------+
 *      200 |  escapes                                                        |
 *          +--------------------------------+--------------------------------+
 *      208 |  claims                                                         |  the owner's, at claim
 *          +--------------------------------+--------------------------------+
 *      216 |  .                                                              |
 *          +--------------------------------+--------------------------------+
 * </pre>
 */
public final class PageLayout {
  /** "OVERTAKE" as 8 ASCII bytes, the first of them lowest. */
  public static final long MAGIC = 0x454b_4154_5245_564fL;

  public static final int VERSION = 2;

  public static final int HEADER_BYTES = 4096;
  public static final int DEVICE_BYTES = 128;
  public static final int SLOT_BYTES = 256;

  /** How many devices a page has room for. */
  public static final int DEVICES = 64;

  /** How many queues a page has room for. */
  public static final int SLOTS = 2048;

  public static final int DEVICES_OFFSET = HEADER_BYTES;
  public static final int SLOTS_OFFSET = DEVICES_OFFSET + DEVICES * DEVICE_BYTES;

  /** Of the file, in bytes. */
  public static final int LENGTH = SLOTS_OFFSET + SLOTS * SLOT_BYTES;

  /** The range of priorities; larger is more urgent. A floor of {@code MIN_PRIORITY} is open. */
  public static final int MIN_PRIORITY = -255;

  public static final int MAX_PRIORITY = 255;
  public static final int DEFAULT_PRIORITY = 0;

  /** {@link Slot#LINGER_MICROS}: as the gaps between the queue's commands suggest. */
  public static final int LINGER_ADAPTIVE = 0xffff_ffff;

  /** States of {@link Slot#CLAIM}. */
  public static final int CLAIM_FREE = 0;

  public static final int CLAIM_WRITING = 1;
  public static final int CLAIM_LIVE = 2;

  /** States of {@link Slot#RUN}. */
  public static final int RUN_IDLE = 0;

  public static final int RUN_READY = 1;

  /** Values of {@link Slot#SCOPE}. */
  public static final int SCOPE_PROCESS = 0;

  public static final int SCOPE_THREAD = 1;
  public static final int SCOPE_STREAM = 2;

  /** States of {@link Slot#GATE}. */
  public static final int GATE_OPEN = 0;

  public static final int GATE_CLOSED = 1;

  /** Values of {@link Header#POLICY_MODE}. */
  public static final int POLICY_HPF = 0;

  public static final int POLICY_DAEMON = 1;
  public static final int POLICY_NONE = 2;

  /** States of {@link Device#STATE}. */
  public static final int DEVICE_FREE = 0;

  public static final int DEVICE_WRITING = 1;
  public static final int DEVICE_VALID = 2;

  private PageLayout() {}

  /** Fields of the header. */
  static final class Header {
    static final Field MAGIC = u64("magic", 0, "OT_MAGIC, written last when a page is created");
    static final Field VERSION = u32("version", 8, "OT_VERSION");
    static final Field LENGTH = u32("length", 12, "of the file, in bytes");
    static final Field DAEMON_PID = u32("daemonPid", 64, "0: none");
    static final Field POLICY_MODE =
        u32("policyMode", 68, "OT_POLICY_...: who decides; floors stay open except under HPF");
    static final Field DAEMON_HEARTBEAT =
        u64("daemonHeartbeat", 72, "time, every 100 ms or sooner; older than 1 s is dead");
    static final Field POLICY_NAME = chars("policyName", 32, 80, "NUL-terminated");
    static final Field DOORBELL =
        u32("doorbell", 128, "futex: +1 on claim, release, hint, new device; mode 1: ready, idle");
    static final Field DOORBELL_WAITERS =
        u32("doorbellWaiters", 132, "1 while the daemon waits; who rings then wakes it");
    static final Field ACTIVE_SLOTS =
        u64s("activeSlots", SLOTS / 64, 256, "slot i is bit i % 64 of word i / 64");

    static final List<Field> FIELDS =
        List.of(
            MAGIC,
            VERSION,
            LENGTH,
            DAEMON_PID,
            POLICY_MODE,
            DAEMON_HEARTBEAT,
            POLICY_NAME,
            DOORBELL,
            DOORBELL_WAITERS,
            ACTIVE_SLOTS);

    private Header() {}
  }

  /** Fields of a device. */
  static final class Device {
    static final Field FLOOR =
        u64("floor", 0, "low 32: i32 OT_MIN_PRIORITY - floor (futex); high 32: version");
    static final Field SPAN =
        u64("span", 8, "low 16: i16 top, next 16: i16 bottom priority claimed; high 32: version");
    static final Field ESCAPING =
        u32("escaping", 16, "ready slots that the floor leaves out: they make no progress");
    static final Field STATE = u32("state", 20, "OT_DEVICE_...");
    static final Field RISE_WAITERS =
        u32(
            "riseWaiters",
            24,
            "1 while a rise of the floor matters to somebody; who raises it wakes those");
    static final Field UUID = bytes("uuid", 16, 32, "of the device");
    static final Field PCI_BUS_ID = chars("pciBusId", 16, 48, "NUL-terminated, 0000:3b:00.0");
    static final Field ESCAPES = u64("escapes", 64, "times that the escape opened");
    static final Field NAME = chars("name", 48, 72, "NUL-terminated, NVIDIA H200");
    static final Field INTERRUPTIONS =
        u64("interruptions", 120, "times that what ran on it was interrupted");

    static final List<Field> FIELDS =
        List.of(
            FLOOR,
            SPAN,
            ESCAPING,
            STATE,
            RISE_WAITERS,
            UUID,
            PCI_BUS_ID,
            ESCAPES,
            NAME,
            INTERRUPTIONS);

    private Device() {}
  }

  /** Fields of a slot: one XQueue. */
  static final class Slot {
    static final Field CLAIM = u32("claim", 0, "OT_CLAIM_...; live is set after all the rest");
    static final Field PID = u32("pid", 4, "of the owner");
    static final Field START_TIME = u64("startTime", 8, "field 22 of /proc/<pid>/stat");
    static final Field DEVICE = u32("device", 16, "index into devices");
    static final Field SCOPE = u32("scope", 20, "OT_SCOPE_...");
    static final Field KEY = u64("key", 24, "a thread's tid, a stream's handle, 0");
    static final Field NAME = chars("name", 32, 32, "NUL-terminated, of the program or thread");

    static final Field RUN = u32("run", 64, "OT_RUN_...");
    static final Field HELD = u32("held", 68, "1 while a thread of it waits at the gate");
    static final Field LEVEL = u32("level", 72, "in effect: 1 to 3");
    static final Field IN_FLIGHT = u32("inFlight", 76, "commands, roughly");
    static final Field SUBMITTED = u64("submitted", 80, "commands");
    static final Field COMPLETED = u64("completed", 88, "commands known to be complete");
    static final Field READY_SINCE = u64("readySince", 96, "time");
    static final Field BUSY_NANOS = u64("busyNanos", 104, "sum of the ready times that ended");
    static final Field HELD_NANOS = u64("heldNanos", 112, "sum of threads' time at the gate");
    static final Field THRESHOLD = u32("threshold", 120, "in effect now, commands");
    static final Field BATCH = u32("batch", 124, "in effect now, commands");

    static final Field GATE = u32("gate", 128, "futex: OT_GATE_...");
    static final Field PRIORITY = i32("priority", 132, "OT_MIN_PRIORITY to OT_MAX_PRIORITY");
    static final Field LEVEL_WANTED = u32("levelWanted", 136, "0: best; 1 to 3");
    static final Field THRESHOLD_WANTED = u32("thresholdWanted", 140, "commands; 0: by time");
    static final Field BATCH_WANTED = u32("batchWanted", 144, "commands; 0: by time");
    static final Field IN_FLIGHT_MICROS =
        u32("inFlightMicros", 148, "launch config by time, in microseconds");
    static final Field LINGER_MICROS =
        u32("lingerMicros", 152, "ready this long after the last command; or OT_LINGER_ADAPTIVE");
    static final Field SUSPENDED =
        u32("suspended", 156, "1: by a person or tool; the gate stays closed under every policy");
    static final Field UTILIZATION_PERCENT =
        u32(
            "utilizationPercent",
            160,
            "share of the device, 1 to 100; 0, as of all below: not said");
    static final Field TIMESLICE_MICROS =
        u32("timesliceMicros", 164, "at a time, where it takes turns");
    static final Field DEADLINE_MICROS =
        u32("deadlineMicros", 168, "idle again so long after ready");
    static final Field LAXITY_MICROS = u32("laxityMicros", 172, "may wait so long after ready");
    static final Field LAX_PRIORITIES =
        u32(
            "laxPriorities",
            176,
            "low 16: i16 until laxityMicros have passed; high 16: i16 from then on");
    static final Field TARGET_MICROS = u32("targetMicros", 180, "from ready to idle, at most");
    static final Field TARGET_PERCENTILE_HUNDREDTHS =
        u32(
            "targetPercentileHundredths",
            184,
            "of requests that keep to targetMicros: 9900 is P99");
    static final Field WINDOW_ACTIVE =
        u32("windowActive", 188, "1: its window is the one that a person works in");

    static final Field ESCAPE_MARK =
        u64("escapeMark", 192, "0: none; submitted + completed + 1 when it was found stuck");
    static final Field ESCAPES = u64("escapes", 200, "how often it was found stuck");
    static final Field CLAIMS =
        u64("claims", 208, "of this slot, ever: with its index they name a queue for good");

    static final List<Field> FIELDS =
        List.of(
            CLAIM,
            PID,
            START_TIME,
            DEVICE,
            SCOPE,
            KEY,
            NAME,
            RUN,
            HELD,
            LEVEL,
            IN_FLIGHT,
            SUBMITTED,
            COMPLETED,
            READY_SINCE,
            BUSY_NANOS,
            HELD_NANOS,
            THRESHOLD,
            BATCH,
            GATE,
            PRIORITY,
            LEVEL_WANTED,
            THRESHOLD_WANTED,
            BATCH_WANTED,
            IN_FLIGHT_MICROS,
            LINGER_MICROS,
            SUSPENDED,
            UTILIZATION_PERCENT,
            TIMESLICE_MICROS,
            DEADLINE_MICROS,
            LAXITY_MICROS,
            LAX_PRIORITIES,
            TARGET_MICROS,
            TARGET_PERCENTILE_HUNDREDTHS,
            WINDOW_ACTIVE,
            ESCAPE_MARK,
            ESCAPES,
            CLAIMS);

    private Slot() {}
  }
}
