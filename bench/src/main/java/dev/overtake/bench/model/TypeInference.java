package dev.overtake.bench.model;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OrtException;
import java.util.Map;
import java.util.Set;

/** Finds the types of values inside a model. */
@FunctionalInterface
interface TypeInference {
  /**
   * The type and, as far as it is known, the shape of these values; a value that is not a tensor is
   * absent from the result.
   */
  Map<String, ValueInfoProto> tensors(ModelProto model, Set<String> values) throws OrtException;
}
