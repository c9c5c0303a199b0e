package org.myonode.crossvalidation.training;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** How a network's output follows from its input. */
@FunctionalInterface
public interface Network {

    /**
     * Adds the network to a graph.
     *
     * @param layers what it is built of
     * @param input batch, height, width, channels
     * @return its logits
     */
    Operand<TFloat32> build(Layers layers, Operand<TFloat32> input);
}
