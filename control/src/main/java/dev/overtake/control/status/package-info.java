/**
 * What stands on the control page, put as people and programs read it: one report of the daemon,
 * the policy, the devices and the queues, and its JSON. The daemon's API and the command line give
 * the same.
 */
@NullMarked
package dev.overtake.control.status;

import org.jspecify.annotations.NullMarked;
