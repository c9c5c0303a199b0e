package org.myonode.dicom.net;

/** What the upper layer tells its user: the indication and confirmation primitives of PS3.8 section 7. */
sealed interface Indication {
    /** A-ASSOCIATE indication. */
    record AssociateRequested(Pdu.AssociateRequest request) implements Indication {}

    /** A-ASSOCIATE confirmation (accept). */
    record Associated(Pdu.AssociateAccept accept) implements Indication {}

    /** A-ASSOCIATE confirmation (reject), and what the provider itself rejected as acceptor. */
    record Rejected(Rejection rejection) implements Indication {}

    /** P-DATA indication: the items of one P-DATA-TF PDU are to be read from the layer now. */
    record Data() implements Indication {}

    /** A-RELEASE indication. */
    record ReleaseRequested() implements Indication {}

    /** A-RELEASE confirmation. */
    record Released() implements Indication {}

    /** The association, or the connection before it, is at its end without a release. */
    record Ended(Cause cause, String why) implements Indication {}

    /** Who ended it. */
    enum Cause {
        ABORTED_BY_PEER,
        /** The peer broke the protocol and was sent an A-ABORT. */
        ABORTED_BY_US,
        CLOSED_BY_PEER,
        /** What came is not valid TLS, or the peer ended TLS with an alert. */
        TLS_FAILED,
        TIMEOUT
    }
}
