package org.myonode.dicom.net;

import java.io.IOException;
import java.util.Optional;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers what the peer of one association asks for, whoever opened it: C-ECHO, C-STORE, N-ACTION and N-EVENT-REPORT;
 * everything else gets 0211. Where the association has a window of more than one operation, C-STORE is answered while the
 * next request is read; everything else is answered at once. Confined to the thread of its channel, but for
 * {@link #isAnswering}.
 */
final class DimsePerformer {
    private static final Logger log = LoggerFactory.getLogger(DimsePerformer.class);

    private final AssociationInfo association;
    private final DimseChannel channel;
    private final Performers performers;
    private final OperationsWindow window;
    private int stored;
    private int failed;

    /** One operation at a time. */
    DimsePerformer(AssociationInfo association, DimseChannel channel, Performers performers) {
        this(association, channel, performers, 1, () -> {});
    }

    /**
     * @param operations how many the peer may have outstanding
     * @param answered called by another thread when the last of several has been answered
     */
    DimsePerformer(
            AssociationInfo association,
            DimseChannel channel,
            Performers performers,
            int operations,
            Runnable answered) {
        this.association = association;
        this.channel = channel;
        this.performers = performers;
        this.window = new OperationsWindow(operations, "dicom-association-" + association.id() + "-answers", answered);
    }

    DimseChannel channel() {
        return channel;
    }

    /** Are there requests that have been read and not yet answered? */
    boolean isAnswering() {
        return !window.isEmpty();
    }

    /** Waits until all that has been asked for is done, and answered where the association still allows. Nothing follows. */
    void finish() {
        window.close();
    }

    /** C-STORE requests answered with success or a warning; once {@linkplain #finish finished}. */
    int stored() {
        return stored;
    }

    /** C-STORE requests answered with a failure; once finished. */
    int failed() {
        return failed;
    }

    /**
     * Performs one request and answers it, or has that done.
     *
     * @throws IOException if the association is lost, or was when an earlier request was answered
     */
    void perform(DimseChannel.Command command) throws IOException {
        CommandSet request = command.set();
        int field = request.integerOr(CommandSet.COMMAND_FIELD, 0);
        switch (field) {
            case CommandSet.C_ECHO_RQ -> {
                discardDataSet(command);
                channel.sendCommand(command.context(), response(request, DimseStatus.SUCCESS));
            }
            case CommandSet.C_STORE_RQ -> {
                window.awaitRoom();
                Store store = begin(command);
                window.finish(() -> answer(command, store.complete()));
            }
            case CommandSet.N_EVENT_REPORT_RQ -> normalized(command, NormalizedRequest.Operation.EVENT_REPORT);
            case CommandSet.N_ACTION_RQ -> normalized(command, NormalizedRequest.Operation.ACTION);
            case CommandSet.C_CANCEL_RQ -> {
                // nothing that could be cancelled is running, and a cancel has no response (PS3.7 section 9.3.2.3)
            }
            default -> {
                discardDataSet(command);
                if ((field & CommandSet.RESPONSE) != 0) {
                    throw new IOException(String.format("a response (%04X) came unasked", field));
                }
                log.warn("association={} unrecognized command={}", association.id(), String.format("%04X", field));
                channel.sendCommand(command.context(), response(request, DimseStatus.UNRECOGNIZED_OPERATION));
            }
        }
    }

    private void discardDataSet(DimseChannel.Command command) throws IOException {
        if (command.set().hasDataSet()) {
            channel.dataSet(command.context()).drain();
        }
    }

    private void answer(DimseChannel.Command store, DimseStatus status) throws IOException {
        if (status.isSuccess() || status.isWarning()) {
            stored++;
        } else {
            failed++;
            log.warn("association={} store answered status={}", association.id(), status);
        }
        channel.sendCommand(store.context(), response(store.set(), status));
    }

    /** A C-STORE whose data set has been read. */
    @FunctionalInterface
    private interface Store {
        DimseStatus complete();
    }

    private Store begin(DimseChannel.Command command) throws IOException {
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
            refusal = DimseStatus.CANNOT_UNDERSTAND.with("no data set");
        }
        if (refusal != null) {
            DimseStatus status = refusal;
            discardDataSet(command);
            return () -> status;
        }
        int messageId = request.integerOr(CommandSet.MESSAGE_ID, 0);
        return begin(
                new StoreRequest(association, sopClass, sopInstance, context.transferSyntax(), messageId),
                channel.dataSet(context));
    }

    private Store begin(StoreRequest request, DimseChannel.DataSetStream dataSet) throws IOException {
        StoreHandler.Completion completion;
        try {
            completion = performers.stores().begin(request, dataSet);
        } catch (IOException | RuntimeException e) {
            if (dataSet.failure().isPresent()) {
                throw dataSet.failure().get();
            }
            DimseStatus status = failed(request, e);
            completion = () -> status;
        }
        StoreHandler.Completion begun = completion;
        Store store = () -> complete(request, begun);
        try {
            dataSet.drain();
        } catch (IOException lost) {
            // what the handler has begun it brings to its end, whoever is left to hear of it
            store.complete();
            throw lost;
        }
        return store;
    }

    private DimseStatus complete(StoreRequest request, StoreHandler.Completion begun) {
        try {
            return begun.complete();
        } catch (IOException | RuntimeException e) {
            return failed(request, e);
        }
    }

    private DimseStatus failed(StoreRequest request, Exception e) {
        log.error(
                "association={} message={} store handler failed instance={}",
                association.id(),
                request.messageId(),
                request.sopInstanceUid(),
                e);
        // the text of the exception may hold paths or worse; the peer is told where to look
        return DimseStatus.PROCESSING_FAILURE.with(
                "storing failed, see log: association=" + association.id() + " message=" + request.messageId());
    }

    private void normalized(DimseChannel.Command command, NormalizedRequest.Operation operation) throws IOException {
        CommandSet request = command.set();
        int typeId = request.integerOr(operation.typeElement(), 0);
        DimseStatus status = perform(command, operation, typeId);
        log.info("association={} {} of type {} answered status={}", association.id(), operation, typeId, status);
        channel.sendCommand(command.context(), response(request, status).integer(operation.typeElement(), typeId));
    }

    private DimseStatus perform(DimseChannel.Command command, NormalizedRequest.Operation operation, int typeId)
            throws IOException {
        CommandSet request = command.set();
        Optional<DataSet> information;
        try {
            information = request.hasDataSet() ? Optional.of(channel.readDataSet(command.context())) : Optional.empty();
        } catch (DicomException malformed) {
            return DimseStatus.PROCESSING_FAILURE.with(String.valueOf(malformed.getMessage()));
        }
        String sopClass = request.text(operation.classElement());
        String sopInstance = request.text(operation.instanceElement());
        if (!sopClass.equals(command.context().sopClassUid())) {
            return DimseStatus.NO_SUCH_SOP_CLASS.with("SOP class is not that of the presentation context");
        }
        try {
            return performers
                    .normalized()
                    .perform(association, new NormalizedRequest(operation, sopClass, sopInstance, typeId, information));
        } catch (RuntimeException e) {
            log.error("association={} handler of {} failed", association.id(), operation, e);
            return DimseStatus.PROCESSING_FAILURE.with("failed, see log: association=" + association.id());
        }
    }

    /** A response carries back what the request was about (PS3.7 annex E). */
    private static CommandSet response(CommandSet request, DimseStatus status) {
        CommandSet response = new CommandSet()
                .integer(CommandSet.COMMAND_FIELD, request.integerOr(CommandSet.COMMAND_FIELD, 0) | CommandSet.RESPONSE)
                .integer(CommandSet.MESSAGE_ID_BEING_RESPONDED_TO, request.integerOr(CommandSet.MESSAGE_ID, 0))
                .integer(CommandSet.COMMAND_DATA_SET_TYPE, CommandSet.NO_DATA_SET)
                .integer(CommandSet.STATUS, status.code());
        carryBack(
                request,
                response,
                CommandSet.AFFECTED_SOP_CLASS_UID,
                CommandSet.AFFECTED_SOP_CLASS_UID,
                CommandSet.REQUESTED_SOP_CLASS_UID);
        carryBack(
                request,
                response,
                CommandSet.AFFECTED_SOP_INSTANCE_UID,
                CommandSet.AFFECTED_SOP_INSTANCE_UID,
                CommandSet.REQUESTED_SOP_INSTANCE_UID);
        if (!status.comment().isEmpty()) {
            response.longString(CommandSet.ERROR_COMMENT, status.comment());
        }
        return response;
    }

    private static void carryBack(CommandSet request, CommandSet response, int to, int... from) {
        for (int element : from) {
            String uid = request.text(element);
            if (!uid.isEmpty()) {
                response.uid(to, uid);
                return;
            }
        }
    }
}
