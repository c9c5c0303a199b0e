package org.myonode.crossvalidation.training;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.myonode.phantom.PhantomBody;
import org.myonode.workers.locate.SpineImages;
import org.myonode.workers.locate.SpineReader;
import org.myonode.workers.model.LoadedModel;
import org.myonode.workers.model.ModelPackage;
import org.myonode.workers.model.TensorFlowRuntime;

/**
 * Trains the locator's network: phantoms and the spines of the public data sets, varied by {@link SpineAugmentation},
 * {@link SpineNetwork}, cross-entropy of the levels and of the borders between the vertebrae.
 *
 * <p>The same options and data give the same model on the same machine. Not thread-safe.
 */
public final class SpineTraining {

    /** Rows of a window: 960 mm, head to hip. */
    static final int ROWS = 320;

    private static final double LEARNING_RATE = 3e-3;
    private static final int CHECKPOINT_EVERY = 200;
    private static final double REAL_SHARE = 0.5;

    /** Phantoms to judge by, none of which is trained on. */
    private static final int JUDGED_PHANTOMS = 20;

    private static final int PIECES = 3;

    private final Clock clock;

    public SpineTraining(Clock clock) {
        this.clock = clock;
    }

    /**
     * What a training gave.
     *
     * @param model the package that was written
     * @param steps steps behind it
     * @param scores by what was judged: fresh phantoms, and the subjects that were held out, or all of them when none
     *     was
     */
    public record Outcome(Path model, long steps, Map<String, SpineScores> scores) {}

    /** What the shipped model was trained with. */
    public static TrainingOptions standard(@Nullable Path real, Path out) {
        return new TrainingOptions(real, out, 3000, 8, 1, false, 200, Set.of(), null);
    }

    /** The task, for tests and fine-tuning. */
    static Task task() {
        return new Task(
                new long[] {ROWS, SpineImages.WIDTH, SpineImages.CHANNELS},
                new long[] {ROWS, SpineNetwork.TARGETS},
                new SpineNetwork(),
                SpineNetwork.output(),
                SpineNetwork.loss(),
                SpineNetwork.score());
    }

    /**
     * Trains and writes the package.
     *
     * @throws IOException when data cannot be read or the package cannot be written
     */
    public Outcome run(TrainingOptions options, Progress progress) throws IOException {
        List<SpineSample> real = options.real() == null ? List.of() : RealSpines.read(options.real());
        progress.note("drawing " + options.phantoms() + " phantoms");
        List<SpineSample> phantoms = phantoms(options.phantoms(), options.seed(), 0);
        return run(options, real, phantoms, phantoms(Math.min(JUDGED_PHANTOMS, options.phantoms()), 0, 1), progress);
    }

    /**
     * Bodies whose seeds are even to learn from, odd ones to be judged by. Of those to learn from a quarter have four and a
     * quarter six lumbar vertebrae, as one in fourteen has otherwise: the real spines have five, all of them, and where
     * the last rib and the sacrum contradict each other the network must have seen both count.
     */
    static List<SpineSample> phantoms(int bodies, long seed, int odd) {
        List<SpineSample> spines = new ArrayList<>();
        for (int body = 0; body < bodies; body++) {
            PhantomBody usual = PhantomBody.of(2L * (body + 1000 * seed) + odd);
            int count = odd == 1 || body % 4 > 1 ? usual.type().lumbarCount() : body % 4 == 0 ? 4 : 6;
            spines.add(
                    PhantomSpines.of(PhantomBody.of(usual.seed(), usual.type().withLumbarCount(count))));
        }
        return spines;
    }

    Outcome run(
            TrainingOptions options,
            List<SpineSample> real,
            List<SpineSample> phantoms,
            List<SpineSample> judged,
            Progress progress)
            throws IOException {
        for (HoldOut out : options.holdOut()) {
            if (!out.isWhole()) {
                throw new IOException("a part of " + out.subject() + " cannot be held out: spines are learnt whole");
            }
        }
        List<SpineSample> learnt = new ArrayList<>();
        Map<String, List<SpineSample>> toJudge = new LinkedHashMap<>();
        toJudge.put("phantoms", judged);
        for (SpineSample spine : real) {
            boolean out = options.holdOut().contains(new HoldOut(spine.subject()));
            progress.note(spine.subject() + ": " + spine.rows() + " rows" + (out ? ", held out" : ""));
            if (!out) {
                learnt.add(spine);
            }
            if (out || options.holdOut().isEmpty()) {
                toJudge.computeIfAbsent(spine.subject(), name -> new ArrayList<>())
                        .add(spine);
            }
        }
        if (learnt.isEmpty() && phantoms.isEmpty()) {
            throw new IOException("there is nothing to train on: no real data and no phantoms");
        }
        SpineBatches batches = new SpineBatches(
                learnt, phantoms, new SpineAugmentation(ROWS, 1), options.batchSize(), REAL_SHARE, options.seed());
        Path checkpoint = options.out().resolveSibling(options.out().getFileName() + ".checkpoint");
        TrainingLoop loop = new TrainingLoop(options.steps(), LEARNING_RATE, checkpoint, CHECKPOINT_EVERY, clock);
        try (Trainer trainer = new Trainer(task(), options.seed())) {
            if (options.start() != null) {
                int taken = trainer.adopt(Trainer.weightsOf(options.start().resolve("saved_model")));
                progress.note("starts from " + options.start() + ", " + taken + " tensors taken over");
            }
            if (options.resume() && loop.resume(trainer)) {
                progress.note("goes on after step " + trainer.steps());
            }
            loop.run(trainer, batches, progress, (current, step) -> true);
            PackageFiles.served(task(), trainer.averageWeights(), options.out());
            PackageFiles.trainable(task(), trainer.averageWeights(), options.out());
            Set<String> subjects = new TreeSet<>();
            learnt.forEach(spine -> subjects.add(spine.subject()));
            SpineCard card =
                    new SpineCard(options, subjects, phantoms.size(), trainer.steps(), trainer.parameters(), clock);
            card.write(Map.of());
            Map<String, SpineScores> scores = score(options.out(), toJudge, progress);
            card.write(scores);
            return new Outcome(options.out(), trainer.steps(), scores);
        }
    }

    /** Judges a package through the code that serves. */
    static Map<String, SpineScores> score(Path model, Map<String, List<SpineSample>> samples, Progress progress) {
        Map<String, SpineScores> scores = new LinkedHashMap<>();
        ModelPackage source = ModelPackage.load(model);
        int[] shape = source.inputShape();
        try (LoadedModel loaded = LoadedModel.open(source, TensorFlowRuntime.start(TensorFlowRuntime.Choice.AUTO), 1)) {
            SpineReader reader = new SpineReader(shape[0], (input, batch) -> loaded.run(input, batch, shape));
            samples.forEach((name, spines) -> {
                SpineScores score = SpineScores.of(spines, PIECES, 1, reader, (sample, answer, error) -> {});
                scores.put(name, score);
                progress.note(name + ": " + score.describe());
            });
        }
        return scores;
    }
}
