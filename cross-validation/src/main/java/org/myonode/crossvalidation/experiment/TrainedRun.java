package org.myonode.crossvalidation.experiment;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.myonode.crossvalidation.training.FirstWeights;

/**
 * What one run gave. A run that cannot be finished, because its loss is no longer a number, says why and has no figures.
 *
 * @param key which run
 * @param seed of first weights and training slices
 * @param trainingPatients keys of the patients learnt from
 * @param testPatients keys of the patients tested on, none of whom was learnt from
 * @param transfer what the first weights were; null when the run failed
 * @param steps steps behind the weights
 * @param looks along the way
 * @param modelSha256 digest of the frozen graph; empty when the run failed
 * @param seconds spent on training and testing, over all resumptions, pauses left out
 * @param cases a row for each test case
 * @param failure why there are no figures; null when there are
 */
public record TrainedRun(
        RunKey key,
        long seed,
        List<String> trainingPatients,
        List<String> testPatients,
        FirstWeights.@Nullable Transfer transfer,
        long steps,
        List<Look> looks,
        String modelSha256,
        double seconds,
        List<CaseFigures> cases,
        @Nullable String failure) {

    /** Keeps its own copies. */
    public TrainedRun {
        trainingPatients = List.copyOf(trainingPatients);
        testPatients = List.copyOf(testPatients);
        looks = List.copyOf(looks);
        cases = List.copyOf(cases);
    }

    /** Why there are no figures. */
    public Optional<String> failed() {
        return Optional.ofNullable(failure);
    }

    /**
     * A look at a network in training, with the weights of that step.
     *
     * @param step after which
     * @param loss of fresh variations of the training slices
     * @param trainingDice soft Dice of these, on the network's grid
     * @param testDice mean Dice of the fold's first test cases, at most {@value Experiment#WATCHED}
     */
    public record Look(long step, double loss, double trainingDice, double testDice) {}
}
