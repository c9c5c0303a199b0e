package org.myonode.crossvalidation.experiment;

import java.util.List;

/**
 * Who was learnt from and tested on, as it is kept beside the results, so that a report needs nothing else.
 *
 * @param provenance {@code phantoms}, {@code patients}, or {@code phantoms and patients}
 * @param origins where the data come from, in words
 * @param observers names of those who drew
 * @param observerModel how simulated observers differ; empty when people drew
 * @param reference what counts as right
 * @param stratifiedBy what the folds are balanced by
 * @param sha256 digest of all slices and masks: an experiment does not go on with other data
 * @param cases every case
 */
public record CohortFacts(
        String provenance,
        List<String> origins,
        List<String> observers,
        String observerModel,
        String reference,
        String stratifiedBy,
        String sha256,
        List<CaseFacts> cases) {

    /** Keeps its own copies. */
    public CohortFacts {
        origins = List.copyOf(origins);
        observers = List.copyOf(observers);
        cases = List.copyOf(cases);
    }

    /**
     * One case.
     *
     * @param id SOP Instance UID, or the name of a phantom
     * @param patient cases of one patient belong together
     * @param phantom whether it is a computed body and no patient
     * @param stratum its patient's, by which folds are balanced
     * @param observers how many drew on it
     * @param rows of the slice
     * @param columns of the slice
     * @param rowMm distance of rows, millimetres
     * @param columnMm distance of columns, millimetres
     * @param picture file of the slice, window -160 to 240 HU, relative to the experiment's folder
     * @param reference file of the reference mask, 255 for muscle, relative to the experiment's folder
     */
    public record CaseFacts(
            String id,
            String patient,
            boolean phantom,
            String stratum,
            int observers,
            int rows,
            int columns,
            double rowMm,
            double columnMm,
            String picture,
            String reference) {}

    /** How many patients there are. */
    public int patients() {
        return (int) cases.stream().map(CaseFacts::patient).distinct().count();
    }
}
