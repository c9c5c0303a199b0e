package org.myonode.crossvalidation.training;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.op.image.ResizeNearestNeighbor;
import org.tensorflow.types.TFloat32;

/**
 * The building blocks of the networks: batch, height, width, channel tensors in, the same out. The same calls build a
 * network to train, whose weights are variables, and the frozen one to serve, whose weights are constants.
 *
 * <p>Convolutions have standardised weights (Qiao 2019; Brock, ICLR 2021): each filter is brought to mean zero and unit
 * variance times a learned gain, which keeps activations in range without statistics of the batch or of the image.
 * Hounsfield units are calibrated, so that normalising by the image would throw away what they say; and a frozen
 * network is plain convolutions.
 *
 * <p>Not thread-safe.
 */
public final class Layers {

    /** Brings the variance of relu(x), x standard normal, back to one. */
    private static final float RELU_GAIN = 1.7139589f;

    private final Ops tf;
    private final long seed;
    private final @Nullable Weights constants;
    private final Map<String, Trained> trained = new LinkedHashMap<>();

    /** One variable, its first values, and the placeholder through which values are set. */
    record Trained(
            Variable<TFloat32> variable,
            Placeholder<TFloat32> feed,
            Operand<TFloat32> assign,
            Weights.Tensor initial) {}

    /** Builds with variables when there are no constants. */
    Layers(Ops tf, long seed, @Nullable Weights constants) {
        this.tf = tf;
        this.seed = seed;
        this.constants = constants;
    }

    /** The operations of the graph, for what is not offered here. */
    public Ops tf() {
        return tf;
    }

    Map<String, Trained> trained() {
        return trained;
    }

    /** Convolution with bias and relu; {@code SAME} padding. */
    public Operand<TFloat32> conv(String name, Operand<TFloat32> x, int filters, int height, int width, int stride) {
        return tf.nn.relu(linear(name, x, filters, height, width, stride, RELU_GAIN));
    }

    /** Convolution 3x3 with bias and relu. */
    public Operand<TFloat32> conv(String name, Operand<TFloat32> x, int filters) {
        return conv(name, x, filters, 3, 3, 1);
    }

    /**
     * Convolution 3x3 in two parts (Howard, MobileNets, 2017): each channel by itself, then all of them at each point,
     * with bias and relu. The first part's filters are not standardised: without their mean they could not pass on what
     * they see.
     */
    public Operand<TFloat32> separable(String name, Operand<TFloat32> x, int filters) {
        long channels = x.shape().get(3);
        Operand<TFloat32> each = weight(name + ".d", Shape.of(3, 3, channels, 1), 1.0 / 3, 0);
        Operand<TFloat32> parted = tf.nn.depthwiseConv2dNative(x, each, List.of(1L, 1L, 1L, 1L), "SAME");
        return conv(name, parted, filters, 1, 1, 1);
    }

    /** Convolution with bias and no activation, as the last layer has. */
    public Operand<TFloat32> logits(String name, Operand<TFloat32> x, int filters, int height, int width) {
        return linear(name, x, filters, height, width, 1, 1f);
    }

    private Operand<TFloat32> linear(
            String name, Operand<TFloat32> x, int filters, int height, int width, int stride, float gain) {
        long channels = x.shape().get(3);
        long fanIn = height * width * channels;
        Operand<TFloat32> raw = weight(name + ".w", Shape.of(height, width, channels, filters), 1.0, 0);
        Operand<TFloat32> scale = weight(name + ".g", Shape.of(filters), 0, gain);
        Operand<TFloat32> bias = weight(name + ".b", Shape.of(filters), 0, 0);
        Operand<TFloat32> flat = tf.reshape(raw, tf.constant(new int[] {(int) fanIn, filters}));
        Operand<TFloat32> centred = tf.math.sub(flat, keepMean(flat));
        Operand<TFloat32> variance = keepMean(tf.math.square(centred));
        Operand<TFloat32> factor = tf.math.mul(
                tf.math.rsqrt(tf.math.add(tf.math.mul(variance, tf.constant((float) fanIn)), tf.constant(1e-4f))),
                scale);
        Operand<TFloat32> kernel = tf.reshape(
                tf.math.mul(centred, factor), tf.constant(new int[] {height, width, (int) channels, filters}));
        return tf.nn.biasAdd(tf.nn.conv2d(x, kernel, List.of(1L, (long) stride, (long) stride, 1L), "SAME"), bias);
    }

    private Operand<TFloat32> keepMean(Operand<TFloat32> flat) {
        return tf.math.mean(flat, tf.constant(new int[] {0}), org.tensorflow.op.math.Mean.keepDims(true));
    }

    /** Largest value of each window; the window is also the stride. */
    public Operand<TFloat32> maxPool(Operand<TFloat32> x, int height, int width) {
        return tf.nn.maxPool(
                x, tf.constant(new int[] {1, height, width, 1}), tf.constant(new int[] {1, height, width, 1}), "SAME");
    }

    /** Mean of each window; the window is also the stride. */
    public Operand<TFloat32> avgPool(Operand<TFloat32> x, int height, int width) {
        List<Long> window = List.of(1L, (long) height, (long) width, 1L);
        return tf.nn.avgPool(x, window, window, "SAME");
    }

    /** Repeats each value. */
    public Operand<TFloat32> upsample(Operand<TFloat32> x, int height, int width) {
        int[] size = {(int) x.shape().get(1) * height, (int) x.shape().get(2) * width};
        return tf.image.resizeNearestNeighbor(x, tf.constant(size), ResizeNearestNeighbor.halfPixelCenters(true));
    }

    /** Bilinear magnification, for logits computed on a coarser grid. */
    public Operand<TFloat32> upsampleBilinear(Operand<TFloat32> x, int height, int width) {
        int[] size = {(int) x.shape().get(1) * height, (int) x.shape().get(2) * width};
        return tf.image.resizeBilinear(
                x, tf.constant(size), org.tensorflow.op.image.ResizeBilinear.halfPixelCenters(true));
    }

    /** Joins the channels of two tensors. */
    public Operand<TFloat32> concat(Operand<TFloat32> a, Operand<TFloat32> b) {
        return tf.concat(List.of(a, b), tf.constant(3));
    }

    /** Moves 2x2 neighbourhoods into channels. For the network's input only: it has no gradient. */
    public Operand<TFloat32> spaceToDepth(Operand<TFloat32> x) {
        return tf.nn.spaceToDepth(x, 2L);
    }

    /** Mean over height and width, kept as 1x1. */
    public Operand<TFloat32> globalMean(Operand<TFloat32> x) {
        return tf.math.mean(x, tf.constant(new int[] {1, 2}), org.tensorflow.op.math.Mean.keepDims(true));
    }

    /**
     * A weight of its own.
     *
     * @param deviation standard deviation of the normally distributed first values
     * @param mean mean of the first values
     */
    public Operand<TFloat32> weight(String name, Shape shape, double deviation, double mean) {
        if (constants != null) {
            Weights.Tensor tensor = constants.tensors().get(name);
            if (tensor == null || !java.util.Arrays.equals(tensor.shape(), shape.asArray())) {
                throw new IllegalArgumentException("the weights hold no " + name + " of shape " + shape);
            }
            return tf.withName("const_" + name).constant(shape, DataBuffers.of(tensor.values()));
        }
        float[] values = new float[(int) shape.size()];
        // The name is part of the seed: adding a layer leaves the first values of the others as they are.
        Random random = new Random(seed * 0x9E3779B97F4A7C15L + name.hashCode());
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (mean + (deviation == 0 ? 0 : deviation * random.nextGaussian()));
        }
        Variable<TFloat32> variable = tf.withName("var_" + name).variable(shape, TFloat32.class);
        Placeholder<TFloat32> feed = tf.placeholder(TFloat32.class, Placeholder.shape(shape));
        Trained entry =
                new Trained(variable, feed, tf.assign(variable, feed), new Weights.Tensor(shape.asArray(), values));
        if (trained.put(name, entry) != null) {
            throw new IllegalArgumentException("two weights are called " + name);
        }
        return variable;
    }
}
