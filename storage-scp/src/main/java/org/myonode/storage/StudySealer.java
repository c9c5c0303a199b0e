package org.myonode.storage;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.myonode.db.Ledger;
import org.myonode.db.Revision;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Seals studies that have gone quiet: no new instance for the quiet period and no open association that brought
 * instances of it. Has no thread of its own; {@link #tick()} is one round. Thread-safe.
 */
public final class StudySealer {

    private static final Logger log = LoggerFactory.getLogger(StudySealer.class);

    private final Ledger ledger;
    private final Predicate<String> inFlight;
    private final Duration quiet;
    private final Consumer<Revision> sealed;

    /**
     * @param inFlight says of a Study Instance UID whether it must wait; usually {@link StorageScp#isInFlight}
     * @param quiet the quiet period
     * @param sealed told of each sealed revision after the ledger has it. It may fail or never be called: the ledger
     *     lists what has no job
     */
    public StudySealer(Ledger ledger, Predicate<String> inFlight, Duration quiet, Consumer<Revision> sealed) {
        this.ledger = ledger;
        this.inFlight = inFlight;
        this.quiet = quiet;
        this.sealed = sealed;
    }

    /** Seals what is quiet now. */
    public List<Revision> tick() {
        List<Revision> revisions = ledger.sealQuiet(quiet, inFlight);
        revisions.forEach(sealed);
        return revisions;
    }

    /** A tick every {@code interval} on the given executor, until the future is cancelled. */
    public ScheduledFuture<?> start(ScheduledExecutorService executor, Duration interval) {
        return executor.scheduleWithFixedDelay(
                this::tickAndGoOn, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    // The executor drops a task that throws; a database that is away for a minute must not end the sealing.
    private void tickAndGoOn() {
        try {
            tick();
        } catch (RuntimeException e) {
            log.error("studies could not be sealed now; tried again", e);
        }
    }
}
