package org.myonode.dicom.net;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The two ends of one association, as the requestor named them. All texts are printable ASCII: what the peer sent
 * beyond that is replaced, so that they may be logged and stored.
 *
 * @param id counts up within this process
 * @param remoteAddress numeric address of the peer, without port
 * @param remotePort TCP port of the peer
 * @param implementationClassUid (0002,0012) style UID of the peer's toolkit, empty if it sent none
 * @param implementationVersionName its name, empty if it sent none
 */
public record AssociationInfo(
        long id,
        String callingAeTitle,
        String calledAeTitle,
        String remoteAddress,
        int remotePort,
        String implementationClassUid,
        String implementationVersionName) {

    private static final AtomicLong LAST_ID = new AtomicLong();

    static long nextId() {
        return LAST_ID.incrementAndGet();
    }
}
