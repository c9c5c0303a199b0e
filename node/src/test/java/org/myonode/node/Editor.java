package org.myonode.node;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.dicom.VR;

/**
 * A planning system or viewer as far as the node can tell: takes an object of ours, cuts a square out of the muscle, and
 * hands back an object of its own, with its own UIDs and its own name.
 */
final class Editor {

    /** Edge of the square, in pixels. */
    static final int CUT = 5;

    private Editor() {}

    /** A square of muscle only: column and row of its first pixel, the n-th that there is. */
    static int[] squareInMuscle(DataSet seg, int number) {
        int rows = seg.requireInteger(Tag.Rows);
        int columns = seg.requireInteger(Tag.Columns);
        byte[] bits = seg.bytes(Tag.PixelData);
        int found = 0;
        for (int row = 0; row + CUT <= rows; row += CUT) {
            for (int column = 0; column + CUT <= columns; column += CUT) {
                if (isMuscle(bits, columns, row, column) && found++ == number) {
                    return new int[] {column, row};
                }
            }
        }
        throw new AssertionError("no square of muscle on the slice");
    }

    private static boolean isMuscle(byte[] bits, int columns, int row, int column) {
        for (int y = row; y < row + CUT; y++) {
            for (int x = column; x < column + CUT; x++) {
                int pixel = y * columns + x;
                if ((bits[pixel >> 3] >> (pixel & 7) & 1) == 0) {
                    return false;
                }
            }
        }
        return true;
    }

    /** A structure set of ours as a planning system stores it: other UIDs, other maker, the rest as it was. */
    static DataSet structureSet(DicomFile ours, String uid) {
        DataSet set = ours.dataSet().copy();
        set.set(Tag.SOPInstanceUID, uid)
                .set(Tag.SeriesInstanceUID, uid + ".1")
                .set(Tag.Manufacturer, "ACME")
                .set(Tag.ManufacturerModelName, "Planner")
                .set(Tag.SeriesDescription, "Contours")
                .set(Tag.StructureSetLabel, "PLAN")
                .set(Tag.OperatorsName, "Brandt^Ina")
                .remove(Tag.SoftwareVersions)
                .remove(Tag.ContributingEquipmentSequence)
                .remove(Tag.PredecessorStructureSetSequence);
        DataSet roi = set.items(Tag.StructureSetROISequence).get(0);
        roi.set(Tag.ROIGenerationAlgorithm, "SEMIAUTOMATIC").remove(Tag.DefinitionSourceSequence);
        return set;
    }

    /** Cuts a square out of the region: one more contour within the others, as even-odd filling takes it. */
    static DataSet cut(DataSet set, DataSet seg, int number) {
        int[] square = squareInMuscle(seg, number);
        DataSet frame = seg.items(Tag.PerFrameFunctionalGroupsSequence).get(0);
        DataSet shared = seg.items(Tag.SharedFunctionalGroupsSequence).get(0);
        double[] position = frame.item(Tag.PlanePositionSequence).orElseThrow().decimals(Tag.ImagePositionPatient);
        double[] cosines =
                shared.item(Tag.PlaneOrientationSequence).orElseThrow().decimals(Tag.ImageOrientationPatient);
        double[] spacing = shared.item(Tag.PixelMeasuresSequence).orElseThrow().decimals(Tag.PixelSpacing);
        double[][] corners = {{0, 0}, {CUT, 0}, {CUT, CUT}, {0, CUT}};
        List<String> points = new ArrayList<>();
        for (double[] corner : corners) {
            double x = (square[0] - 0.5 + corner[0]) * spacing[1];
            double y = (square[1] - 0.5 + corner[1]) * spacing[0];
            for (int axis = 0; axis < 3; axis++) {
                points.add(
                        String.format(Locale.ROOT, "%.4f", position[axis] + x * cosines[axis] + y * cosines[3 + axis]));
            }
        }
        DataSet drawn = set.items(Tag.ROIContourSequence).get(0);
        List<DataSet> contours = new ArrayList<>(drawn.items(Tag.ContourSequence));
        contours.add(contours.get(0)
                .copy()
                .set(Tag.NumberOfContourPoints, corners.length)
                .set(Tag.ContourNumber, contours.size() + 1)
                .set(Tag.ContourData, points.toArray(String[]::new)));
        drawn.setItems(Tag.ContourSequence, contours);
        return set;
    }

    static DicomFile file(DataSet set) {
        return Part10.of(set, UID.ImplicitVRLittleEndian);
    }

    /** A segmentation of ours as a viewer stores it, with a square cut out. */
    static DataSet segmentation(DicomFile ours, String uid, int number) {
        DataSet seg = ours.dataSet().copy();
        int[] square = squareInMuscle(seg, number);
        int columns = seg.requireInteger(Tag.Columns);
        byte[] bits = seg.bytes(Tag.PixelData).clone();
        for (int y = square[1]; y < square[1] + CUT; y++) {
            for (int x = square[0]; x < square[0] + CUT; x++) {
                int pixel = y * columns + x;
                bits[pixel >> 3] &= (byte) ~(1 << (pixel & 7));
            }
        }
        seg.setBytes(Tag.PixelData, VR.OB, bits)
                .set(Tag.SOPInstanceUID, uid)
                .set(Tag.SeriesInstanceUID, uid + ".1")
                .set(Tag.Manufacturer, "ACME")
                .set(Tag.ManufacturerModelName, "Viewer")
                .set(Tag.SeriesDescription, "Segmentation")
                .set(Tag.ContentCreatorName, "Sommer^Kai");
        seg.items(Tag.SegmentSequence).get(0).set(Tag.SegmentAlgorithmType, "SEMIAUTOMATIC");
        return seg;
    }
}
