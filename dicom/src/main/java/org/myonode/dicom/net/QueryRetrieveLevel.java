package org.myonode.dicom.net;

import org.myonode.dicom.Tag;

/** Query/Retrieve Level (0008,0052) with its unique key (PS3.4 section C.3). */
public enum QueryRetrieveLevel {
    PATIENT(Tag.PatientID),
    STUDY(Tag.StudyInstanceUID),
    SERIES(Tag.SeriesInstanceUID),
    IMAGE(Tag.SOPInstanceUID);

    private final int uniqueKey;

    QueryRetrieveLevel(int uniqueKey) {
        this.uniqueKey = uniqueKey;
    }

    /** The attribute that names one entity of this level. */
    public int uniqueKey() {
        return uniqueKey;
    }
}
