package org.myonode.crossvalidation.training;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A scalar of logits and target: a loss to minimise, or a score to show. */
@FunctionalInterface
public interface Objective {

    Operand<TFloat32> build(Ops tf, Operand<TFloat32> logits, Operand<TFloat32> target);
}
