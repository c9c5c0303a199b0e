package org.myonode.node;

import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.myonode.crossvalidation.training.Pace;
import org.myonode.crossvalidation.training.Progress;

/**
 * A training as a bar on a terminal, elsewhere as a line at every hundredth of the way; notes are lines everywhere. Ctrl-C
 * ends it between two steps: TensorFlow must not be in the middle of one when the process ends.
 */
final class TrainingBar implements Progress, AutoCloseable {

    private final StopSignal stop = new StopSignal();
    private final String title;
    private @Nullable Bar bar;
    private long total = -1;
    private long lastHundredth = -1;

    TrainingBar(String title) {
        this.title = title;
    }

    @Override
    public void step(long step, long steps, double loss, double score, Duration remaining) {
        Bar shown = bar;
        // A source task that is learnt first has steps of its own.
        if (shown == null || steps != total || step == 1) {
            endBar();
            shown = new Bar(title, steps, "steps");
            bar = shown;
            total = steps;
            lastHundredth = -1;
        }
        shown.to(step);
        shown.say(String.format(Locale.ROOT, "loss %.3f, score %.3f, %d min left", loss, score, remaining.toMinutes()));
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

    @Override
    public Pace pace() {
        return () -> !stop.hasCome();
    }

    /** Says how to go on; before {@link #close}, after which the process ends. Returns the exit code. */
    int stopped(InterruptedIOException where) {
        return stopped(where, " and --resume");
    }

    /** As above, where going on takes something else than {@code --resume}. */
    int stopped(InterruptedIOException where, String with) {
        endBar();
        System.out.println(title + " " + where.getMessage() + ". Go on with the same command" + with + ".");
        return Main.FAILED;
    }

    @Override
    public void close() {
        endBar();
        stop.close();
    }

    private void endBar() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }
}
