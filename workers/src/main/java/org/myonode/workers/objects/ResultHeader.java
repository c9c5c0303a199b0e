package org.myonode.workers.objects;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Tag;
import org.myonode.dicom.Uids;

/**
 * The modules that all objects of a result have in common (PS3.3 C.7.1 patient, C.7.2 study, C.7.3 series, C.7.5
 * equipment, C.12.1 SOP common). Patient and study are copies, never corrected; what we add is plain ASCII, so that the
 * source's character set fits.
 */
final class ResultHeader {
    private static final int[] COPIED = {
        Tag.SpecificCharacterSet,
        Tag.PatientName,
        Tag.PatientID,
        Tag.IssuerOfPatientID,
        Tag.IssuerOfPatientIDQualifiersSequence,
        Tag.PatientBirthDate,
        Tag.PatientSex,
        Tag.OtherPatientIDsSequence,
        Tag.PatientAge,
        Tag.PatientSize,
        Tag.PatientWeight,
        Tag.StudyInstanceUID,
        Tag.StudyDate,
        Tag.StudyTime,
        Tag.StudyID,
        Tag.AccessionNumber,
        Tag.ReferringPhysicianName,
        Tag.StudyDescription
    };

    /** Type 2: present, empty when the source has none. */
    private static final int[] ALWAYS_PRESENT = {
        Tag.PatientName,
        Tag.PatientID,
        Tag.PatientBirthDate,
        Tag.PatientSex,
        Tag.StudyDate,
        Tag.StudyTime,
        Tag.StudyID,
        Tag.AccessionNumber,
        Tag.ReferringPhysicianName
    };

    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("yyyyMMdd", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private ResultHeader() {}

    /** A data set with all but the content of one object. */
    static DataSet of(ResultContext context, String kind, String sopClassUid, int seriesNumber, String description) {
        DataSet header = new DataSet().copy(context.source(), COPIED);
        for (int tag : ALWAYS_PRESENT) {
            if (!header.contains(tag)) {
                header.setEmpty(tag);
            }
        }
        if (context.heightM().isPresent() && header.decimal(Tag.PatientSize).orElse(0) == 0) {
            // The height came with another series of the study: the reader must see what the index was made with.
            header.set(Tag.PatientSize, context.heightM().getAsDouble());
        }

        String date = DATE.format(context.created());
        String time = TIME.format(context.created());
        Software software = context.software();
        return header.set(Tag.SOPClassUID, sopClassUid)
                .set(Tag.SOPInstanceUID, context.uid(kind))
                .set(Tag.InstanceCreationDate, date)
                .set(Tag.InstanceCreationTime, time)
                .set(Tag.SeriesDate, date)
                .set(Tag.SeriesTime, time)
                .set(Tag.ContentDate, date)
                .set(Tag.ContentTime, time)
                .set(Tag.TimezoneOffsetFromUTC, "+0000")
                .set(Tag.Modality, kind)
                .set(Tag.SeriesInstanceUID, context.uid(kind + " series"))
                .set(Tag.SeriesNumber, seriesNumber)
                .set(Tag.SeriesDescription, description)
                .set(Tag.InstanceNumber, 1)
                .set(Tag.Manufacturer, software.manufacturer())
                .set(Tag.ManufacturerModelName, software.name())
                .set(Tag.DeviceSerialNumber, software.serialNumber())
                .set(
                        Tag.SoftwareVersions,
                        software.version(),
                        context.segmenter().version())
                .setItems(Tag.ContributingEquipmentSequence, equipment(context));
    }

    /** Once lossy, always lossy: a derived image says so too (PS3.3 C.7.6.1.1.5). */
    static void lossy(DataSet image, ResultContext context) {
        if (context.source().text(Tag.LossyImageCompression).orElse("00").equals("01")) {
            image.set(Tag.LossyImageCompression, "01")
                    .copy(context.source(), Tag.LossyImageCompressionRatio, Tag.LossyImageCompressionMethod);
        } else {
            image.set(Tag.LossyImageCompression, "00");
        }
    }

    private static List<DataSet> equipment(ResultContext context) {
        List<DataSet> items = new ArrayList<>();
        items.add(equipment(context, context.segmenter(), "Skeletal muscle segmentation at L3"));
        context.locator().ifPresent(locator -> items.add(equipment(context, locator, "Location of the L3 level")));
        return items;
    }

    private static DataSet equipment(ResultContext context, Algorithm model, String contribution) {
        return new DataSet()
                .set(Tag.Manufacturer, context.software().manufacturer())
                .set(Tag.ManufacturerModelName, model.id())
                .set(Tag.SoftwareVersions, model.version())
                .set(
                        Tag.DeviceUID,
                        Uids.nameBased(String.join("|", "model", model.id(), model.version(), model.sha256())))
                .set(Tag.ContributionDescription, contribution)
                .setItems(Tag.PurposeOfReferenceCodeSequence, Codes.PROCESSING_EQUIPMENT.item());
    }
}
