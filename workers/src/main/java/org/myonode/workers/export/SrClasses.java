package org.myonode.workers.export;

import java.util.List;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;

/**
 * The SOP classes in which a measurement report can travel, best first. A TID 1500 report without spatial coordinates is
 * valid in each of them with the same content (PS3.3 A.35.13, A.35.3, A.35.2), and many archives know only the older
 * ones.
 */
final class SrClasses {
    private static final List<String> BEST_FIRST =
            List.of(UID.Comprehensive3DSRStorage, UID.ComprehensiveSRStorage, UID.EnhancedSRStorage);

    private SrClasses() {}

    /** The classes that an instance of a class may be sent as, its own first. */
    static List<String> alternatives(String sopClassUid) {
        int own = BEST_FIRST.indexOf(sopClassUid);
        return own < 0 ? List.of(sopClassUid) : BEST_FIRST.subList(own, BEST_FIRST.size());
    }

    /** The same report as another class: the SOP Class UID is all that differs. */
    static DicomFile as(DicomFile report, String sopClassUid) {
        DataSet data = report.dataSet().copy().set(Tag.SOPClassUID, sopClassUid);
        return Part10.of(data, report.transferSyntax());
    }
}
