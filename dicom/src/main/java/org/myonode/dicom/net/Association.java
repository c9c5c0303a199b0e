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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomException;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Part10;
import org.myonode.dicom.net.AssociationException.Kind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An association that we open: C-ECHO, C-STORE, N-ACTION and N-EVENT-REPORT to a peer. What the peer requests in the
 * meantime is performed and answered. C-STORE may also go on before its response has come, where the peer agreed to that.
 * After an {@link AssociationException} other than {@link NoPresentationContextException} it is at its end. Not
 * thread-safe, but for {@link #abort}.
 */
public final class Association implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Association.class);

    /** How long to wait for a peer to close after an abort; it only delays us, so it is short. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    /** How often to look whether what is attended for has come by another way. */
    private static final Duration ATTENTION = Duration.ofMillis(50);

    private static final int MEDIUM_PRIORITY = 0;

    private final AssociationConfig config;
    private final UpperLayer layer;
    private final Collection<AcceptedContext> contexts;
    private final DimseChannel channel;
    private final AssociationInfo info;
    private final boolean userConfirmed;
    private final Performers performers;
    private final DimsePerformer performer;
    private final int window;
    /** Who is to be told of the responses that are still to come, by message ID. */
    private final Map<Integer, Consumer<DimseStatus>> outstanding = new HashMap<>();

    private boolean ended;
    private int lastMessageId;
    private int stored;

    private Association(
            AssociationConfig config,
            UpperLayer layer,
            Map<Integer, AcceptedContext> contexts,
            AssociationInfo info,
            Pdu.UserInformation peer,
            int window,
            Performers performers) {
        this.config = config;
        this.layer = layer;
        this.contexts = contexts.values();
        this.channel = new DimseChannel(layer, contexts, peer.maxLength());
        this.userConfirmed = peer.userIdentityResponse().isPresent();
        this.info = info;
        this.window = window;
        this.performers = performers;
        this.performer = new DimsePerformer(info, channel, performers);
        performers.stores().associationOpened(info);
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
     * Opens an association on which the peer can request nothing but C-ECHO.
     *
     * @param proposed 1 to 128 presentation contexts
     * @throws AssociationException if the peer cannot be reached, rejects, aborts or does not answer
     */
    public static Association open(AssociationConfig config, List<PresentationContext> proposed)
            throws AssociationException {
        return open(config, proposed, Performers.none());
    }

    /**
     * Opens an association.
     *
     * @param proposed 1 to 128 presentation contexts
     * @param performers what is done with requests of the peer; they come while a response is awaited
     * @throws AssociationException if the peer cannot be reached, rejects, aborts or does not answer
     */
    public static Association open(AssociationConfig config, List<PresentationContext> proposed, Performers performers)
            throws AssociationException {
        List<Pdu.ProposedContext> numbered = Negotiation.numbered(proposed);
        Pdu.AssociateRequest request = new Pdu.AssociateRequest(
                1,
                config.to().aeTitle(),
                config.callingAeTitle(),
                Pdu.APPLICATION_CONTEXT,
                numbered,
                Pdu.UserInformation.of(
                        config.maxPdu(),
                        Negotiation.offer(config.maxOperations()),
                        Negotiation.roleSelections(proposed),
                        config.user().map(UserIdentity::subItem)));
        Connection connection = connect(config);
        try {
            Duration timeout = config.responseTimeout();
            UpperLayer layer =
                    UpperLayer.requestor(connection, new Timers(CLOSE_TIMEOUT, timeout), config.maxPdu(), request);
            Indication answer = layer.receive();
            if (answer instanceof Indication.Associated associated) {
                Map<Integer, AcceptedContext> accepted = Negotiation.accepted(numbered, associated.accept());
                Pdu.UserInformation peer = associated.accept().user();
                int window = Negotiation.window(request.user(), peer);
                log.info(
                        "association opened peer={} contexts={} refused={} window={}",
                        config.to(),
                        accepted.size(),
                        numbered.size() - accepted.size(),
                        window);
                return new Association(
                        config, layer, accepted, describe(config, connection, peer), peer, window, performers);
            }
            layer.awaitClose();
            throw notOpened(config, answer);
        } catch (AssociationException e) {
            throw e;
        } catch (IOException e) {
            connection.cut();
            throw new AssociationException(
                    Kind.CLOSED,
                    "connection to " + config.to() + " lost (" + e.getMessage() + suspicion(config) + ")",
                    e);
        }
    }

    private static AssociationInfo describe(AssociationConfig config, Connection connection, Pdu.UserInformation peer) {
        return new AssociationInfo(
                AssociationInfo.nextId(),
                config.callingAeTitle(),
                config.to().aeTitle(),
                connection.remoteAddress(),
                connection.remotePort(),
                AeTitles.printable(peer.implementationClassUid()),
                AeTitles.printable(peer.implementationVersionName()).strip());
    }

    private static Connection connect(AssociationConfig config) throws AssociationException {
        AeAddress to = config.to();
        Socket socket = new Socket();
        try {
            socket.connect(
                    new InetSocketAddress(to.host(), to.port()),
                    Math.toIntExact(Math.max(1, config.connectTimeout().toMillis())));
            if (config.tls().isEmpty()) {
                return Connection.plain(socket);
            }
        } catch (IOException e) {
            closeQuietly(socket);
            throw new AssociationException(Kind.UNREACHABLE, to + " cannot be reached (" + e.getMessage() + ")", e);
        }
        try {
            return config.tls().get().connect(socket, to.host(), to.port(), config.connectTimeout());
        } catch (IOException e) {
            closeQuietly(socket);
            String why = config.tls().get().explain(e);
            throw new AssociationException(Kind.TLS, "TLS with " + to + " failed (" + why + ")", e);
        }
    }

    private static String suspicion(AssociationConfig config) {
        return config.tls().map(tls -> "; " + tls.suspicion()).orElse("; does it want TLS?");
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
            boolean certificates =
                    end.cause() == Indication.Cause.CLOSED_BY_PEER || end.cause() == Indication.Cause.TLS_FAILED;
            return lost(config, end.cause(), certificates ? end.why() + suspicion(config) : end.why(), null);
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
            case TLS_FAILED -> new AssociationException(Kind.TLS, "TLS with " + peer + " failed (" + why + ")", reason);
            case TIMEOUT ->
                new AssociationException(Kind.TIMEOUT, peer + " did not answer in time (" + why + ")", reason);
        };
    }

    /** Who is at the other end. */
    public AeAddress peer() {
        return config.to();
    }

    /** True if the peer has confirmed the {@link UserIdentity}; many accept one and say nothing. */
    public boolean userConfirmed() {
        return userConfirmed;
    }

    /** Both ends, as performers see them. */
    public AssociationInfo info() {
        return info;
    }

    /** How many C-STORE requests may be outstanding on this association: what the peer agreed to, 1 if it did not answer. */
    public int maxOperations() {
        return window;
    }

    /** True if the peer granted us this role for the SOP class in at least one context. */
    public boolean accepts(String sopClassUid, Role role) {
        return context(sopClassUid, role).isPresent();
    }

    /** True if instances of this SOP class can be sent in exactly this transfer syntax. */
    public boolean accepts(String sopClassUid, String transferSyntax) {
        return exact(sopClassUid, transferSyntax).isPresent();
    }

    /** C-ECHO; needs {@link PresentationContext#verification()} among the proposals. */
    public DimseStatus echo() throws AssociationException {
        AcceptedContext context = requireContext(TransferCapabilities.VERIFICATION, Role.USER);
        int messageId = invoke(
                context,
                CommandSet.C_ECHO_RQ,
                new CommandSet().uid(CommandSet.AFFECTED_SOP_CLASS_UID, TransferCapabilities.VERIFICATION),
                Optional.empty());
        return awaitResponse(CommandSet.C_ECHO_RQ, messageId).status();
    }

    /**
     * N-ACTION, for which we must be user of the SOP class, or N-EVENT-REPORT, for which we must be provider.
     *
     * @throws NoPresentationContextException if the peer did not accept the SOP class with that role
     */
    public DimseStatus invoke(NormalizedRequest request) throws AssociationException {
        NormalizedRequest.Operation operation = request.operation();
        Role role = operation == NormalizedRequest.Operation.ACTION ? Role.USER : Role.PROVIDER;
        int messageId = invoke(
                requireContext(request.sopClassUid(), role),
                operation.commandField(),
                new CommandSet()
                        .uid(operation.classElement(), request.sopClassUid())
                        .uid(operation.instanceElement(), request.sopInstanceUid())
                        .integer(operation.typeElement(), request.typeId()),
                request.information());
        return awaitResponse(operation.commandField(), messageId).status();
    }

    /**
     * Leaves the floor to the peer: performs what it requests until {@code done}, or until nothing has come from it for
     * so long, or it has ended the association.
     */
    public void attend(Duration patience, BooleanSupplier done) throws AssociationException {
        try {
            long quietSince = System.nanoTime();
            while (!done.getAsBoolean() && layer.state() == State.STA6) {
                if (!layer.awaitInput(patience.compareTo(ATTENTION) < 0 ? patience : ATTENTION)) {
                    if (System.nanoTime() - quietSince >= patience.toNanos()) {
                        return;
                    }
                    continue;
                }
                quietSince = System.nanoTime();
                Optional<DimseChannel.Command> request = channel.receiveCommand();
                if (request.isEmpty()) {
                    layer.confirmRelease();
                } else {
                    performer.perform(request.get());
                }
            }
        } catch (IOException e) {
            throw fail(e);
        }
    }

    /**
     * Sends a request, with its command field and the next message ID, and does not wait for a response.
     *
     * @param request what else stands in the command
     * @return the message ID
     */
    int invoke(AcceptedContext context, int commandField, CommandSet request, Optional<DataSet> dataSet)
            throws AssociationException {
        try {
            int messageId = nextMessageId();
            channel.sendCommand(
                    context,
                    request.integer(CommandSet.COMMAND_FIELD, commandField)
                            .integer(CommandSet.MESSAGE_ID, messageId)
                            .integer(
                                    CommandSet.COMMAND_DATA_SET_TYPE,
                                    dataSet.isPresent() ? CommandSet.DATA_SET : CommandSet.NO_DATA_SET));
            if (dataSet.isPresent()) {
                byte[] bytes = Part10.encodeDataSet(dataSet.get(), context.transferSyntax());
                channel.sendDataSet(context, new ByteArrayInputStream(bytes), bytes.length);
            }
            return messageId;
        } catch (IOException e) {
            throw fail(e);
        }
    }

    /** C-CANCEL of a request that has pending responses; the last of these still has to be awaited. */
    void cancel(AcceptedContext context, int messageId) throws AssociationException {
        try {
            channel.sendCommand(
                    context,
                    new CommandSet()
                            .integer(CommandSet.COMMAND_FIELD, CommandSet.C_CANCEL_RQ)
                            .integer(CommandSet.MESSAGE_ID_BEING_RESPONDED_TO, messageId)
                            .integer(CommandSet.COMMAND_DATA_SET_TYPE, CommandSet.NO_DATA_SET));
        } catch (IOException e) {
            throw fail(e);
        }
    }

    /** Waits for the next response to a request of ours, and performs what the peer requests before. */
    DimseResponse awaitResponse(int commandField, int messageId) throws AssociationException {
        try {
            return response(commandField, messageId);
        } catch (IOException | DicomException e) {
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
        CompletableFuture<DimseStatus> status = new CompletableFuture<>();
        store(file, status::complete);
        return await(status);
    }

    /** C-STORE of a data set in memory, in its own transfer syntax or an uncompressed one as with files. */
    public DimseStatus store(DicomFile file) throws AssociationException {
        CompletableFuture<DimseStatus> status = new CompletableFuture<>();
        store(file, status::complete);
        return await(status);
    }

    /** C-STORE of a data set in memory without waiting for its response, as {@link #store(Path, Consumer)}. */
    public void store(DicomFile file, Consumer<DimseStatus> answered) throws AssociationException {
        String sopClass = file.sopClassUid();
        String syntax = file.transferSyntax();
        AcceptedContext context =
                exact(sopClass, syntax).isPresent() ? exact(sopClass, syntax).get() : transcodable(sopClass, syntax);
        byte[] dataSet = Part10.encodeDataSet(file.dataSet(), context.transferSyntax());
        send(context, file.sopInstanceUid(), new ByteArrayInputStream(dataSet), dataSet.length, answered);
    }

    /**
     * C-STORE of a Part 10 file, as {@link #store(Path)} sends it, without waiting for its response, but for those before it
     * when {@link #maxOperations} are outstanding. {@link #awaitResponses} waits for the last ones.
     *
     * @param answered told the status when the response has come, whatever it says, during this or a later call. Whoever is
     *     not told when the association is at its end has no confirmation: the instance must be sent again
     * @throws NoPresentationContextException if it can be sent in no accepted context; the association can go on
     * @throws AssociationException if the association was lost
     * @throws IOException if the file cannot be read
     */
    public void store(Path file, Consumer<DimseStatus> answered) throws IOException {
        Part10Header header = Part10Header.read(file);
        Optional<AcceptedContext> exact = exact(header.sopClassUid(), header.transferSyntax());
        if (exact.isEmpty()) {
            AcceptedContext context = transcodable(header.sopClassUid(), header.transferSyntax());
            byte[] dataSet = Part10.encodeDataSet(Part10.read(file).dataSet(), context.transferSyntax());
            send(context, header.sopInstanceUid(), new ByteArrayInputStream(dataSet), dataSet.length, answered);
            return;
        }
        try (FileChannel bytes = FileChannel.open(file)) {
            bytes.position(header.dataSetOffset());
            send(
                    exact.get(),
                    header.sopInstanceUid(),
                    Channels.newInputStream(bytes),
                    bytes.size() - header.dataSetOffset(),
                    answered);
        }
    }

    /**
     * Waits for the responses to all that was stored without waiting.
     *
     * @throws AssociationException if the association was lost before all had come
     */
    public void awaitResponses() throws AssociationException {
        try {
            while (!outstanding.isEmpty()) {
                takeResponse();
            }
        } catch (IOException | DicomException e) {
            throw fail(e);
        }
    }

    private DimseStatus await(CompletableFuture<DimseStatus> status) throws AssociationException {
        try {
            while (!status.isDone()) {
                takeResponse();
            }
            return status.join();
        } catch (IOException | DicomException e) {
            throw fail(e);
        }
    }

    private void send(
            AcceptedContext context,
            String sopInstanceUid,
            InputStream dataSet,
            long length,
            Consumer<DimseStatus> answered)
            throws AssociationException {
        try {
            // what has come is told now, and no response then hides an abort while the data set is sent
            while (outstanding.size() >= window || !outstanding.isEmpty() && layer.hasInput()) {
                takeResponse();
            }
            int messageId = nextMessageId();
            outstanding.put(messageId, answered);
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
        } catch (IOException | DicomException e) {
            throw fail(e);
        }
    }

    /** Waits for the response to any of the outstanding stores. */
    private void takeResponse() throws IOException {
        DimseResponse response = nextResponse();
        if (!tell(response)) {
            throw unexpected(response, "the response to one of " + outstanding.size() + " stores");
        }
    }

    /** False if it answers none of the outstanding stores. */
    private boolean tell(DimseResponse response) {
        CommandSet command = response.command();
        if (command.integerOr(CommandSet.COMMAND_FIELD, 0) != (CommandSet.C_STORE_RQ | CommandSet.RESPONSE)) {
            return false;
        }
        Consumer<DimseStatus> answered =
                outstanding.remove(command.integerOr(CommandSet.MESSAGE_ID_BEING_RESPONDED_TO, 0));
        if (answered == null) {
            return false;
        }
        if (response.status().isSuccess() || response.status().isWarning()) {
            stored++;
        }
        answered.accept(response.status());
        return true;
    }

    /**
     * Asks for release and closes; a peer that does not confirm in time is left behind. Responses that are still to come are
     * not told any more: {@link #awaitResponses} first.
     */
    @Override
    public void close() {
        boolean established = layer.state() == State.STA6;
        tellEnded(!established);
        if (!established) {
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
                        && context.transferSyntax().equals(transferSyntax)
                        && context.requestorRoles().contains(Role.USER))
                .findFirst();
    }

    private AcceptedContext transcodable(String sopClassUid, String transferSyntax)
            throws NoPresentationContextException {
        return contexts.stream()
                .filter(context -> context.sopClassUid().equals(sopClassUid)
                        && context.requestorRoles().contains(Role.USER)
                        && TransferSyntaxes.isUncompressed(transferSyntax)
                        && TransferSyntaxes.isUncompressed(context.transferSyntax()))
                .findFirst()
                .orElseThrow(
                        () -> new NoPresentationContextException(config.to().aeTitle(), sopClassUid, transferSyntax));
    }

    /** A context for this SOP class in which the peer granted us this role. */
    Optional<AcceptedContext> context(String sopClassUid, Role role) {
        return contexts.stream()
                .filter(context -> context.sopClassUid().equals(sopClassUid)
                        && context.requestorRoles().contains(role))
                .findFirst();
    }

    AcceptedContext requireContext(String sopClassUid, Role role) throws NoPresentationContextException {
        return context(sopClassUid, role)
                .orElseThrow(
                        () -> new NoPresentationContextException(config.to().aeTitle(), sopClassUid, role));
    }

    private int nextMessageId() {
        lastMessageId = lastMessageId % 0xFFFF + 1;
        return lastMessageId;
    }

    private DimseResponse response(int request, int messageId) throws IOException {
        DimseResponse response = nextResponse();
        while (tell(response)) {
            response = nextResponse();
        }
        CommandSet command = response.command();
        if (command.integerOr(CommandSet.COMMAND_FIELD, 0) != (request | CommandSet.RESPONSE)
                || command.integerOr(CommandSet.MESSAGE_ID_BEING_RESPONDED_TO, 0) != messageId) {
            throw unexpected(response, "the response to " + messageId);
        }
        return response;
    }

    /** The next response of the peer; what it requests before is performed. */
    private DimseResponse nextResponse() throws IOException {
        while (true) {
            DimseChannel.Command message = channel.receiveCommand().orElse(null);
            if (message == null) {
                layer.confirmRelease();
                throw new AssociationLostException(new Indication.Ended(
                        Indication.Cause.CLOSED_BY_PEER, "it released the association instead of answering"));
            }
            CommandSet command = message.set();
            if ((command.integerOr(CommandSet.COMMAND_FIELD, 0) & CommandSet.RESPONSE) == 0) {
                performer.perform(message);
                continue;
            }
            int status = command.integerOr(CommandSet.STATUS, -1);
            if (status < 0) {
                throw new AssociationLostException(
                        new Indication.Ended(Indication.Cause.ABORTED_BY_US, "a response without a status"));
            }
            return new DimseResponse(
                    command,
                    new DimseStatus(status, AeTitles.printable(command.text(CommandSet.ERROR_COMMENT))),
                    command.hasDataSet() ? Optional.of(channel.readDataSet(message.context())) : Optional.empty());
        }
    }

    private static AssociationLostException unexpected(DimseResponse response, String due) {
        return new AssociationLostException(new Indication.Ended(
                Indication.Cause.ABORTED_BY_US,
                String.format(
                        "command %04X to message %d instead of %s",
                        response.command().integerOr(CommandSet.COMMAND_FIELD, 0),
                        response.command().integerOr(CommandSet.MESSAGE_ID_BEING_RESPONDED_TO, 0),
                        due)));
    }

    private void tellEnded(boolean aborted) {
        if (!ended) {
            ended = true;
            performers.stores().associationClosed(info, aborted);
        }
    }

    /** After a failure in the middle of a message the association cannot go on; says why if the peer said so. */
    private AssociationException fail(Exception failure) {
        Exception reason = failure;
        tellEnded(true);
        if (!(failure instanceof DicomException)
                && !(failure instanceof AssociationLostException)
                && layer.state() == State.STA6) {
            Optional<IOException> abort = pendingAbort();
            reason = abort.isPresent() ? abort.get() : failure;
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
        return lost(
                config,
                reason instanceof DicomException ? Indication.Cause.ABORTED_BY_US : Indication.Cause.CLOSED_BY_PEER,
                String.valueOf(reason.getMessage()),
                failure);
    }

    /** A write that fails is often the echo of an A-ABORT that waits to be read, behind responses that still count. */
    private Optional<IOException> pendingAbort() {
        try {
            while (!outstanding.isEmpty() && layer.hasInput()) {
                takeResponse();
            }
            if (layer.hasInput() && layer.receive() instanceof Indication.Ended end) {
                return Optional.of(new AssociationLostException(end));
            }
        } catch (AssociationLostException lost) {
            return Optional.of(lost);
        } catch (IOException | DicomException nothing) {
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
