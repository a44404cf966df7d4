/**
 * PyTorch programs as the two sides of a test: starts them, with and without the shim, tells them
 * when to work, and gives the harness what they answer. Nothing here knows of the control page or
 * of any scheduler's inside: what a program gets is a preloaded library and some variables.
 */
@NullMarked
package dev.overtake.bench.pytorch;

import org.jspecify.annotations.NullMarked;
