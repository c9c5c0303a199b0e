package org.myonode.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.myonode.db.DatabaseException;
import org.myonode.db.Ledger;
import org.myonode.db.Reception;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes Part 10 files of what is committed in the journal, on a thread of its own. A file is there moments after its
 * instance was acknowledged, or when the sender pauses; it is synced later, many at once, and only then the journal may
 * forget it. Until then a restart makes the file again.
 *
 * <p>Nor may it forget before the ledger has confirmed that it knows the instance for good: what a crash of the database
 * has undone is recorded once more.
 *
 * <p>Thread-safe.
 */
final class Filing implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Filing.class);

    /** When nothing has come for so long, what is not yet synced is. */
    static final Duration IDLE = Duration.ofSeconds(1);

    private static final Duration LULL = Duration.ofMillis(50);
    private static final long SYNC_AFTER_BYTES = 64L << 20;

    private final Path studies;
    private final Journal journal;
    private final Ledger ledger;
    private final Duration idle;
    private final BlockingQueue<Job> queue = new LinkedBlockingQueue<>();
    /** Instances by study that are committed or about to be, and not yet files. */
    private final Map<String, Integer> pending = new HashMap<>();

    private final Thread thread;
    private volatile long lastSubmit = System.nanoTime();
    private volatile boolean hurry;

    // of the thread
    private final Map<Intake, Reception> unsynced = new LinkedHashMap<>();
    private final Set<Path> unsyncedPaths = new LinkedHashSet<>();
    private final List<Job> failed = new ArrayList<>();
    private long unsyncedBytes;

    /** @param intake null ends the thread */
    private record Job(@Nullable Intake intake, @Nullable Reception reception) {}

    Filing(Path studies, Journal journal, Ledger ledger, Duration idle) {
        this.studies = studies;
        this.journal = journal;
        this.ledger = ledger;
        this.idle = idle;
        this.thread = new Thread(this::run, "filing");
        this.thread.setDaemon(true);
        this.thread.start();
    }

    /** An instance of this study is about to be committed; {@link #submit} or {@link #dismiss} follows. */
    void expect(String studyUid) {
        synchronized (pending) {
            pending.merge(studyUid, 1, Integer::sum);
        }
    }

    /** It was not committed after all, or has a file already. */
    void dismiss(String studyUid) {
        synchronized (pending) {
            pending.computeIfPresent(studyUid, (uid, count) -> count == 1 ? null : count - 1);
            pending.notifyAll();
        }
    }

    /** It is committed: makes the file, then releases the intake. */
    void submit(Intake intake, Reception reception) {
        lastSubmit = System.nanoTime();
        queue.add(new Job(intake, reception));
    }

    /** Is something of this study committed that is not yet a file? */
    boolean isPending(String studyUid) {
        synchronized (pending) {
            return pending.containsKey(studyUid);
        }
    }

    /** Waits until all that was acknowledged is a file. */
    void awaitFiles() throws InterruptedException {
        synchronized (pending) {
            while (!pending.isEmpty()) {
                pending.wait();
            }
        }
    }

    private void run() {
        boolean ending = false;
        while (!ending) {
            Job job = poll();
            if (job == null) {
                sync();
                retry();
            } else if (job.intake() == null || job.reception() == null) {
                ending = true;
            } else {
                awaitLull();
                file(job, job.intake(), job.reception());
                if (unsyncedBytes >= SYNC_AFTER_BYTES) {
                    sync();
                }
            }
        }
        retry();
        sync();
    }

    private @Nullable Job poll() {
        while (true) {
            try {
                return queue.poll(idle.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                log.debug("nobody has a reason to interrupt the filing", e);
            }
        }
    }

    /** Receiving comes first: files are made in a pause, or when the journal would else become full. */
    private void awaitLull() {
        while (!hurry && System.nanoTime() - lastSubmit < LULL.toNanos() && !journal.isNearlyFull()) {
            LockSupport.parkNanos(LULL.toNanos() / 4);
        }
    }

    private void file(Job job, Intake intake, Reception reception) {
        Path target = reception.entry().path();
        try {
            Path series = target.getParent();
            if (series != null) {
                unsyncedPaths.addAll(Durable.createDirectories(studies, series));
                unsyncedPaths.add(series);
            }
            intake.moveTo(target);
            unsyncedPaths.add(target);
            unsynced.put(intake, reception);
            unsyncedBytes += intake.length();
            dismiss(reception.entry().studyUid());
        } catch (IOException e) {
            log.error("{} is safe in the journal but could not be filed; tried again", target, e);
            failed.add(job);
        }
    }

    private void retry() {
        List<Job> again = List.copyOf(failed);
        failed.clear();
        again.forEach(job -> {
            if (job.intake() != null && job.reception() != null) {
                file(job, job.intake(), job.reception());
            }
        });
    }

    private void sync() {
        if (unsynced.isEmpty()) {
            return;
        }
        try {
            Durable.sync(unsyncedPaths);
            confirm();
        } catch (IOException e) {
            // A file or folder that somebody removed meanwhile; the journal keeps its bytes, so nothing is lost.
            log.error("files could not be synced; tried again", e);
            return;
        } catch (DatabaseException e) {
            log.error("the ledger does not confirm {} instances; tried again: {}", unsynced.size(), e.getMessage());
            return;
        }
        unsynced.keySet().forEach(Intake::release);
        unsynced.clear();
        unsyncedPaths.clear();
        unsyncedBytes = 0;
    }

    private void confirm() {
        Map<String, Reception> undone = new LinkedHashMap<>();
        unsynced.values().forEach(reception -> undone.put(reception.entry().sopInstanceUid(), reception));
        undone.keySet().removeAll(ledger.confirm(List.copyOf(undone.keySet())));
        if (!undone.isEmpty()) {
            log.warn(
                    "the database had forgotten {} instances, so it must have crashed; they are recorded again, the"
                            + " first is {}",
                    undone.size(),
                    undone.keySet().iterator().next());
            ledger.record(List.copyOf(undone.values()));
        }
    }

    /** True when everything is filed and synced: the journal may forget all. */
    boolean isClean() {
        return !thread.isAlive() && unsynced.isEmpty() && failed.isEmpty();
    }

    /** Files and syncs what is left, then ends the thread. */
    @Override
    public void close() {
        hurry = true;
        queue.add(new Job(null, null));
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
