package org.myonode.workers.volume;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomException;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Part10;
import org.myonode.dicom.PixelData;
import org.myonode.dicom.Tag;

/**
 * What choosing a series and building a volume need to know of one image, without its pixels (PS3.3 C.7.6.2 image
 * plane, C.8.2.1 CT image): a single-frame instance, or one frame of an enhanced multi-frame one. Text that is absent is
 * empty; numbers that are absent are empty too.
 *
 * @param file where the instance lies
 * @param frame which frame of the instance this is, counted from 1
 * @param frames how many frames the instance has
 * @param imageType Image Type (0008,0008), upper case
 * @param pixelSpacing row and column spacing in millimetres, or nothing
 * @param orientation six direction cosines, or nothing
 * @param position patient coordinates of the first pixel in millimetres, or nothing
 * @param gantryTiltDegrees (0018,1120)
 * @param kernels Convolution Kernel (0018,1210), upper case
 * @param patientSizeM Patient's Size (0010,1020) in metres, as stated
 * @param studyDate Study Date (0008,0020), as stated
 */
public record ImageHeader(
        Path file,
        String transferSyntaxUid,
        String sopClassUid,
        String sopInstanceUid,
        String studyUid,
        String seriesUid,
        int seriesNumber,
        String seriesDescription,
        String modality,
        List<String> imageType,
        String frameOfReferenceUid,
        int rows,
        int columns,
        int frame,
        int frames,
        Optional<List<Double>> pixelSpacing,
        Optional<List<Double>> orientation,
        Optional<List<Double>> position,
        OptionalDouble gantryTiltDegrees,
        OptionalDouble sliceThicknessMm,
        List<String> kernels,
        boolean lossy,
        boolean contrastAgent,
        OptionalDouble patientSizeM,
        Optional<String> studyDate) {

    /**
     * Reads the header of a Part 10 file: one for each frame that has functional groups, else a single one.
     *
     * @throws IOException when the file cannot be read
     * @throws DicomException when it is no DICOM file, lacks its UIDs or holds a number that is none
     */
    public static List<ImageHeader> read(Path file) throws IOException {
        DicomFile dicom = Part10.readHeader(file);
        return Frames.of(dicom.dataSet()).stream()
                .map(data -> of(file, dicom, data))
                .toList();
    }

    private static ImageHeader of(Path file, DicomFile dicom, DataSet data) {
        return new ImageHeader(
                file,
                dicom.transferSyntax(),
                dicom.sopClassUid(),
                dicom.sopInstanceUid(),
                data.requireText(Tag.StudyInstanceUID),
                data.requireText(Tag.SeriesInstanceUID),
                data.integer(Tag.SeriesNumber).orElse(0),
                data.text(Tag.SeriesDescription).orElse(""),
                data.text(Tag.Modality).orElse(""),
                upper(data.texts(Tag.ImageType)),
                data.text(Tag.FrameOfReferenceUID).orElse(""),
                data.integer(Tag.Rows).orElse(0),
                data.integer(Tag.Columns).orElse(0),
                Frames.areIn(dicom.dataSet()) ? data.requireInteger(Tag.ReferencedFrameNumber) : 1,
                data.integer(Tag.NumberOfFrames).orElse(1),
                decimals(data, Tag.PixelSpacing, 2),
                decimals(data, Tag.ImageOrientationPatient, 6),
                decimals(data, Tag.ImagePositionPatient, 3),
                data.decimal(Tag.GantryDetectorTilt),
                data.decimal(Tag.SliceThickness),
                upper(data.texts(Tag.ConvolutionKernel)),
                PixelData.isLossy(dicom),
                data.text(Tag.ContrastBolusAgent).isPresent(),
                data.decimal(Tag.PatientSize),
                data.text(Tag.StudyDate));
    }

    /** What the image is called: its SOP Instance UID, and behind {@code #} the number of the frame when it has several. */
    public String name() {
        return frames > 1 ? sopInstanceUid + "#" + frame : sopInstanceUid;
    }

    private static List<String> upper(List<String> texts) {
        return texts.stream().map(text -> text.toUpperCase(Locale.ROOT)).toList();
    }

    private static Optional<List<Double>> decimals(DataSet data, int tag, int count) {
        double[] values = data.decimals(tag);
        if (values.length != count) {
            return Optional.empty();
        }
        return Optional.of(java.util.Arrays.stream(values).boxed().toList());
    }

    /** Normal of the image plane: the cross product of row and column direction; nothing without an orientation. */
    public Optional<double[]> normal() {
        return orientation.map(o -> new double[] {
            o.get(1) * o.get(5) - o.get(2) * o.get(4),
            o.get(2) * o.get(3) - o.get(0) * o.get(5),
            o.get(0) * o.get(4) - o.get(1) * o.get(3)
        });
    }

    /** The position projected on the normal that points to the head, in millimetres; patient z of an axial image. */
    public OptionalDouble heightMm() {
        if (position.isEmpty() || orientation.isEmpty()) {
            return OptionalDouble.empty();
        }
        double[] n = normal().orElseThrow();
        List<Double> p = position.get();
        double along = n[0] * p.get(0) + n[1] * p.get(1) + n[2] * p.get(2);
        return OptionalDouble.of(n[2] < 0 ? -along : along);
    }
}
