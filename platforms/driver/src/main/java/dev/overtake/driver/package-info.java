/**
 * What platforms over a driver's C library have in common. {@code NativeLibrary} finds a library
 * and binds its functions. {@code StreamQueue} is a hardware queue of levels 1 and 2 over any
 * driver whose streams take commands in order and tell how far they have come; all that it asks of
 * one is a {@code StreamPort}. No driver's function is known here.
 */
@NullMarked
package dev.overtake.driver;

import org.jspecify.annotations.NullMarked;
