package org.myonode.dicom.net;

import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The operations that are outstanding on one association (PS3.7 section D.3.3.3): a thread of its own brings them to their
 * end, in their order, while the requests of the next are read. In a window of 1 the caller's thread does, and there is no
 * other.
 *
 * <p>For one thread, but for {@link #isEmpty}.
 */
final class OperationsWindow {
    private final int size;
    private final ExecutorService thread;
    private final Runnable emptied;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private int outstanding;
    private @Nullable IOException failure;

    /** What is left of an operation whose request has been read: its end and its response. */
    @FunctionalInterface
    interface Rest {
        void finish() throws IOException;
    }

    /**
     * @param name of the thread
     * @param emptied called by it when nothing is outstanding any more
     */
    OperationsWindow(int size, String name, Runnable emptied) {
        this.size = size;
        this.thread = Executors.newSingleThreadExecutor(task -> new Thread(task, name));
        this.emptied = emptied;
    }

    /** Nothing is outstanding. */
    boolean isEmpty() {
        lock.lock();
        try {
            return outstanding == 0;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until one more may be begun. A peer that invokes more than it may waits, too: what it sends is not read.
     *
     * @throws IOException if one could not be answered
     */
    void awaitRoom() throws IOException {
        awaitAtMost(size - 1);
        if (failure != null) {
            throw failure;
        }
    }

    /** Waits until all are answered, or could not be. Nothing can be begun afterwards. */
    void close() {
        awaitAtMost(0);
        thread.shutdown();
    }

    private void awaitAtMost(int most) {
        lock.lock();
        try {
            while (outstanding > most) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Brings one to its end; in a window of more than 1 this does not wait for it. */
    void finish(Rest rest) throws IOException {
        if (size == 1) {
            rest.finish();
            return;
        }
        lock.lock();
        outstanding++;
        lock.unlock();
        thread.execute(() -> {
            // Stays when an Error ends the thread: the peer must not be left without an answer and without an abort.
            @Nullable IOException problem = new IOException("an operation ended without an answer");
            try {
                rest.finish();
                problem = null;
            } catch (IOException e) {
                problem = e;
            } finally {
                done(problem);
            }
        });
    }

    private void done(@Nullable IOException problem) {
        lock.lock();
        outstanding--;
        if (problem != null) {
            failure = problem;
        }
        boolean empty = outstanding == 0;
        changed.signalAll();
        lock.unlock();
        if (empty) {
            emptied.run();
        }
    }
}
