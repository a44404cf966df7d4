/**
 * The commands that people type: reading of arguments, messages and exit status. What a command
 * does lives in the module that it belongs to.
 */
@NullMarked
package dev.overtake.cli;

import org.jspecify.annotations.NullMarked;
