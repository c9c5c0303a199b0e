package org.myonode.workers.objects;

import org.myonode.dicom.DataSet;
import org.myonode.dicom.Tag;

/** A coded concept (PS3.3 section 8): code value, coding scheme designator, code meaning. */
record Code(String value, String scheme, String meaning) {
    /** Our own scheme; an object that uses it must identify it. */
    static final String OWN_SCHEME = "99MYONODE";

    static Code dcm(String value, String meaning) {
        return new Code(value, "DCM", meaning);
    }

    static Code sct(String value, String meaning) {
        return new Code(value, "SCT", meaning);
    }

    static Code own(String value, String meaning) {
        return new Code(value, OWN_SCHEME, meaning);
    }

    DataSet item() {
        return new DataSet()
                .set(Tag.CodeValue, value)
                .set(Tag.CodingSchemeDesignator, scheme)
                .set(Tag.CodeMeaning, meaning);
    }
}
