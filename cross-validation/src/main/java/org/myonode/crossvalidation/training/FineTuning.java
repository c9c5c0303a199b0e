package org.myonode.crossvalidation.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.Mask;

/**
 * Trains a muscle model on slices that a site has contoured, from weights that were learnt elsewhere.
 *
 * <p>About ten contoured slices are enough when the first weights come from a segmentation task (Med Phys 2022;49:3107).
 * So few are easily learnt by heart: they are varied by {@link MuscleSynthesis}, phantoms are mixed in, and where some
 * patients are kept for it, training ends when these get no better and the best weights are kept.
 *
 * <p>The same options and data give the same model on the same machine. Not thread-safe.
 */
public final class FineTuning {

    private static final int CHECKPOINT_EVERY = 100;

    private final Clock clock;

    public FineTuning(Clock clock) {
        this.clock = clock;
    }

    /**
     * A slice on which muscle was contoured.
     *
     * @param patient a key of the patient, never a name: patients are kept apart by it and it is written into the card
     * @param zMm height of the slice
     * @param muscle on the grid of the slice
     */
    public record Contoured(String patient, double zMm, HuSlice slice, Mask muscle) {}

    /**
     * How to fine-tune.
     *
     * @param first where the first weights come from
     * @param out folder of the package; a checkpoint lies beside it until the training ends
     * @param id of the model, the same for all its versions
     * @param version of the model
     * @param steps steps at most
     * @param learningRate highest learning rate
     * @param batchSize slices in a step
     * @param seed everything random follows from it
     * @param phantomShare share of the training slices that are phantoms, 0 to less than 1
     * @param judgeEvery steps between two looks at the judging slices
     * @param patience looks without a better Dice after which training ends
     * @param resume whether to go on from the checkpoint of a broken run
     */
    public record Options(
            FirstWeights first,
            Path out,
            String id,
            String version,
            long steps,
            double learningRate,
            int batchSize,
            long seed,
            double phantomShare,
            long judgeEvery,
            int patience,
            boolean resume) {

        public Options {
            if (steps < 1 || batchSize < 1 || judgeEvery < 1 || patience < 1) {
                throw new IllegalArgumentException("steps, batch size, looks and patience must be at least 1");
            }
            if (!(learningRate > 0) || !(phantomShare >= 0 && phantomShare < 1)) {
                throw new IllegalArgumentException(
                        "learning rate " + learningRate + ", share of phantoms " + phantomShare);
            }
        }

        /** What serves ten contours well. */
        public static Options standard(FirstWeights first, Path out, String version) {
            return new Options(first, out, "muscle-l3", version, 400, 6e-4, 4, 1, 0.25, 50, 4, false);
        }
    }

    /** Dice on the judging slices after some steps. */
    public record Look(long step, double dice) {}

    /**
     * What fine-tuning gave.
     *
     * @param model the package
     * @param bestStep the step whose weights it holds
     * @param looks Dice on the judging slices along the way; empty when there were none
     * @param diceByPatient mean Dice of each judging patient with the package
     * @param transfer what the first weights were
     */
    public record Outcome(
            Path model,
            long bestStep,
            List<Look> looks,
            Map<String, Double> diceByPatient,
            FirstWeights.Transfer transfer) {}

    /**
     * Trains and writes the package.
     *
     * @param learn slices to learn from
     * @param judge slices of other patients that decide when to stop; may be empty
     * @throws IllegalArgumentException when there is nothing to learn from, or a patient stands on both sides
     * @throws IOException when first weights cannot be read or the package cannot be written
     */
    public Outcome run(List<Contoured> learn, List<Contoured> judge, Options options, Progress progress)
            throws IOException {
        Map<String, List<LabelledSlice>> learnt = byPatient(learn);
        Map<String, List<LabelledSlice>> judged = byPatient(judge);
        if (learnt.isEmpty()) {
            throw new IllegalArgumentException("there is no contoured slice to learn from");
        }
        learnt.keySet().stream().filter(judged::containsKey).findFirst().ifPresent(patient -> {
            throw new IllegalArgumentException("patient " + patient + " is learnt from and judged by");
        });
        List<MuscleSynthesis.Pool> pools = pools(learnt, options.phantomShare(), options.seed());
        progress.note(learn.size() + " slices of " + learnt.size() + " patients to learn from, " + judge.size() + " of "
                + judged.size() + " to judge by");
        Path checkpoint = beside(options.out(), ".checkpoint");
        TrainingLoop loop =
                new TrainingLoop(options.steps(), options.learningRate(), checkpoint, CHECKPOINT_EVERY, clock);
        MuscleSynthesis synthesis =
                new MuscleSynthesis(pools, MuscleTraining.input(), options.batchSize(), options.seed());
        Path trial = beside(options.out(), ".trial");
        try (Trainer trainer = new Trainer(MuscleTraining.task(), options.seed())) {
            FirstWeights.Transfer transfer = options.first()
                    .into(trainer, options.seed(), beside(options.out(), ".source-checkpoint"), clock, progress);
            if (options.resume() && loop.resume(trainer)) {
                progress.note("goes on after step " + trainer.steps());
            }
            Best best = new Best(trainer.averageWeights());
            loop.run(trainer, synthesis, progress, (current, step) -> {
                if (judged.isEmpty() || step % options.judgeEvery() != 0 && step != options.steps()) {
                    return true;
                }
                double dice = mean(dice(current.averageWeights(), trial, judged, options, pools, transfer));
                best.look(step, dice, current.averageWeights());
                progress.note(String.format(Locale.ROOT, "step %d, Dice of the judging patients %.4f", step, dice));
                return best.waiting <= options.patience();
            });
            Weights weights = judged.isEmpty() ? trainer.averageWeights() : best.weights;
            long step = judged.isEmpty() ? trainer.steps() : best.step;
            Map<String, Double> dice = dice(weights, options.out(), judged, options, pools, transfer);
            PackageFiles.trainable(MuscleTraining.task(), weights, options.out());
            card(options, pools, transfer, step, trainer.parameters(), dice).write(options.out());
            PackageFiles.delete(trial);
            Files.deleteIfExists(checkpoint);
            Files.deleteIfExists(beside(options.out(), ".source-checkpoint"));
            return new Outcome(options.out(), step, List.copyOf(best.looks), dice, transfer);
        }
    }

    /** The weights that did best so far. */
    private static final class Best {
        private final List<Look> looks = new ArrayList<>();
        private Weights weights;
        private long step;
        private double dice = -1;
        private int waiting;

        Best(Weights first) {
            weights = first;
        }

        void look(long at, double found, Weights now) {
            looks.add(new Look(at, found));
            waiting++;
            if (found > dice) {
                dice = found;
                step = at;
                weights = now;
                waiting = 0;
            }
        }
    }

    static Map<String, List<LabelledSlice>> byPatient(List<Contoured> slices) {
        Map<String, List<LabelledSlice>> patients = new TreeMap<>();
        for (Contoured one : slices) {
            if (one.muscle().rows() != one.slice().rows()
                    || one.muscle().columns() != one.slice().columns()) {
                throw new IllegalArgumentException("patient " + one.patient()
                        + ": the contour has another shape than the" + " slice at z " + one.zMm() + " mm");
            }
            patients.computeIfAbsent(one.patient(), key -> new ArrayList<>())
                    .add(LabelledSlice.ofMuscle(
                            one.patient(), one.zMm(), one.slice(), one.muscle().pixels(), 1));
        }
        return patients;
    }

    static List<MuscleSynthesis.Pool> pools(Map<String, List<LabelledSlice>> learnt, double phantomShare, long seed) {
        List<MuscleSynthesis.Pool> pools = new ArrayList<>();
        double share = (1 - phantomShare) / learnt.size();
        learnt.forEach((patient, slices) ->
                pools.add(new MuscleSynthesis.Pool(patient, share, false, new MuscleSynthesis.Stored(slices))));
        if (phantomShare > 0) {
            pools.add(new MuscleSynthesis.Pool(
                    "phantoms", phantomShare, true, new PhantomSlices(MuscleTraining.BODIES, seed)));
        }
        return pools;
    }

    private Map<String, Double> dice(
            Weights weights,
            Path folder,
            Map<String, List<LabelledSlice>> judged,
            Options options,
            List<MuscleSynthesis.Pool> pools,
            FirstWeights.Transfer transfer)
            throws IOException {
        PackageFiles.served(MuscleTraining.task(), weights, folder);
        card(options, pools, transfer, 0, weights.count(), Map.of()).write(folder);
        return MuscleTraining.score(folder, judged, null);
    }

    private static double mean(Map<String, Double> dice) {
        return dice.values().stream().mapToDouble(Double::doubleValue).average().orElse(0);
    }

    private MuscleCard card(
            Options options,
            List<MuscleSynthesis.Pool> pools,
            FirstWeights.Transfer transfer,
            long steps,
            long parameters,
            Map<String, Double> dice) {
        return new MuscleCard(
                options.id(),
                options.version(),
                MuscleDesign.STANDARD,
                transfer,
                pools,
                steps,
                parameters,
                options.batchSize(),
                options.seed(),
                dice.isEmpty()
                        ? "none: every contoured patient was learnt from"
                        : "mean Dice on patients left out of training, who decided when to stop: somewhat flattering",
                Set.of(),
                dice,
                clock);
    }

    private static Path beside(Path out, String ending) {
        return out.toAbsolutePath().resolveSibling(out.getFileName() + ending);
    }
}
