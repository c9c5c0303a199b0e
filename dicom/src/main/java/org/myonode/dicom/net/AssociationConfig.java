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
 * @param maxOperations how many C-STORE requests may wait for their responses, 1 to 65535; more than 1 is offered to the
 *     peer, who may agree to fewer (PS3.7 section D.3.3.3)
 * @param tls how to speak TLS; without it the connection is plain
 * @param user as whom to ask for the association
 */
public record AssociationConfig(
        AeAddress to,
        String callingAeTitle,
        int maxPdu,
        int maxOperations,
        Duration connectTimeout,
        Duration responseTimeout,
        Optional<Tls> tls,
        Optional<UserIdentity> user) {
    public AssociationConfig {
        callingAeTitle = AeTitles.require(callingAeTitle);
        Negotiation.requireOperations(maxOperations);
        Timers.require("connectTimeout", connectTimeout);
        Timers.require("responseTimeout", responseTimeout);
    }

    /** Without TLS, with the default PDU length and one operation at a time. */
    public AssociationConfig(AeAddress to, String callingAeTitle, Duration connectTimeout, Duration responseTimeout) {
        this(
                to,
                callingAeTitle,
                ListenerConfig.DEFAULT_MAX_PDU,
                1,
                connectTimeout,
                responseTimeout,
                Optional.empty(),
                Optional.empty());
    }

    /** The same over TLS. */
    public AssociationConfig with(Tls secured) {
        return new AssociationConfig(
                to, callingAeTitle, maxPdu, maxOperations, connectTimeout, responseTimeout, Optional.of(secured), user);
    }

    /** The same as a user. */
    public AssociationConfig with(UserIdentity identity) {
        return new AssociationConfig(
                to, callingAeTitle, maxPdu, maxOperations, connectTimeout, responseTimeout, tls, Optional.of(identity));
    }

    /** The same with so many operations at the same time. */
    public AssociationConfig withMaxOperations(int operations) {
        return new AssociationConfig(
                to, callingAeTitle, maxPdu, operations, connectTimeout, responseTimeout, tls, user);
    }
}
