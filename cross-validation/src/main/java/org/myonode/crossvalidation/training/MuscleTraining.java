package org.myonode.crossvalidation.training;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.myonode.crossvalidation.contours.ContourSet;
import org.myonode.workers.model.ModelPackage;
import org.myonode.workers.segment.MuscleInput;
import org.myonode.workers.segment.MuscleSegmenter;
import org.myonode.workers.volume.Mask;

/**
 * Trains the muscle segmenter: phantoms and the labelled slices of the public data sets, varied by {@link
 * MuscleSynthesis}, a {@link UNet}, cross-entropy and soft Dice.
 *
 * <p>The same options and data give the same model on the same machine. Not thread-safe.
 */
public final class MuscleTraining {

    static final int SIZE = 224;
    static final double SPACING_MM = 2.0;
    static final List<MuscleInput.Window> WINDOWS =
            List.of(new MuscleInput.Window(-200, 300), new MuscleInput.Window(-50, 150));

    /** More bodies than a training draws slices: hardly one is met twice. */
    static final int BODIES = 100_000;
    /** Of the recipe; a change of data or network makes a new one. */
    private static final String VERSION = "0.3.0";

    private static final double LEARNING_RATE = 2e-3;
    private static final int CHECKPOINT_EVERY = 250;

    /** Share of training slices by subject; the phantoms' comes on top. Weakly labelled subjects count less. */
    private static final Map<String, Double> SHARES = Map.of(
            "acrin_flt_breast_001", 0.22,
            "crlm_ct_1004", 0.20,
            "spl_abdominal_atlas", 0.22,
            "totalsegmentator_example", 0.14);

    private static final double PHANTOM_SHARE = 0.30;

    private static final Set<String> CONTOURED = Set.copyOf(ContourSet.SHIPPED);

    private final Clock clock;
    private final Variant variant;

    /** Trains what is shipped. */
    public MuscleTraining(Clock clock) {
        this(clock, Variant.STANDARD);
    }

    /** Trains a variant of what is shipped, to be compared with it. */
    public MuscleTraining(Clock clock, Variant variant) {
        this.clock = clock;
        this.variant = variant;
    }

    /**
     * How a training differs from that of the shipped model.
     *
     * @param design size of the network
     * @param without what is left out of the recipe
     */
    public record Variant(MuscleDesign design, Set<Ingredient> without) {

        /** As shipped. */
        public static final Variant STANDARD = new Variant(MuscleDesign.STANDARD, Set.of());

        /** Takes a copy. */
        public Variant {
            without = Set.copyOf(without);
        }

        private boolean leavesOut(String subject) {
            return without.contains(CONTOURED.contains(subject) ? Ingredient.CONTOURS : Ingredient.LABEL_MAPS);
        }
    }

    /**
     * What a training gave.
     *
     * @param model the package that was written
     * @param steps steps behind it
     * @param scores mean Dice by subject that was held out, or by subject trained on when none was
     */
    public record Outcome(Path model, long steps, Map<String, Double> scores) {}

    /** What the shipped model was trained with. */
    public static TrainingOptions standard(@Nullable Path real, Path out) {
        return new TrainingOptions(real, out, 10000, 4, 1, false, BODIES, Set.of(), null);
    }

    /** The task, for tests and fine-tuning. */
    static Task task() {
        return MuscleDesign.STANDARD.task();
    }

    /** What the network asks for: name to shape. */
    public static Map<String, long[]> weightShapes() {
        try (Trainer trainer = new Trainer(task(), 0)) {
            return trainer.shapes();
        }
    }

    static UNet network() {
        return new UNet(List.of(24, 40, 64, 96, 128), 8, LabelledSlice.CLASSES);
    }

    static MuscleInput input() {
        return MuscleDesign.STANDARD.input();
    }

    /**
     * Trains and writes the package.
     *
     * @throws IOException when data cannot be read or the package cannot be written
     */
    public Outcome run(TrainingOptions options, Progress progress) throws IOException {
        return run(
                options,
                options.start() == null
                        ? FirstWeights.random()
                        : new FirstWeights.OfModel(ModelPackage.load(options.start())),
                progress);
    }

    /**
     * Trains from given first weights and writes the package.
     *
     * @throws IOException when data cannot be read or the package cannot be written
     */
    public Outcome run(TrainingOptions options, FirstWeights first, Progress progress) throws IOException {
        Map<String, List<LabelledSlice>> subjects = new TreeMap<>();
        if (options.real() != null) {
            for (LabelledSlice slice : RealSubjects.read(options.real())) {
                subjects.computeIfAbsent(slice.subject(), name -> new ArrayList<>())
                        .add(slice);
            }
        }
        List<MuscleSynthesis.Pool> pools = new ArrayList<>();
        Map<String, List<LabelledSlice>> judged = new TreeMap<>();
        subjects.forEach((name, slices) -> {
            List<LabelledSlice> out = slices.stream().filter(options::isHeldOut).toList();
            List<LabelledSlice> learnt = variant.leavesOut(name)
                    ? List.of()
                    : slices.stream().filter(slice -> !options.isHeldOut(slice)).toList();
            progress.note(
                    name + ": " + learnt.size() + " slices" + (out.isEmpty() ? "" : ", " + out.size() + " held out"));
            if (!learnt.isEmpty()) {
                pools.add(new MuscleSynthesis.Pool(
                        name, SHARES.getOrDefault(name, 0.1), false, new MuscleSynthesis.Stored(learnt)));
            }
            if (!out.isEmpty() || options.holdOut().isEmpty()) {
                judged.put(name, out.isEmpty() ? slices : out);
            }
        });
        for (HoldOut out : options.holdOut()) {
            if (subjects.getOrDefault(out.subject(), List.of()).stream().noneMatch(out::covers)) {
                throw new IOException(
                        "there is nothing to hold out of " + out.subject() + ": it has " + heights(subjects, out));
            }
        }
        if (options.phantoms() > 0 && !variant.without().contains(Ingredient.PHANTOMS)) {
            progress.note("phantoms: " + options.phantoms() + " bodies");
            pools.add(new MuscleSynthesis.Pool(
                    "phantoms", PHANTOM_SHARE, true, new PhantomSlices(options.phantoms(), options.seed())));
        }
        if (pools.isEmpty()) {
            throw new IOException("there is nothing to train on: no real data and no phantoms");
        }
        Path checkpoint = options.out().resolveSibling(options.out().getFileName() + ".checkpoint");
        Path sourceCheckpoint = options.out().resolveSibling(options.out().getFileName() + ".source-checkpoint");
        TrainingLoop loop = new TrainingLoop(options.steps(), LEARNING_RATE, checkpoint, CHECKPOINT_EVERY, clock);
        MuscleSynthesis synthesis = new MuscleSynthesis(
                pools, variant.design().input(), options.batchSize(), options.seed(), variant.without());
        try (Trainer trainer = new Trainer(variant.design().task(), options.seed())) {
            FirstWeights.Transfer transfer = first.into(trainer, options.seed(), sourceCheckpoint, clock, progress);
            if (options.resume() && loop.resume(trainer)) {
                progress.note("goes on after step " + trainer.steps());
            }
            long every = Math.max(300, options.steps() / 10);
            loop.run(trainer, synthesis, progress, (current, step) -> {
                if (step % every == 0 && step < options.steps()) {
                    writePackage(current, options, pools, transfer, Map.of());
                    progress.note("step " + step + " " + describe(score(options.out(), judged, null)));
                }
                return true;
            });
            writePackage(trainer, options, pools, transfer, Map.of());
            Map<String, Double> scores = score(options.out(), judged, null);
            PackageFiles.trainable(variant.design().task(), trainer.averageWeights(), options.out());
            card(trainer, options, pools, transfer, scores).write(options.out());
            progress.note("done " + describe(scores));
            return new Outcome(options.out(), trainer.steps(), scores);
        }
    }

    private static String heights(Map<String, List<LabelledSlice>> subjects, HoldOut out) {
        var heights = subjects.getOrDefault(out.subject(), List.of()).stream()
                .mapToDouble(LabelledSlice::zMm)
                .summaryStatistics();
        return heights.getCount() == 0
                ? "no slices here"
                : String.format(
                        Locale.ROOT,
                        "%d slices, heights %.1f to %.1f",
                        heights.getCount(),
                        heights.getMin(),
                        heights.getMax());
    }

    private static String words(Set<HoldOut> holdOut) {
        return holdOut.stream()
                .map(out -> out.isWhole()
                        ? out.subject()
                        : String.format(Locale.ROOT, "%s from %.1f to %.1f", out.subject(), out.from(), out.to()))
                .sorted()
                .collect(java.util.stream.Collectors.joining(", "));
    }

    private static String describe(Map<String, Double> scores) {
        StringBuilder text = new StringBuilder("Dice");
        scores.forEach((name, dice) -> text.append(String.format(Locale.ROOT, " %s %.4f", name, dice)));
        return text.toString();
    }

    private void writePackage(
            Trainer trainer,
            TrainingOptions options,
            List<MuscleSynthesis.Pool> pools,
            FirstWeights.Transfer transfer,
            Map<String, Double> scores)
            throws IOException {
        PackageFiles.served(variant.design().task(), trainer.averageWeights(), options.out());
        card(trainer, options, pools, transfer, scores).write(options.out());
    }

    private MuscleCard card(
            Trainer trainer,
            TrainingOptions options,
            List<MuscleSynthesis.Pool> pools,
            FirstWeights.Transfer transfer,
            Map<String, Double> scores) {
        return new MuscleCard(
                "muscle-l3",
                VERSION + (variant.equals(Variant.STANDARD) ? "" : "-variant"),
                variant.design(),
                transfer,
                pools,
                trainer.steps(),
                trainer.parameters(),
                options.batchSize(),
                options.seed(),
                (options.holdOut().isEmpty()
                                ? "mean Dice on the slices trained on: shows fit, not generalisation"
                                : "mean Dice on what was left out of training: " + words(options.holdOut()))
                        + (variant.without().isEmpty()
                                ? ""
                                : "; an experiment, trained without "
                                        + variant.without().stream().sorted().toList()),
                options.holdOut(),
                scores,
                clock);
    }

    /** Hears of every slice that was scored. */
    @FunctionalInterface
    interface ScoreWatcher {
        void scored(LabelledSlice slice, Mask found, double dice);
    }

    /** Mean Dice of a package on labelled slices, by subject, through the code that serves. */
    static Map<String, Double> score(
            Path model, Map<String, List<LabelledSlice>> subjects, @Nullable ScoreWatcher watcher) {
        Map<String, Double> scores = new LinkedHashMap<>();
        if (subjects.isEmpty()) {
            return scores;
        }
        try (MuscleSegmenter segmenter = new MuscleSegmenter(ModelPackage.load(model))) {
            subjects.forEach((name, slices) -> {
                double sum = 0;
                double weights = 0;
                for (LabelledSlice slice : slices) {
                    Mask found = segmenter.segment(slice.slice()).muscle();
                    double dice = dice(found.pixels(), slice.classes());
                    sum += dice * slice.weight();
                    weights += slice.weight();
                    if (watcher != null) {
                        watcher.scored(slice, found, dice);
                    }
                }
                scores.put(name, sum / weights);
            });
        }
        return scores;
    }

    static double dice(boolean[] found, byte[] classes) {
        long both = 0;
        long all = 0;
        for (int i = 0; i < found.length; i++) {
            boolean truth = classes[i] == LabelledSlice.MUSCLE;
            both += found[i] && truth ? 1 : 0;
            all += (found[i] ? 1 : 0) + (truth ? 1 : 0);
        }
        return all == 0 ? 1 : 2.0 * both / all;
    }
}
