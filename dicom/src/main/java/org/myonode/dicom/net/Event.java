package org.myonode.dicom.net;

/** The events of PS3.8 table 9-10, in its order. */
enum Event {
    /** A-ASSOCIATE request (local user). */
    EVT1,
    /** Transport connection confirmed (local transport service). */
    EVT2,
    /** A-ASSOCIATE-AC PDU received. */
    EVT3,
    /** A-ASSOCIATE-RJ PDU received. */
    EVT4,
    /** Transport connection indication (local transport service). */
    EVT5,
    /** A-ASSOCIATE-RQ PDU received. */
    EVT6,
    /** A-ASSOCIATE response primitive (accept). */
    EVT7,
    /** A-ASSOCIATE response primitive (reject). */
    EVT8,
    /** P-DATA request primitive. */
    EVT9,
    /** P-DATA-TF PDU received. */
    EVT10,
    /** A-RELEASE request primitive. */
    EVT11,
    /** A-RELEASE-RQ PDU received. */
    EVT12,
    /** A-RELEASE-RP PDU received. */
    EVT13,
    /** A-RELEASE response primitive. */
    EVT14,
    /** A-ABORT request primitive. */
    EVT15,
    /** A-ABORT PDU received. */
    EVT16,
    /** Transport connection closed indication. */
    EVT17,
    /** ARTIM timer expired. */
    EVT18,
    /** Unrecognized or invalid PDU received. */
    EVT19
}
