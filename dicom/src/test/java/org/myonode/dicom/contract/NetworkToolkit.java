package org.myonode.dicom.contract;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The part of a DICOM toolkit that knows associations (PS3.7, PS3.8). Statuses are numbers, files are bytes. */
public interface NetworkToolkit extends FileToolkit {
    /** A proposed presentation context; the role is reversed for one who is provider of the SOP class. */
    record Context(String sopClassUid, List<String> transferSyntaxUids, boolean asProvider) {
        /** As user, in Explicit VR Little Endian. */
        static Context of(String sopClassUid) {
            return new Context(sopClassUid, List.of("1.2.840.10008.1.2.1"), false);
        }
    }

    /** Answers C-STORE requests; called from several threads. */
    interface Store {
        /** @return the status, 0 when the instance is kept */
        int store(String sopInstanceUid, String transferSyntaxUid, byte[] dataSet);
    }

    /** Takes part in storage commitment (PS3.4 annex J); called from several threads. */
    interface Commitment {
        /** N-ACTION from a user. @return the status */
        int requested(String transactionUid, List<String> sopInstanceUids);

        /** N-EVENT-REPORT from a provider. @return the status */
        int reported(String transactionUid, List<String> committed, List<String> failed);
    }

    /**
     * A provider of Verification, Storage (every class in every syntax that the toolkit knows) and, in both roles, Storage
     * Commitment, on a free port of the loopback interface.
     */
    Provider listen(String aeTitle, Store store, Commitment commitment) throws IOException;

    /**
     * An association with a peer on the loopback interface.
     *
     * @param incoming what is done with instances that the peer sends on it (C-GET)
     * @return empty when it is rejected
     */
    Optional<User> associate(int port, String calledAeTitle, List<Context> contexts, Store incoming) throws IOException;

    /** A provider that listens. */
    interface Provider extends AutoCloseable {
        /** The port. */
        int port();

        @Override
        void close();
    }

    /**
     * How a retrieval ended.
     *
     * @param status of the last response
     * @param completed sub-operations that went well
     * @param failed sub-operations that did not
     */
    record Retrieval(int status, int completed, int failed) {}

    /** An established association; statuses are -1 when no presentation context was accepted for what is asked. */
    interface User extends AutoCloseable {
        /** The transfer syntaxes of the accepted contexts of a SOP class. */
        List<String> accepted(String sopClassUid);

        /** C-ECHO. */
        int echo() throws IOException;

        /** C-STORE of a Part 10 file, in its own transfer syntax if accepted. */
        int store(byte[] file) throws IOException;

        /** N-ACTION: please commit to these CT images. */
        int requestCommitment(String transactionUid, List<String> sopInstanceUids) throws IOException;

        /** N-EVENT-REPORT about CT images. */
        int reportCommitment(String transactionUid, List<String> committed, List<String> failed) throws IOException;

        /** C-FIND in the Study Root model; the matches. */
        List<Map<Integer, Value>> find(String level, Map<Integer, Value> keys) throws IOException;

        /** C-MOVE of a study. */
        Retrieval move(String studyInstanceUid, String destination) throws IOException;

        /** C-GET of a study. */
        Retrieval get(String studyInstanceUid) throws IOException;

        /** A-ABORT. */
        void abort() throws IOException;

        /** Releases the association. */
        @Override
        void close();
    }
}
