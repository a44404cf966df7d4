/**
 * Results made readable: the table and verdict on the terminal, and the self-contained HTML page.
 * Everything here is a pure function of {@link dev.overtake.bench.result.Results}: the same results
 * give the same text, and nothing is measured, fetched or remembered.
 */
@NullMarked
package dev.overtake.bench.report;

import org.jspecify.annotations.NullMarked;
