package org.myonode.workers.verify;

import java.util.Optional;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomException;
import org.myonode.dicom.Tag;

/**
 * The pixels of segment 1 of a segmentation with one frame, and where they lie.
 *
 * @param position centre of the first pixel in the patient, in millimetres
 * @param orientation cosines of the row, then of the column direction
 * @param spacing distance of rows, then of columns, in millimetres
 */
record SegmentMask(int rows, int columns, boolean[] pixels, double[] position, double[] orientation, double[] spacing) {

    static boolean isLabelmap(DataSet seg) {
        return seg.text(Tag.SegmentationType).equals(Optional.of("LABELMAP"));
    }

    /** Reads it; a {@link DicomException} says what is missing. */
    static SegmentMask of(DataSet seg) {
        int rows = seg.requireInteger(Tag.Rows);
        int columns = seg.requireInteger(Tag.Columns);
        byte[] bytes = seg.bytes(Tag.PixelData);
        boolean[] pixels = new boolean[rows * columns];
        int needed = isLabelmap(seg) ? pixels.length : (pixels.length + 7) / 8;
        if (bytes.length < needed) {
            throw new DicomException(Tag.PixelData, bytes.length + " bytes instead of " + needed);
        }
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = isLabelmap(seg) ? bytes[i] == 1 : (bytes[i >> 3] >> (i & 7) & 1) == 1;
        }
        DataSet shared = group(seg, Tag.SharedFunctionalGroupsSequence);
        DataSet frame = group(seg, Tag.PerFrameFunctionalGroupsSequence);
        return new SegmentMask(
                rows,
                columns,
                pixels,
                values(group(frame, Tag.PlanePositionSequence), Tag.ImagePositionPatient, 3),
                values(group(shared, Tag.PlaneOrientationSequence), Tag.ImageOrientationPatient, 6),
                values(group(shared, Tag.PixelMeasuresSequence), Tag.PixelSpacing, 2));
    }

    static DataSet group(DataSet data, int sequence) {
        return data.item(sequence).orElseThrow(() -> new DicomException(sequence, "absent or empty"));
    }

    static double[] values(DataSet data, int tag, int count) {
        double[] values = data.decimals(tag);
        if (values.length != count) {
            throw new DicomException(tag, values.length + " values instead of " + count);
        }
        return values;
    }

    int count() {
        int count = 0;
        for (boolean pixel : pixels) {
            count += pixel ? 1 : 0;
        }
        return count;
    }

    double areaCm2() {
        return count() * spacing[0] * spacing[1] / 100;
    }

    double[] normal() {
        double[] o = orientation;
        return new double[] {o[1] * o[5] - o[2] * o[4], o[2] * o[3] - o[0] * o[5], o[0] * o[4] - o[1] * o[3]};
    }
}
