package org.myonode.dicom.net;

import java.io.IOException;
import java.io.InputStream;

/**
 * Takes what C-STORE brings. Called from one thread per association, so from several at once; where operations are
 * asynchronous, from one more that completes what the first has begun.
 */
public interface StoreHandler {
    /**
     * Keeps one instance; the returned status is the answer to the peer, so success means that it is durable.
     *
     * <p>The stream delivers exactly the bytes of the data set as sent, straight from the socket. It throws an
     * IOException if the peer aborts, vanishes or falls silent before the end: then nothing must remain of the instance.
     * What the handler leaves unread is discarded. Any other exception of the handler is answered with 0110.
     */
    DimseStatus store(StoreRequest request, InputStream dataSet) throws IOException;

    /**
     * Takes one instance and leaves its end for later, so that the next can be read while this one becomes durable. Called
     * instead of {@link #store}; what is said there of the stream and of exceptions holds here, and for the completion.
     * When this returns, the stream is used no more.
     *
     * @return called once, after this method and perhaps by another thread, even when the association has been lost by
     *     then; the completions of one association in the order of their requests
     */
    default Completion begin(StoreRequest request, InputStream dataSet) throws IOException {
        DimseStatus status = store(request, dataSet);
        return () -> status;
    }

    /** What is left to do for an instance whose data set has been read. */
    @FunctionalInterface
    interface Completion {
        /** Waits until the instance is kept, or will not be; the returned status is the answer to the peer. */
        DimseStatus complete() throws IOException;
    }

    /** Called before the peer learns that the association is accepted. */
    default void associationOpened(AssociationInfo association) {}

    /**
     * Called once per opened association, after all that it has begun is completed; on a release, before the peer gets its
     * confirmation.
     */
    default void associationClosed(AssociationInfo association, boolean aborted) {}
}
