package org.myonode.workers.segment;

import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.Mask;

/**
 * Skeletal muscle on one slice.
 *
 * @param muscle the mask, on the grid of the slice
 * @param meanEntropy mean binary entropy of the model's muscle probability over the mask, in bits: 0 is certain, 1 is a
 *     coin's toss; 0 for an empty mask
 * @param doubtfulShare share of the mask, 0 to 1, where the probability is below 0.7
 * @param mirrorDice Dice coefficient of what the model marks on the slice and on its mirror image, which are averaged: 1
 *     when it answers the same; 1 for an empty mask
 * @param cutByField whether the body reaches the edge of the field of view, so that muscle may be missing
 */
public record Segmentation(
        Mask muscle, double meanEntropy, double doubtfulShare, double mirrorDice, boolean cutByField) {

    /** What a person drew on a slice: nothing of it is in doubt. */
    public static Segmentation drawn(Mask muscle, HuSlice slice) {
        return new Segmentation(muscle, 0, 0, 1, FieldOfView.cutsBody(slice));
    }
}
