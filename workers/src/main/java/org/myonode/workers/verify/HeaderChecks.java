package org.myonode.workers.verify;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Tag;
import org.myonode.dicom.Uids;
import org.myonode.dicom.VR;

/** What all objects have in common: patient, study, series, equipment, codes. */
final class HeaderChecks {
    private static final int[] COPIED = {
        Tag.PatientName,
        Tag.PatientID,
        Tag.PatientBirthDate,
        Tag.PatientSex,
        Tag.StudyInstanceUID,
        Tag.StudyDate,
        Tag.StudyTime,
        Tag.StudyID,
        Tag.AccessionNumber,
        Tag.ReferringPhysicianName
    };
    private static final List<String> DISCLAIMERS = List.of("UNVERIFIED", "UNAPPROVED", "NOT FOR DIAGNOSTIC USE");

    private final Instances instances;
    private final Journal journal;

    HeaderChecks(Instances instances, Journal journal) {
        this.instances = instances;
        this.journal = journal;
    }

    void examine(Instance object) {
        DataSet data = object.data();
        patientAndStudy(object);
        journal.check(Rule.OWN_SERIES, object, broken -> {
            String series = data.requireText(Tag.SeriesInstanceUID);
            if (!instances.imagesOf(series).isEmpty()) {
                broken.because("its series is that of the images");
            }
            instances.examined().stream()
                    .filter(other -> other.seriesUid().equals(series)
                            && !other.sopInstanceUid().equals(object.sopInstanceUid()))
                    .forEach(other -> broken.because("its series is that of " + other.name()));
        });
        journal.check(
                Rule.UIDS,
                object,
                broken -> everyItem(data, item -> {
                    for (int tag : item.tags()) {
                        if (item.vr(tag) == VR.UI) {
                            item.texts(tag).stream()
                                    .filter(uid -> !Uids.isValid(uid))
                                    .forEach(uid -> broken.because("\"" + uid + "\" is none"));
                        }
                    }
                }));
        journal.check(Rule.CHARACTER_SET, object, broken -> {
            if (!data.hasValue(Tag.SpecificCharacterSet)) {
                everyItem(data, item -> {
                    for (int tag : item.tags()) {
                        if (isText(item.vr(tag)) && hasHighByte(item.bytes(tag))) {
                            broken.because(String.format("(%04X,%04X)", tag >>> 16, tag & 0xFFFF) + " has none");
                        }
                    }
                });
            }
        });
        journal.check(Rule.FILE_META, object, broken -> {
            DataSet meta = object.file().meta();
            broken.unlessEqual("SOP class", meta.text(Tag.MediaStorageSOPClassUID), data.text(Tag.SOPClassUID));
            broken.unlessEqual(
                    "SOP instance", meta.text(Tag.MediaStorageSOPInstanceUID), data.text(Tag.SOPInstanceUID));
            if (meta.text(Tag.ImplementationVersionName).orElse("").length() > 16) {
                broken.because("implementation version name has more than 16 characters");
            }
        });
        journal.check(Rule.DISCLAIMER, object, broken -> {
            String description = data.requireText(Tag.SeriesDescription).toUpperCase(Locale.ROOT);
            boolean verified = description.contains("VERIFIED")
                    && data.text(Tag.VerificationFlag).orElse("").equals("VERIFIED");
            if (!description.contains("AI") || !verified && DISCLAIMERS.stream().noneMatch(description::contains)) {
                broken.because("\"" + data.requireText(Tag.SeriesDescription) + "\" does not");
            }
        });
        equipment(object);
        codes(object);
    }

    private void patientAndStudy(Instance object) {
        Optional<String> source = instances.sourceUid(object);
        // Without the image, the segmentation that was made of it has what was copied from it.
        Optional<Instance> model = source.flatMap(instances::find)
                .or(() -> instances.segmentations.stream()
                        .filter(seg -> !seg.equals(object)
                                && source.isPresent()
                                && instances.sourceUid(seg).equals(source))
                        .findFirst());
        if (model.isEmpty()) {
            journal.cannotCheck(Rule.PATIENT_AND_STUDY, "the source image is not there");
            return;
        }
        journal.check(Rule.PATIENT_AND_STUDY, object, broken -> {
            for (int tag : COPIED) {
                // The words are not repeated: findings are printed, and they name a patient.
                if (!object.data().texts(tag).equals(model.get().data().texts(tag))) {
                    broken.because(org.myonode.dicom.Dictionary.keywordOf(tag).orElse("") + " differs from "
                            + model.get().name());
                }
            }
        });
    }

    private void equipment(Instance object) {
        DataSet data = object.data();
        journal.check(Rule.EQUIPMENT, object, broken -> {
            for (int tag :
                    new int[] {Tag.Manufacturer, Tag.ManufacturerModelName, Tag.DeviceSerialNumber, Tag.SoftwareVersions
                    }) {
                data.requireText(tag);
            }
            boolean model = data.items(Tag.ContributingEquipmentSequence).stream()
                    .anyMatch(item -> item.hasValue(Tag.ManufacturerModelName)
                            && item.hasValue(Tag.SoftwareVersions)
                            && item.item(Tag.PurposeOfReferenceCodeSequence)
                                    .flatMap(code -> code.text(Tag.CodeValue))
                                    .equals(Optional.of("109102")));
            if (!model) {
                broken.because("no contributing equipment (109102, Processing Equipment) with a model and its version");
            }
        });
    }

    private void codes(Instance object) {
        DataSet data = object.data();
        Set<String> identified = new HashSet<>();
        data.items(Tag.CodingSchemeIdentificationSequence)
                .forEach(item -> item.text(Tag.CodingSchemeDesignator).ifPresent(identified::add));
        journal.check(
                Rule.CODES,
                object,
                broken -> everyItem(data, item -> {
                    if (item.contains(Tag.CodeValue)) {
                        String scheme = item.requireText(Tag.CodingSchemeDesignator);
                        String value = item.requireText(Tag.CodeValue);
                        String meaning = item.requireText(Tag.CodeMeaning);
                        if (!scheme.startsWith("99") && !KnownCodes.isKnown(scheme, value, meaning)) {
                            broken.because("(" + value + "," + scheme + ",\"" + meaning + "\") is not known");
                        }
                    }
                }));
        journal.check(
                Rule.PRIVATE_CODES,
                object,
                broken -> everyItem(data, item -> {
                    String scheme = item.contains(Tag.CodeValue)
                            ? item.text(Tag.CodingSchemeDesignator).orElse("")
                            : "";
                    if (scheme.startsWith("99") && !identified.contains(scheme)) {
                        broken.because(scheme + " is not");
                    }
                }));
    }

    /** The data set and every item in it, at any depth. */
    private static void everyItem(DataSet data, Consumer<DataSet> look) {
        look.accept(data);
        for (int tag : data.tags()) {
            if (data.vr(tag) == VR.SQ) {
                data.items(tag).forEach(item -> everyItem(item, look));
            }
        }
    }

    private static boolean isText(VR vr) {
        return vr == VR.PN || vr == VR.LO || vr == VR.SH || vr == VR.ST || vr == VR.LT || vr == VR.UT || vr == VR.UC;
    }

    private static boolean hasHighByte(byte[] bytes) {
        for (byte b : bytes) {
            if (b < 0) {
                return true;
            }
        }
        return false;
    }
}
