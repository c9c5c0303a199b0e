package org.myonode.crossvalidation.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.myonode.crossvalidation.experiment.ExperimentProgress.State;
import org.myonode.crossvalidation.training.FineTuning;
import org.myonode.crossvalidation.training.FirstWeights;
import org.myonode.crossvalidation.training.MuscleRun;
import org.myonode.crossvalidation.training.Pace;
import org.myonode.crossvalidation.training.Progress;
import org.myonode.crossvalidation.training.SourceTask;
import org.myonode.crossvalidation.training.UnlabelledCt;
import org.myonode.crossvalidation.training.Weights;
import org.myonode.workers.model.ModelPackage;
import org.myonode.workers.segment.MuscleSegmenter;
import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.Mask;

/**
 * Works through an {@link ExperimentPlan} in a folder: trains, tests, and keeps what was found.
 *
 * <p><b>Broken and gone on with.</b> What is finished lies in the folder and is never done again; a run that was broken
 * goes on from its checkpoint. The same plan and data give the same weights bit for bit on the same machine, whatever
 * happened on the way: folds, subsets, first weights and training slices follow from the seed, and all runs of one fold
 * share them, so that source tasks are compared on equal terms. Data that have changed since the beginning are refused.
 *
 * <p><b>Leakage.</b> Nothing is chosen by the test patients: the number of steps is fixed, and the weights after the last
 * step are tested. One process at a time works on a folder; a second is told so.
 *
 * <p>Not thread-safe.
 */
public final class Experiment {

    /** Most test cases that are looked at on the way. */
    static final int WATCHED = 16;

    private static final Duration WRITE_EVERY = Duration.ofSeconds(2);

    private final ExperimentFolder files;
    private final String program;
    private final Clock clock;

    /**
     * An experiment in a folder, planned or not.
     *
     * @param program name and version of this program, for the records
     */
    public Experiment(Path folder, String program, Clock clock) {
        this.files = new ExperimentFolder(folder);
        this.program = program;
        this.clock = clock;
    }

    /** Hears how it goes. Called from the thread that runs the experiment. */
    public interface Listener {

        /** Called at every step. */
        void at(ExperimentProgress progress);

        /** Something worth a line happened. */
        void note(String line);
    }

    /** Gives the cases when they are needed. */
    @FunctionalInterface
    public interface Cases {
        Cohort read(ExperimentPlan plan) throws IOException;
    }

    /**
     * Keeps the plan. When the folder holds one, sources, sizes and repeats are added to it.
     *
     * @return what will be worked on
     * @throws IllegalArgumentException when the folder's plan differs in anything else
     */
    public ExperimentPlan plan(ExperimentPlan wanted) throws IOException {
        Optional<ExperimentFolder.Planned> before = files.planned();
        ExperimentPlan plan = wanted;
        if (before.isPresent()) {
            plan = joined(before.get().plan(), wanted);
        }
        if (before.isEmpty() || !before.get().plan().equals(plan)) {
            ExperimentFolder.write(files.plan(), new ExperimentFolder.Planned(program, plan));
        }
        return plan;
    }

    private ExperimentPlan joined(ExperimentPlan before, ExperimentPlan wanted) {
        Set<SourceTask> sources = new LinkedHashSet<>(before.sources());
        sources.addAll(wanted.sources());
        Set<Integer> sizes = new LinkedHashSet<>(before.sizes());
        sizes.addAll(wanted.sizes());
        ExperimentPlan joined = new ExperimentPlan(
                before.name(),
                wanted.structure(),
                wanted.data(),
                List.copyOf(sources),
                List.copyOf(sizes),
                wanted.folds(),
                Math.max(before.repeats(), wanted.repeats()),
                wanted.seed(),
                wanted.training());
        ObjectMapper json = new ObjectMapper();
        JsonNode old = json.valueToTree(before);
        JsonNode now = json.valueToTree(joined);
        for (Iterator<String> names = now.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            boolean grows = Set.of("sources", "sizes", "repeats").contains(name);
            if (!grows && !old.path(name).equals(now.path(name))) {
                throw new IllegalArgumentException("the experiment in " + files.path() + " was planned with " + name
                        + " " + old.path(name) + ", not " + now.path(name)
                        + ": only sources, sizes and repeats may be added; give the same options or another folder");
            }
        }
        return joined;
    }

    /**
     * Does what is left to do.
     *
     * @param cases read once, when there is something to do
     * @param pace asked between training steps and between test cases
     * @return all that there is now; not {@link ExperimentResult#complete()} when the pace ended it
     * @throws IOException when a file cannot be read or written, or another process works on the folder
     * @throws IllegalArgumentException when the data are not those of the beginning, or are too few for the folds
     */
    public ExperimentResult run(Cases cases, Pace pace, Listener listener) throws IOException {
        Files.createDirectories(files.work());
        try (FileChannel channel = FileChannel.open(
                        files.work().resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = locked(channel)) {
            if (!lock.isValid()) {
                throw new IOException(files.path() + " cannot be locked");
            }
            ExperimentPlan plan = files.planned()
                    .orElseThrow(() -> new IOException(files.path() + " holds no plan"))
                    .plan();
            if (files.result().complete()) {
                return files.result();
            }
            Meter meter = new Meter(plan, pace, listener);
            try {
                work(plan, cases, meter);
                meter.write(State.DONE, "all " + files.result().possible().size() + " runs");
            } catch (InterruptedIOException e) {
                meter.write(State.WAITING, e.getMessage() == null ? "stopped" : e.getMessage());
            } catch (IOException | RuntimeException e) {
                meter.write(State.FAILED, e.getMessage() == null ? e.toString() : e.getMessage());
                throw e;
            }
            return files.result();
        }
    }

    private FileLock locked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return lock;
            }
        } catch (OverlappingFileLockException e) {
            // This process itself holds it, which is the same to the caller.
        }
        throw new IOException("another process works on " + files.path());
    }

    private void work(ExperimentPlan plan, Cases cases, Meter meter) throws IOException {
        Cohort cohort = enrol(plan, cases, meter);
        ExperimentResult before = files.result();
        before.impossible().forEach(meter::note);
        meter.begin(before);
        Map<Integer, Folds> folds = new HashMap<>();
        Map<SourceTask, Weights> learnt = new HashMap<>();
        for (RunKey key : before.missing()) {
            Folds divided = folds.computeIfAbsent(
                    key.repeat(), repeat -> Folds.of(cohort.strata(), plan.folds(), plan.seed() * 1000 + repeat));
            Weights weights = learnt.get(key.source());
            if (weights == null) {
                weights = source(plan, key.source(), meter);
                learnt.put(key.source(), weights);
            }
            run(plan, key, divided, cohort, weights, meter);
        }
    }

    /** Reads the cases, and writes who they are or makes sure that they are the same as before. */
    private Cohort enrol(ExperimentPlan plan, Cases cases, Meter meter) throws IOException {
        meter.doing("reading cases");
        Cohort cohort = cases.read(plan);
        CohortFacts facts = cohort.facts();
        if (facts.patients() < plan.folds()) {
            throw new IllegalArgumentException(
                    plan.folds() + " folds need at least as many patients, and there are " + facts.patients());
        }
        if (Files.isRegularFile(files.cohort())) {
            CohortFacts before = ExperimentFolder.read(files.cohort(), CohortFacts.class);
            if (!before.sha256().equals(facts.sha256())) {
                throw new IllegalArgumentException("the data are not those with which the experiment in "
                        + files.path() + " began (" + before.cases().size() + " cases then, "
                        + facts.cases().size() + " now): begin another one");
            }
            return cohort;
        }
        for (int i = 0; i < cohort.size(); i++) {
            Case one = cohort.at(i);
            CohortFacts.CaseFacts fact = facts.cases().get(i);
            ExperimentFolder.write(files.path().resolve(fact.picture()), Pictures.png(one.slice()));
            ExperimentFolder.write(files.path().resolve(fact.reference()), Pictures.png(one.reference()));
        }
        ExperimentFolder.write(files.cohort(), facts);
        return cohort;
    }

    /** Learns a source task, or reads what was learnt. */
    private Weights source(ExperimentPlan plan, SourceTask task, Meter meter) throws IOException {
        if (task == SourceTask.NONE) {
            if (!Files.isRegularFile(files.source(task))) {
                ExperimentFolder.write(files.source(task), new SourceOutcome(task, task.describe(), 0, "", 0, 0, ""));
            }
            return new Weights(0, Map.of());
        }
        if (Files.isRegularFile(files.source(task))) {
            return Weights.read(files.weights(task));
        }
        Path checkpoint = files.work().resolve(RunKey.name(task) + ".source-checkpoint");
        Path spent = files.work().resolve(RunKey.name(task) + ".source.json");
        dropUnreadable(checkpoint, meter);
        Noted noted = Files.isRegularFile(spent) ? ExperimentFolder.read(spent, Noted.class) : Noted.NOTHING;
        List<HuSlice> unlabelled = List.of();
        if (task.readsImages() && !plan.data().unlabelled().isEmpty()) {
            unlabelled = UnlabelledCt.read(Path.of(plan.data().unlabelled()));
        }
        meter.piece("source task " + RunKey.name(task), noted, spent);
        SourceTask.Lesson lesson = task.learn(
                plan.training().design(),
                unlabelled,
                plan.training().sourceSteps(),
                plan.seed(),
                checkpoint,
                clock,
                meter,
                meter.pace());
        lesson.weights().write(files.weights(task));
        ExperimentFolder.write(
                files.source(task),
                new SourceOutcome(
                        task,
                        task.describe()
                                + (task.readsImages()
                                        ? plan.data().unlabelled().isEmpty()
                                                ? ", taken from phantoms"
                                                : ", " + unlabelled.size() + " slices"
                                        : ""),
                        plan.training().sourceSteps(),
                        lesson.scoreName(),
                        lesson.score(),
                        meter.seconds(),
                        ModelPackage.digest(files.weights(task))));
        meter.finished(plan.training().sourceSteps());
        Files.deleteIfExists(checkpoint);
        Files.deleteIfExists(spent);
        return lesson.weights();
    }

    private void run(ExperimentPlan plan, RunKey key, Folds folds, Cohort cohort, Weights weights, Meter meter)
            throws IOException {
        List<String> learn = List.copyOf(folds.orders().get(key.fold() - 1).subList(0, key.n()));
        List<String> test = folds.parts().get(key.fold() - 1).stream().sorted().toList();
        long seed = plan.seed() * 10_000 + key.repeat() * 100L + key.fold();
        Path checkpoint = files.work().resolve(key.name() + ".checkpoint");
        Path spent = files.work().resolve(key.name() + ".json");
        Path model = files.work().resolve(key.name() + ".model");
        dropUnreadable(checkpoint, meter);
        Noted noted = Files.isRegularFile(spent) ? ExperimentFolder.read(spent, Noted.class) : Noted.NOTHING;
        meter.piece(
                String.format(
                        Locale.ROOT,
                        "%s, n = %d, fold %d of %d%s",
                        RunKey.name(key.source()),
                        key.n(),
                        key.fold(),
                        plan.folds(),
                        plan.repeats() > 1 ? ", repeat " + key.repeat() + " of " + plan.repeats() : ""),
                noted,
                spent);
        ExperimentPlan.Training how = plan.training();
        TrainedRun done;
        try {
            MuscleRun.Outcome outcome = new MuscleRun(clock, meter.pace())
                    .run(
                            contoured(cohort, cohort.indices(learn)),
                            contoured(
                                    cohort,
                                    cohort.indices(test).stream().limit(WATCHED).toList()),
                            new MuscleRun.Options(
                                    how.design(),
                                    new FirstWeights.Ready(key.source(), weights),
                                    model,
                                    checkpoint,
                                    "experiment " + key.name(),
                                    how.steps(),
                                    how.learningRate(),
                                    how.batchSize(),
                                    seed,
                                    how.phantomShare(),
                                    how.looks()),
                            meter,
                            meter::look);
            List<CaseFigures> figures = test(key, outcome.model(), cohort, cohort.indices(test), meter);
            done = new TrainedRun(
                    key,
                    seed,
                    learn,
                    test,
                    outcome.transfer(),
                    how.steps(),
                    meter.looks(),
                    outcome.graphSha256(),
                    meter.seconds(),
                    figures,
                    null);
        } catch (ArithmeticException e) {
            done = new TrainedRun(
                    key, seed, learn, test, null, 0, meter.looks(), "", meter.seconds(), List.of(), e.getMessage());
        }
        ExperimentFolder.write(files.run(key), done);
        meter.finished(how.steps());
        meter.note(describe(done));
        delete(model);
        Files.deleteIfExists(checkpoint);
        Files.deleteIfExists(spent);
    }

    private static String describe(TrainedRun run) {
        return run.failed()
                .map(reason -> run.key().name() + " has no figures: " + reason)
                .orElseGet(() -> String.format(
                        Locale.ROOT,
                        "%s: mean Dice %.4f on %d test cases",
                        run.key().name(),
                        run.cases().stream()
                                .mapToDouble(CaseFigures::dice)
                                .average()
                                .orElse(Double.NaN),
                        run.cases().size()));
    }

    /** The finished network on the test cases, through the code that serves. */
    private List<CaseFigures> test(RunKey key, Path model, Cohort cohort, List<Integer> indices, Meter meter)
            throws IOException {
        List<CaseFigures> figures = new ArrayList<>();
        try (MuscleSegmenter segmenter = new MuscleSegmenter(ModelPackage.load(model))) {
            for (int index : indices) {
                if (!meter.pace().goOn()) {
                    throw new InterruptedIOException("stopped while testing " + key.name());
                }
                Case one = cohort.at(index);
                Mask found = segmenter.segment(one.slice()).muscle();
                Path file = files.masks(key).resolve(String.format(Locale.ROOT, "%04d.png", index + 1));
                ExperimentFolder.write(file, Pictures.png(found));
                figures.add(CaseFigures.of(
                        CaseScore.of(one, found),
                        files.path().relativize(file).toString().replace('\\', '/')));
                meter.testing(figures.size(), indices.size());
            }
        }
        return figures;
    }

    private static List<FineTuning.Contoured> contoured(Cohort cohort, List<Integer> indices) {
        List<FineTuning.Contoured> slices = new ArrayList<>();
        for (int index : indices) {
            Case one = cohort.at(index);
            slices.add(new FineTuning.Contoured(one.patient(), 0, one.slice(), one.reference()));
        }
        return slices;
    }

    /** A power cut can leave half a checkpoint; the run then begins anew. */
    private static void dropUnreadable(Path checkpoint, Meter meter) throws IOException {
        try {
            Weights.read(checkpoint);
        } catch (NoSuchFileException e) {
            return;
        } catch (IOException e) {
            meter.note("checkpoint " + checkpoint.getFileName() + " cannot be read and is left: " + e.getMessage());
            Files.delete(checkpoint);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            try (Stream<Path> tree = Files.walk(folder)) {
                for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    /** What is known of a run that is not finished. */
    record Noted(double seconds, List<TrainedRun.Look> looks) {
        static final Noted NOTHING = new Noted(0, List.of());
    }

    /** Counts steps and time over the whole experiment, and writes them down every few seconds. */
    private final class Meter implements Progress {

        private final ExperimentPlan plan;
        private final Pace asked;
        private final Listener listener;
        private String piece = "";
        private String detail = "";
        private long all;
        private long finished;
        private long current;
        private long steppedHere;
        private double secondsBefore;
        private Duration paused = Duration.ZERO;
        private final Instant begun;
        private Instant pieceBegun;
        private Duration pausedBeforePiece = Duration.ZERO;
        private Instant written = Instant.EPOCH;
        private final List<TrainedRun.Look> looks = new ArrayList<>();
        private @Nullable Path notes;

        Meter(ExperimentPlan plan, Pace asked, Listener listener) {
            this.plan = plan;
            this.asked = asked;
            this.listener = listener;
            this.begun = clock.instant();
            this.pieceBegun = begun;
        }

        void begin(ExperimentResult before) {
            long steps = plan.training().steps();
            all = before.possible().size() * steps;
            finished = all - before.missing().size() * steps;
            Set<SourceTask> needed = new LinkedHashSet<>(plan.sources());
            needed.remove(SourceTask.NONE);
            all += needed.size() * plan.training().sourceSteps();
            finished += before.sources().stream()
                            .filter(source -> source.task() != SourceTask.NONE)
                            .count()
                    * plan.training().sourceSteps();
        }

        void doing(String what) {
            piece = what;
            detail = "";
            write(State.RUNNING, words());
        }

        void piece(String what, Noted noted, Path notesFile) {
            piece = what;
            detail = "";
            current = 0;
            secondsBefore = noted.seconds();
            looks.clear();
            looks.addAll(noted.looks());
            notes = notesFile;
            pieceBegun = clock.instant();
            pausedBeforePiece = paused;
            write(State.RUNNING, words());
        }

        double seconds() {
            Duration here = Duration.between(pieceBegun, clock.instant()).minus(paused.minus(pausedBeforePiece));
            return Math.round(10 * (secondsBefore + here.toMillis() / 1000.0)) / 10.0;
        }

        void look(MuscleRun.Look look) {
            looks.removeIf(known -> known.step() >= look.step());
            looks.add(new TrainedRun.Look(look.step(), look.loss(), look.trainingDice(), look.watchedDice()));
            keepNotes();
        }

        List<TrainedRun.Look> looks() {
            return List.copyOf(looks);
        }

        void finished(long steps) {
            finished += steps;
            current = 0;
            notes = null;
        }

        void testing(int done, int of) {
            detail = "testing case " + done + " of " + of;
            tell(State.RUNNING);
        }

        @Override
        public void step(long step, long steps, double loss, double score, Duration remaining) {
            steppedHere++;
            current = step;
            detail = String.format(Locale.ROOT, "step %d of %d, loss %.3f", step, steps, loss);
            tell(State.RUNNING);
        }

        @Override
        public void note(String line) {
            listener.note(line);
        }

        @Override
        public Pace pace() {
            return () -> {
                if (!asked.mustWait()) {
                    return asked.goOn();
                }
                Instant before = clock.instant();
                write(State.PAUSED, words() + "; waits for studies that are to be measured");
                boolean goOn = asked.goOn();
                paused = paused.plus(Duration.between(before, clock.instant()));
                return goOn;
            };
        }

        private String words() {
            return detail.isEmpty() ? piece : piece + ": " + detail;
        }

        private ExperimentProgress now(State state, String words) {
            long done = Math.min(all, finished + current);
            Duration spent = Duration.between(begun, clock.instant()).minus(paused);
            Long left = steppedHere < 5 ? null : (all - done) * spent.toMillis() / steppedHere / 1000;
            return ExperimentProgress.at(state, words, done, all, left, clock.instant());
        }

        private void tell(State state) {
            ExperimentProgress progress = now(state, words());
            listener.at(progress);
            if (Duration.between(written, clock.instant()).compareTo(WRITE_EVERY) >= 0) {
                keepNotes();
                keep(progress);
            }
        }

        void write(State state, String words) {
            ExperimentProgress progress = now(state, words);
            listener.at(progress);
            keepNotes();
            keep(progress);
        }

        private void keep(ExperimentProgress progress) {
            written = clock.instant();
            try {
                ExperimentFolder.write(files.progress(), progress);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        private void keepNotes() {
            Path file = notes;
            if (file != null) {
                try {
                    ExperimentFolder.write(file, new Noted(seconds(), looks()));
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }
        }
    }
}
