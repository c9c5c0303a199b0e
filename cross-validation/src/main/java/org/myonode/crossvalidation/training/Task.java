package org.myonode.crossvalidation.training;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * What is to be learnt.
 *
 * @param inputShape shape of one input without the batch: height, width, channels
 * @param targetShape shape of one target without the batch
 * @param network input to logits
 * @param output logits to what is served
 * @param loss what is minimised
 * @param score what is shown beside the loss, such as a Dice coefficient
 */
public record Task(
        long[] inputShape, long[] targetShape, Network network, Output output, Objective loss, Objective score) {

    /** What the served model answers, given the logits. */
    @FunctionalInterface
    public interface Output {

        Operand<TFloat32> build(Ops tf, Operand<TFloat32> logits);

        /** Probabilities of classes along the last dimension. */
        static Output softmax() {
            return (tf, logits) -> tf.nn.softmax(logits);
        }
    }
}
