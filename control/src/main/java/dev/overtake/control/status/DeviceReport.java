package dev.overtake.control.status;

import dev.overtake.control.page.DeviceStatus;
import dev.overtake.control.page.PageLayout;
import org.jspecify.annotations.Nullable;

/**
 * One device.
 *
 * @param index as in the queues' {@code device}
 * @param floor the lowest priority that may run on it now; null: every one
 * @param escaping ready queues that hold nobody now, because they make no progress
 * @param escapes how often that happened
 * @param interruptions how often what ran on it was interrupted
 */
public record DeviceReport(
    int index,
    String name,
    String pciBusId,
    String uuid,
    @Nullable Integer floor,
    int escaping,
    long escapes,
    long interruptions) {

  static DeviceReport of(DeviceStatus device) {
    return new DeviceReport(
        device.index(),
        device.name(),
        device.pciBusId(),
        device.uuid(),
        device.floor() == PageLayout.MIN_PRIORITY ? null : device.floor(),
        device.escaping(),
        device.escapes(),
        device.interruptions());
  }
}
