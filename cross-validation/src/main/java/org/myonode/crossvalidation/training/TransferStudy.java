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
import org.jspecify.annotations.Nullable;
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
    /** Source of a row whose first weights the site has brought. */
    public static final String IMPORTED = "IMPORTED";

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
     * @param imported first weights that the site brings, see {@link ImportedWeights}; null for none
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
            @Nullable Path imported,
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
            boolean none = (sources.isEmpty() && imported == null) || sizes.isEmpty();
            if (none || sizes.get(0) < 0 || sourceSteps < 1 || steps < 1) {
                throw new IllegalArgumentException("sources " + sources + ", sizes " + sizes + ", " + sourceSteps
                        + " and " + steps + " steps: at least one of each, and no negative size");
            }
            if (!(learningRate > 0) || !(phantomShare >= 0 && phantomShare < 1)) {
                throw new IllegalArgumentException(
                        "learning rate " + learningRate + ", share of phantoms " + phantomShare);
            }
        }

        /** Of the rows, in their order. */
        List<String> names() {
            List<String> names = new ArrayList<>();
            sources.forEach(source -> names.add(source.name()));
            if (imported != null) {
                names.add(IMPORTED);
            }
            return names;
        }

        /** All that a row depends on, but for its source and size. */
        String words() {
            return String.format(
                    Locale.ROOT,
                    "network: %d points of %.3f mm, filters %s and %d%s%nsource task: %d steps%nslices: %d steps, learning"
                            + " rate %s, share of phantoms %s%nseed: %d%nimported weights: %s%n",
                    design.size(),
                    design.spacingMm(),
                    design.widths(),
                    design.fine(),
                    design.separable() ? ", parted convolutions" : "",
                    sourceSteps,
                    steps,
                    learningRate,
                    phantomShare,
                    seed,
                    imported == null ? "none" : imported.getFileName());
        }
    }

    /**
     * One network.
     *
     * @param source a {@link SourceTask} or {@value #IMPORTED}
     * @param learnt patient whose slices were learnt from
     * @param tested patient whose slices were tested
     * @param testedSlices how many
     * @param dice their mean; NaN where the network has not learnt what muscle is
     * @param areaError mean of the area's error, in percent
     */
    public record Row(
            String source, int size, String learnt, String tested, int testedSlices, double dice, double areaError) {

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
                    cells[0],
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
        Files.createDirectories(options.out());
        Path table = options.out().resolve("transfer.csv");
        List<Row> rows = read(table);
        requireSame(options, options.out().resolve("options.txt"), !rows.isEmpty());
        List<FineTuning.Contoured> drawn = drawn(options.real());
        List<String> patients = ContourSet.SHIPPED;
        for (String source : options.names()) {
            FirstWeights first = null;
            for (String learnt : patients) {
                for (int size : options.sizes()) {
                    if (rows.stream()
                            .anyMatch(row -> row.source().equals(source)
                                    && row.size() == size
                                    && row.learnt().equals(learnt))) {
                        continue;
                    }
                    if (first == null) {
                        first = first(source, options, progress);
                    }
                    String tested = patients.stream()
                            .filter(patient -> !patient.equals(learnt))
                            .findFirst()
                            .orElseThrow();
                    Row row = row(source, first, size, of(drawn, learnt), of(drawn, tested), options, progress);
                    rows.add(row);
                    Files.writeString(
                            table,
                            (Files.exists(table) ? "" : HEADER + "\n") + row.line() + "\n",
                            StandardOpenOption.CREATE,
                            StandardOpenOption.APPEND);
                    progress.note(String.format(
                            Locale.ROOT,
                            "%s, %d slices of %s: Dice %.3f on %d slices of %s",
                            source.toLowerCase(Locale.ROOT),
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

    /** Rows of other options in one table would be compared with each other. */
    private static void requireSame(Options options, Path file, boolean begun) throws IOException {
        String words = options.words();
        String before = begun && Files.isRegularFile(file) ? Files.readString(file) : words;
        if (!before.equals(words)) {
            throw new IOException("the table beside " + file
                    + " was begun with other options; give these or another folder:\n" + before.strip());
        }
        Files.writeString(file, words);
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
        for (LabelledSlice slice : RealSubjects.contoured(real)) {
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

    private FirstWeights first(String name, Options options, Progress progress) throws IOException {
        if (options.imported() != null && name.equals(IMPORTED)) {
            return new FirstWeights.OfFile(options.imported());
        }
        SourceTask source = SourceTask.valueOf(name);
        Path file = options.out().resolve(name.toLowerCase(Locale.ROOT) + ".weights");
        if (Files.isRegularFile(file)) {
            return new FirstWeights.Ready(source, Weights.read(file));
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
        return new FirstWeights.Ready(source, weights);
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
            String source,
            FirstWeights first,
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
        if (size == 0 && !source.equals(SourceTask.PHANTOMS.name())) {
            return new Row(source, size, learnt, tested, test.size(), Double.NaN, Double.NaN);
        }
        Path model = options.out().resolve("model");
        Path checkpoint = options.out().resolve("model.checkpoint");
        Files.deleteIfExists(checkpoint);
        if (size == 0) {
            untouched(first, options.design(), model);
        } else {
            new MuscleRun(clock, pace)
                    .run(
                            even(learn, size),
                            List.of(),
                            new MuscleRun.Options(
                                    options.design(),
                                    first,
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
    private void untouched(FirstWeights first, MuscleDesign design, Path model) throws IOException {
        try (Trainer trainer = new Trainer(design.task(), 0)) {
            FirstWeights.Transfer transfer = first.into(trainer, 0, null, clock, Progress.silent());
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
                            Set.of(),
                            Map.of(),
                            clock)
                    .write(model);
        }
    }
}
