/**
 * What is tested, and on what scale: the five tests of the first report, either with its own
 * figures or calibrated to the machine. How load is put on a device and measured is the harness's
 * business.
 */
@NullMarked
package dev.overtake.bench.suite;

import org.jspecify.annotations.NullMarked;
