package org.myonode.dicom.net;

import java.time.Duration;
import java.util.Optional;

/**
 * How to reach a peer.
 *
 * @param callingAeTitle our own title
 * @param maxPdu largest P-DATA-TF PDU the peer may send us, in bytes without the 6 of its header; 0 for no limit
 * @param connectTimeout for the TCP connection
 * @param responseTimeout for each answer of the peer, and for the peer to take what one PDU holds
 * @param tls how to speak TLS; without it the connection is plain
 * @param user as whom to ask for the association
 */
public record AssociationConfig(
        AeAddress to,
        String callingAeTitle,
        int maxPdu,
        Duration connectTimeout,
        Duration responseTimeout,
        Optional<Tls> tls,
        Optional<UserIdentity> user) {
    public AssociationConfig {
        callingAeTitle = AeTitles.require(callingAeTitle);
        Timers.require("connectTimeout", connectTimeout);
        Timers.require("responseTimeout", responseTimeout);
    }

    /** Without TLS, with the default PDU length. */
    public AssociationConfig(AeAddress to, String callingAeTitle, Duration connectTimeout, Duration responseTimeout) {
        this(
                to,
                callingAeTitle,
                ListenerConfig.DEFAULT_MAX_PDU,
                connectTimeout,
                responseTimeout,
                Optional.empty(),
                Optional.empty());
    }

    /** The same over TLS. */
    public AssociationConfig with(Tls secured) {
        return new AssociationConfig(
                to, callingAeTitle, maxPdu, connectTimeout, responseTimeout, Optional.of(secured), user);
    }

    /** The same as a user. */
    public AssociationConfig with(UserIdentity identity) {
        return new AssociationConfig(
                to, callingAeTitle, maxPdu, connectTimeout, responseTimeout, tls, Optional.of(identity));
    }
}
