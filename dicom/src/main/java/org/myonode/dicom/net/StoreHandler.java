package org.myonode.dicom.net;

import java.io.IOException;
import java.io.InputStream;

/** Takes what C-STORE brings. Called from one thread per association, so from several at once. */
public interface StoreHandler {
    /**
     * Keeps one instance; the returned status is the answer to the peer, so success means that it is durable.
     *
     * <p>The stream delivers exactly the bytes of the data set as sent, straight from the socket. It throws an
     * IOException if the peer aborts, vanishes or falls silent before the end: then nothing must remain of the instance.
     * What the handler leaves unread is discarded. Any other exception of the handler is answered with 0110.
     */
    DimseStatus store(StoreRequest request, InputStream dataSet) throws IOException;

    /** Called before the peer learns that the association is accepted. */
    default void associationOpened(AssociationInfo association) {}

    /** Called once per opened association; on a release, before the peer gets its confirmation. */
    default void associationClosed(AssociationInfo association, boolean aborted) {}
}
