package org.myonode.dicom.net;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The sending side of a socket. Java has no timeout for a blocking write, so a watchdog closes the socket of a peer that
 * takes nothing for too long. Thread-safe: an abort may come from another thread.
 */
final class ConnectionOutput {
    private static final ScheduledThreadPoolExecutor WATCHDOG = watchdog();

    private final Socket socket;
    private final OutputStream out;
    private final Duration limit;
    private final ReentrantLock lock = new ReentrantLock();

    ConnectionOutput(Socket socket, Duration limit) throws IOException {
        this.socket = socket;
        this.out = socket.getOutputStream();
        this.limit = limit;
    }

    void write(byte[] bytes, int offset, int length) throws IOException {
        AtomicBoolean tooSlow = new AtomicBoolean();
        lock.lock();
        try {
            ScheduledFuture<?> watch = WATCHDOG.schedule(
                    () -> {
                        tooSlow.set(true);
                        closeQuietly();
                    },
                    limit.toMillis(),
                    TimeUnit.MILLISECONDS);
            try {
                out.write(bytes, offset, length);
            } finally {
                watch.cancel(false);
            }
        } catch (IOException e) {
            if (tooSlow.get()) {
                SocketTimeoutException timeout =
                        new SocketTimeoutException("the peer took nothing for " + limit.toSeconds() + " s");
                timeout.initCause(e);
                throw timeout;
            }
            throw e;
        } finally {
            lock.unlock();
        }
    }

    /** Writes unless another thread is in the middle of a write, which then is not waited for. */
    void writeIfFree(byte[] bytes) throws IOException {
        if (lock.tryLock()) {
            try {
                write(bytes, 0, bytes.length);
            } finally {
                lock.unlock();
            }
        }
    }

    private void closeQuietly() {
        try {
            socket.close();
        } catch (IOException ignored) {
            // the writer fails either way, and that is all this is for
        }
    }

    private static ScheduledThreadPoolExecutor watchdog() {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "dicom-write-watchdog");
            thread.setDaemon(true);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true);
        return executor;
    }
}
