package org.myonode.crossvalidation.contours;

import java.util.Optional;
import org.myonode.db.Correction;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;

/**
 * Who drew what is in a structure set or segmentation, and who approved it, as far as the object says so. A name that is
 * the patient's is nobody's: such slips of an exporting system must not get into audit trails.
 */
final class Person {

    private Person() {}

    /** The name (PN) of the one who drew: reviewer, interpreter of a region, creator of the content, operator. */
    static Optional<String> of(DataSet object) {
        return approval(object)
                .map(Correction.Approval::reviewer)
                .or(() -> object.items(Tag.RTROIObservationsSequence).stream()
                        .flatMap(observation -> name(object, observation, Tag.ROIInterpreter).stream())
                        .findFirst())
                .or(() -> name(object, object, Tag.ContentCreatorName).filter(name -> !name.endsWith("^AI")))
                .or(() -> name(object, object, Tag.OperatorsName));
    }

    /**
     * The approval of a structure set: only when it says APPROVED and gives all of name, date and time of the review
     * (PS3.3 C.8.8.16). A segmentation has none.
     */
    static Optional<Correction.Approval> approval(DataSet object) {
        Optional<String> reviewer = name(object, object, Tag.ReviewerName);
        Optional<String> date = object.text(Tag.ReviewDate);
        Optional<String> time = object.text(Tag.ReviewTime);
        boolean approved = object.text(Tag.SOPClassUID).orElse("").equals(UID.RTStructureSetStorage)
                && object.text(Tag.ApprovalStatus).orElse("").equals("APPROVED");
        if (!approved || reviewer.isEmpty() || date.isEmpty() || time.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Correction.Approval(
                reviewer.get(), object.text(Tag.InstitutionName).orElse(""), date.get() + time.get()));
    }

    private static Optional<String> name(DataSet object, DataSet item, int tag) {
        return item.text(tag)
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .filter(name ->
                        !name.equals(object.text(Tag.PatientName).orElse("").strip()));
    }

    /** A person name for people: components in the order of speech, without the delimiters. */
    static String words(String personName) {
        String[] parts = personName.split("=")[0].split("\\^");
        StringBuilder words = new StringBuilder();
        for (int part : new int[] {3, 1, 2, 0, 4}) {
            if (part < parts.length && !parts[part].isBlank()) {
                words.append(words.isEmpty() ? "" : " ").append(parts[part].strip());
            }
        }
        return words.isEmpty() ? personName : words.toString();
    }
}
