package dev.overtake.bench.model;

import static dev.overtake.bench.model.GraphBuilder.integer;
import static dev.overtake.bench.model.GraphBuilder.ints;

import ai.onnx.proto.OnnxMl.ModelProto;
import java.util.List;

/**
 * The residual networks of He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition"
 * (CVPR 2016, table 1), written as ONNX.
 *
 * <p>The layout and the names are torchvision's ({@code layer1.0.conv1.weight}), in its version 1.5
 * of the bottleneck: a block that halves the image does so in the 3x3 convolution, not in the first
 * 1x1. Convolution and batch normalization are nodes of their own, as in a network that can still
 * be trained.
 *
 * <p>Weights are torchvision's initial ones, from a seed: convolutions normal around 0 with
 * deviation {@code sqrt(2 / fan_out)} (He et al., ICCV 2015), batch normalizations the identity
 * (scale 1, bias 0, mean 0, variance 1), the last layer uniform within {@code 1 / sqrt(fan_in)}.
 * The same seed gives the same bytes on the same Java release. What such a network computes means
 * nothing; what it costs to compute is what the trained network costs.
 *
 * <p>Input {@code input}: batch x 3 x height x width, all but the 3 free. Output {@code logits}:
 * batch x 1000.
 */
public enum ResNet {
  /** 18 layers in basic blocks, 11,689,512 parameters. */
  RESNET_18("resnet18", false, 11_689_512),
  /** 50 layers in bottleneck blocks, 25,557,032 parameters. */
  RESNET_50("resnet50", true, 25_557_032);

  private static final int CLASSES = 1000;
  private static final int STEM_WIDTH = 64;

  /** A bottleneck block gives this many times the channels that it computes on. */
  private static final int BOTTLENECK_EXPANSION = 4;

  /** By which torchvision and the reports call it: {@code resnet18}. */
  private final String modelName;

  private final boolean bottleneck;
  private final long parameterCount;

  ResNet(String modelName, boolean bottleneck, long parameterCount) {
    this.modelName = modelName;
    this.bottleneck = bottleneck;
    this.parameterCount = parameterCount;
  }

  /**
   * How many numbers training would learn: the weights of the convolutions and of the last layer
   * with its bias, scale and bias of the normalizations. Running mean and variance are not learned.
   */
  public long parameterCount() {
    return parameterCount;
  }

  /** The network with the weights of this seed. Takes a few tenths of a second. */
  public OnnxModel model(long seed) {
    return OnnxModel.of(modelName, new Writer(seed).write());
  }

  private List<Integer> blocksPerLayer() {
    return switch (this) {
      case RESNET_18 -> List.of(2, 2, 2, 2);
      case RESNET_50 -> List.of(3, 4, 6, 3);
    };
  }

  /** The state of writing one network: the graph so far, and the source of its weights. */
  private final class Writer {
    private final GraphBuilder graph = new GraphBuilder(modelName);
    private final Weights weights;

    Writer(long seed) {
      weights = new Weights(seed);
    }

    ModelProto write() {
      String x = graph.input("input", "batch", 3, "height", "width");
      x = convolution("conv1", x, 3, STEM_WIDTH, 7, 2);
      x = relu("relu", normalization("bn1", x, STEM_WIDTH));
      x =
          graph.node(
              "MaxPool",
              "maxpool",
              List.of(x),
              ints("kernel_shape", 3, 3),
              ints("strides", 2, 2),
              ints("pads", 1, 1, 1, 1));
      int channels = STEM_WIDTH;
      List<Integer> blocksPerLayer = blocksPerLayer();
      for (int layer = 1; layer <= blocksPerLayer.size(); layer++) {
        int width = STEM_WIDTH << (layer - 1);
        for (int block = 0; block < blocksPerLayer.get(layer - 1); block++) {
          int stride = layer > 1 && block == 0 ? 2 : 1;
          x = block("layer" + layer + "." + block, x, channels, width, stride);
          channels = width * expansion();
        }
      }
      x = graph.node("GlobalAveragePool", "avgpool", List.of(x));
      x = graph.node("Flatten", "flatten", List.of(x), integer("axis", 1));
      classifier(x, channels);
      return graph.build();
    }

    private int expansion() {
      return bottleneck ? BOTTLENECK_EXPANSION : 1;
    }

    private String block(String name, String input, int channels, int width, int stride) {
      String branch =
          bottleneck
              ? bottleneckBranch(name, input, channels, width, stride)
              : basicBranch(name, input, channels, width, stride);
      int outputChannels = width * expansion();
      String shortcut =
          stride == 1 && channels == outputChannels
              ? input
              : projection(name + ".downsample", input, channels, outputChannels, stride);
      return relu(name + ".relu", graph.node("Add", name + ".add", List.of(branch, shortcut)));
    }

    private String basicBranch(String name, String input, int channels, int width, int stride) {
      String x = convolution(name + ".conv1", input, channels, width, 3, stride);
      x = relu(name + ".relu1", normalization(name + ".bn1", x, width));
      x = convolution(name + ".conv2", x, width, width, 3, 1);
      return normalization(name + ".bn2", x, width);
    }

    private String bottleneckBranch(
        String name, String input, int channels, int width, int stride) {
      String x = convolution(name + ".conv1", input, channels, width, 1, 1);
      x = relu(name + ".relu1", normalization(name + ".bn1", x, width));
      x = convolution(name + ".conv2", x, width, width, 3, stride);
      x = relu(name + ".relu2", normalization(name + ".bn2", x, width));
      x = convolution(name + ".conv3", x, width, width * BOTTLENECK_EXPANSION, 1, 1);
      return normalization(name + ".bn3", x, width * BOTTLENECK_EXPANSION);
    }

    private String projection(String name, String input, int from, int to, int stride) {
      return normalization(name + ".1", convolution(name + ".0", input, from, to, 1, stride), to);
    }

    private String convolution(
        String name, String input, int from, int to, int kernel, int stride) {
      int fanOut = to * kernel * kernel;
      String weight =
          graph.tensor(
              name + ".weight",
              weights.normal(fanOut * from, Math.sqrt(2.0 / fanOut)),
              to,
              from,
              kernel,
              kernel);
      int pad = kernel / 2;
      return graph.node(
          "Conv",
          name,
          List.of(input, weight),
          ints("kernel_shape", kernel, kernel),
          ints("strides", stride, stride),
          ints("pads", pad, pad, pad, pad));
    }

    /** Epsilon stays the operator's default, 1e-5, which is torchvision's too. */
    private String normalization(String name, String input, int channels) {
      return graph.node(
          "BatchNormalization",
          name,
          List.of(
              input,
              graph.tensor(name + ".weight", Weights.constant(channels, 1), channels),
              graph.tensor(name + ".bias", Weights.constant(channels, 0), channels),
              graph.tensor(name + ".running_mean", Weights.constant(channels, 0), channels),
              graph.tensor(name + ".running_var", Weights.constant(channels, 1), channels)));
    }

    private String relu(String name, String input) {
      return graph.node("Relu", name, List.of(input));
    }

    private void classifier(String input, int features) {
      double bound = 1 / Math.sqrt(features);
      String weight =
          graph.tensor("fc.weight", weights.uniform(CLASSES * features, bound), CLASSES, features);
      String bias = graph.tensor("fc.bias", weights.uniform(CLASSES, bound), CLASSES);
      graph.node("Gemm", "logits", List.of(input, weight, bias), integer("transB", 1));
      graph.output("logits", "batch", CLASSES);
    }
  }
}
