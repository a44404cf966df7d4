package dev.overtake.cli;

import dev.overtake.control.page.Claims;
import dev.overtake.control.page.ControlPage;
import dev.overtake.control.page.Owner;
import dev.overtake.control.page.QueueClaim;
import dev.overtake.control.page.Scope;
import java.nio.file.Path;

/**
 * A control page with two devices, and queues on the second as programs under the shim claim them.
 */
final class TestPage implements AutoCloseable {
  final Path file;
  final ControlPage page;
  final int device;

  TestPage(Path folder) throws Exception {
    file = folder.resolve("page");
    page = ControlPage.openOrCreate(file);
    page.devices().findOrAdd("0000:3b:00.0", new byte[16], "Another device");
    device = page.devices().findOrAdd("0000:5e:00.0", new byte[16], "Test device");
  }

  /** The queue's slot. */
  int claim(int pid, Scope scope, String name, int priority) throws Exception {
    var claim = new QueueClaim(new Owner(pid, 1), device, scope, name.length(), name, priority);
    return new Claims(page).claim(claim);
  }

  @Override
  public void close() {
    page.close();
  }
}
