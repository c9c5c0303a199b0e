package org.myonode.dicom.net;

import java.io.IOException;
import java.net.Socket;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to a {@link DicomListener} from its first to its last byte. Runs on one thread; {@link #stop} and
 * {@link #kill} come from another.
 */
final class AcceptorSession {
    private static final Logger log = LoggerFactory.getLogger(DicomListener.class);

    private final long id;
    private final Socket socket;
    private final ListenerConfig config;
    private final Negotiation negotiation;
    private final AssociationPolicy policy;
    private final StoreHandler handler;
    private final Semaphore associations;
    private final BooleanSupplier listenerClosing;

    private final Object lock = new Object();
    private @Nullable UpperLayer layer;
    private boolean busy;
    private boolean stopping;
    private boolean holdsPermit;
    private int stored;
    private int failed;

    AcceptorSession(
            long id,
            Socket socket,
            ListenerConfig config,
            Negotiation negotiation,
            AssociationPolicy policy,
            StoreHandler handler,
            Semaphore associations,
            BooleanSupplier listenerClosing) {
        this.id = id;
        this.socket = socket;
        this.config = config;
        this.negotiation = negotiation;
        this.policy = policy;
        this.handler = handler;
        this.associations = associations;
        this.listenerClosing = listenerClosing;
    }

    /** Ends the association as soon as no store is running. */
    void stop() {
        synchronized (lock) {
            stopping = true;
            if (!busy) {
                kill();
            }
        }
    }

    /** Ends it now. */
    void kill() {
        synchronized (lock) {
            stopping = true;
            if (layer != null) {
                layer.abortFromOutside();
            }
        }
    }

    void run() {
        try {
            socket.setTcpNoDelay(true);
            UpperLayer connection = UpperLayer.acceptor(
                    socket, new Timers(config.artim(), config.idle()), config.maxPdu(), this::rejectedByProvider);
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
        boolean aborted = true;
        tellOpened(info);
        try {
            connection.accept(answer);
            log.info(
                    "association={} accepted calling={} called={} from={} contexts={} refused={} pdu={} toolkit={}",
                    id,
                    info.callingAeTitle(),
                    info.calledAeTitle(),
                    info.remoteAddress(),
                    contexts.size(),
                    request.contexts().size() - contexts.size(),
                    request.user().maxLength(),
                    info.implementationVersionName());
            DimseChannel channel =
                    new DimseChannel(connection, contexts, request.user().maxLength());
            aborted = !serveMessages(connection, channel, info);
        } catch (IOException lost) {
            log.warn(
                    "association={} aborted calling={} reason={} stored={} failed={}",
                    id,
                    info.callingAeTitle(),
                    lost.getMessage(),
                    stored,
                    failed);
            connection.abort();
        } finally {
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
                    stored,
                    failed);
        }
    }

    /** True if the peer asked for release, false if we aborted because the listener closes. */
    private boolean serveMessages(UpperLayer connection, DimseChannel channel, AssociationInfo info)
            throws IOException {
        while (true) {
            Optional<DimseChannel.Command> command = channel.receiveCommand();
            if (command.isEmpty()) {
                return true;
            }
            synchronized (lock) {
                if (stopping) {
                    throw new IOException("the listener closes");
                }
                busy = true;
            }
            try {
                answer(channel, command.get(), info);
            } finally {
                synchronized (lock) {
                    busy = false;
                }
            }
            if (isStopping()) {
                log.info("association={} aborted calling={} reason=the listener closes", id, info.callingAeTitle());
                connection.abort();
                return false;
            }
        }
    }

    private boolean isStopping() {
        synchronized (lock) {
            return stopping;
        }
    }

    private void answer(DimseChannel channel, DimseChannel.Command command, AssociationInfo info) throws IOException {
        CommandSet request = command.set();
        int field = request.integerOr(CommandSet.COMMAND_FIELD, 0);
        switch (field) {
            case CommandSet.C_ECHO_RQ -> {
                discardDataSet(channel, command);
                channel.sendCommand(command.context(), response(request, DimseStatus.SUCCESS));
            }
            case CommandSet.C_STORE_RQ -> {
                DimseStatus status = store(channel, command, info);
                if (status.isSuccess() || status.isWarning()) {
                    stored++;
                } else {
                    failed++;
                    log.warn("association={} store answered status={}", id, status);
                }
                channel.sendCommand(command.context(), response(request, status));
            }
            case CommandSet.C_CANCEL_RQ -> {
                // nothing that could be cancelled is running, and a cancel has no response (PS3.7 section 9.3.2.3)
            }
            default -> {
                discardDataSet(channel, command);
                if ((field & CommandSet.RESPONSE) != 0) {
                    throw new IOException(String.format("a response (%04X) came unasked", field));
                }
                log.warn("association={} unrecognized command={}", id, String.format("%04X", field));
                channel.sendCommand(command.context(), response(request, DimseStatus.UNRECOGNIZED_OPERATION));
            }
        }
    }

    private static void discardDataSet(DimseChannel channel, DimseChannel.Command command) throws IOException {
        if (command.set().hasDataSet()) {
            channel.dataSet(command.context()).drain();
        }
    }

    private DimseStatus store(DimseChannel channel, DimseChannel.Command command, AssociationInfo info)
            throws IOException {
        CommandSet request = command.set();
        AcceptedContext context = command.context();
        String sopClass = request.text(CommandSet.AFFECTED_SOP_CLASS_UID);
        String sopInstance = request.text(CommandSet.AFFECTED_SOP_INSTANCE_UID);
        DimseStatus refusal = null;
        if (!AeTitles.isUid(sopClass) || !AeTitles.isUid(sopInstance)) {
            refusal = DimseStatus.CANNOT_UNDERSTAND.with("SOP Class or SOP Instance UID missing or malformed");
        } else if (!sopClass.equals(context.sopClassUid())) {
            refusal = DimseStatus.SOP_CLASS_NOT_SUPPORTED.with("SOP class is not that of the presentation context");
        } else if (!request.hasDataSet()) {
            return DimseStatus.CANNOT_UNDERSTAND.with("no data set");
        }
        if (refusal != null) {
            discardDataSet(channel, command);
            return refusal;
        }
        int messageId = request.integerOr(CommandSet.MESSAGE_ID, 0);
        DimseChannel.DataSetStream dataSet = channel.dataSet(context);
        DimseStatus status;
        try {
            status = handler.store(
                    new StoreRequest(info, sopClass, sopInstance, context.transferSyntax(), messageId), dataSet);
        } catch (IOException | RuntimeException e) {
            if (dataSet.failure().isPresent()) {
                throw dataSet.failure().get();
            }
            log.error("association={} message={} store handler failed instance={}", id, messageId, sopInstance, e);
            // the text of the exception may hold paths or worse; the peer is told where to look
            status = DimseStatus.PROCESSING_FAILURE.with(
                    "storing failed, see log: association=" + id + " message=" + messageId);
        }
        dataSet.drain();
        return status;
    }

    private static CommandSet response(CommandSet request, DimseStatus status) {
        CommandSet response = new CommandSet()
                .integer(CommandSet.COMMAND_FIELD, request.integerOr(CommandSet.COMMAND_FIELD, 0) | CommandSet.RESPONSE)
                .integer(CommandSet.MESSAGE_ID_BEING_RESPONDED_TO, request.integerOr(CommandSet.MESSAGE_ID, 0))
                .integer(CommandSet.COMMAND_DATA_SET_TYPE, CommandSet.NO_DATA_SET)
                .integer(CommandSet.STATUS, status.code());
        String sopClass = request.text(CommandSet.AFFECTED_SOP_CLASS_UID);
        if (!sopClass.isEmpty()) {
            response.uid(CommandSet.AFFECTED_SOP_CLASS_UID, sopClass);
        }
        String sopInstance = request.text(CommandSet.AFFECTED_SOP_INSTANCE_UID);
        if (!sopInstance.isEmpty()) {
            response.uid(CommandSet.AFFECTED_SOP_INSTANCE_UID, sopInstance);
        }
        if (!status.comment().isEmpty()) {
            response.longString(CommandSet.ERROR_COMMENT, status.comment());
        }
        return response;
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
            handler.associationOpened(info);
        } catch (RuntimeException e) {
            log.error("association={} handler failed at opening", id, e);
        }
    }

    private void tellClosed(AssociationInfo info, boolean aborted) {
        try {
            handler.associationClosed(info, aborted);
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
