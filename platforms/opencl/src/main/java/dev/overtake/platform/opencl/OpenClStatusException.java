package dev.overtake.platform.opencl;

import java.util.List;
import java.util.Set;

/** A call was refused, or a command ended with an error: the standard's name for it (cl.h). */
public final class OpenClStatusException extends OpenClException {
  /** From -1 on downwards, without their CL_. */
  private static final List<String> RUN_TIME =
      List.of(
          ("DEVICE_NOT_FOUND DEVICE_NOT_AVAILABLE COMPILER_NOT_AVAILABLE"
                  + " MEM_OBJECT_ALLOCATION_FAILURE OUT_OF_RESOURCES OUT_OF_HOST_MEMORY"
                  + " PROFILING_INFO_NOT_AVAILABLE MEM_COPY_OVERLAP IMAGE_FORMAT_MISMATCH"
                  + " IMAGE_FORMAT_NOT_SUPPORTED BUILD_PROGRAM_FAILURE MAP_FAILURE"
                  + " MISALIGNED_SUB_BUFFER_OFFSET EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST"
                  + " COMPILE_PROGRAM_FAILURE LINKER_NOT_AVAILABLE LINK_PROGRAM_FAILURE"
                  + " DEVICE_PARTITION_FAILED KERNEL_ARG_INFO_NOT_AVAILABLE")
              .split(" "));

  private static final int FIRST_OF_USE = -30;
  private static final List<String> USE =
      List.of(
          ("INVALID_VALUE INVALID_DEVICE_TYPE INVALID_PLATFORM INVALID_DEVICE INVALID_CONTEXT"
                  + " INVALID_QUEUE_PROPERTIES INVALID_COMMAND_QUEUE INVALID_HOST_PTR"
                  + " INVALID_MEM_OBJECT INVALID_IMAGE_FORMAT_DESCRIPTOR INVALID_IMAGE_SIZE"
                  + " INVALID_SAMPLER INVALID_BINARY INVALID_BUILD_OPTIONS INVALID_PROGRAM"
                  + " INVALID_PROGRAM_EXECUTABLE INVALID_KERNEL_NAME INVALID_KERNEL_DEFINITION"
                  + " INVALID_KERNEL INVALID_ARG_INDEX INVALID_ARG_VALUE INVALID_ARG_SIZE"
                  + " INVALID_KERNEL_ARGS INVALID_WORK_DIMENSION INVALID_WORK_GROUP_SIZE"
                  + " INVALID_WORK_ITEM_SIZE INVALID_GLOBAL_OFFSET INVALID_EVENT_WAIT_LIST"
                  + " INVALID_EVENT INVALID_OPERATION INVALID_GL_OBJECT INVALID_BUFFER_SIZE"
                  + " INVALID_MIP_LEVEL INVALID_GLOBAL_WORK_SIZE INVALID_PROPERTY"
                  + " INVALID_IMAGE_DESCRIPTOR INVALID_COMPILER_OPTIONS INVALID_LINKER_OPTIONS"
                  + " INVALID_DEVICE_PARTITION_COUNT INVALID_PIPE_SIZE INVALID_DEVICE_QUEUE"
                  + " INVALID_SPEC_ID MAX_SIZE_RESTRICTION_EXCEEDED")
              .split(" "));

  /**
   * The device is gone, or a queue that nobody has released is not valid any more: so drivers say
   * after a fault.
   */
  private static final Set<Integer> LASTING = Set.of(-2, -36);

  private final int status;

  OpenClStatusException(String function, int status) {
    super(function + ": " + name(status), null);
    this.status = status;
  }

  private static String name(int status) {
    int atRunTime = -1 - status;
    int ofUse = FIRST_OF_USE - status;
    if (atRunTime >= 0 && atRunTime < RUN_TIME.size()) {
      return "CL_" + RUN_TIME.get(atRunTime);
    }
    return ofUse >= 0 && ofUse < USE.size() ? "CL_" + USE.get(ofUse) : "status " + status;
  }

  /** The number of the status, below 0. */
  public int status() {
    return status;
  }

  /** The standard's name of the status, such as {@code CL_INVALID_KERNEL_ARGS}. */
  public String statusName() {
    return name(status);
  }

  /** Whether nothing will run any more where the call was made. */
  boolean isLasting() {
    return LASTING.contains(status);
  }
}
