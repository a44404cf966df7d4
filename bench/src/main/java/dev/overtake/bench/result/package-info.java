/**
 * What a bench invocation measured, as plain values: the records behind {@code results.json}, their
 * JSON form and its schema, and the arithmetic that turns two measurements into one ratio. Nothing
 * here measures (the harness does) and nothing here draws (the report package does).
 */
@NullMarked
package dev.overtake.bench.result;

import org.jspecify.annotations.NullMarked;
