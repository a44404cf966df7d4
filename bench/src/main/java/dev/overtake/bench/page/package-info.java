/**
 * What pages and tables of results are made of, whatever they are results of: text made safe,
 * figures made readable, aligned tables, the latency plots and the page that holds all of it. Pure
 * functions: nothing is measured, fetched or remembered.
 */
@NullMarked
package dev.overtake.bench.page;

import org.jspecify.annotations.NullMarked;
