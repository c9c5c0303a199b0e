package org.myonode.dicom.contract;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A DICOM toolkit, in terms of none: attributes are tags with their texts, files are bytes, statuses are numbers. */
public interface Toolkit {

    /** A Part 10 file with these attributes. */
    byte[] write(Map<Integer, List<String>> attributes, String transferSyntaxUid) throws IOException;

    /** The attributes of a Part 10 file that have text, without those of group 0002; empty when it is refused. */
    Optional<Map<Integer, List<String>>> read(byte[] file) throws IOException;

    /** A storage and verification provider on a free port of the loopback interface. */
    Provider listen(String aeTitle, Store store) throws IOException;

    /** An association with a provider on the loopback interface for these SOP classes; empty when it is rejected. */
    Optional<User> associate(int port, String calledAeTitle, List<String> sopClassUids) throws IOException;

    /** Answers C-STORE requests; called from several threads. */
    interface Store {
        /** @return the status, 0 when the instance is kept */
        int store(String sopInstanceUid, byte[] dataSet);
    }

    /** A provider that listens. */
    interface Provider extends AutoCloseable {
        int port();

        @Override
        void close();
    }

    /** An established association. */
    interface User extends AutoCloseable {
        /** C-ECHO; the status. */
        int echo() throws IOException;

        /** C-STORE of a Part 10 file; the status, or -1 when no presentation context was accepted for it. */
        int store(byte[] file) throws IOException;

        /** Releases the association. */
        @Override
        void close();
    }
}
