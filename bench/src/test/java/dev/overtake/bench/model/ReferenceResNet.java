package dev.overtake.bench.model;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The forward pass of torchvision's ResNet for one image, in plain loops and double precision. It
 * shares nothing with the graph but the names of the weights: what is connected to what is written
 * down here a second time.
 */
final class ReferenceResNet {
  private final Map<String, TensorProto> weights;

  ReferenceResNet(ModelProto model) {
    weights =
        model.getGraph().getInitializerList().stream()
            .collect(Collectors.toMap(TensorProto::getName, Function.identity()));
  }

  /** One image or feature map: channel, row, column. */
  private static final class Image {
    final int channels;
    final int size;
    final double[] values;

    Image(int channels, int size) {
      this.channels = channels;
      this.size = size;
      this.values = new double[channels * size * size];
    }

    /** Zero outside, as padding is. */
    double at(int channel, int row, int column) {
      boolean inside = row >= 0 && row < size && column >= 0 && column < size;
      return inside ? values[(channel * size + row) * size + column] : 0;
    }

    void set(int channel, int row, int column, double value) {
      values[(channel * size + row) * size + column] = value;
    }
  }

  double[] basic(float[] image, int size, int... blocks) {
    Image x = stem(image, size);
    for (int layer = 0; layer < 4; layer++) {
      for (int block = 0; block < blocks[layer]; block++) {
        String name = "layer" + (layer + 1) + "." + block + ".";
        int stride = layer > 0 && block == 0 ? 2 : 1;
        Image y = relu(norm(name + "bn1", conv(name + "conv1", x, stride, 1)));
        y = norm(name + "bn2", conv(name + "conv2", y, 1, 1));
        x = relu(sum(y, shortcut(name, x, stride)));
      }
    }
    return classify(x);
  }

  double[] bottleneck(float[] image, int size, int... blocks) {
    Image x = stem(image, size);
    for (int layer = 0; layer < 4; layer++) {
      for (int block = 0; block < blocks[layer]; block++) {
        String name = "layer" + (layer + 1) + "." + block + ".";
        int stride = layer > 0 && block == 0 ? 2 : 1;
        Image y = relu(norm(name + "bn1", conv(name + "conv1", x, 1, 0)));
        y = relu(norm(name + "bn2", conv(name + "conv2", y, stride, 1)));
        y = norm(name + "bn3", conv(name + "conv3", y, 1, 0));
        x = relu(sum(y, shortcut(name, x, stride)));
      }
    }
    return classify(x);
  }

  private Image stem(float[] image, int size) {
    Image input = new Image(3, size);
    for (int i = 0; i < image.length; i++) {
      input.values[i] = image[i];
    }
    return maxPool(relu(norm("bn1", conv("conv1", input, 2, 3))));
  }

  private Image shortcut(String block, Image x, int stride) {
    return weights.containsKey(block + "downsample.0.weight")
        ? norm(block + "downsample.1", conv(block + "downsample.0", x, stride, 0))
        : x;
  }

  private Image conv(String name, Image x, int stride, int pad) {
    TensorProto tensor = weights.get(name + ".weight");
    int channels = (int) tensor.getDims(0);
    int kernel = (int) tensor.getDims(2);
    double[] w = values(name + ".weight");
    Image y = new Image(channels, (x.size + 2 * pad - kernel) / stride + 1);
    for (int out = 0; out < channels; out++) {
      for (int row = 0; row < y.size; row++) {
        for (int column = 0; column < y.size; column++) {
          double sum = 0;
          for (int in = 0; in < x.channels; in++) {
            for (int i = 0; i < kernel; i++) {
              for (int j = 0; j < kernel; j++) {
                sum +=
                    w[((out * x.channels + in) * kernel + i) * kernel + j]
                        * x.at(in, row * stride + i - pad, column * stride + j - pad);
              }
            }
          }
          y.set(out, row, column, sum);
        }
      }
    }
    return y;
  }

  private Image norm(String name, Image x) {
    double[] scale = values(name + ".weight");
    double[] bias = values(name + ".bias");
    double[] mean = values(name + ".running_mean");
    double[] variance = values(name + ".running_var");
    Image y = new Image(x.channels, x.size);
    int area = x.size * x.size;
    for (int i = 0; i < y.values.length; i++) {
      int channel = i / area;
      y.values[i] =
          (x.values[i] - mean[channel]) / Math.sqrt(variance[channel] + 1e-5) * scale[channel]
              + bias[channel];
    }
    return y;
  }

  private static Image relu(Image x) {
    Image y = new Image(x.channels, x.size);
    for (int i = 0; i < y.values.length; i++) {
      y.values[i] = Math.max(0, x.values[i]);
    }
    return y;
  }

  private static Image sum(Image a, Image b) {
    Image y = new Image(a.channels, a.size);
    for (int i = 0; i < y.values.length; i++) {
      y.values[i] = a.values[i] + b.values[i];
    }
    return y;
  }

  /** 3x3, stride 2, pad 1; behind a relu, so the padding's zeros never win wrongly. */
  private static Image maxPool(Image x) {
    Image y = new Image(x.channels, (x.size + 2 - 3) / 2 + 1);
    for (int channel = 0; channel < y.channels; channel++) {
      for (int row = 0; row < y.size; row++) {
        for (int column = 0; column < y.size; column++) {
          double max = 0;
          for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
              max = Math.max(max, x.at(channel, row * 2 + i - 1, column * 2 + j - 1));
            }
          }
          y.set(channel, row, column, max);
        }
      }
    }
    return y;
  }

  private double[] classify(Image x) {
    double[] w = values("fc.weight");
    double[] logits = values("fc.bias");
    int area = x.size * x.size;
    for (int channel = 0; channel < x.channels; channel++) {
      double mean = 0;
      for (int i = 0; i < area; i++) {
        mean += x.values[channel * area + i] / area;
      }
      for (int k = 0; k < logits.length; k++) {
        logits[k] += w[k * x.channels + channel] * mean;
      }
    }
    return logits;
  }

  private double[] values(String name) {
    var buffer =
        weights.get(name).getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    double[] values = new double[buffer.remaining() / Float.BYTES];
    for (int i = 0; i < values.length; i++) {
      values[i] = buffer.getFloat();
    }
    return values;
  }
}
