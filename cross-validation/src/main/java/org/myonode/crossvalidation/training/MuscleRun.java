package org.myonode.crossvalidation.training;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.myonode.crossvalidation.scoring.MaskScores;
import org.myonode.workers.model.ModelPackage;
import org.myonode.workers.segment.MuscleInput;
import org.myonode.workers.volume.HuSlice;

/**
 * Trains a muscle network for an experiment: a fixed number of steps on given slices, and nothing is chosen on the way.
 * {@link FineTuning} is what makes a model to be used.
 *
 * <p>The same options and data give the same weights bit for bit on the same machine, whether or not the run was
 * interrupted. Not thread-safe.
 */
public final class MuscleRun {

    private static final int CHECKPOINT_EVERY = 100;

    /** Batches of fresh variations that a look takes loss and Dice of. */
    private static final int EXAM = 2;

    private final Clock clock;
    private final Pace pace;

    /** Trains at a pace. */
    public MuscleRun(Clock clock, Pace pace) {
        this.clock = clock;
        this.pace = pace;
    }

    /**
     * How to train.
     *
     * @param design of the network
     * @param first where the first weights come from
     * @param out folder of the package
     * @param checkpoint file that a broken run goes on from
     * @param version of the model
     * @param steps steps
     * @param learningRate highest learning rate
     * @param batchSize slices in a step
     * @param seed of first weights and training slices
     * @param phantomShare share of the training slices that are phantoms, 0 to less than 1
     * @param looks how often to look at the watched slices, evenly over the steps
     */
    public record Options(
            MuscleDesign design,
            FirstWeights first,
            Path out,
            Path checkpoint,
            String version,
            long steps,
            double learningRate,
            int batchSize,
            long seed,
            double phantomShare,
            int looks) {}

    /**
     * A look at the network in training, with the weights of that step.
     *
     * @param step after which
     * @param loss of fresh variations of the training slices
     * @param trainingDice soft Dice of them, on the network's grid
     * @param watchedDice mean Dice of the watched slices on their own grid
     */
    public record Look(long step, double loss, double trainingDice, double watchedDice) {}

    /**
     * What a run gave.
     *
     * @param model the package
     * @param transfer what the first weights were
     * @param graphSha256 digest of the frozen graph
     */
    public record Outcome(Path model, FirstWeights.Transfer transfer, String graphSha256) {}

    /**
     * Trains and writes the package.
     *
     * @param learn slices to learn from
     * @param watched slices that are looked at on the way and decide nothing; of other patients
     * @param seen hears of each look
     * @throws java.io.InterruptedIOException when the pace ended it
     * @throws ArithmeticException when the loss is no longer a number
     */
    public Outcome run(
            List<FineTuning.Contoured> learn,
            List<FineTuning.Contoured> watched,
            Options options,
            Progress progress,
            Consumer<Look> seen)
            throws IOException {
        Map<String, List<LabelledSlice>> learnt = FineTuning.byPatient(learn);
        if (learnt.isEmpty()) {
            throw new IllegalArgumentException("there is no contoured slice to learn from");
        }
        watched.stream()
                .map(FineTuning.Contoured::patient)
                .filter(learnt::containsKey)
                .findFirst()
                .ifPresent(patient -> {
                    throw new IllegalArgumentException("patient " + patient + " is learnt from and tested");
                });
        List<MuscleSynthesis.Pool> pools = FineTuning.pools(learnt, options.phantomShare(), options.seed());
        MuscleInput input = options.design().input();
        MuscleSynthesis synthesis = new MuscleSynthesis(pools, input, options.batchSize(), options.seed());
        TrainingLoop loop = new TrainingLoop(
                options.steps(), options.learningRate(), options.checkpoint(), CHECKPOINT_EVERY, clock);
        List<Watched> prepared = new ArrayList<>();
        long interval = options.looks() == 0 ? 0 : Math.max(1, options.steps() / options.looks());
        if (interval > 0) {
            for (FineTuning.Contoured one : watched) {
                prepared.add(new Watched(one, input.prepare(one.slice())));
            }
        }
        Task task = options.design().task();
        try (Trainer trainer = new Trainer(task, options.seed())) {
            FirstWeights.Transfer transfer =
                    options.first().into(trainer, options.seed(), null, clock, Progress.silent());
            TrainingLoop.Watcher watcher = (current, step) -> {
                if (interval > 0 && step > 0 && (step % interval == 0 || step == options.steps())) {
                    seen.accept(look(current, step, synthesis, options.steps(), input, prepared));
                }
                return true;
            };
            if (loop.resume(trainer)) {
                // The run may have been broken between the checkpoint of this step and its look.
                watcher.goOn(trainer, trainer.steps());
            }
            loop.run(trainer, synthesis, progress, watcher, pace);
            PackageFiles.served(task, trainer.averageWeights(), options.out());
            new MuscleCard(
                            "muscle-l3",
                            options.version(),
                            options.design(),
                            transfer,
                            pools,
                            options.steps(),
                            trainer.parameters(),
                            options.batchSize(),
                            options.seed(),
                            "a run of an experiment: the figures lie with the experiment",
                            Set.of(),
                            Map.of(),
                            clock)
                    .write(options.out());
            return new Outcome(
                    options.out(), transfer, ModelPackage.digest(options.out().resolve("saved_model/saved_model.pb")));
        }
    }

    private record Watched(FineTuning.Contoured slice, MuscleInput.Prepared prepared) {}

    private static Look look(
            Trainer trainer,
            long step,
            MuscleSynthesis synthesis,
            long steps,
            MuscleInput input,
            List<Watched> watched) {
        double loss = 0;
        double dice = 0;
        for (int i = 0; i < EXAM; i++) {
            Trainer.StepResult result = trainer.evaluate(synthesis.batch(steps + i));
            loss += result.loss() / EXAM;
            dice += result.score() / EXAM;
        }
        double sum = 0;
        for (Watched one : watched) {
            float[] output = trainer.predict(one.prepared().channels(), 1);
            float[] muscle = new float[input.size() * input.size()];
            for (int i = 0; i < muscle.length; i++) {
                muscle[i] = one.prepared().body()[i] ? output[i * LabelledSlice.CLASSES + LabelledSlice.MUSCLE] : 0;
            }
            HuSlice slice = one.slice().slice();
            sum += MaskScores.dice(
                    one.slice().muscle(),
                    input.muscle(input.toSlice(muscle, slice, one.prepared().frame()), slice));
        }
        return new Look(step, loss, dice, watched.isEmpty() ? 0 : sum / watched.size());
    }
}
