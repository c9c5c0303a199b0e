package org.myonode.node;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.myonode.crossvalidation.training.MuscleTraining;
import org.myonode.crossvalidation.training.Progress;
import org.myonode.crossvalidation.training.SpineTraining;
import org.myonode.crossvalidation.training.TrainingOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        description = {
            "Trains a model package that the node can load.",
            "Draws from phantoms and, with --real, from the public CT series for which contours come with the program.",
            "Equal seeds give equal weights on the same machine. A run that was stopped goes on with --resume."
        })
final class TrainCommand implements Callable<Integer> {

    enum Task {
        L3,
        MUSCLE
    }

    @Option(names = "--task", required = true, description = "what to learn: ${COMPLETION-CANDIDATES}")
    private Task task;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "folder of the model package")
    private Path out;

    @Option(
            names = "--real",
            paramLabel = "DIR",
            description = "folder that holds the public data sets; without it phantoms alone are used")
    private @Nullable Path real;

    @Option(names = "--steps", paramLabel = "N", description = "training steps (default: as for the shipped model)")
    private @Nullable Long steps;

    @Option(names = "--seed", paramLabel = "S", defaultValue = "1", description = "default: ${DEFAULT-VALUE}")
    private long seed;

    @Option(
            names = "--start",
            paramLabel = "DIR",
            description = "model package whose weights to start from (default: a random start)")
    private @Nullable Path start;

    @Option(names = "--resume", description = "go on from the last checkpoint beside DIR")
    private boolean resume;

    @Option(
            names = "--hold-out",
            paramLabel = "SUBJECT",
            split = ",",
            description = "data sets that are not learned from but scored, such as acrin_flt_breast_001")
    private Set<String> holdOut = Set.of();

    @Override
    public Integer call() throws Exception {
        TrainingOptions standard =
                task == Task.L3 ? SpineTraining.standard(real, out) : MuscleTraining.standard(real, out);
        TrainingOptions options = new TrainingOptions(
                real,
                out,
                steps == null ? standard.steps() : steps,
                standard.batchSize(),
                seed,
                resume,
                standard.phantoms(),
                holdOut,
                start);
        try (BarProgress progress = new BarProgress(task)) {
            if (task == Task.L3) {
                progress.finish(new SpineTraining(Clock.systemDefaultZone())
                        .run(options, progress)
                        .toString());
            } else {
                progress.finish(new MuscleTraining(Clock.systemDefaultZone())
                        .run(options, progress)
                        .toString());
            }
        }
        System.out.println("Model package in " + out);
        return Main.OK;
    }

    /** A bar on a terminal; elsewhere a line at every hundredth of the way. */
    private static final class BarProgress implements Progress, AutoCloseable {

        private final Task task;
        private @Nullable Bar bar;
        private long lastHundredth = -1;
        private String result = "";

        BarProgress(Task task) {
            this.task = task;
        }

        @Override
        public void step(long step, long steps, double loss, double score, Duration remaining) {
            if (bar == null) {
                bar = new Bar("Training " + task.name().toLowerCase(Locale.ROOT), steps, "steps");
            }
            bar.to(step);
            bar.say(String.format(Locale.ROOT, "loss %.3f, score %.3f", loss, score));
            long hundredth = step * 100 / Math.max(1, steps);
            if (System.console() == null && hundredth != lastHundredth) {
                lastHundredth = hundredth;
                System.out.printf(
                        Locale.ROOT,
                        "step %d of %d, loss %.3f, score %.3f, %d min left%n",
                        step,
                        steps,
                        loss,
                        score,
                        remaining.toMinutes());
            }
        }

        @Override
        public void note(String line) {
            System.out.println(line);
        }

        void finish(String text) {
            result = text;
        }

        @Override
        public void close() {
            if (bar != null) {
                bar.close();
            }
            if (!result.isEmpty()) {
                System.out.println(result);
            }
        }
    }
}
