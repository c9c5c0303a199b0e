package org.myonode.workers.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.myonode.db.Ledger;
import org.myonode.db.Revision;
import org.myonode.db.StudyState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares what the ledger wants done with the jobs that exist, and submits what is missing: the ledger row is committed
 * first and the job scheduled after it, so whatever happens between the two, the next round puts it right.
 *
 * <p>{@link #tick} may run on every node at once: submitting twice is a no-op.
 */
public final class Sweeper {
    private static final Logger log = LoggerFactory.getLogger(Sweeper.class);

    private static final String RETRIES = "due";

    private final Ledger ledger;
    private final JobQueue queue;

    /** A sweeper over one ledger and the queue of this process. */
    public Sweeper(Ledger ledger, JobQueue queue) {
        this.ledger = ledger;
        this.queue = queue;
    }

    /** One round. Returns how many jobs were submitted. */
    public int tick() {
        List<Revision> wanting = new ArrayList<>();
        for (Revision sealed : ledger.sealedWithoutJob()) {
            if (ledger.queued(sealed)) {
                wanting.add(sealed);
            }
        }
        wanting.addAll(ledger.inState(StudyState.QUEUED).stream()
                .filter(revision -> !wanting.contains(revision))
                .toList());
        for (Revision silent : ledger.stale(ledger.policy().heartbeatTimeout())) {
            log.warn("study={} has a silent worker", silent);
            wanting.add(silent);
        }
        int submitted = 0;
        if (!wanting.isEmpty()) {
            Set<String> present = queue.studiesWithJob();
            for (Revision revision : wanting) {
                if (!present.contains(revision.toString()) && queue.submitStudy(revision, false)) {
                    submitted++;
                }
            }
        }
        if (ledger.exportDue() && queue.submitDelivery(RETRIES)) {
            submitted++;
        }
        return submitted;
    }
}
