package org.myonode.dicom.net;

import java.util.Optional;

/**
 * Decides whether a peer may associate. The listener has by then checked protocol version, application context and the
 * called AE title. Called from many threads.
 */
@FunctionalInterface
public interface AssociationPolicy {
    /** Empty to accept, otherwise the reason that the peer is told. */
    Optional<Rejection> check(AssociationInfo request);

    /** Accepts every calling AE title. */
    static AssociationPolicy anyone() {
        return request -> Optional.empty();
    }
}
