package org.myonode.storage;

import java.util.Optional;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Tag;

/**
 * The little of a data set that decides where it goes; empty texts for what is absent.
 *
 * @param model Manufacturer's Model Name (0008,1090)
 */
record Header(String sopClassUid, String sopInstanceUid, String studyUid, String seriesUid, String model) {

    static Header of(DataSet dataSet) {
        return new Header(
                dataSet.text(Tag.SOPClassUID).orElse(""),
                dataSet.text(Tag.SOPInstanceUID).orElse(""),
                dataSet.text(Tag.StudyInstanceUID).orElse(""),
                dataSet.text(Tag.SeriesInstanceUID).orElse(""),
                dataSet.text(Tag.ManufacturerModelName).orElse(""));
    }

    /** Says which UID is missing or none, if one is. */
    Optional<String> wrongUid() {
        return wrong("SOP Class UID", sopClassUid)
                .or(() -> wrong("SOP Instance UID", sopInstanceUid))
                .or(() -> wrong("Series Instance UID", seriesUid))
                .or(() -> wrong("Study Instance UID", studyUid));
    }

    private static Optional<String> wrong(String name, String uid) {
        return isUid(uid) ? Optional.empty() : Optional.of(name + (uid.isEmpty() ? " is missing" : " is not a UID"));
    }

    /**
     * Laxer than PS3.5 section 9.1 (zeros may lead, as some devices send them), but never more than a file name. Every
     * instance passes here four times, so it is no pattern.
     */
    private static boolean isUid(String text) {
        boolean digitBefore = false;
        for (int i = 0; i < text.length(); i++) {
            boolean digit = text.charAt(i) >= '0' && text.charAt(i) <= '9';
            if (!digit && !(text.charAt(i) == '.' && digitBefore)) {
                return false;
            }
            digitBefore = digit;
        }
        return digitBefore && text.length() <= 64;
    }
}
