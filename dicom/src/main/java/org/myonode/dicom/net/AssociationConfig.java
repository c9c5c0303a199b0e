package org.myonode.dicom.net;

import java.time.Duration;
import javax.net.SocketFactory;

/**
 * How to reach a peer.
 *
 * @param callingAeTitle our own title
 * @param maxPdu largest P-DATA-TF PDU the peer may send us, in bytes without the 6 of its header; 0 for no limit
 * @param connectTimeout for the TCP connection
 * @param responseTimeout for each answer of the peer, and for the peer to take what one PDU holds
 * @param sockets where the socket comes from; the place for TLS
 */
public record AssociationConfig(
        AeAddress to,
        String callingAeTitle,
        int maxPdu,
        Duration connectTimeout,
        Duration responseTimeout,
        SocketFactory sockets) {
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
                SocketFactory.getDefault());
    }
}
