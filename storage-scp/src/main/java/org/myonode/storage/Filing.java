package org.myonode.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes Part 10 files of what is committed in the journal, on a thread of its own. A file is there moments after its
 * instance was acknowledged, or when the sender pauses; it is synced later, many at once, and only then the journal may forget it. Until then a
 * restart makes the file again.
 *
 * <p>Thread-safe.
 */
final class Filing implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Filing.class);

    private static final Duration IDLE = Duration.ofSeconds(1);
    private static final Duration LULL = Duration.ofMillis(50);
    private static final long SYNC_AFTER_BYTES = 64L << 20;

    private final Path studies;
    private final Journal journal;
    private final BlockingQueue<Job> queue = new LinkedBlockingQueue<>();
    /** Instances by study that are committed or about to be, and not yet files. */
    private final Map<String, Integer> pending = new HashMap<>();

    private final Thread thread;
    private volatile long lastSubmit = System.nanoTime();
    private volatile boolean hurry;

    // of the thread
    private final List<Intake> unsynced = new ArrayList<>();
    private final Set<Path> unsyncedPaths = new LinkedHashSet<>();
    private final List<Job> failed = new ArrayList<>();
    private long unsyncedBytes;

    /** @param intake null ends the thread */
    private record Job(@Nullable Intake intake, Path target, String studyUid) {}

    Filing(Path studies, Journal journal) {
        this.studies = studies;
        this.journal = journal;
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
    void submit(Intake intake, Path target, String studyUid) {
        lastSubmit = System.nanoTime();
        queue.add(new Job(intake, target, studyUid));
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
            } else if (job.intake() == null) {
                ending = true;
            } else {
                awaitLull();
                file(job, job.intake());
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
                return queue.poll(IDLE.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                log.debug("nobody has a reason to interrupt the filing", e);
            }
        }
    }

    /** Receiving comes first: files are made in a pause, or when the journal would else become full. */
    private void awaitLull() {
        while (!hurry && System.nanoTime() - lastSubmit < LULL.toNanos() && !journal.isHalfFull()) {
            LockSupport.parkNanos(LULL.toNanos() / 4);
        }
    }

    private void file(Job job, Intake intake) {
        try {
            Path series = job.target().getParent();
            if (series != null) {
                unsyncedPaths.addAll(Durable.createDirectories(studies, series));
                unsyncedPaths.add(series);
            }
            intake.moveTo(job.target());
            unsyncedPaths.add(job.target());
            unsynced.add(intake);
            unsyncedBytes += intake.length();
            dismiss(job.studyUid());
        } catch (IOException e) {
            log.error("{} is safe in the journal but could not be filed; tried again", job.target(), e);
            failed.add(job);
        }
    }

    private void retry() {
        List<Job> again = List.copyOf(failed);
        failed.clear();
        again.forEach(job -> {
            if (job.intake() != null) {
                file(job, job.intake());
            }
        });
    }

    private void sync() {
        try {
            Durable.sync(unsyncedPaths);
        } catch (IOException e) {
            // A file or folder that somebody removed meanwhile; the journal keeps its bytes, so nothing is lost.
            log.error("files could not be synced; tried again", e);
            return;
        }
        unsynced.forEach(Intake::release);
        unsynced.clear();
        unsyncedPaths.clear();
        unsyncedBytes = 0;
    }

    /** True when everything is filed and synced: the journal may forget all. */
    boolean isClean() {
        return !thread.isAlive() && unsynced.isEmpty() && failed.isEmpty();
    }

    /** Files and syncs what is left, then ends the thread. */
    @Override
    public void close() {
        hurry = true;
        queue.add(new Job(null, studies, ""));
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
