package org.myonode.dicom.net;

/** The information models of Query/Retrieve (PS3.4 section C.3) and their SOP classes (section C.6). */
public enum InformationModel {
    /** Patient Root Query/Retrieve Information Model (PS3.4 C.6.1). */
    PATIENT_ROOT("1.2.840.10008.5.1.4.1.2.1"),
    /** Study Root Query/Retrieve Information Model (PS3.4 C.6.2). */
    STUDY_ROOT("1.2.840.10008.5.1.4.1.2.2");

    private final String root;

    InformationModel(String root) {
        this.root = root;
    }

    /** SOP class of C-FIND. */
    public String find() {
        return root + ".1";
    }

    /** SOP class of C-MOVE. */
    public String move() {
        return root + ".2";
    }

    /** SOP class of C-GET. */
    public String get() {
        return root + ".3";
    }
}
