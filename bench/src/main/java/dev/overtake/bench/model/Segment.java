package dev.overtake.bench.model;

import ai.onnx.proto.OnnxMl.ModelProto;
import java.util.List;

/**
 * A part of a model that runs in one piece.
 *
 * @param model the part as a model of its own, with the one input {@code input}
 * @param input the tensor that it reads: the model's input, or what an earlier segment computed
 * @param outputs the tensors that it leaves: graph outputs computed here and, unless it is the
 *     last, the next segment's input
 * @param operators the operator types of its nodes, in order of execution
 */
record Segment(ModelProto model, String input, List<String> outputs, List<String> operators) {}
