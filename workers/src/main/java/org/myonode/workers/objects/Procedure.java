package org.myonode.workers.objects;

/** What was done to the patient, not what the algorithm did: the codes of PS3.16 CID 100 that concern us. */
public enum Procedure {
    /** A whole-body PET-CT with fluorodeoxyglucose. */
    PET_CT_FDG(Code.sct("443271005", "PET/CT FDG imaging of whole body")),
    /** A whole-body PET with another or an unknown tracer. */
    PET_WHOLE_BODY(new Code("44139-4", "LN", "PET whole body")),
    /** A CT, or a study of which nothing but the CT is known. */
    CT(new Code("25045-6", "LN", "CT unspecified body region"));

    private final Code code;

    Procedure(Code code) {
        this.code = code;
    }

    Code code() {
        return code;
    }
}
