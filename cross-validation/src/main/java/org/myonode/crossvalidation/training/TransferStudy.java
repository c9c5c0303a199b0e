package org.myonode.crossvalidation.training;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.myonode.crossvalidation.contours.ContourSet;
import org.myonode.crossvalidation.contours.Nifti;
import org.myonode.crossvalidation.scoring.MaskScores;
import org.myonode.workers.model.ModelPackage;
import org.myonode.workers.segment.MuscleSegmenter;
import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.Mask;

/**
 * What each source task brings to a network that learns muscle from 0, 2, 5 or 10 contoured slices of one real patient and
 * is tested on another (after Med Phys 2022;49:3107): the two public CTs that the project drew on, each in turn learnt
 * from and tested.
 *
 * <p>A row is written as soon as it is known, and a study that was stopped goes on after its last row. Two patients are
 * two folds: differences of a few hundredths say nothing. Not thread-safe.
 */
public final class TransferStudy {

    private static final String HEADER = "source,slices,learnt_from,tested_on,tested_slices,dice,area_error_percent";
    private static final int BATCH = 4;

    private final Clock clock;
    private final Pace pace;

    /** Trains at a pace. */
    public TransferStudy(Clock clock, Pace pace) {
        this.clock = clock;
        this.pace = pace;
    }

    /**
     * What to study.
     *
     * @param real folder of the public data sets
     * @param out folder of {@code transfer.csv} and of the weights that the source tasks gave
     * @param sources tasks
     * @param sizes numbers of contoured slices, 0 or more
     * @param design of the network
     * @param sourceSteps steps of each source task
     * @param steps steps on the contoured slices, however many there are
     * @param learningRate highest one on the contoured slices
     * @param phantomShare share of the training slices that are phantoms, 0 to less than 1
     * @param seed of all that is random
     */
    public record Options(
            Path real,
            Path out,
            List<SourceTask> sources,
            List<Integer> sizes,
            MuscleDesign design,
            long sourceSteps,
            long steps,
            double learningRate,
            double phantomShare,
            long seed) {

        /** Refuses what cannot be studied. */
        public Options {
            sources = List.copyOf(sources);
            sizes = sizes.stream().distinct().sorted().toList();
            if (sources.isEmpty() || sizes.isEmpty() || sizes.get(0) < 0 || sourceSteps < 1 || steps < 1) {
                throw new IllegalArgumentException("sources " + sources + ", sizes " + sizes + ", " + sourceSteps
                        + " and " + steps + " steps: at least one of each, and no negative size");
            }
            if (!(learningRate > 0) || !(phantomShare >= 0 && phantomShare < 1)) {
                throw new IllegalArgumentException(
                        "learning rate " + learningRate + ", share of phantoms " + phantomShare);
            }
        }
    }

    /**
     * One network.
     *
     * @param learnt patient whose slices were learnt from
     * @param tested patient whose slices were tested
     * @param testedSlices how many
     * @param dice their mean; NaN where the network has not learnt what muscle is
     * @param areaError mean of the area's error, in percent
     */
    public record Row(
            SourceTask source,
            int size,
            String learnt,
            String tested,
            int testedSlices,
            double dice,
            double areaError) {

        String line() {
            return String.format(
                    Locale.ROOT,
                    "%s,%d,%s,%s,%d,%s,%s",
                    source,
                    size,
                    learnt,
                    tested,
                    testedSlices,
                    number(dice, 4),
                    number(areaError, 2));
        }

        static Row of(String line) {
            String[] cells = line.split(",", -1);
            return new Row(
                    SourceTask.valueOf(cells[0]),
                    Integer.parseInt(cells[1]),
                    cells[2],
                    cells[3],
                    Integer.parseInt(cells[4]),
                    cells[5].isEmpty() ? Double.NaN : Double.parseDouble(cells[5]),
                    cells[6].isEmpty() ? Double.NaN : Double.parseDouble(cells[6]));
        }

        private static String number(double value, int digits) {
            return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%." + digits + "f", value);
        }
    }

    /**
     * Does what is left to do.
     *
     * @return all rows, in the order in which they were done
     * @throws java.io.InterruptedIOException when the pace ended it; call again to go on
     * @throws IOException when data cannot be read or a file cannot be written
     */
    public List<Row> run(Options options, Progress progress) throws IOException {
        List<FineTuning.Contoured> drawn = drawn(options.real());
        List<String> patients = ContourSet.SHIPPED;
        Files.createDirectories(options.out());
        Path table = options.out().resolve("transfer.csv");
        List<Row> rows = read(table);
        for (SourceTask source : options.sources()) {
            Weights weights = null;
            for (String learnt : patients) {
                for (int size : options.sizes()) {
                    if (rows.stream()
                            .anyMatch(row -> row.source() == source
                                    && row.size() == size
                                    && row.learnt().equals(learnt))) {
                        continue;
                    }
                    if (weights == null) {
                        weights = source(source, options, progress);
                    }
                    String tested = patients.stream()
                            .filter(patient -> !patient.equals(learnt))
                            .findFirst()
                            .orElseThrow();
                    Row row = row(source, weights, size, of(drawn, learnt), of(drawn, tested), options, progress);
                    rows.add(row);
                    Files.writeString(
                            table,
                            (Files.exists(table) ? "" : HEADER + "\n") + row.line() + "\n",
                            StandardOpenOption.CREATE,
                            StandardOpenOption.APPEND);
                    progress.note(String.format(
                            Locale.ROOT,
                            "%s, %d slices of %s: Dice %.3f on %d slices of %s",
                            source.name().toLowerCase(Locale.ROOT),
                            size,
                            learnt,
                            row.dice(),
                            row.testedSlices(),
                            tested));
                }
            }
        }
        return rows;
    }

    private static List<Row> read(Path table) throws IOException {
        if (!Files.exists(table)) {
            return new ArrayList<>();
        }
        List<String> lines = Files.readAllLines(table, StandardCharsets.UTF_8);
        if (lines.isEmpty() || !lines.get(0).equals(HEADER)) {
            throw new IOException(table + " is no table of this study");
        }
        return new ArrayList<>(lines.stream().skip(1).map(Row::of).toList());
    }

    /** Lumbar slices whose polygons were drawn, not interpolated, from below upwards. */
    private static List<FineTuning.Contoured> drawn(Path real) throws IOException {
        Map<String, Set<Double>> heights = new TreeMap<>();
        for (String subject : ContourSet.SHIPPED) {
            ContourSet.shipped(subject).slices().stream()
                    .filter(slice ->
                            slice.origin().equals("drawn") && slice.level().startsWith("L"))
                    .forEach(slice -> heights.computeIfAbsent(subject, name -> new HashSet<>())
                            .add(slice.zMm()));
        }
        List<FineTuning.Contoured> drawn = new ArrayList<>();
        for (LabelledSlice slice : RealSubjects.read(real)) {
            if (heights.getOrDefault(slice.subject(), Set.of()).contains(slice.zMm())) {
                drawn.add(new FineTuning.Contoured(slice.subject(), slice.zMm(), slice.slice(), slice.muscle()));
            }
        }
        for (String subject : ContourSet.SHIPPED) {
            if (of(drawn, subject).isEmpty()) {
                throw new IOException(real + " lacks the images of " + subject);
            }
        }
        return drawn;
    }

    private static List<FineTuning.Contoured> of(List<FineTuning.Contoured> drawn, String patient) {
        return drawn.stream()
                .filter(slice -> slice.patient().equals(patient))
                .sorted(Comparator.comparingDouble(FineTuning.Contoured::zMm))
                .toList();
    }

    /** So many of them, evenly over the height. */
    static <T> List<T> even(List<T> all, int size) {
        List<T> chosen = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            chosen.add(all.get((int) ((i + 0.5) * all.size() / size)));
        }
        return chosen;
    }

    private Weights source(SourceTask source, Options options, Progress progress) throws IOException {
        Path file = options.out().resolve(source.name().toLowerCase(Locale.ROOT) + ".weights");
        if (Files.isRegularFile(file)) {
            return Weights.read(file);
        }
        List<HuSlice> unlabelled = source.readsImages() ? unlabelled(options.real()) : List.of();
        Path checkpoint = file.resolveSibling(file.getFileName() + ".checkpoint");
        Weights weights = source.learn(
                        options.design(),
                        unlabelled,
                        options.sourceSteps(),
                        options.seed(),
                        checkpoint,
                        clock,
                        progress,
                        pace)
                .weights();
        weights.write(file);
        Files.deleteIfExists(checkpoint);
        return weights;
    }

    /** The two CTs that are neither learnt from nor tested here, without their labels. */
    private static List<HuSlice> unlabelled(Path real) throws IOException {
        List<HuSlice> slices = new ArrayList<>();
        for (String name : List.of("spl_abdominal_atlas/ct_hu.nii.gz", "totalsegmentator_example/example_ct.nii.gz")) {
            Path file = real.resolve(name);
            if (Files.isRegularFile(file)) {
                Nifti ct = Nifti.read(file);
                for (int k = 0; k < ct.depth(); k++) {
                    slices.add(RealSubjects.hu(ct, k, name.startsWith("spl") ? RealSubjects.ATLAS_ENLARGED : 1));
                }
            }
        }
        return slices;
    }

    private Row row(
            SourceTask source,
            Weights weights,
            int size,
            List<FineTuning.Contoured> learn,
            List<FineTuning.Contoured> test,
            Options options,
            Progress progress)
            throws IOException {
        String learnt = learn.get(0).patient();
        String tested = test.get(0).patient();
        if (size > learn.size()) {
            throw new IOException(size + " slices are wanted of " + learnt + ", and " + learn.size() + " are drawn");
        }
        if (size == 0 && source != SourceTask.PHANTOMS) {
            return new Row(source, size, learnt, tested, test.size(), Double.NaN, Double.NaN);
        }
        Path model = options.out().resolve("model");
        Path checkpoint = options.out().resolve("model.checkpoint");
        Files.deleteIfExists(checkpoint);
        if (size == 0) {
            untouched(weights, options.design(), model);
        } else {
            new MuscleRun(clock, pace)
                    .run(
                            even(learn, size),
                            List.of(),
                            new MuscleRun.Options(
                                    options.design(),
                                    new FirstWeights.Ready(source, weights),
                                    model,
                                    checkpoint,
                                    "transfer-study",
                                    options.steps(),
                                    options.learningRate(),
                                    BATCH,
                                    options.seed(),
                                    options.phantomShare(),
                                    0),
                            progress,
                            look -> {});
        }
        double dice = 0;
        double area = 0;
        try (MuscleSegmenter segmenter = new MuscleSegmenter(ModelPackage.load(model))) {
            for (FineTuning.Contoured slice : test) {
                Mask found = segmenter.segment(slice.slice()).muscle();
                dice += MaskScores.dice(slice.muscle(), found) / test.size();
                area += 100.0
                        * (found.count() - slice.muscle().count())
                        / slice.muscle().count()
                        / test.size();
            }
        }
        Files.deleteIfExists(checkpoint);
        return new Row(source, size, learnt, tested, test.size(), dice, area);
    }

    /** The source task's network as it is. */
    private void untouched(Weights weights, MuscleDesign design, Path model) throws IOException {
        try (Trainer trainer = new Trainer(design.task(), 0)) {
            FirstWeights.Transfer transfer = new FirstWeights.Ready(SourceTask.PHANTOMS, weights)
                    .into(trainer, 0, null, clock, Progress.silent());
            PackageFiles.served(design.task(), trainer.weights(), model);
            new MuscleCard(
                            "muscle-l3",
                            "transfer-study",
                            design,
                            transfer,
                            List.of(),
                            0,
                            trainer.parameters(),
                            BATCH,
                            0,
                            "none: of a study",
                            Map.of(),
                            clock)
                    .write(model);
        }
    }
}
