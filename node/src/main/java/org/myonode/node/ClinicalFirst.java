package org.myonode.node;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import org.myonode.crossvalidation.training.Pace;

/**
 * The pace of experiments in a node: while studies wait or are being measured they stand still, and when the node closes
 * they end. Asked after every training step, of which a CPU does a few in a second, so that a study waits for one at most.
 *
 * <p>Thread-safe.
 */
final class ClinicalFirst implements Pace, AutoCloseable {

    private static final Duration LOOK = Duration.ofMillis(500);

    private final BooleanSupplier studies;
    private final Clock clock;
    private Instant looked = Instant.EPOCH;
    private boolean waiting;
    private boolean closed;

    /**
     * @param studies whether there are any to be measured; asked twice a second at most
     */
    ClinicalFirst(BooleanSupplier studies, Clock clock) {
        this.studies = studies;
        this.clock = clock;
    }

    @Override
    public synchronized boolean mustWait() {
        Instant now = clock.instant();
        if (!closed && Duration.between(looked, now).compareTo(LOOK) >= 0) {
            waiting = studies.getAsBoolean();
            looked = now;
        }
        return waiting && !closed;
    }

    @Override
    public synchronized boolean goOn() {
        while (mustWait()) {
            try {
                wait(LOOK.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return !closed;
    }

    /** Ends whatever asks next. */
    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }
}
