package org.myonode.storage;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Tag;

/**
 * The little of a data set that decides where it goes; empty texts for what is absent.
 *
 * @param model Manufacturer's Model Name (0008,1090)
 */
record Header(String sopClassUid, String sopInstanceUid, String studyUid, String seriesUid, String model) {

    // Laxer than PS3.5 section 9.1 (zeros may lead, as some devices send them), but never more than a file name.
    private static final Pattern UID = Pattern.compile("[0-9]+(\\.[0-9]+)*");

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
        Map<String, String> uids = Map.of(
                "SOP Class UID", sopClassUid,
                "SOP Instance UID", sopInstanceUid,
                "Study Instance UID", studyUid,
                "Series Instance UID", seriesUid);
        return uids.entrySet().stream()
                .filter(uid -> !isUid(uid.getValue()))
                .map(uid -> uid.getKey() + (uid.getValue().isEmpty() ? " is missing" : " is not a UID"))
                .sorted()
                .findFirst();
    }

    private static boolean isUid(String text) {
        return text.length() <= 64 && UID.matcher(text).matches();
    }
}
