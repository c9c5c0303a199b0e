package org.myonode.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.myonode.crossvalidation.experiment.Cohort;
import org.myonode.crossvalidation.experiment.Experiment;
import org.myonode.crossvalidation.experiment.ExperimentPlan;
import org.myonode.crossvalidation.experiment.ExperimentProgress;
import org.myonode.crossvalidation.experiment.ExperimentResult;
import org.myonode.crossvalidation.experiment.ExperimentTables;
import org.myonode.crossvalidation.report.ExperimentReport;
import org.myonode.crossvalidation.report.Origin;
import org.myonode.crossvalidation.training.Pace;

/** A training experiment in the foreground: one bar for all of it, gone on with when called again. */
final class ExperimentRun {

    private ExperimentRun() {}

    /** Where stored contours come from. */
    @FunctionalInterface
    interface Contours {
        Cohort read(ExperimentPlan plan) throws IOException;
    }

    /**
     * Runs what is left of it, then prints the figures.
     *
     * @param stored asked for contours when the plan is not about phantoms
     * @return the exit code
     */
    static int run(Path out, ExperimentPlan wanted, Contours stored, double margin, Clock clock) throws IOException {
        Experiment experiment = new Experiment(out, program(), clock);
        ExperimentPlan plan;
        try {
            plan = experiment.plan(wanted);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(e.getMessage() == null ? e.toString() : e.getMessage(), e);
        }
        ExperimentResult result;
        try (StopSignal stop = new StopSignal();
                Shown shown = new Shown()) {
            Pace pace = () -> !stop.hasCome();
            result = experiment.run(
                    read -> {
                        Cohort cohort = cohort(read, stored, pace);
                        if (cohort.size() == 0) {
                            throw new NoContours();
                        }
                        if (cohort.patients() < read.folds()) {
                            throw new ConfigurationException("--folds: " + read.folds()
                                    + " folds need at least as many patients, and there are " + cohort.patients());
                        }
                        return cohort;
                    },
                    pace,
                    shown);
            if (stop.hasCome()) {
                // Before the signal is let through: then the process ends.
                System.out.println("Stopped. Go on with the same command.");
            }
        } catch (NoContours e) {
            System.out.println(
                    "No contours of " + plan.structure() + " are stored: see myonode contours import --help");
            return Main.EXPECTED_NO;
        }
        Files.write(out.resolve("cases.csv"), ExperimentTables.csv(result));
        Files.writeString(out.resolve("report.json"), ExperimentTables.json(result, margin));
        ExperimentReport.write(result, margin, origin("myonode crossval, with the plan in plan.json", clock));
        ExperimentTables.text(result, margin).forEach(System.out::println);
        System.out.println("Report: " + out.resolve("report.html"));
        return result.complete() ? Main.OK : Main.FAILED;
    }

    /** @param command what made it */
    static Origin origin(String command, Clock clock) {
        return new Origin(program(), clock.instant(), clock.getZone(), command, List.of());
    }

    static String program() {
        return Version.NAME + " " + Version.number();
    }

    private static Cohort cohort(ExperimentPlan plan, Contours stored, Pace pace) throws IOException {
        if (!plan.data().arePhantoms()) {
            return stored.read(plan);
        }
        try (Bar bar = new Bar("Phantoms", plan.data().phantoms(), "bodies")) {
            return Cohort.phantoms(plan.data(), pace, bar::to);
        }
    }

    /** Nobody drew anything. */
    private static final class NoContours extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /** One bar over all steps of all runs; without a terminal a line at every hundredth of the way. */
    private static final class Shown implements Experiment.Listener, AutoCloseable {

        private @org.jspecify.annotations.Nullable Bar bar;
        private long lastHundredth = -1;

        @Override
        public void at(ExperimentProgress progress) {
            if (progress.stepsInAll() == 0) {
                return;
            }
            Bar shown = bar;
            if (shown == null) {
                shown = new Bar("Experiment", progress.stepsInAll(), "steps");
                bar = shown;
            }
            shown.to(progress.stepsDone());
            String words = progress.doing() + left(progress);
            shown.say(words);
            long hundredth = progress.stepsDone() * 100 / progress.stepsInAll();
            if (System.console() == null && hundredth != lastHundredth) {
                lastHundredth = hundredth;
                System.out.printf(Locale.ROOT, "%d %% %s%n", hundredth, words);
            }
        }

        @Override
        public void note(String line) {
            System.out.println(line);
        }

        @Override
        public void close() {
            if (bar != null) {
                bar.close();
            }
        }
    }

    /** Such as {@code , 2 h 5 min left}. */
    static String left(ExperimentProgress progress) {
        Long seconds = progress.secondsLeft();
        if (seconds == null || progress.state() != ExperimentProgress.State.RUNNING) {
            return "";
        }
        Duration left = Duration.ofSeconds(seconds);
        return left.toHours() > 0
                ? ", " + left.toHours() + " h " + left.toMinutesPart() + " min left"
                : ", " + left.toMinutes() + " min left";
    }
}
