package org.myonode.dicom.net;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/** The sending side of a connection. Thread-safe: an abort may come from another thread. */
final class ConnectionOutput {
    private final Connection connection;
    private final OutputStream out;
    private final Duration limit;
    private final ReentrantLock lock = new ReentrantLock();

    ConnectionOutput(Connection connection, Duration limit) throws IOException {
        this.connection = connection;
        this.out = connection.out();
        this.limit = limit;
    }

    void write(byte[] bytes, int offset, int length) throws IOException {
        lock.lock();
        try {
            connection.within(limit, "the peer took nothing for", () -> {
                out.write(bytes, offset, length);
                return true;
            });
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
}
