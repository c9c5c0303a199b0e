package org.myonode.crossvalidation.contours;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomException;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.workers.volume.Mask;

/**
 * The frames of a binary DICOM segmentation (PS3.3 A.51, C.8.20.2): one bit a pixel, frames packed without gaps, the
 * first pixel in the lowest bit; or of a label map of 8 bits, each segment of a frame taken as a frame of its own.
 *
 * @param sopInstanceUid of the segmentation
 * @param seriesDescription of its series
 * @param frameOfReferenceUid what its coordinates refer to
 * @param segments segment number to label
 * @param frames in the order of the file
 */
public record SegFrames(
        String sopInstanceUid,
        String seriesDescription,
        String frameOfReferenceUid,
        Map<Integer, String> segments,
        List<Frame> frames) {

    /** Label Map Segmentation Storage. */
    static final String LABELMAP = "1.2.840.10008.5.1.4.1.1.66.7";

    /** Keeps its own copies. */
    public SegFrames {
        segments = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(segments));
        frames = List.copyOf(frames);
    }

    /** Whether objects of a SOP class can be read. */
    static boolean isSegmentation(String sopClassUid) {
        return sopClassUid.equals(UID.SegmentationStorage) || sopClassUid.equals(LABELMAP);
    }

    /**
     * One frame.
     *
     * @param segment segment number
     * @param source the image it was drawn on, where the file says so
     * @param spacing distance of rows and of columns in millimetres, where the file says it
     * @param plane where it lies, where the file says so
     * @param mask in the pixel order of the frame
     */
    public record Frame(
            int segment, Optional<String> source, Optional<double[]> spacing, Optional<ImagePlane> plane, Mask mask) {}

    /**
     * Reads a segmentation.
     *
     * @throws DicomException when it is another object, fractional, or has too few pixels
     */
    public static SegFrames of(DicomFile file) {
        if (!isSegmentation(file.sopClassUid())) {
            throw new DicomException(Tag.SOPClassUID, UID.nameOf(file.sopClassUid()) + " is not a segmentation");
        }
        DataSet seg = file.dataSet();
        boolean labels = file.sopClassUid().equals(LABELMAP);
        String type = seg.text(Tag.SegmentationType).orElse("BINARY");
        int allocated = seg.requireInteger(Tag.BitsAllocated);
        if (!type.equals(labels ? "LABELMAP" : "BINARY") || allocated != (labels ? 8 : 1)) {
            throw new DicomException(
                    Tag.SegmentationType,
                    type + " with " + allocated + " bits a pixel, only BINARY, and LABELMAP of 8 bits, are read");
        }
        Map<Integer, String> segments = new LinkedHashMap<>();
        for (DataSet segment : seg.items(Tag.SegmentSequence)) {
            segments.put(
                    segment.requireInteger(Tag.SegmentNumber),
                    segment.text(Tag.SegmentLabel).orElse(""));
        }
        int rows = seg.requireInteger(Tag.Rows);
        int columns = seg.requireInteger(Tag.Columns);
        int count = seg.integer(Tag.NumberOfFrames).orElse(1);
        byte[] bits = seg.bytes(Tag.PixelData);
        if (rows < 1 || columns < 1 || count < 1 || bits.length * 8L < (long) allocated * count * rows * columns) {
            throw new DicomException(
                    Tag.PixelData,
                    bits.length + " bytes where " + count + " frames of " + rows + "x" + columns + " pixels of "
                            + allocated + " bits should be");
        }
        DataSet shared = seg.item(Tag.SharedFunctionalGroupsSequence).orElseGet(DataSet::new);
        List<DataSet> groups = seg.items(Tag.PerFrameFunctionalGroupsSequence);
        List<Frame> frames = new ArrayList<>();
        for (int f = 0; f < count; f++) {
            DataSet own = f < groups.size() ? groups.get(f) : new DataSet();
            Optional<double[]> spacing = group(own, shared, Tag.PixelMeasuresSequence)
                    .map(measures -> measures.decimals(Tag.PixelSpacing))
                    .filter(values -> values.length == 2);
            Optional<String> source = group(own, shared, Tag.DerivationImageSequence)
                    .flatMap(item -> item.item(Tag.SourceImageSequence))
                    .flatMap(item -> item.text(Tag.ReferencedSOPInstanceUID));
            Optional<ImagePlane> plane = plane(own, shared, spacing, rows, columns);
            if (labels) {
                int from = f * rows * columns;
                for (int segment : segments.keySet()) {
                    if (segment > 0) {
                        frames.add(new Frame(
                                segment, source, spacing, plane, labelled(bits, from, rows, columns, segment)));
                    }
                }
                continue;
            }
            frames.add(new Frame(
                    group(own, shared, Tag.SegmentIdentificationSequence)
                            .flatMap(item -> item.text(Tag.ReferencedSegmentNumber))
                            .map(Integer::parseInt)
                            .orElse(1),
                    source,
                    spacing,
                    plane,
                    frame(bits, (long) f * rows * columns, rows, columns)));
        }
        return new SegFrames(
                file.sopInstanceUid(),
                seg.text(Tag.SeriesDescription).orElse(""),
                seg.text(Tag.FrameOfReferenceUID).orElse(""),
                segments,
                frames);
    }

    private static Optional<DataSet> group(DataSet own, DataSet shared, int tag) {
        return own.item(tag).or(() -> shared.item(tag));
    }

    private static Optional<ImagePlane> plane(
            DataSet own, DataSet shared, Optional<double[]> spacing, int rows, int columns) {
        Optional<double[]> position = group(own, shared, Tag.PlanePositionSequence)
                .map(item -> item.decimals(Tag.ImagePositionPatient))
                .filter(values -> values.length == 3);
        Optional<double[]> orientation = group(own, shared, Tag.PlaneOrientationSequence)
                .map(item -> item.decimals(Tag.ImageOrientationPatient))
                .filter(values -> values.length == 6);
        if (position.isEmpty() || orientation.isEmpty() || spacing.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new ImagePlane(
                rows, columns, spacing.get()[0], spacing.get()[1], boxed(position.get()), boxed(orientation.get())));
    }

    private static List<Double> boxed(double[] values) {
        return java.util.Arrays.stream(values).boxed().toList();
    }

    private static Mask labelled(byte[] labels, int from, int rows, int columns, int segment) {
        boolean[] pixels = new boolean[rows * columns];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (labels[from + i] & 0xFF) == segment;
        }
        return new Mask(rows, columns, pixels);
    }

    private static Mask frame(byte[] bits, long from, int rows, int columns) {
        boolean[] pixels = new boolean[rows * columns];
        for (int i = 0; i < pixels.length; i++) {
            long bit = from + i;
            pixels[i] = ((bits[(int) (bit >> 3)] >> (bit & 7)) & 1) == 1;
        }
        return new Mask(rows, columns, pixels);
    }
}
