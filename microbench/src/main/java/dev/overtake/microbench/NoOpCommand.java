package dev.overtake.microbench;

import dev.overtake.core.xqueue.Command;

/** A command without work or fields of its own: what every command costs at least. */
final class NoOpCommand extends Command {}
