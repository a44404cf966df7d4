/**
 * The daemon: it cleans up after dead processes, keeps account of what queues use, decides by
 * policies that the shims do not know, and lets people and programs look and intervene over HTTP on
 * the loopback interface. Highest priority first needs none of it.
 *
 * <p>Its work is done by {@link dev.overtake.control.daemon.Agent}s, one duty cycle after the other
 * on one thread; time and page are given to them, so that a test drives them step by step. HTTP
 * requests run on virtual threads and touch the page alone, which is made for that.
 */
@NullMarked
package dev.overtake.control.daemon;

import org.jspecify.annotations.NullMarked;
