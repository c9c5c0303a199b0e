package org.myonode.crossvalidation.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.myonode.crossvalidation.experiment.ExperimentProgress.State;
import org.myonode.crossvalidation.training.Pace;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The experiments of a node, each in a folder of its name. The folders are the truth about what is to be done: a command
 * writes a plan or a cancellation into them, whoever works looks there, and a queue needs to know no more than the name.
 *
 * <p>Safe for use by several threads and processes.
 */
public final class Experiments {

    private static final Logger log = LoggerFactory.getLogger(Experiments.class);

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,59}");
    private static final String CANCELLED = "cancelled";

    private final Path folder;
    private final String program;
    private final Clock clock;

    /**
     * Over a folder, which need not exist yet.
     *
     * @param program name and version of this program, for the records
     */
    public Experiments(Path folder, String program, Clock clock) {
        this.folder = folder;
        this.program = program;
        this.clock = clock;
    }

    /**
     * How one stands.
     *
     * @param name of its folder
     * @param runsDone finished runs
     * @param runsInAll runs that are possible
     */
    public record Entry(String name, ExperimentPlan plan, ExperimentProgress progress, int runsDone, int runsInAll) {}

    /** All of them by name; folders that cannot be read are logged and left out. */
    public List<Entry> list() {
        List<Entry> entries = new ArrayList<>();
        for (String name : names()) {
            try {
                entries.add(entry(name));
            } catch (IOException e) {
                log.warn("experiment={} cannot be read: {}", name, e.getMessage());
            }
        }
        return entries;
    }

    /** Names of those with something left to do, that nobody has cancelled and no error has ended. */
    public List<String> toDo() {
        List<String> waiting = new ArrayList<>();
        for (String name : names()) {
            try {
                State state = progress(name).state();
                if (state == State.WAITING || state == State.RUNNING || state == State.PAUSED) {
                    waiting.add(name);
                }
            } catch (IOException e) {
                log.warn("experiment={} cannot be read: {}", name, e.getMessage());
            }
        }
        return waiting;
    }

    private List<String> names() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(folder)) {
            return folders.filter(path -> Files.isRegularFile(path.resolve("plan.json")))
                    .map(path -> path.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            log.warn("the experiments in {} cannot be listed: {}", folder, e.getMessage());
            return List.of();
        }
    }

    private Entry entry(String name) throws IOException {
        ExperimentResult result = result(name);
        int all = result.possible().size();
        return new Entry(
                name, result.plan(), progress(name), all - result.missing().size(), all);
    }

    private ExperimentProgress progress(String name) throws IOException {
        ExperimentFolder files = files(name);
        ExperimentProgress noted = Files.isRegularFile(files.progress())
                ? ExperimentFolder.read(files.progress(), ExperimentProgress.class)
                : ExperimentProgress.at(State.WAITING, "waits to begin", 0, 0, null, clock.instant());
        if (noted.state() != State.DONE && Files.exists(folder.resolve(name).resolve(CANCELLED))) {
            return new ExperimentProgress(
                    State.CANCELLED,
                    "cancelled: " + noted.doing(),
                    noted.stepsDone(),
                    noted.stepsInAll(),
                    null,
                    noted.updated());
        }
        return noted;
    }

    /**
     * All that one has given so far.
     *
     * @throws IllegalArgumentException when there is none of that name
     */
    public ExperimentResult result(String name) throws IOException {
        return existing(name).result();
    }

    /**
     * Plans one; whoever works takes it up.
     *
     * @throws IllegalArgumentException when the name cannot be one, or an experiment of that name was planned otherwise
     */
    public void submit(String name, ExperimentPlan plan) throws IOException {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("\"" + name
                    + "\" cannot be a name: 1 to 60 letters, digits, dots, hyphens and underscores, the first a letter or"
                    + " digit");
        }
        new Experiment(folder.resolve(name), program, clock).plan(plan);
        goOn(name);
    }

    /**
     * Ends one between two steps; nothing is lost.
     *
     * @return false when it was done already
     */
    public boolean cancel(String name) throws IOException {
        existing(name);
        if (progress(name).state() == State.DONE) {
            return false;
        }
        ExperimentFolder.write(folder.resolve(name).resolve(CANCELLED), new byte[0]);
        return true;
    }

    /** Lets one go on that was cancelled, or ended by an error. */
    public void goOn(String name) throws IOException {
        ExperimentFolder files = existing(name);
        Files.deleteIfExists(folder.resolve(name).resolve(CANCELLED));
        ExperimentProgress now = progress(name);
        if (now.state() == State.FAILED
                || now.state() == State.DONE && !result(name).complete()) {
            ExperimentFolder.write(
                    files.progress(),
                    ExperimentProgress.at(
                            State.WAITING, "waits to go on", now.stepsDone(), now.stepsInAll(), null, clock.instant()));
        }
    }

    /**
     * Works on one until it is done, cancelled, or the pace ends it. Errors end up in its progress and in the log.
     *
     * @param cases asked for the cases when they are needed
     */
    public void work(String name, Experiment.Cases cases, Pace pace) {
        Path marker = folder.resolve(name).resolve(CANCELLED);
        if (!Files.isRegularFile(files(name).plan()) || Files.exists(marker)) {
            return;
        }
        log.info("experiment={} goes on", name);
        try {
            ExperimentResult result = new Experiment(folder.resolve(name), program, clock)
                    .run(cases, new Cancellable(pace, marker), new Logged(name));
            log.info(
                    "experiment={} {} of {} runs done",
                    name,
                    result.possible().size() - result.missing().size(),
                    result.possible().size());
        } catch (IOException | RuntimeException e) {
            log.error("experiment={} ended early: {}", name, e.getMessage(), e);
        }
    }

    private ExperimentFolder existing(String name) {
        if (!NAME.matcher(name).matches() || !Files.isRegularFile(files(name).plan())) {
            throw new IllegalArgumentException("there is no experiment " + name + " in " + folder);
        }
        return files(name);
    }

    private ExperimentFolder files(String name) {
        return new ExperimentFolder(folder.resolve(name));
    }

    /** The pace of the node, and an end when somebody has asked for it. */
    private record Cancellable(Pace pace, Path marker) implements Pace {
        @Override
        public boolean goOn() {
            return pace.goOn() && !Files.exists(marker);
        }

        @Override
        public boolean mustWait() {
            return pace.mustWait();
        }
    }

    private record Logged(String name) implements Experiment.Listener {
        @Override
        public void at(ExperimentProgress progress) {}

        @Override
        public void note(String line) {
            log.info("experiment={} {}", name, line);
        }
    }
}
