package org.myonode.dicom.net;

/** The actions of PS3.8 tables 9-6 to 9-9 with the state each ends in. */
enum Action {
    /** Issue TRANSPORT CONNECT request primitive to local transport service. */
    AE_1(State.STA4),
    /** Send A-ASSOCIATE-RQ PDU. */
    AE_2(State.STA5),
    /** Issue A-ASSOCIATE confirmation (accept) primitive. */
    AE_3(State.STA6),
    /** Issue A-ASSOCIATE confirmation (reject) primitive and close transport connection. */
    AE_4(State.STA1),
    /** Issue Transport connection response primitive; start ARTIM timer. */
    AE_5(State.STA2),
    /**
     * Stop ARTIM timer; if acceptable by service-provider issue A-ASSOCIATE indication primitive, otherwise issue
     * A-ASSOCIATE-RJ PDU, start ARTIM timer and go to Sta13.
     */
    AE_6(State.STA3),
    /** Send A-ASSOCIATE-AC PDU. */
    AE_7(State.STA6),
    /** Send A-ASSOCIATE-RJ PDU and start ARTIM timer. */
    AE_8(State.STA13),
    /** Send P-DATA-TF PDU. */
    DT_1(State.STA6),
    /** Send P-DATA indication primitive. */
    DT_2(State.STA6),
    /** Send A-RELEASE-RQ PDU. */
    AR_1(State.STA7),
    /** Issue A-RELEASE indication primitive. */
    AR_2(State.STA8),
    /** Issue A-RELEASE confirmation primitive, and close transport connection. */
    AR_3(State.STA1),
    /** Issue A-RELEASE-RP PDU and start ARTIM timer. */
    AR_4(State.STA13),
    /** Stop ARTIM timer. */
    AR_5(State.STA1),
    /** Issue P-DATA indication. */
    AR_6(State.STA7),
    /** Issue P-DATA-TF PDU. */
    AR_7(State.STA8),
    /** Issue A-RELEASE indication (release collision); the acceptor's next state is Sta10. */
    AR_8(State.STA9),
    /** Send A-RELEASE-RP PDU. */
    AR_9(State.STA11),
    /** Issue A-RELEASE confirmation primitive. */
    AR_10(State.STA12),
    /** Send A-ABORT PDU (service-user source) and start (or restart if already started) ARTIM timer. */
    AA_1(State.STA13),
    /** Stop ARTIM timer if running; close transport connection. */
    AA_2(State.STA1),
    /** Issue A-ABORT or A-P-ABORT indication, by its source, and close transport connection. */
    AA_3(State.STA1),
    /** Issue A-P-ABORT indication primitive. */
    AA_4(State.STA1),
    /** Stop ARTIM timer. */
    AA_5(State.STA1),
    /** Ignore PDU. */
    AA_6(State.STA13),
    /** Send A-ABORT PDU. */
    AA_7(State.STA13),
    /** Send A-ABORT PDU (service-provider source), issue an A-P-ABORT indication, and start ARTIM timer. */
    AA_8(State.STA13);

    private final State next;

    Action(State next) {
        this.next = next;
    }

    State next() {
        return next;
    }
}
