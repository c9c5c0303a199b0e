package org.myonode.crossvalidation.training;

import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How to train.
 *
 * @param real folder of the public data sets; null to train on phantoms alone
 * @param out folder of the model package; checkpoints lie beside it
 * @param steps steps in all
 * @param batchSize slices in a step
 * @param seed everything random follows from it
 * @param resume whether to go on from the checkpoint of an interrupted run
 * @param phantoms bodies to draw slices from
 * @param holdOut what is kept out and scored instead
 * @param start package or folder of one to start from; null for a random start
 */
public record TrainingOptions(
        @Nullable Path real,
        Path out,
        long steps,
        int batchSize,
        long seed,
        boolean resume,
        int phantoms,
        Set<HoldOut> holdOut,
        @Nullable Path start) {

    public TrainingOptions {
        holdOut = Set.copyOf(holdOut);
    }

    boolean isHeldOut(LabelledSlice slice) {
        return holdOut.stream().anyMatch(out -> out.covers(slice));
    }
}
