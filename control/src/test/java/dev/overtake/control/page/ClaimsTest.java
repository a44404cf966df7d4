package dev.overtake.control.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.overtake.core.policy.Hints;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClaimsTest {
  @TempDir Path folder;
  private ControlPage page;
  private Claims claims;
  private int device;

  @BeforeEach
  void open() throws IOException {
    page = ControlPage.openOrCreate(folder.resolve("page"));
    claims = new Claims(page);
    device = Pages.device(page);
  }

  @AfterEach
  void close() {
    page.close();
  }

  @Test
  void aClaimedSlotIsWhatWasClaimed() throws IOException {
    int slot =
        claims.claim(
            new QueueClaim(
                Owner.self(), device, Scope.THREAD, 42, "a-name-of-more-than-31-bytes-is-cut", 5));

    SlotStatus status = page.slots().status(slot).orElseThrow();
    assertThat(status.owner()).isEqualTo(Owner.self());
    assertThat(status.scope()).isEqualTo(Scope.THREAD);
    assertThat(status.key()).isEqualTo(42);
    assertThat(status.name()).isEqualTo("a-name-of-more-than-31-bytes-is");
    assertThat(status.ready()).isFalse();
    assertThat(status.gateClosed()).isFalse();
    assertThat(status.wishes()).isEqualTo(Wishes.DEFAULT);
  }

  @Test
  void aReleasedSlotIsFreeAndKeepsNothingOfItsFormerOwner() throws IOException {
    int slot = Pages.queue(page, device, 5);
    claims.ready(slot, 1);
    new Controls(page).suspend(slot);
    new Controls(page).hint(slot, QueueHints.of(HintsOnPageTest.ALL));
    long id = page.slots().status(slot).orElseThrow().id();
    claims.release(slot);
    assertThat(page.slots().status()).isEmpty();
    assertThat(page.devices().floor(device)).isEqualTo(PageLayout.MIN_PRIORITY);

    assertThat(Pages.queue(page, device, 1)).isEqualTo(slot);
    SlotStatus next = page.slots().status(slot).orElseThrow();
    assertThat(next.suspended()).isFalse();
    assertThat(next.gateClosed()).isFalse();
    assertThat(next.ready()).isFalse();
    assertThat(next.hints()).isEqualTo(Hints.priority(1));
    assertThat(next.id()).isNotEqualTo(id);
  }

  @Test
  void noQueueEverHasTheIdOfAnother() throws IOException {
    var ids = new HashSet<Long>();
    for (int round = 0; round < 3; round++) {
      int one = Pages.queue(page, device, 0);
      int other = Pages.queue(page, device, 0);
      ids.add(page.slots().status(one).orElseThrow().id());
      ids.add(page.slots().status(other).orElseThrow().id());
      claims.release(one);
      claims.release(other);
    }
    assertThat(ids).hasSize(6);
  }

  @Test
  void everythingThatTheDaemonShouldHearOfRings() throws IOException {
    int before = page.doorbell().rings();
    int slot = Pages.queue(page, device, 5);
    assertThat(page.doorbell().rings()).isEqualTo(before + 1);
    new Controls(page).hint(slot, QueueHints.priority(1));
    assertThat(page.doorbell().rings()).isEqualTo(before + 2);
    claims.release(slot);
    assertThat(page.doorbell().rings()).isEqualTo(before + 3);
  }

  @Test
  void aFullPageIsTold() throws IOException {
    for (int i = 0; i < PageLayout.SLOTS; i++) {
      Pages.queue(page, device, 0);
    }
    assertThat(page.slots().status()).hasSize(PageLayout.SLOTS);
    assertThatExceptionOfType(PageException.class)
        .isThrownBy(() -> Pages.queue(page, device, 0))
        .withMessage(
            "all 2048 slots of the control page are taken: end programs that are scheduled");
  }

  @Test
  void theSlotOfADeadProcessIsReapedOnceAndOpensTheFloor() throws Exception {
    Process process = new ProcessBuilder("sleep", "1000").start();
    Owner owner = Owner.of((int) process.pid()).orElseThrow();
    int slot = Pages.queue(page, owner, device, "victim", 200);
    claims.ready(slot, 1);
    assertThat(owner.alive()).isTrue();
    assertThat(page.devices().floor(device)).isEqualTo(200);

    process.destroyForcibly().waitFor();

    assertThat(owner.alive()).isFalse();
    assertThat(claims.reap(slot, owner)).isTrue();
    assertThat(claims.reap(slot, owner)).isFalse();
    assertThat(page.slots().status(slot)).isEmpty();
    assertThat(page.devices().floor(device)).isEqualTo(PageLayout.MIN_PRIORITY);
  }

  @Test
  void whoHasThePidOfADeadOwnerIsNotTheOwner() {
    var former = new Owner(Owner.self().pid(), Owner.self().startTime() - 1);
    assertThat(former.alive()).isFalse();
    assertThat(new Owner(0, 0).alive()).isFalse();
    assertThat(new Owner(-1, 0).alive()).isFalse();
    assertThat(Owner.self().alive()).isTrue();
  }

  @Test
  void aSlotThatChangedHandsIsNotReaped() throws IOException {
    var former = new Owner(Owner.self().pid(), Owner.self().startTime() - 1);
    int slot = Pages.queue(page, device, 1);
    assertThat(claims.reap(slot, former)).isFalse();
    assertThat(page.slots().status(slot)).isPresent();
  }

  @Test
  void ofReadyTimesTheSumIsKept() throws IOException {
    int slot = Pages.queue(page, device, 1);
    claims.ready(slot, 100);
    claims.idle(slot, 130);
    claims.ready(slot, 200);
    SlotStatus status = page.slots().status(slot).orElseThrow();
    assertThat(status.busyNanos()).isEqualTo(30);
    assertThat(status.readyNanos(205)).isEqualTo(35);
  }
}
