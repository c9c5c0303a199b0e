package org.myonode.crossvalidation.training;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Steps with a learning rate that warms up and then falls to zero along a cosine, checkpoints, and batches made ahead on
 * another thread while TensorFlow computes.
 *
 * @param steps steps in all
 * @param learningRate highest learning rate
 * @param checkpoint file of the checkpoint, rewritten every {@code checkpointEvery} steps; null for none
 * @param checkpointEvery steps between checkpoints
 * @param clock tells the time that is left
 */
public record TrainingLoop(
        long steps, double learningRate, @Nullable Path checkpoint, int checkpointEvery, Clock clock) {

    private static final int AHEAD = 3;
    private static final double SMOOTHING = 0.05;

    /** Hears of every step, to evaluate or to stop early. */
    @FunctionalInterface
    public interface Watcher {

        /** Looks at the trainer after a step; false ends the training. */
        boolean goOn(Trainer trainer, long step) throws IOException;
    }

    /** Runs from where the trainer is to the last step, at the pace of who hears how it goes. */
    public void run(Trainer trainer, Batch.Source source, Progress progress, Watcher watcher) throws IOException {
        run(trainer, source, progress, watcher, progress.pace());
    }

    /**
     * Runs from where the trainer is to the last step, unless the pace ends it before.
     *
     * @throws InterruptedIOException when the pace ended it; the checkpoint was written
     */
    public void run(Trainer trainer, Batch.Source source, Progress progress, Watcher watcher, Pace pace)
            throws IOException {
        ExecutorService maker = Executors.newSingleThreadExecutor(runnable -> {
            Thread thread = new Thread(runnable, "batches");
            thread.setDaemon(true);
            return thread;
        });
        try {
            java.util.ArrayDeque<CompletableFuture<Batch>> ahead = new java.util.ArrayDeque<>();
            long first = trainer.steps();
            long next = first;
            Instant start = clock.instant();
            double loss = Double.NaN;
            double score = Double.NaN;
            for (long step = first; step < steps; step++) {
                while (next < steps && ahead.size() < AHEAD) {
                    long wanted = next++;
                    ahead.add(CompletableFuture.supplyAsync(() -> source.batch(wanted), maker));
                }
                Trainer.StepResult result = trainer.step(ahead.remove().join(), rate(step));
                loss = Double.isNaN(loss) ? result.loss() : loss + SMOOTHING * (result.loss() - loss);
                score = Double.isNaN(score) ? result.score() : score + SMOOTHING * (result.score() - score);
                long done = step + 1;
                Duration spent = Duration.between(start, clock.instant());
                progress.step(
                        done,
                        steps,
                        loss,
                        score,
                        Duration.ofMillis(spent.toMillis() * (steps - done) / (done - first)));
                if (checkpoint != null && (done % checkpointEvery == 0 || done == steps)) {
                    trainer.checkpoint(checkpoint);
                }
                if (!watcher.goOn(trainer, done)) {
                    return;
                }
                if (done < steps && !pace.goOn()) {
                    if (checkpoint != null) {
                        trainer.checkpoint(checkpoint);
                    }
                    throw new InterruptedIOException("stopped after step " + done + " of " + steps);
                }
            }
        } finally {
            maker.shutdownNow();
        }
    }

    /** Goes on from the checkpoint when there is one; says whether there was. */
    public boolean resume(Trainer trainer) throws IOException {
        if (checkpoint == null || !Files.isRegularFile(checkpoint)) {
            return false;
        }
        trainer.resume(checkpoint);
        return true;
    }

    double rate(long step) {
        double warmUp = Math.min(1.0, (step + 1) / 50.0);
        double cosine = 0.5 * (1 + Math.cos(Math.PI * step / Math.max(1, steps)));
        return learningRate * warmUp * (0.01 + 0.99 * cosine);
    }
}
