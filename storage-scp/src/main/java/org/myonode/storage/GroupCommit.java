package org.myonode.storage;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.myonode.db.DatabaseException;
import org.myonode.db.Ledger;
import org.myonode.db.Receipt;
import org.myonode.db.Reception;

/**
 * One sync and one ledger transaction for all instances that wait at the same time.
 *
 * <p>The first thread that waits leads: it takes all that are there, its own among them, and commits them; what comes
 * meanwhile is the next group, and who waits for one of these leads it. So a single association pays for no other thread, and
 * the more instances are under way, on one association or on many, the more share one flush of the disk and one commit.
 *
 * <p>Thread-safe.
 */
final class GroupCommit implements AutoCloseable {

    private static final int LARGEST_GROUP = 256;

    private final Ledger ledger;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Commit> queue = new ArrayDeque<>();
    private final ExecutorService disk = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "journal-sync");
        thread.setDaemon(true);
        return thread;
    });
    private boolean led;

    GroupCommit(Ledger ledger) {
        this.ledger = ledger;
    }

    /** One instance with what becomes of it; under the lock. */
    final class Commit {
        private final Reception arrival;
        private final List<Segment> segments;
        private @Nullable Receipt receipt;
        private @Nullable Exception failure;

        private Commit(Reception arrival, List<Segment> segments) {
            this.arrival = arrival;
            this.segments = segments;
        }

        private boolean isDone() {
            return receipt != null || failure != null;
        }

        private String uid() {
            return arrival.entry().sopInstanceUid();
        }

        /**
         * Waits until the instance is durable and recorded.
         *
         * @throws DiskException when its bytes could not be synced; nothing is recorded
         * @throws DatabaseException when it could not be recorded
         */
        Receipt await() throws DiskException {
            lock.lock();
            try {
                while (!isDone()) {
                    if (led) {
                        changed.awaitUninterruptibly();
                    } else {
                        lead();
                    }
                }
            } finally {
                lock.unlock();
            }
            if (failure instanceof DiskException disk) {
                throw new DiskException(disk);
            }
            if (failure != null) {
                throw new DatabaseException("instance " + uid() + " is not recorded: " + failure.getMessage(), failure);
            }
            return Objects.requireNonNull(receipt);
        }
    }

    /**
     * An instance that is to become durable and to be recorded. Nothing happens before somebody waits for it or for another.
     *
     * @param segments where its bytes are
     */
    Commit submit(Reception arrival, List<Segment> segments) {
        Commit commit = new Commit(arrival, segments);
        lock.lock();
        try {
            queue.add(commit);
        } finally {
            lock.unlock();
        }
        return commit;
    }

    /** Instances that wait for the next group. */
    int waiting() {
        lock.lock();
        try {
            return queue.size();
        } finally {
            lock.unlock();
        }
    }

    /** Commits one group. Called with the lock, which is open while the work is done. */
    private void lead() {
        List<Commit> group = nextGroup();
        led = true;
        lock.unlock();
        List<Receipt> receipts = List.of();
        @Nullable Exception failure = null;
        try {
            receipts = commit(group);
        } catch (DiskException | RuntimeException e) {
            failure = e;
        } finally {
            lock.lock();
            led = false;
            for (int i = 0; i < group.size(); i++) {
                if (i < receipts.size()) {
                    group.get(i).receipt = receipts.get(i);
                } else {
                    // When an Error ends this thread, the others must not wait for ever.
                    group.get(i).failure = failure != null
                            ? failure
                            : new IllegalStateException("the thread that committed the group ended");
                }
            }
            changed.signalAll();
        }
    }

    /** Two with the same UID are never in one group: the second must see what became of the first. */
    private List<Commit> nextGroup() {
        List<Commit> group = new ArrayList<>();
        Set<String> uids = new HashSet<>();
        while (!queue.isEmpty()
                && group.size() < LARGEST_GROUP
                && uids.add(queue.peek().uid())) {
            group.add(queue.poll());
        }
        return group;
    }

    /**
     * What has its bytes in the journal is recorded provisionally: after a crash of the database the journal still has it.
     * Meanwhile the journal is synced; the ledger's commit waits for that.
     */
    private List<Receipt> commit(List<Commit> group) throws DiskException {
        List<Reception> arrivals = group.stream().map(commit -> commit.arrival).toList();
        Set<Segment> segments = new LinkedHashSet<>();
        group.forEach(commit -> segments.addAll(commit.segments));
        CompletableFuture<Void> synced = CompletableFuture.runAsync(() -> sync(segments), disk);
        try {
            return group.stream().anyMatch(commit -> commit.segments.isEmpty())
                    ? recordForGood(arrivals, synced)
                    : ledger.recordProvisionally(arrivals, synced::join);
        } catch (CompletionException e) {
            if (e.getCause() instanceof DiskNotSynced failed) {
                throw new DiskException(failed.reason);
            }
            throw e;
        } finally {
            // Also when the ledger has failed: the segment is not to be used again while it is synced.
            synced.handle((done, failure) -> done).join();
        }
    }

    private List<Receipt> recordForGood(List<Reception> arrivals, CompletableFuture<Void> synced) {
        synced.join();
        return ledger.record(arrivals);
    }

    private static void sync(Set<Segment> segments) {
        for (Segment segment : segments) {
            try {
                segment.sync();
            } catch (IOException e) {
                segment.giveUp();
                throw new DiskNotSynced(e);
            }
        }
    }

    /** Carries a failed sync to the thread that waits for it. */
    private static final class DiskNotSynced extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient IOException reason;

        DiskNotSynced(IOException reason) {
            super(reason);
            this.reason = reason;
        }
    }

    @Override
    public void close() {
        disk.shutdown();
    }
}
