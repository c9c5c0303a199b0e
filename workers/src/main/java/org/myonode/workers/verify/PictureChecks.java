package org.myonode.workers.verify;

import java.util.Optional;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Tag;

/** A secondary capture and the image it shows (PS3.3 A.8.1). */
final class PictureChecks {
    private final Instances instances;
    private final Journal journal;

    PictureChecks(Instances instances, Journal journal) {
        this.instances = instances;
        this.journal = journal;
    }

    void examine(Instance object) {
        DataSet picture = object.data();
        journal.check(Rule.SC_SOURCE, object, broken -> {
            String shown =
                    SegmentMask.group(picture, Tag.SourceImageSequence).requireText(Tag.ReferencedSOPInstanceUID);
            boolean segmented = instances.segmentations.isEmpty()
                    || instances.segmentations.stream()
                            .anyMatch(seg -> instances.sourceUid(seg).equals(Optional.of(shown)));
            if (!segmented) {
                broken.because("image " + shown + " was not segmented");
            }
        });
        journal.check(Rule.SC_PIXELS, object, broken -> {
            broken.unlessEqual("photometric", picture.requireText(Tag.PhotometricInterpretation), "RGB");
            broken.unlessEqual("samples", picture.requireInteger(Tag.SamplesPerPixel), 3);
            broken.unlessEqual("planes", picture.requireInteger(Tag.PlanarConfiguration), 0);
            broken.unlessEqual("bits", picture.requireInteger(Tag.BitsStored), 8);
            int bytes = 3 * picture.requireInteger(Tag.Rows) * picture.requireInteger(Tag.Columns);
            broken.unlessEqual("bytes", picture.bytes(Tag.PixelData).length, bytes + bytes % 2);
        });
        journal.check(
                Rule.SC_BURNED_IN,
                object,
                broken -> broken.unlessEqual(
                        "Burned In Annotation", picture.text(Tag.BurnedInAnnotation), Optional.of("YES")));
        journal.check(Rule.SC_PLACE, object, broken -> {
            // With a position an archive would stack it with the CT.
            for (int tag : new int[] {Tag.FrameOfReferenceUID, Tag.ImagePositionPatient, Tag.ImageOrientationPatient}) {
                if (picture.contains(tag)) {
                    broken.because(org.myonode.dicom.Dictionary.keywordOf(tag).orElse("") + " is there");
                }
            }
            SegmentMask.values(picture, Tag.PixelSpacing, 2);
            broken.unlessEqual("calibration", picture.text(Tag.PixelSpacingCalibrationType), Optional.of("GEOMETRY"));
        });
    }
}
