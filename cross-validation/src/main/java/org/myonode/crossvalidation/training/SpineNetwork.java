package org.myonode.crossvalidation.training;

import java.util.ArrayList;
import java.util.List;
import org.myonode.workers.locate.SpineImages;
import org.myonode.workers.locate.SpineLevel;
import org.myonode.workers.locate.SpineRows;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Both views of the spine to twelve levels and one border for each row.
 *
 * <p>Each view is read by a few convolutions that halve its width at every stage, and its height at some. What is left
 * of the width becomes channels, since it matters where a rib or a wing of the ilium lies. A U-Net along the rows alone
 * then lets each row know of the whole stack: an L3 is told by what lies above and below. The borders between the
 * vertebrae come from the finest stage with little context: a disc looks the same at every level.
 */
record SpineNetwork() implements Network {

    /** Values of the target for a row: classes, border, weight of the classes, weight of the border. */
    static final int TARGETS = SpineRows.OUTPUTS + 2;

    private static final int CONTEXT = 64;
    private static final int FINE = 32;

    @Override
    public Operand<TFloat32> build(Layers layers, Operand<TFloat32> input) {
        int rows = (int) input.shape().get(1);
        Operand<TFloat32> coronal = view(layers, input, rows, 0, SpineImages.CORONAL_COLUMNS);
        Operand<TFloat32> sagittal =
                view(layers, input, rows, SpineImages.CORONAL_COLUMNS, SpineImages.SAGITTAL_COLUMNS);

        coronal = layers.conv("coronal1", coronal, 16);
        coronal = layers.maxPool(coronal, 1, 2);
        coronal = layers.conv("coronal2", coronal, 24);
        coronal = layers.maxPool(coronal, 2, 2);
        coronal = layers.conv("coronal3", coronal, 32);
        coronal = layers.maxPool(coronal, 2, 2);
        coronal = layers.conv("coronal4", coronal, 48);
        coronal = layers.conv("coronal5", asChannels(layers, coronal), CONTEXT, 1, 1, 1);

        sagittal = layers.conv("sagittal1", sagittal, 16);
        sagittal = layers.conv("sagittal2", sagittal, 16);
        sagittal = layers.maxPool(sagittal, 1, 2);
        sagittal = layers.conv("sagittal3", sagittal, 24);
        Operand<TFloat32> fine =
                layers.conv("fine1", asChannels(layers, layers.maxPool(sagittal, 1, 2)), FINE, 1, 1, 1);
        sagittal = layers.maxPool(sagittal, 2, 2);
        sagittal = layers.conv("sagittal4", sagittal, 32);
        sagittal = layers.maxPool(sagittal, 2, 2);
        sagittal = layers.conv("sagittal5", sagittal, 48);
        sagittal = layers.conv("sagittal6", asChannels(layers, sagittal), CONTEXT, 1, 1, 1);

        // A quarter of the rows from here on; each stage halves them again.
        Operand<TFloat32> x = layers.conv("join", layers.concat(coronal, sagittal), CONTEXT, 3, 1, 1);
        List<Operand<TFloat32>> skips = new ArrayList<>();
        for (int stage = 0; stage < 3; stage++) {
            skips.add(x);
            x = layers.maxPool(x, 2, 1);
            x = layers.conv("down" + stage + "a", x, CONTEXT, 3, 1, 1);
            x = layers.conv("down" + stage + "b", x, CONTEXT, 3, 1, 1);
        }
        x = layers.conv("deep", x, CONTEXT, 3, 1, 1);
        for (int stage = 2; stage >= 0; stage--) {
            x = layers.concat(layers.upsample(x, 2, 1), skips.get(stage));
            x = layers.conv("up" + stage + "a", x, CONTEXT, 3, 1, 1);
            x = layers.conv("up" + stage + "b", x, CONTEXT, 3, 1, 1);
        }
        Operand<TFloat32> border = layers.conv("fine2", fine, FINE, 5, 1, 1);
        x = layers.conv("narrow", x, FINE, 1, 1, 1);
        x = layers.concat(layers.upsample(x, 4, 1), border);
        x = layers.conv("level1", x, FINE, 5, 1, 1);
        border = layers.conv(
                "border1",
                layers.concat(
                        border,
                        layers.upsample(layers.conv("hint", layers.concat(coronal, sagittal), 8, 1, 1, 1), 4, 1)),
                FINE,
                5,
                1,
                1);
        Operand<TFloat32> logits = layers.concat(
                layers.logits("level", x, SpineLevel.CHANNELS, 1, 1), layers.logits("border", border, 1, 3, 1));
        return layers.tf().reshape(logits, layers.tf().constant(new int[] {-1, rows, SpineRows.OUTPUTS}));
    }

    /** One view, neighbouring columns paired as channels. */
    private static Operand<TFloat32> view(Layers layers, Operand<TFloat32> input, int rows, int first, int columns) {
        Operand<TFloat32> view = layers.tf()
                .slice(
                        input,
                        layers.tf().constant(new int[] {0, 0, first, 0}),
                        layers.tf().constant(new int[] {-1, -1, columns, -1}));
        return layers.tf().reshape(view, layers.tf().constant(new int[] {-1, rows, columns / 2, 2 * SpineImages.CHANNELS
        }));
    }

    /** Width and channels as channels. */
    private static Operand<TFloat32> asChannels(Layers layers, Operand<TFloat32> x) {
        int rows = (int) x.shape().get(1);
        int depth = (int) (x.shape().get(2) * x.shape().get(3));
        return layers.tf().reshape(x, layers.tf().constant(new int[] {-1, rows, 1, depth}));
    }

    /** Probabilities of the levels, then of the border. */
    static Task.Output output() {
        return (tf, logits) -> {
            Operand<TFloat32> level = tf.nn.softmax(part(tf, logits, 0, SpineLevel.CHANNELS));
            Operand<TFloat32> border = tf.math.sigmoid(part(tf, logits, SpineLevel.CHANNELS, 1));
            return tf.concat(List.of(level, border), tf.constant(2));
        };
    }

    /** Weighted mean cross-entropy of the levels plus that of the borders. */
    static Objective loss() {
        return (tf, logits, target) -> {
            Operand<org.tensorflow.types.TInt32> flat = tf.constant(new int[] {-1, SpineLevel.CHANNELS});
            Operand<org.tensorflow.types.TInt32> line = tf.constant(new int[] {-1});
            Operand<TFloat32> entropy = tf.nn.softmaxCrossEntropyWithLogits(
                            tf.reshape(part(tf, logits, 0, SpineLevel.CHANNELS), flat),
                            tf.reshape(part(tf, target, 0, SpineLevel.CHANNELS), flat))
                    .loss();
            Operand<TFloat32> weight = tf.reshape(part(tf, target, SpineRows.OUTPUTS, 1), line);
            Operand<TFloat32> level = mean(tf, entropy, weight);
            Operand<TFloat32> x = tf.reshape(part(tf, logits, SpineLevel.CHANNELS, 1), line);
            Operand<TFloat32> t = tf.reshape(part(tf, target, SpineLevel.CHANNELS, 1), line);
            Operand<TFloat32> borderEntropy = tf.math.sub(tf.math.softplus(x), tf.math.mul(x, t));
            Operand<TFloat32> borderWeight = tf.reshape(part(tf, target, SpineRows.OUTPUTS + 1, 1), line);
            return tf.math.add(level, mean(tf, borderEntropy, borderWeight));
        };
    }

    /** Mean probability given to the right level. */
    static Objective score() {
        return (tf, logits, target) -> {
            Operand<TFloat32> p = tf.nn.softmax(part(tf, logits, 0, SpineLevel.CHANNELS));
            Operand<TFloat32> right =
                    tf.sum(tf.math.mul(p, part(tf, target, 0, SpineLevel.CHANNELS)), tf.constant(new int[] {2}));
            Operand<org.tensorflow.types.TInt32> line = tf.constant(new int[] {-1});
            return mean(tf, tf.reshape(right, line), tf.reshape(part(tf, target, SpineRows.OUTPUTS, 1), line));
        };
    }

    private static Operand<TFloat32> mean(
            org.tensorflow.op.Ops tf, Operand<TFloat32> values, Operand<TFloat32> weights) {
        Operand<org.tensorflow.types.TInt32> all = tf.constant(new int[] {0});
        return tf.math.div(
                tf.sum(tf.math.mul(values, weights), all), tf.math.add(tf.sum(weights, all), tf.constant(1f)));
    }

    private static Operand<TFloat32> part(org.tensorflow.op.Ops tf, Operand<TFloat32> x, int first, int count) {
        return tf.slice(x, tf.constant(new int[] {0, 0, first}), tf.constant(new int[] {-1, -1, count}));
    }
}
