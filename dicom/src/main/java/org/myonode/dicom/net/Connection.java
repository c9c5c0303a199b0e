package org.myonode.dicom.net;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLSocket;

/**
 * A transport connection (PS3.8 section 9.1), with or without TLS. Java has no timeout for a blocking write, nor one for a
 * whole TLS record, so a watchdog cuts the connection when such an operation takes too long. Thread-safe as a socket is.
 */
final class Connection implements AutoCloseable {
    /** For the closing words of TLS; a peer that does not take them is cut off. */
    private static final Duration GOODBYE = Duration.ofSeconds(1);

    private static final ScheduledThreadPoolExecutor WATCHDOG = watchdog();

    private final Socket wire;
    private final Socket socket;

    private Connection(Socket wire, Socket socket) {
        this.wire = wire;
        this.socket = socket;
    }

    /** Without TLS. */
    static Connection plain(Socket connected) throws IOException {
        connected.setTcpNoDelay(true);
        return new Connection(connected, connected);
    }

    /** Over a TLS socket layered upon a connected one; makes the handshake. */
    static Connection secure(Socket wire, SSLSocket layered, Duration handshake) throws IOException {
        wire.setTcpNoDelay(true);
        Connection connection = new Connection(wire, layered);
        layered.setSoTimeout(Math.toIntExact(Math.max(1, handshake.toMillis())));
        connection.within(handshake, "the TLS handshake took longer than", () -> {
            layered.startHandshake();
            return true;
        });
        return connection;
    }

    boolean isSecure() {
        return socket != wire;
    }

    InputStream in() throws IOException {
        return socket.getInputStream();
    }

    OutputStream out() throws IOException {
        return socket.getOutputStream();
    }

    void readTimeout(int millis) throws IOException {
        socket.setSoTimeout(millis);
    }

    String remoteAddress() {
        return wire.getInetAddress().getHostAddress();
    }

    int remotePort() {
        return wire.getPort();
    }

    /** Something that blocks. */
    @FunctionalInterface
    interface Blocking<T> {
        T call() throws IOException;
    }

    /**
     * Runs something that blocks, and cuts the connection if it takes too long.
     *
     * @throws SocketTimeoutException then
     */
    <T> T within(Duration limit, String complaint, Blocking<T> operation) throws IOException {
        AtomicBoolean tooSlow = new AtomicBoolean();
        ScheduledFuture<?> watch = WATCHDOG.schedule(
                () -> {
                    tooSlow.set(true);
                    cut();
                },
                limit.toMillis(),
                TimeUnit.MILLISECONDS);
        try {
            return operation.call();
        } catch (IOException e) {
            if (tooSlow.get()) {
                SocketTimeoutException timeout = new SocketTimeoutException(complaint + " " + limit.toMillis() + " ms");
                timeout.initCause(e);
                throw timeout;
            }
            throw e;
        } finally {
            watch.cancel(false);
        }
    }

    /** Closes at once: a thread that reads or writes fails. */
    void cut() {
        try {
            wire.close();
        } catch (IOException ignored) {
            // whoever reads or writes fails either way, and that is all this is for
        }
    }

    /** Closes with the words that TLS has for it. */
    @Override
    public void close() {
        if (isSecure() && !wire.isClosed()) {
            try {
                within(GOODBYE, "the peer did not take the end of TLS for", () -> {
                    socket.close();
                    return true;
                });
            } catch (IOException ignored) {
                // nothing is left to lose
            }
        }
        cut();
    }

    private static ScheduledThreadPoolExecutor watchdog() {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "dicom-watchdog");
            thread.setDaemon(true);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true);
        return executor;
    }
}
