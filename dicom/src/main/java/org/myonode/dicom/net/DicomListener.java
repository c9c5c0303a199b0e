package org.myonode.dicom.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens on a port and serves each association that a peer opens on a thread of its own: C-ECHO always, C-STORE,
 * N-ACTION and N-EVENT-REPORT by its {@link Performers}.
 *
 * <p>Beyond the allowed number of associations a few more connections are served just to be told so
 * (local-limit-exceeded); beyond those, connections are closed at once. Thread-safe.
 */
public final class DicomListener implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DicomListener.class);

    /** Connections that may exist besides the associations: being rejected, aborted, or not yet identified. */
    private static final int EXTRA_CONNECTIONS = 16;

    private final ListenerConfig config;
    private final ServerSocket server;
    private final AssociationPolicy policy;
    private final Performers performers;
    private final Negotiation negotiation;
    private final ExecutorService threads;
    private final Thread acceptor;
    private final Semaphore associations;
    private final Semaphore connections;
    private final Set<AcceptorSession> sessions = ConcurrentHashMap.newKeySet();
    private volatile boolean closing;

    private DicomListener(ListenerConfig config, ServerSocket server, AssociationPolicy policy, Performers performers) {
        this.config = config;
        this.server = server;
        this.policy = policy;
        this.performers = performers;
        this.negotiation = new Negotiation(config.capabilities(), config.maxPdu(), config.maxOperations());
        this.associations = new Semaphore(config.maxAssociations());
        this.connections = new Semaphore(config.maxAssociations() + EXTRA_CONNECTIONS);
        this.threads =
                Executors.newCachedThreadPool(task -> new Thread(task, "dicom-association-" + server.getLocalPort()));
        this.acceptor = new Thread(this::acceptConnections, "dicom-listener-" + server.getLocalPort());
    }

    /**
     * Starts to listen.
     *
     * @throws IOException if the port cannot be bound; the message names it
     */
    public static DicomListener start(ListenerConfig config, AssociationPolicy policy, Performers performers)
            throws IOException {
        ServerSocket server = new ServerSocket();
        InetSocketAddress address = new InetSocketAddress(config.bind(), config.port());
        try {
            server.setReuseAddress(true);
            server.bind(address);
        } catch (IOException e) {
            server.close();
            throw new IOException("cannot listen for DICOM on " + address + ": " + e.getMessage(), e);
        }
        DicomListener listener = new DicomListener(config, server, policy, performers);
        listener.acceptor.start();
        log.info(
                "listening ae={} address={} port={} tls={}",
                config.aeTitle(),
                config.bind(),
                listener.port(),
                config.tls().isPresent());
        return listener;
    }

    /** Starts to listen for C-ECHO and C-STORE alone. */
    public static DicomListener start(ListenerConfig config, AssociationPolicy policy, StoreHandler stores)
            throws IOException {
        return start(config, policy, Performers.storing(stores));
    }

    /** The TCP port in use. */
    public int port() {
        return server.getLocalPort();
    }

    /** Associations established at the moment. */
    int associationCount() {
        return config.maxAssociations() - associations.availablePermits();
    }

    /**
     * Stops listening, aborts associations that wait for a command, and waits for running stores to be answered; a peer
     * that goes silent in the middle of one ends by the idle timer.
     */
    @Override
    public void close() {
        closing = true;
        try {
            server.close();
        } catch (IOException e) {
            log.warn("closing the server socket of port {} failed", port(), e);
        }
        try {
            acceptor.join();
            threads.shutdown();
            sessions.forEach(AcceptorSession::stop);
            while (!threads.awaitTermination(1, TimeUnit.MINUTES)) {
                log.info("waiting for {} running associations to end port={}", sessions.size(), port());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            sessions.forEach(AcceptorSession::kill);
        }
    }

    private void acceptConnections() {
        while (!closing) {
            Socket socket;
            try {
                socket = server.accept();
            } catch (IOException e) {
                if (!closing) {
                    log.warn("accepting a connection failed port={} error={}", port(), e.toString());
                    pause();
                }
                continue;
            }
            serve(socket);
        }
    }

    /** Out of file descriptors, for example: trying again at once would only burn a core. */
    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(Socket socket) {
        if (!connections.tryAcquire()) {
            log.warn("connection refused from={} reason=too many connections", socket.getInetAddress());
            closeQuietly(socket);
            return;
        }
        AcceptorSession session = new AcceptorSession(
                AssociationInfo.nextId(), socket, config, negotiation, policy, performers, associations, () -> closing);
        sessions.add(session);
        threads.execute(() -> {
            try {
                session.run();
            } catch (RuntimeException | Error e) {
                log.error("association failed from={}", socket.getInetAddress(), e);
            } finally {
                closeQuietly(socket);
                sessions.remove(session);
                connections.release();
            }
        });
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException ignored) {
            // nothing is left to lose
        }
    }
}
