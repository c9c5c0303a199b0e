package org.myonode.crossvalidation.training;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.myonode.workers.volume.HuSlice;

/**
 * What a network learns before it learns muscle. All tasks share the way down of one {@link UNet}, so that its weights can
 * be carried over by name; what fits is carried over, and the model card says how much that was.
 *
 * <p>The first three need no data, the next two images without labels. Weights learnt on natural images are brought by
 * the site as a file, see {@link ImportedWeights}.
 */
public enum SourceTask {
    /** A random start. */
    NONE("a random start"),

    /**
     * Telling families of fractals apart, drawn on the fly: natural-image classification without natural images
     * (Kataoka, ACCV 2020).
     */
    FRACTALS("classification of fractals made by formula"),

    /** Marking nested outlines made by formula (after Shinoda, ICCV 2023): segmentation without labels to draw. */
    OUTLINES("segmentation of outlines made by formula"),

    /** Muscle of phantoms. */
    PHANTOMS("segmentation of muscle on phantoms"),

    /** Putting back small squares that were exchanged (context restoration: Chen, Med Image Anal 2019;58:101539). */
    RESTORATION("restoration of exchanged patches on unlabelled CT"),

    /** Telling in which of {@value Jigsaw#ORDERS} orders nine tiles lie (Noroozi, ECCV 2016). */
    JIGSAW("jigsaw puzzles of unlabelled CT");

    private static final double LEARNING_RATE = 2e-3;
    private static final int BATCH = 4;
    private static final int CHECKPOINT_EVERY = 250;

    /** Batches that the score is taken of. */
    private static final int EXAM = 4;

    private final String words;

    SourceTask(String words) {
        this.words = words;
    }

    /** What the task is, for people and model cards. */
    public String describe() {
        return words;
    }

    /** Whether images without labels are needed; phantoms are taken when there are none. */
    public boolean readsImages() {
        return this == RESTORATION || this == JIGSAW;
    }

    /**
     * What was learnt.
     *
     * @param weights empty for {@link #NONE}
     * @param scoreName what the score is; empty for {@link #NONE}
     * @param score mean over batches that were not learnt from
     */
    public record Lesson(Weights weights, String scoreName, double score) {}

    /**
     * Learns the task with the standard network.
     *
     * @param unlabelled slices for {@link #RESTORATION} and {@link #JIGSAW}; when empty, phantoms are drawn
     * @param checkpoint file that a broken run goes on from; null for none
     * @return the weights; empty for {@link #NONE}
     */
    public Weights learn(
            List<HuSlice> unlabelled, long steps, long seed, @Nullable Path checkpoint, Clock clock, Progress progress)
            throws IOException {
        return learn(MuscleDesign.STANDARD, unlabelled, steps, seed, checkpoint, clock, progress, progress.pace())
                .weights();
    }

    /**
     * Learns the task.
     *
     * @param design of the muscle network that is to start from it
     * @param unlabelled slices for {@link #RESTORATION} and {@link #JIGSAW}; when empty, phantoms are drawn
     * @param checkpoint file that a broken run goes on from; null for none
     * @throws java.io.InterruptedIOException when the pace ended it
     */
    public Lesson learn(
            MuscleDesign design,
            List<HuSlice> unlabelled,
            long steps,
            long seed,
            @Nullable Path checkpoint,
            Clock clock,
            Progress progress,
            Pace pace)
            throws IOException {
        if (this == NONE) {
            return new Lesson(new Weights(0, java.util.Map.of()), "", 0);
        }
        Setting setting = setting(design, unlabelled, seed);
        TrainingLoop loop = new TrainingLoop(steps, LEARNING_RATE, checkpoint, CHECKPOINT_EVERY, clock);
        try (Trainer trainer = new Trainer(setting.task(), seed)) {
            if (loop.resume(trainer)) {
                progress.note("source task goes on after step " + trainer.steps());
            }
            progress.note("source task: " + words + ", " + steps + " steps");
            loop.run(trainer, setting.batches(), progress, (current, step) -> true, pace);
            // The running score depends on where a broken run went on; one of fresh batches does not.
            double score = 0;
            for (int i = 0; i < EXAM; i++) {
                score += trainer.evaluate(setting.batches().batch(steps + i)).score() / EXAM;
            }
            progress.note(String.format(Locale.ROOT, "source task learnt, %s %.3f", setting.score(), score));
            return new Lesson(trainer.averageWeights(), setting.score(), score);
        }
    }

    private record Setting(Task task, Batch.Source batches, String score) {}

    private Setting setting(MuscleDesign design, List<HuSlice> unlabelled, long seed) {
        UNet net = design.network(LabelledSlice.CLASSES);
        long channels = MuscleTraining.WINDOWS.size();
        long size = design.size();
        return switch (this) {
            case FRACTALS ->
                new Setting(
                        new Task(
                                new long[] {Fractals.SIZE, Fractals.SIZE, channels},
                                new long[] {Fractals.FAMILIES},
                                new TileClassifier(net, 1, Fractals.FAMILIES),
                                Task.Output.softmax(),
                                Losses.crossEntropy(),
                                Losses.rightProbability()),
                        new Fractals(BATCH, (int) channels, seed),
                        "probability of the right family");
            case OUTLINES ->
                new Setting(
                        new Task(
                                new long[] {size, size, channels},
                                new long[] {size, size, Outlines.CLASSES},
                                design.network(Outlines.CLASSES),
                                Task.Output.softmax(),
                                Losses.crossEntropyAndDice(Outlines.BAND),
                                Losses.softDice(Outlines.BAND)),
                        new Outlines((int) size, BATCH, (int) channels, seed),
                        "Dice");
            case PHANTOMS ->
                new Setting(
                        design.task(),
                        new MuscleSynthesis(
                                List.of(new MuscleSynthesis.Pool(
                                        "phantoms", 1, true, new PhantomSlices(MuscleTraining.BODIES, seed))),
                                design.input(),
                                BATCH,
                                seed),
                        "Dice");
            case RESTORATION ->
                new Setting(
                        new Task(
                                new long[] {size, size, channels},
                                new long[] {size, size, channels},
                                design.network((int) channels),
                                (tf, logits) -> logits,
                                Losses.meanSquare(),
                                Losses.meanSquare()),
                        new Restoration(views(design, unlabelled, seed), BATCH, seed),
                        "mean square error");
            case JIGSAW ->
                new Setting(
                        new Task(
                                new long[] {Jigsaw.SIZE, Jigsaw.SIZE, channels},
                                new long[] {Jigsaw.ORDERS},
                                new TileClassifier(net, Jigsaw.TILES, Jigsaw.ORDERS),
                                Task.Output.softmax(),
                                Losses.crossEntropy(),
                                Losses.rightProbability()),
                        new Jigsaw(views(design, unlabelled, seed), BATCH, seed),
                        "probability of the right order");
            case NONE -> throw new IllegalStateException("a random start has nothing to learn");
        };
    }

    private static UnlabelledViews views(MuscleDesign design, List<HuSlice> unlabelled, long seed) {
        List<HuSlice> slices = new ArrayList<>(unlabelled);
        return new UnlabelledViews(
                slices, slices.isEmpty() ? new PhantomSlices(MuscleTraining.BODIES, seed) : null, design.input());
    }
}
