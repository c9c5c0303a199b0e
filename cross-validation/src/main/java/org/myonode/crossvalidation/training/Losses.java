package org.myonode.crossvalidation.training;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Losses and scores whose gradients TensorFlow's C++ core knows. Targets are probabilities of the classes. */
public final class Losses {

    private Losses() {}

    /** Cross-entropy plus one minus the soft Dice coefficient of one class. */
    public static Objective crossEntropyAndDice(int diceClass) {
        Objective entropy = crossEntropy();
        Objective dice = softDice(diceClass);
        return (tf, logits, target) -> tf.math.add(
                entropy.build(tf, logits, target), tf.math.sub(tf.constant(1f), dice.build(tf, logits, target)));
    }

    /** Mean cross-entropy over everything but the class dimension, the last one. */
    public static Objective crossEntropy() {
        return (tf, logits, target) -> {
            int classes = (int) logits.shape().get(logits.shape().numDimensions() - 1);
            Operand<org.tensorflow.types.TInt32> rows = tf.constant(new int[] {-1, classes});
            // The generated record op carries its own gradient; it takes two dimensions only.
            Operand<TFloat32> loss = tf.nn.softmaxCrossEntropyWithLogits(
                            tf.reshape(logits, rows), tf.reshape(target, rows))
                    .loss();
            return tf.math.mean(loss, tf.constant(new int[] {0}));
        };
    }

    /** Mean square of the difference. */
    public static Objective meanSquare() {
        return (tf, logits, target) -> mean(tf, tf.math.square(tf.math.sub(logits, target)));
    }

    /** Mean probability that is given to the right class: 1 is perfect. Classes are the last dimension. */
    public static Objective rightProbability() {
        return (tf, logits, target) -> {
            float classes = logits.shape().get(logits.shape().numDimensions() - 1);
            return tf.math.mul(mean(tf, tf.math.mul(tf.nn.softmax(logits), target)), tf.constant(classes));
        };
    }

    /** Soft Dice coefficient of one class over the whole batch: 1 is perfect. */
    public static Objective softDice(int index) {
        return (tf, logits, target) -> {
            Operand<TFloat32> p = column(tf, tf.nn.softmax(logits), index);
            Operand<TFloat32> t = column(tf, target, index);
            Operand<TFloat32> both = sum(tf, tf.math.mul(p, t));
            Operand<TFloat32> all = tf.math.add(sum(tf, tf.math.square(p)), sum(tf, tf.math.square(t)));
            return tf.math.div(
                    tf.math.add(tf.math.mul(both, tf.constant(2f)), tf.constant(1f)),
                    tf.math.add(all, tf.constant(1f)));
        };
    }

    private static Operand<TFloat32> column(Ops tf, Operand<TFloat32> x, int index) {
        int rank = x.shape().numDimensions();
        int[] begin = new int[rank];
        int[] size = new int[rank];
        java.util.Arrays.fill(size, -1);
        begin[rank - 1] = index;
        size[rank - 1] = 1;
        return tf.slice(x, tf.constant(begin), tf.constant(size));
    }

    private static Operand<TFloat32> mean(Ops tf, Operand<TFloat32> x) {
        return tf.math.mean(tf.reshape(x, tf.constant(new int[] {-1})), tf.constant(new int[] {0}));
    }

    private static Operand<TFloat32> sum(Ops tf, Operand<TFloat32> x) {
        Operand<TFloat32> flat = tf.reshape(x, tf.constant(new int[] {-1}));
        return tf.sum(flat, tf.constant(new int[] {0}));
    }
}
