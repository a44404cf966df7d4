/**
 * What every platform over a driver's streams promises, as tests that a platform derives from and
 * gives a device. What one driver has alone is tested with its platform.
 */
@NullMarked
package dev.overtake.driver.testing;

import org.jspecify.annotations.NullMarked;
