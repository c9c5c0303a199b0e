package org.myonode.crossvalidation.experiment;

import java.util.ArrayList;
import java.util.List;
import org.myonode.crossvalidation.training.MuscleDesign;
import org.myonode.crossvalidation.training.SourceTask;

/**
 * What an experiment trains: every source task with every subset size in every fold, as often as it is repeated.
 * Everything random follows from the seed.
 *
 * @param name for people
 * @param structure what was contoured, such as {@code muscle}
 * @param data what is learnt from and tested on
 * @param sources tasks that first weights are learnt with
 * @param sizes how many patients are learnt from, ascending; smaller sets are part of the larger ones
 * @param folds parts into which the patients are divided; each is tested once while the others are learnt from
 * @param repeats how often all is done, each time with other folds
 * @param seed of folds, subsets, first weights and training slices
 * @param training how each network is trained
 */
public record ExperimentPlan(
        String name,
        String structure,
        Data data,
        List<SourceTask> sources,
        List<Integer> sizes,
        int folds,
        int repeats,
        long seed,
        Training training) {

    /** Folds when nothing else is asked for, as in the paper (Med Phys 2022;49:3107). */
    public static final int FOLDS = 4;

    /** Subset sizes of the paper. */
    public static final List<Integer> SIZES = List.of(5, 10, 25, 50, 75, 100, 125);

    /**
     * What is learnt from and tested on.
     *
     * @param phantoms how many phantoms; 0 for the stored expert contours
     * @param firstPhantom seed of the first one, the others follow
     * @param observers simulated observers of each phantom; 0 with stored contours
     * @param unlabelled folder of CT without labels for the source tasks that read images; empty for phantoms
     */
    public record Data(int phantoms, long firstPhantom, int observers, String unlabelled) {

        /** With phantoms where a source task reads images. */
        public Data(int phantoms, long firstPhantom, int observers) {
            this(phantoms, firstPhantom, observers, "");
        }

        /** Contours that observers of the site drew. */
        public static Data stored() {
            return new Data(0, 0, 0);
        }

        /** Refuses phantoms that nobody draws on. */
        public Data {
            if (phantoms < 0 || phantoms > 0 && observers < 1) {
                throw new IllegalArgumentException(phantoms + " phantoms with " + observers + " observers");
            }
        }

        /** Whether these are computed bodies and no patients. */
        public boolean arePhantoms() {
            return phantoms > 0;
        }
    }

    /**
     * How each network is trained.
     *
     * @param design its size
     * @param steps steps of every run, whatever the subset size; the weights after the last one are tested
     * @param sourceSteps steps of each source task
     * @param batchSize slices in a step
     * @param learningRate highest learning rate
     * @param phantomShare share of the training slices that are phantoms
     * @param looks how often the test patients are looked at on the way: watched only, nothing is chosen by it
     */
    public record Training(
            MuscleDesign design,
            long steps,
            long sourceSteps,
            int batchSize,
            double learningRate,
            double phantomShare,
            int looks) {

        /** Refuses what cannot be done. */
        public Training {
            if (steps < 1 || sourceSteps < 0 || batchSize < 1 || looks < 0) {
                throw new IllegalArgumentException("steps and batch size must be at least 1: " + steps + " steps, "
                        + sourceSteps + " source steps, batch " + batchSize + ", " + looks + " looks");
            }
            if (!(learningRate > 0) || !(phantomShare >= 0 && phantomShare < 1)) {
                throw new IllegalArgumentException(
                        "learning rate " + learningRate + ", share of phantoms " + phantomShare);
            }
        }
    }

    /** Refuses an experiment without runs. */
    public ExperimentPlan {
        sources = sources.stream().distinct().toList();
        sizes = sizes.stream().distinct().sorted().toList();
        if (sources.isEmpty() || sizes.isEmpty() || sizes.get(0) < 1) {
            throw new IllegalArgumentException("sources " + sources + ", sizes " + sizes + ": at least one of each");
        }
        if (folds < 2 || repeats < 1) {
            throw new IllegalArgumentException(folds + " folds, " + repeats + " repeats: at least 2 and 1");
        }
        if (name.isBlank() || structure.isBlank()) {
            throw new IllegalArgumentException("name and structure must not be empty");
        }
    }

    /** Every run in the order in which they are done: one fold of all curves first, so that a stop leaves whole folds. */
    public List<RunKey> runs() {
        List<RunKey> runs = new ArrayList<>();
        for (int repeat = 1; repeat <= repeats; repeat++) {
            for (int fold = 1; fold <= folds; fold++) {
                for (SourceTask source : sources) {
                    for (int n : sizes) {
                        runs.add(new RunKey(source, n, fold, repeat));
                    }
                }
            }
        }
        return runs;
    }
}
