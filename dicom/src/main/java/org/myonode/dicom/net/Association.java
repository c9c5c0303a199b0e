package org.myonode.dicom.net;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Part10;
import org.myonode.dicom.net.AssociationException.Kind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An association as service user: C-ECHO and C-STORE to a peer. After an {@link AssociationException} other than
 * {@link NoPresentationContextException} it is at its end. Not thread-safe.
 */
public final class Association implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Association.class);

    /** How long to wait for a peer to close after an abort; it only delays us, so it is short. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    private static final int MEDIUM_PRIORITY = 0;

    private final AssociationConfig config;
    private final UpperLayer layer;
    private final Collection<AcceptedContext> contexts;
    private final DimseChannel channel;
    private int lastMessageId;
    private int stored;

    private Association(
            AssociationConfig config, UpperLayer layer, Map<Integer, AcceptedContext> contexts, long peerMaxLength) {
        this.config = config;
        this.layer = layer;
        this.contexts = contexts.values();
        this.channel = new DimseChannel(layer, contexts, peerMaxLength);
    }

    /** Opens an association without TLS. */
    public static Association open(
            AeAddress to,
            String callingAeTitle,
            List<PresentationContext> proposed,
            Duration connectTimeout,
            Duration responseTimeout)
            throws AssociationException {
        return open(new AssociationConfig(to, callingAeTitle, connectTimeout, responseTimeout), proposed);
    }

    /**
     * Opens an association.
     *
     * @param proposed 1 to 128 presentation contexts
     * @throws AssociationException if the peer cannot be reached, rejects, aborts or does not answer
     */
    public static Association open(AssociationConfig config, List<PresentationContext> proposed)
            throws AssociationException {
        List<Pdu.ProposedContext> numbered = Negotiation.numbered(proposed);
        Pdu.AssociateRequest request = new Pdu.AssociateRequest(
                1,
                config.to().aeTitle(),
                config.callingAeTitle(),
                Pdu.APPLICATION_CONTEXT,
                numbered,
                Pdu.UserInformation.of(config.maxPdu()));
        Socket socket = connect(config);
        try {
            Duration timeout = config.responseTimeout();
            UpperLayer layer =
                    UpperLayer.requestor(socket, new Timers(CLOSE_TIMEOUT, timeout), config.maxPdu(), request);
            Indication answer = layer.receive();
            if (answer instanceof Indication.Associated associated) {
                Map<Integer, AcceptedContext> accepted = Negotiation.accepted(numbered, associated.accept());
                log.info(
                        "association opened peer={} contexts={} refused={}",
                        config.to(),
                        accepted.size(),
                        numbered.size() - accepted.size());
                return new Association(
                        config, layer, accepted, associated.accept().user().maxLength());
            }
            layer.awaitClose();
            throw notOpened(config, answer);
        } catch (AssociationException e) {
            throw e;
        } catch (IOException e) {
            closeQuietly(socket);
            throw new AssociationException(
                    Kind.CLOSED, "connection to " + config.to() + " lost (" + e.getMessage() + ")", e);
        }
    }

    private static Socket connect(AssociationConfig config) throws AssociationException {
        AeAddress to = config.to();
        Socket socket = null;
        try {
            socket = config.sockets().createSocket();
            socket.setTcpNoDelay(true);
            socket.connect(
                    new InetSocketAddress(to.host(), to.port()),
                    Math.toIntExact(Math.max(1, config.connectTimeout().toMillis())));
            return socket;
        } catch (IOException e) {
            if (socket != null) {
                closeQuietly(socket);
            }
            throw new AssociationException(Kind.UNREACHABLE, to + " cannot be reached (" + e.getMessage() + ")", e);
        }
    }

    private static AssociationException notOpened(AssociationConfig config, Indication answer) {
        if (answer instanceof Indication.Rejected rejected) {
            Rejection rejection = rejected.rejection();
            return new AssociationException(
                    rejection.isTransient() ? Kind.REJECTED_TRANSIENT : Kind.REJECTED_PERMANENT,
                    "rejected by " + config.to().aeTitle() + " (" + rejection.meaning() + ")",
                    null);
        }
        if (answer instanceof Indication.Ended end) {
            return lost(config, end.cause(), end.why(), null);
        }
        return lost(config, Indication.Cause.ABORTED_BY_US, "unexpected answer to the request", null);
    }

    private static AssociationException lost(
            AssociationConfig config, Indication.Cause cause, String why, @Nullable Throwable reason) {
        String peer = config.to().aeTitle();
        return switch (cause) {
            case ABORTED_BY_PEER ->
                new AssociationException(Kind.ABORTED, "aborted by " + peer + " (" + why + ")", reason);
            case ABORTED_BY_US ->
                new AssociationException(
                        Kind.ABORTED, "aborted because " + peer + " broke the protocol (" + why + ")", reason);
            case CLOSED_BY_PEER ->
                new AssociationException(Kind.CLOSED, "connection to " + peer + " lost (" + why + ")", reason);
            case TIMEOUT ->
                new AssociationException(Kind.TIMEOUT, peer + " did not answer in time (" + why + ")", reason);
        };
    }

    /** Who is at the other end. */
    public AeAddress peer() {
        return config.to();
    }

    /** True if instances of this SOP class can be sent in exactly this transfer syntax. */
    public boolean accepts(String sopClassUid, String transferSyntax) {
        return exact(sopClassUid, transferSyntax).isPresent();
    }

    /** C-ECHO; needs {@link PresentationContext#verification()} among the proposals. */
    public DimseStatus echo() throws AssociationException {
        AcceptedContext context = contexts.stream()
                .filter(accepted -> accepted.sopClassUid().equals(TransferCapabilities.VERIFICATION))
                .findFirst()
                .orElseThrow(() -> new NoPresentationContextException(
                        config.to().aeTitle(), TransferCapabilities.VERIFICATION, TransferSyntaxes.IMPLICIT_LE));
        try {
            int messageId = nextMessageId();
            channel.sendCommand(
                    context,
                    new CommandSet()
                            .uid(CommandSet.AFFECTED_SOP_CLASS_UID, TransferCapabilities.VERIFICATION)
                            .integer(CommandSet.COMMAND_FIELD, CommandSet.C_ECHO_RQ)
                            .integer(CommandSet.MESSAGE_ID, messageId)
                            .integer(CommandSet.COMMAND_DATA_SET_TYPE, CommandSet.NO_DATA_SET));
            return response(CommandSet.C_ECHO_RQ, messageId);
        } catch (IOException e) {
            throw fail(e);
        }
    }

    /**
     * C-STORE of a Part 10 file. Its data set goes from the disk to the peer as it is if a context with its transfer
     * syntax was accepted; otherwise, if uncompressed, it is written anew in an accepted uncompressed syntax.
     *
     * @throws NoPresentationContextException if it can be sent in no accepted context
     * @throws AssociationException if the association was lost
     * @throws IOException if the file cannot be read
     */
    public DimseStatus store(Path file) throws IOException {
        Part10Header header = Part10Header.read(file);
        Optional<AcceptedContext> exact = exact(header.sopClassUid(), header.transferSyntax());
        if (exact.isEmpty()) {
            AcceptedContext context = transcodable(header.sopClassUid(), header.transferSyntax());
            byte[] dataSet = Part10.encodeDataSet(Part10.read(file).dataSet(), context.transferSyntax());
            return store(context, header.sopInstanceUid(), new ByteArrayInputStream(dataSet), dataSet.length);
        }
        try (FileChannel bytes = FileChannel.open(file)) {
            bytes.position(header.dataSetOffset());
            return store(
                    exact.get(),
                    header.sopInstanceUid(),
                    Channels.newInputStream(bytes),
                    bytes.size() - header.dataSetOffset());
        }
    }

    /** C-STORE of a data set in memory, in its own transfer syntax or an uncompressed one as with files. */
    public DimseStatus store(DicomFile file) throws AssociationException {
        String sopClass = file.sopClassUid();
        String syntax = file.transferSyntax();
        AcceptedContext context =
                exact(sopClass, syntax).isPresent() ? exact(sopClass, syntax).get() : transcodable(sopClass, syntax);
        byte[] dataSet = Part10.encodeDataSet(file.dataSet(), context.transferSyntax());
        return store(context, file.sopInstanceUid(), new ByteArrayInputStream(dataSet), dataSet.length);
    }

    private DimseStatus store(AcceptedContext context, String sopInstanceUid, InputStream dataSet, long length)
            throws AssociationException {
        try {
            int messageId = nextMessageId();
            channel.sendCommand(
                    context,
                    new CommandSet()
                            .uid(CommandSet.AFFECTED_SOP_CLASS_UID, context.sopClassUid())
                            .integer(CommandSet.COMMAND_FIELD, CommandSet.C_STORE_RQ)
                            .integer(CommandSet.MESSAGE_ID, messageId)
                            .integer(CommandSet.PRIORITY, MEDIUM_PRIORITY)
                            .integer(CommandSet.COMMAND_DATA_SET_TYPE, CommandSet.DATA_SET)
                            .uid(CommandSet.AFFECTED_SOP_INSTANCE_UID, sopInstanceUid));
            channel.sendDataSet(context, dataSet, length);
            DimseStatus status = response(CommandSet.C_STORE_RQ, messageId);
            if (status.isSuccess() || status.isWarning()) {
                stored++;
            }
            return status;
        } catch (IOException e) {
            throw fail(e);
        }
    }

    /** Asks for release and closes; a peer that does not confirm in time is left behind. */
    @Override
    public void close() {
        if (layer.state() != State.STA6) {
            layer.close();
            return;
        }
        try {
            layer.requestRelease();
            Indication answer = layer.receive();
            while (!(answer instanceof Indication.Released) && !(answer instanceof Indication.Ended)) {
                if (answer instanceof Indication.ReleaseRequested) {
                    // a collision: the requestor confirms first, PS3.8 section 7.2.2
                    layer.confirmRelease();
                }
                answer = layer.receive();
            }
            log.info("association closed peer={} stored={}", config.to(), stored);
        } catch (IOException e) {
            log.warn("association not released peer={} error={}", config.to(), e.toString());
        }
        layer.awaitClose();
    }

    /** Ends the association at once; may be called from another thread. */
    public void abort() {
        layer.abortFromOutside();
    }

    private Optional<AcceptedContext> exact(String sopClassUid, String transferSyntax) {
        return contexts.stream()
                .filter(context -> context.sopClassUid().equals(sopClassUid)
                        && context.transferSyntax().equals(transferSyntax))
                .findFirst();
    }

    private AcceptedContext transcodable(String sopClassUid, String transferSyntax)
            throws NoPresentationContextException {
        return contexts.stream()
                .filter(context -> context.sopClassUid().equals(sopClassUid)
                        && TransferSyntaxes.isUncompressed(transferSyntax)
                        && TransferSyntaxes.isUncompressed(context.transferSyntax()))
                .findFirst()
                .orElseThrow(
                        () -> new NoPresentationContextException(config.to().aeTitle(), sopClassUid, transferSyntax));
    }

    private int nextMessageId() {
        lastMessageId = lastMessageId % 0xFFFF + 1;
        return lastMessageId;
    }

    private DimseStatus response(int request, int messageId) throws IOException {
        Optional<DimseChannel.Command> answer = channel.receiveCommand();
        if (answer.isEmpty()) {
            layer.confirmRelease();
            throw new AssociationLostException(new Indication.Ended(
                    Indication.Cause.CLOSED_BY_PEER, "it released the association instead of answering"));
        }
        CommandSet command = answer.get().set();
        int field = command.integerOr(CommandSet.COMMAND_FIELD, 0);
        int respondedTo = command.integerOr(CommandSet.MESSAGE_ID_BEING_RESPONDED_TO, 0);
        int status = command.integerOr(CommandSet.STATUS, -1);
        if (field != (request | CommandSet.RESPONSE) || respondedTo != messageId || status < 0) {
            throw new AssociationLostException(new Indication.Ended(
                    Indication.Cause.ABORTED_BY_US,
                    String.format(
                            "command %04X to message %d instead of the response to %d",
                            field, respondedTo, messageId)));
        }
        if (command.hasDataSet()) {
            channel.dataSet(answer.get().context()).drain();
        }
        return new DimseStatus(status, AeTitles.printable(command.text(CommandSet.ERROR_COMMENT)));
    }

    /** After a failure in the middle of a message the association cannot go on; says why if the peer said so. */
    private AssociationException fail(IOException failure) {
        IOException reason = failure;
        if (!(failure instanceof AssociationLostException) && layer.state() == State.STA6) {
            reason = pendingAbort().orElse(failure);
        }
        try {
            layer.abort();
        } catch (IOException gone) {
            log.debug("abort to {} not sent", config.to(), gone);
        }
        layer.awaitClose();
        if (reason instanceof AssociationLostException lost) {
            return lost(config, lost.lossCause(), String.valueOf(lost.getMessage()), failure);
        }
        return lost(config, Indication.Cause.CLOSED_BY_PEER, String.valueOf(reason.getMessage()), failure);
    }

    /** A write that fails is often the echo of an A-ABORT that waits to be read. */
    private Optional<IOException> pendingAbort() {
        try {
            if (layer.hasInput() && layer.receive() instanceof Indication.Ended end) {
                return Optional.of(new AssociationLostException(end));
            }
        } catch (IOException nothing) {
            log.debug("no word from {} about the failure", config.to(), nothing);
        }
        return Optional.empty();
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException ignored) {
            // nothing is left to lose
        }
    }
}
