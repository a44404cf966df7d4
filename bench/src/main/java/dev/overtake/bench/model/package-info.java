/**
 * The models that the benchmark runs: ResNets and matrix chains written as ONNX, a user's own ONNX
 * file, their partition into segments, and the execution of a segment by ONNX Runtime. A segment is
 * what becomes one command. Queues, arrivals and measurement do not live here.
 */
@NullMarked
package dev.overtake.bench.model;

import org.jspecify.annotations.NullMarked;
