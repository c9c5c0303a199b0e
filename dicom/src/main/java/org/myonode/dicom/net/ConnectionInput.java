package org.myonode.dicom.net;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;

/**
 * The receiving side of a socket with a time budget that counts only the waiting. A peer that drips one byte at a time
 * uses up the budget as a silent one does; a slow disk of ours does not. Not thread-safe.
 */
final class ConnectionInput {
    private static final int BUFFER_SIZE = 16 * 1024;

    private final Connection connection;
    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER_SIZE];
    private int position;
    private int limit;
    private long budgetNanos;
    private boolean patient;

    ConnectionInput(Connection connection) throws IOException {
        this.connection = connection;
        this.in = connection.in();
    }

    /** From now on reads may wait this long in total, then they throw SocketTimeoutException. */
    void allow(Duration duration) {
        budgetNanos = duration.toNanos();
    }

    /** True if bytes can be read without waiting. */
    boolean ready() throws IOException {
        return position < limit || in.available() > 0;
    }

    /** True once a byte, or the end of the connection, can be read; false if neither came for so long. */
    boolean await(Duration duration) throws IOException {
        if (position < limit) {
            return true;
        }
        allow(duration);
        patient = true;
        try {
            fill();
            return true;
        } catch (SocketTimeoutException nothing) {
            return false;
        } finally {
            patient = false;
        }
    }

    /** One byte, or -1 at the end of the connection. */
    int read() throws IOException {
        if (position == limit && fill() < 0) {
            return -1;
        }
        return buffer[position++] & 0xFF;
    }

    /** At least one byte and at most {@code length}; EOFException at the end of the connection. */
    int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (position == limit) {
            if (length >= BUFFER_SIZE) {
                return ended(readSocket(target, offset, length));
            }
            ended(fill());
        }
        int count = Math.min(length, limit - position);
        System.arraycopy(buffer, position, target, offset, count);
        position += count;
        return count;
    }

    void readFully(byte[] target, int offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
            done += read(target, offset + done, length - done);
        }
    }

    /** Discards so many bytes. */
    void skip(long count) throws IOException {
        long left = count;
        while (left > 0) {
            if (position == limit) {
                ended(fill());
            }
            int step = (int) Math.min(left, limit - position);
            position += step;
            left -= step;
        }
    }

    private int fill() throws IOException {
        int count = readSocket(buffer, 0, BUFFER_SIZE);
        position = 0;
        limit = Math.max(0, count);
        return count;
    }

    private int readSocket(byte[] target, int offset, int length) throws IOException {
        long millis = budgetNanos / 1_000_000;
        if (millis <= 0) {
            throw new SocketTimeoutException("time is up");
        }
        connection.readTimeout((int) Math.min(millis, Integer.MAX_VALUE));
        long before = System.nanoTime();
        try {
            // the socket's timeout is for one read of TCP, and a TLS record may take many of them
            return connection.isSecure() && !patient
                    ? connection.within(
                            Duration.ofMillis(millis + 100),
                            "no whole TLS record within",
                            () -> in.read(target, offset, length))
                    : in.read(target, offset, length);
        } finally {
            budgetNanos -= System.nanoTime() - before;
        }
    }

    private static int ended(int count) throws EOFException {
        if (count < 0) {
            throw new EOFException("the peer closed the connection");
        }
        return count;
    }
}
