/**
 * What a Java program that runs under {@code overtake run} may say about its own threads. It
 * submits to the accelerator as ever, through DJL, ONNX Runtime or its own bindings; Overtake's
 * library, which was loaded before the JVM, schedules what it submits. The library's functions are
 * those of {@code overtake.h}, and without the library nothing here has an effect.
 *
 * <p>Native functions are called, so the JVM wants {@code --enable-native-access=ALL-UNNAMED}.
 * Programs that create queues themselves have the XQueue of core instead, and need none of this.
 */
@NullMarked
package dev.overtake.client;

import org.jspecify.annotations.NullMarked;
