package org.myonode.workers.objects;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.dicom.VR;

/**
 * The picture of a result as a Secondary Capture (PS3.3 A.8.1), for whoever has a viewer that knows neither segmentations
 * nor reports. Stateless.
 *
 * <p>It has no position in the patient, so that no archive stacks it with the CT, but its pixels have a size: distances can
 * be measured in it.
 */
public final class ScWriter {
    private static final String KIND = "SC";

    private ScWriter() {}

    /**
     * The picture of a result, in Explicit VR Little Endian. Its UIDs follow from the picture too: letters look different
     * where other fonts are installed.
     *
     * @param picture with the disclaimer and the figures drawn in, and nothing that names the patient
     * @throws org.myonode.dicom.DicomException when the source image lacks its UIDs
     */
    public static DicomFile write(ResultContext context, Picture picture) {
        String drawing = KIND + " " + digest(picture.rgb());
        Software software = context.software();
        DataSet image = ResultHeader.of(
                        context,
                        KIND,
                        UID.SecondaryCaptureImageStorage,
                        context.seriesNumbers().sc(),
                        (context.levelIsKnown() ? "L3 muscle overlay " : "Muscle overlay ")
                                + (context.isCorrected() ? "(AI, corrected)" : "(AI)")
                                + " - NOT FOR DIAGNOSTIC USE")
                .set(Tag.SOPInstanceUID, context.uid(drawing))
                .set(Tag.SeriesInstanceUID, context.uid(drawing + " series"))
                .set(Tag.Modality, "OT")
                .set(Tag.ConversionType, "WSD")
                .set(Tag.SecondaryCaptureDeviceManufacturer, software.manufacturer())
                .set(Tag.SecondaryCaptureDeviceManufacturerModelName, software.name())
                .set(Tag.SecondaryCaptureDeviceSoftwareVersions, software.version())
                .set(Tag.ImageType, "DERIVED", "SECONDARY")
                // Not a limb: some checkers ask for a laterality otherwise.
                .set(Tag.BodyPartExamined, "ABDOMEN")
                .set(Tag.PatientOrientation, "L", "P")
                .set(
                        Tag.DerivationDescription,
                        "CT slice with the outline of the segmentation and its figures drawn in")
                .setItems(Tag.DerivationCodeSequence, Codes.SEGMENTATION.item())
                .setItems(
                        Tag.SourceImageSequence,
                        SegWriter.sourceItem(context)
                                .setItems(Tag.PurposeOfReferenceCodeSequence, Codes.SOURCE_IMAGE.item()))
                .set(Tag.SamplesPerPixel, 3)
                .set(Tag.PhotometricInterpretation, "RGB")
                .set(Tag.PlanarConfiguration, 0)
                .set(Tag.Rows, picture.rows())
                .set(Tag.Columns, picture.columns())
                .set(Tag.PixelSpacing, picture.pixelMm(), picture.pixelMm())
                .set(Tag.PixelSpacingCalibrationType, "GEOMETRY")
                .set(Tag.PixelSpacingCalibrationDescription, "from the CT")
                .set(Tag.BitsAllocated, 8)
                .set(Tag.BitsStored, 8)
                .set(Tag.HighBit, 7)
                .set(Tag.PixelRepresentation, 0)
                .set(Tag.BurnedInAnnotation, "YES")
                .setBytes(Tag.PixelData, VR.OB, picture.rgb());
        ResultHeader.lossy(image, context);
        return Part10.of(image, UID.ExplicitVRLittleEndian);
    }

    private static String digest(byte[] rgb) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(rgb));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
