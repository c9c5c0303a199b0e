package org.myonode.dicom.net;

import java.io.IOException;
import java.net.Socket;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to a {@link DicomListener} from its first to its last byte. Runs on one thread; {@link #stop} and
 * {@link #kill} come from another, and so do answers where the peer may have several operations outstanding.
 */
final class AcceptorSession {
    private static final Logger log = LoggerFactory.getLogger(DicomListener.class);

    private final long id;
    private final Socket socket;
    private final ListenerConfig config;
    private final Negotiation negotiation;
    private final AssociationPolicy policy;
    private final Performers performers;
    private final Semaphore associations;
    private final BooleanSupplier listenerClosing;

    private final Object lock = new Object();
    private @Nullable UpperLayer layer;
    private @Nullable DimsePerformer performer;
    /** From the acceptance on, but for the times when a command is awaited. */
    private boolean busy;

    private boolean stopping;
    private boolean holdsPermit;

    AcceptorSession(
            long id,
            Socket socket,
            ListenerConfig config,
            Negotiation negotiation,
            AssociationPolicy policy,
            Performers performers,
            Semaphore associations,
            BooleanSupplier listenerClosing) {
        this.id = id;
        this.socket = socket;
        this.config = config;
        this.negotiation = negotiation;
        this.policy = policy;
        this.performers = performers;
        this.associations = associations;
        this.listenerClosing = listenerClosing;
    }

    /** Ends the association as soon as no store is running. */
    void stop() {
        synchronized (lock) {
            stopping = true;
            endIfIdle();
        }
    }

    /** All that had been asked for is answered; called from another thread. */
    private void answered() {
        synchronized (lock) {
            if (stopping) {
                endIfIdle();
            }
        }
    }

    private void endIfIdle() {
        if (!busy && (performer == null || !performer.isAnswering())) {
            kill();
        }
    }

    /** Ends it now. */
    void kill() {
        synchronized (lock) {
            stopping = true;
            if (layer != null) {
                layer.abortFromOutside();
            } else {
                closeSocket();
            }
        }
    }

    /** Ends a TLS handshake that is under way. */
    private void closeSocket() {
        try {
            socket.close();
        } catch (IOException ignored) {
            // nothing is left to lose
        }
    }

    void run() {
        try {
            Optional<Connection> secured = secured();
            if (secured.isEmpty()) {
                return;
            }
            UpperLayer connection = UpperLayer.acceptor(
                    secured.get(),
                    new Timers(config.artim(), config.idle()),
                    config.maxPdu(),
                    this::rejectedByProvider);
            synchronized (lock) {
                layer = connection;
                if (stopping) {
                    return;
                }
            }
            serve(connection);
            releasePermit();
            connection.awaitClose();
        } catch (IOException e) {
            log.warn("association={} connection lost from={} error={}", id, address(), e.toString());
        } finally {
            releasePermit();
        }
    }

    /** The connection to talk on; empty if TLS was due and the peer failed in it. */
    private Optional<Connection> secured() throws IOException {
        if (config.tls().isEmpty()) {
            return Optional.of(Connection.plain(socket));
        }
        try {
            return Optional.of(config.tls().get().accept(socket, config.artim()));
        } catch (SSLException e) {
            log.warn("association={} TLS failed from={} reason={}", id, address(), Tls.reason(e));
            return Optional.empty();
        }
    }

    private void serve(UpperLayer connection) throws IOException {
        Indication first = connection.receive();
        if (first instanceof Indication.AssociateRequested requested) {
            Pdu.AssociateRequest request = requested.request();
            AssociationInfo info = describe(request);
            Optional<Rejection> rejection = rejectedByUser(request, info);
            if (rejection.isPresent()) {
                logRejection(info, rejection.get());
                connection.reject(rejection.get());
            } else {
                serveAssociation(connection, request, info);
            }
        } else if (first instanceof Indication.Ended end) {
            log.warn("association={} not established from={} reason={}", id, address(), end.why());
        }
    }

    /** What the service provider rejects by itself, PS3.8 table 9-21 sources 2 and 3. */
    private Optional<Rejection> rejectedByProvider(Pdu.AssociateRequest request) {
        Rejection rejection = null;
        // bit 0 is version 1; no other bit is tested (PS3.8 table 9-11)
        if ((request.protocolVersion() & 1) == 0) {
            rejection = Rejection.PROTOCOL_VERSION_NOT_SUPPORTED;
        } else if (listenerClosing.getAsBoolean()) {
            rejection = Rejection.TEMPORARY_CONGESTION;
        } else if (!associations.tryAcquire()) {
            rejection = Rejection.LOCAL_LIMIT_EXCEEDED;
        } else {
            holdsPermit = true;
        }
        if (rejection != null) {
            logRejection(describe(request), rejection);
        }
        return Optional.ofNullable(rejection);
    }

    private Optional<Rejection> rejectedByUser(Pdu.AssociateRequest request, AssociationInfo info) {
        if (!request.applicationContext().equals(Pdu.APPLICATION_CONTEXT)) {
            return Optional.of(Rejection.APPLICATION_CONTEXT_NOT_SUPPORTED);
        }
        if (!request.calledAeTitle().strip().equals(config.aeTitle())) {
            return Optional.of(Rejection.CALLED_AE_NOT_RECOGNIZED);
        }
        try {
            return policy.check(info);
        } catch (RuntimeException e) {
            log.error("association={} policy failed calling={}", id, info.callingAeTitle(), e);
            return Optional.of(Rejection.NO_REASON);
        }
    }

    private void serveAssociation(UpperLayer connection, Pdu.AssociateRequest request, AssociationInfo info)
            throws IOException {
        Pdu.AssociateAccept answer = negotiation.answer(request);
        Map<Integer, AcceptedContext> contexts = Negotiation.accepted(request.contexts(), answer);
        int window = Negotiation.window(request.user(), answer.user());
        DimsePerformer performer = new DimsePerformer(
                info,
                new DimseChannel(connection, contexts, request.user().maxLength()),
                performers,
                window,
                this::answered);
        synchronized (lock) {
            this.performer = performer;
            busy = true;
        }
        boolean aborted = true;
        tellOpened(info);
        try {
            connection.accept(answer);
            log.info(
                    "association={} accepted calling={} called={} from={} contexts={} refused={} pdu={} window={}"
                            + " toolkit={}",
                    id,
                    info.callingAeTitle(),
                    info.calledAeTitle(),
                    info.remoteAddress(),
                    contexts.size(),
                    request.contexts().size() - contexts.size(),
                    request.user().maxLength(),
                    window,
                    info.implementationVersionName());
            aborted = !serveMessages(connection, performer, info);
        } catch (IOException lost) {
            performer.finish();
            log.warn(
                    "association={} aborted calling={} reason={} stored={} failed={}",
                    id,
                    info.callingAeTitle(),
                    lost.getMessage(),
                    performer.stored(),
                    performer.failed());
            connection.abort();
        } finally {
            performer.finish();
            tellClosed(info, aborted);
        }
        if (!aborted) {
            // only now: who sees the release confirmed may rely on the handler knowing that all has come
            releasePermit();
            connection.confirmRelease();
            log.info(
                    "association={} released calling={} stored={} failed={}",
                    id,
                    info.callingAeTitle(),
                    performer.stored(),
                    performer.failed());
        }
    }

    /** True if the peer asked for release, false if we aborted because the listener closes. */
    private boolean serveMessages(UpperLayer connection, DimsePerformer performer, AssociationInfo info)
            throws IOException {
        while (mayAwaitCommand()) {
            Optional<DimseChannel.Command> command = awaitCommand(connection, performer);
            if (command.isEmpty()) {
                return true;
            }
            if (isStopping()) {
                throw new IOException("the listener closes");
            }
            performer.perform(command.get());
        }
        log.info("association={} aborted calling={} reason=the listener closes", id, info.callingAeTitle());
        performer.finish();
        connection.abort();
        return false;
    }

    private boolean mayAwaitCommand() {
        synchronized (lock) {
            busy = stopping;
            return !stopping;
        }
    }

    private Optional<DimseChannel.Command> awaitCommand(UpperLayer connection, DimsePerformer performer)
            throws IOException {
        try {
            while (performer.isAnswering() && !connection.awaitInput(config.idle())) {
                log.debug("association={} is not idle: the peer waits for our answers", id);
            }
            return performer.channel().receiveCommand();
        } finally {
            synchronized (lock) {
                busy = true;
            }
        }
    }

    private boolean isStopping() {
        synchronized (lock) {
            return stopping;
        }
    }

    private AssociationInfo describe(Pdu.AssociateRequest request) {
        return new AssociationInfo(
                id,
                AeTitles.printable(request.callingAeTitle()).strip(),
                AeTitles.printable(request.calledAeTitle()).strip(),
                address(),
                socket.getPort(),
                AeTitles.printable(request.user().implementationClassUid()),
                AeTitles.printable(request.user().implementationVersionName()).strip());
    }

    private String address() {
        return socket.getInetAddress().getHostAddress();
    }

    private void logRejection(AssociationInfo info, Rejection rejection) {
        log.warn(
                "association={} rejected calling={} called={} from={} reason={}",
                id,
                info.callingAeTitle(),
                info.calledAeTitle(),
                info.remoteAddress(),
                rejection.meaning());
    }

    private void tellOpened(AssociationInfo info) {
        try {
            performers.stores().associationOpened(info);
        } catch (RuntimeException e) {
            log.error("association={} handler failed at opening", id, e);
        }
    }

    private void tellClosed(AssociationInfo info, boolean aborted) {
        try {
            performers.stores().associationClosed(info, aborted);
        } catch (RuntimeException e) {
            log.error("association={} handler failed at closing", id, e);
        }
    }

    private void releasePermit() {
        if (holdsPermit) {
            holdsPermit = false;
            associations.release();
        }
    }
}
