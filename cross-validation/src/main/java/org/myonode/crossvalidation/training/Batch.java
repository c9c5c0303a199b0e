package org.myonode.crossvalidation.training;

/**
 * Inputs and targets of one step.
 *
 * @param size how many
 * @param inputs one after another
 * @param targets one after another
 */
public record Batch(int size, float[] inputs, float[] targets) {

    /** Where batches come from: the same step always gives the same batch, whatever came before. */
    @FunctionalInterface
    public interface Source {

        Batch batch(long step);
    }
}
