package org.myonode.dicom.net;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How a {@link DicomListener} listens.
 *
 * @param aeTitle the called AE title it answers to; peers that call another are rejected
 * @param bind the address to listen on
 * @param port TCP port, 0 for any free one
 * @param maxPdu largest P-DATA-TF PDU a peer may send, in bytes without the 6 of its header; 0 for no limit. Data sets
 *     are streamed, so this bounds nothing but a single length field
 * @param maxAssociations associations served at the same time; one more is rejected as local-limit-exceeded
 * @param maxOperations C-STORE requests performed at the same time on one association whose requestor negotiates that
 *     (PS3.7 section D.3.3.3), 1 to 65535; with 1 each is answered before the next is read
 * @param artim how long a peer may take to send its association request, and to close after the end
 * @param idle how long the node waits for the next PDU of a peer, and for a peer to take what is sent to it
 * @param capabilities storage SOP classes; C-ECHO is accepted always
 * @param tls with it, the port speaks TLS and nothing else; it must have an identity
 */
public record ListenerConfig(
        String aeTitle,
        InetAddress bind,
        int port,
        int maxPdu,
        int maxAssociations,
        int maxOperations,
        Duration artim,
        Duration idle,
        List<TransferCapability> capabilities,
        Optional<Tls> tls) {
    /** 128 KiB: the most that DCMTK sends, and enough that headers cost nothing. */
    public static final int DEFAULT_MAX_PDU = 131_072;

    /** So many images share one flush of the disk over a single association; each that waits costs next to nothing. */
    public static final int DEFAULT_MAX_OPERATIONS = 16;

    public ListenerConfig {
        aeTitle = AeTitles.require(aeTitle);
        capabilities = List.copyOf(capabilities);
        if (maxPdu != 0 && maxPdu < 1024) {
            throw new IllegalArgumentException("maxPdu is " + maxPdu + ", not 0 or at least 1024");
        }
        if (maxAssociations < 1) {
            throw new IllegalArgumentException("maxAssociations is " + maxAssociations + ", not at least 1");
        }
        Negotiation.requireOperations(maxOperations);
        if (tls.isPresent() && !tls.get().hasIdentity()) {
            throw new IllegalArgumentException("a TLS listener needs a private key with its certificate");
        }
        Timers.require("artim", artim);
        Timers.require("idle", idle);
    }

    /** Without TLS, with the default number of operations. */
    public ListenerConfig(
            String aeTitle,
            InetAddress bind,
            int port,
            int maxPdu,
            int maxAssociations,
            Duration artim,
            Duration idle,
            List<TransferCapability> capabilities) {
        this(
                aeTitle,
                bind,
                port,
                maxPdu,
                maxAssociations,
                DEFAULT_MAX_OPERATIONS,
                artim,
                idle,
                capabilities,
                Optional.empty());
    }

    /** The same with TLS. */
    public ListenerConfig with(Tls secured) {
        return new ListenerConfig(
                aeTitle,
                bind,
                port,
                maxPdu,
                maxAssociations,
                maxOperations,
                artim,
                idle,
                capabilities,
                Optional.of(secured));
    }

    /** The same with so many operations at the same time on one association. */
    public ListenerConfig withMaxOperations(int operations) {
        return new ListenerConfig(
                aeTitle, bind, port, maxPdu, maxAssociations, operations, artim, idle, capabilities, tls);
    }

    /** All interfaces, 16 associations, 16 operations on each, all storage SOP classes, ARTIM 10 s, idle 60 s. */
    public static ListenerConfig of(String aeTitle, int port) {
        return new ListenerConfig(
                aeTitle,
                new InetSocketAddress(0).getAddress(),
                port,
                DEFAULT_MAX_PDU,
                16,
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                TransferCapabilities.storage());
    }
}
