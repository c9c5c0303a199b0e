package org.myonode.dicom.net;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Tag;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Query/Retrieve as service user (PS3.4 annex C): C-FIND, C-MOVE and C-GET on an open association, one at a time.
 *
 * <p>Pending responses are handed on as they come, and after each one the caller may cancel (C-CANCEL); the final
 * response is awaited all the same and says how far it went. Whatever status a provider ends with is a value. An {@link
 * AssociationException} means that the association is lost. The response timeout of the association is for each
 * response: a provider that sends no pending responses has only that long for a whole retrieval.
 *
 * <p>Not thread-safe.
 */
public final class QueryRetrieve {
    private static final Logger log = LoggerFactory.getLogger(QueryRetrieve.class);

    private static final int MEDIUM_PRIORITY = 0;
    private static final List<String> PLAIN = List.of(TransferSyntaxes.EXPLICIT_LE, TransferSyntaxes.IMPLICIT_LE);
    private static final int MOST_CONTEXTS = 128;

    private final Association association;

    /** @param association opened with the contexts of {@link #finding}, {@link #moving} or {@link #getting} */
    public QueryRetrieve(Association association) {
        this.association = association;
    }

    /** What is done with each match. */
    @FunctionalInterface
    public interface Matches {
        /** @return false to cancel: what still comes is not handed on */
        boolean match(DataSet identifier);
    }

    /** What is done with each pending response of a retrieval. */
    @FunctionalInterface
    public interface Progress {
        /** @return false to cancel */
        boolean pending(SubOperations soFar);
    }

    // ---- presentation contexts

    /** What C-FIND needs. */
    public static List<PresentationContext> finding(InformationModel model) {
        return List.of(new PresentationContext(model.find(), PLAIN));
    }

    /** What C-MOVE needs. */
    public static List<PresentationContext> moving(InformationModel model) {
        return List.of(new PresentationContext(model.move(), PLAIN));
    }

    /**
     * What C-GET needs: the service itself, and each storage SOP class with us as its provider, once in the uncompressed
     * syntaxes and once in each compressed one, so that instances come as they are stored. As there may be no more than
     * 128, the compressed syntaxes of the last SOP classes are left out.
     */
    public static List<PresentationContext> getting(InformationModel model, List<TransferCapability> storage) {
        List<PresentationContext> contexts = new ArrayList<>(finding(model));
        contexts.add(new PresentationContext(model.get(), PLAIN));
        for (TransferCapability capability : storage) {
            contexts.add(new PresentationContext(capability.sopClassUid(), PLAIN).as(Role.PROVIDER));
        }
        for (TransferCapability capability : storage) {
            for (String syntax : capability.transferSyntaxes()) {
                if (!PLAIN.contains(syntax) && contexts.size() < MOST_CONTEXTS) {
                    contexts.add(new PresentationContext(capability.sopClassUid(), List.of(syntax)).as(Role.PROVIDER));
                }
            }
        }
        return contexts;
    }

    // ---- services

    /**
     * C-FIND.
     *
     * @throws NoPresentationContextException if the peer did not accept the SOP class
     */
    public FindResult find(Query query, Matches matches) throws AssociationException {
        Conversation find = new Conversation(CommandSet.C_FIND_RQ, query.model().find(), query, new CommandSet());
        int count = 0;
        boolean allKeys = true;
        while (true) {
            DimseResponse response = find.next();
            QueryStatus status = QueryStatus.of(response.status().code());
            if (!status.isPending()) {
                log.debug("find peer={} level={} matches={} status={}", peer(), query.level(), count, status);
                return new FindResult(response.status(), count, allKeys);
            }
            allKeys &= status == QueryStatus.PENDING;
            if (!find.isCancelled() && response.dataSet().isPresent()) {
                count++;
                if (!matches.match(response.dataSet().get())) {
                    find.cancel();
                }
            }
        }
    }

    /** C-FIND with all matches in a list; fit for what cannot have many. */
    public List<DataSet> find(Query query) throws AssociationException, QueryException {
        List<DataSet> matches = new ArrayList<>();
        FindResult result = find(query, matches::add);
        if (!result.isComplete()) {
            throw new QueryException(association.peer(), result);
        }
        return matches;
    }

    /**
     * C-MOVE: the peer sends to a third node, over associations of its own.
     *
     * @param destination AE title that the peer knows
     * @throws NoPresentationContextException if the peer did not accept the SOP class
     */
    public RetrieveResult move(Query query, String destination, Progress progress) throws AssociationException {
        CommandSet command = new CommandSet().aeTitle(CommandSet.MOVE_DESTINATION, AeTitles.require(destination));
        return retrieve(new Conversation(CommandSet.C_MOVE_RQ, query.model().move(), query, command), progress);
    }

    /**
     * C-GET: the peer sends on this association; the instances go to the performer of C-STORE that it was opened with.
     *
     * @throws NoPresentationContextException if the peer did not accept the SOP class
     */
    public RetrieveResult get(Query query, Progress progress) throws AssociationException {
        return retrieve(new Conversation(CommandSet.C_GET_RQ, query.model().get(), query, new CommandSet()), progress);
    }

    private static RetrieveResult retrieve(Conversation retrieval, Progress progress) throws AssociationException {
        SubOperations soFar = SubOperations.NONE;
        while (true) {
            DimseResponse response = retrieval.next();
            soFar = SubOperations.of(response.command(), soFar);
            if (!QueryStatus.of(response.status().code()).isPending()) {
                List<String> failed = response.dataSet()
                        .map(identifier -> identifier.texts(Tag.FailedSOPInstanceUIDList))
                        .orElse(List.of());
                return new RetrieveResult(response.status(), soFar, failed);
            }
            if (!retrieval.isCancelled() && !progress.pending(soFar)) {
                retrieval.cancel();
            }
        }
    }

    private String peer() {
        return association.peer().toString();
    }

    /** One request and its responses. */
    private final class Conversation {
        private final AcceptedContext context;
        private final int commandField;
        private final int messageId;
        private boolean cancelled;

        Conversation(int commandField, String sopClass, Query query, CommandSet command) throws AssociationException {
            this.context = association.requireContext(sopClass, Role.USER);
            this.commandField = commandField;
            this.messageId = association.invoke(
                    context,
                    commandField,
                    command.uid(CommandSet.AFFECTED_SOP_CLASS_UID, sopClass)
                            .integer(CommandSet.PRIORITY, MEDIUM_PRIORITY),
                    Optional.of(query.identifier()));
        }

        DimseResponse next() throws AssociationException {
            return association.awaitResponse(commandField, messageId);
        }

        boolean isCancelled() {
            return cancelled;
        }

        void cancel() throws AssociationException {
            cancelled = true;
            association.cancel(context, messageId);
        }
    }
}
