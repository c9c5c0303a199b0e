package org.myonode.workers.volume;

import java.util.ArrayList;
import java.util.List;

/**
 * A CT series as one regular grid of Hounsfield units in a canonical orientation, whatever way the patient lay:
 * slices go from feet to head, rows from anterior to posterior, columns from the patient's right to the patient's
 * left. That is the patient-based coordinate system of PS3.3 C.7.6.2.1.1: x grows with the column, y with the row, z
 * with the slice.
 *
 * <p>The arrays are not copied: whoever hands them over must not change them afterwards. Read-only use from several
 * threads is safe.
 *
 * @param rows rows of every slice
 * @param columns columns of every slice
 * @param rowSpacingMm distance of neighbouring rows, in millimetres
 * @param columnSpacingMm distance of neighbouring columns, in millimetres
 * @param sliceSpacingMm distance of neighbouring slices, in millimetres
 * @param hu one array of {@code rows * columns} values for each slice, from feet to head
 * @param slices where each slice came from, in the same order
 */
public record CtVolume(
        int rows,
        int columns,
        double rowSpacingMm,
        double columnSpacingMm,
        double sliceSpacingMm,
        short[][] hu,
        List<SlicePosition> slices) {

    /** Air: the value of everything outside the reconstructed field. */
    public static final short AIR_HU = -1024;

    /** Refuses shapes that do not agree, spacings that are not positive, and slices that do not ascend. */
    public CtVolume {
        slices = List.copyOf(slices);
        if (hu.length == 0 || hu.length != slices.size()) {
            throw new IllegalArgumentException(hu.length + " slices of values for " + slices.size() + " positions");
        }
        for (short[] slice : hu) {
            if (slice.length != rows * columns) {
                throw new IllegalArgumentException(
                        "a slice of " + rows + "x" + columns + " cannot hold " + slice.length + " values");
            }
        }
        if (!(rowSpacingMm > 0) || !(columnSpacingMm > 0) || !(sliceSpacingMm > 0)) {
            throw new IllegalArgumentException(
                    "spacing must be positive: " + rowSpacingMm + ", " + columnSpacingMm + ", " + sliceSpacingMm);
        }
        for (int k = 1; k < slices.size(); k++) {
            if (!(slices.get(k).zMm() > slices.get(k - 1).zMm())) {
                throw new IllegalArgumentException(
                        "slices must ascend in z at " + slices.get(k).zMm());
            }
        }
    }

    /** A volume that came from no DICOM file: slices are named by their number and the lowest one lies at z = 0. */
    public static CtVolume ofSlices(
            int rows, int columns, double rowSpacingMm, double columnSpacingMm, double sliceSpacingMm, short[][] hu) {
        List<SlicePosition> slices = new ArrayList<>(hu.length);
        for (int k = 0; k < hu.length; k++) {
            slices.add(new SlicePosition(Integer.toString(k), k * sliceSpacingMm));
        }
        return new CtVolume(rows, columns, rowSpacingMm, columnSpacingMm, sliceSpacingMm, hu, slices);
    }

    /** How many slices there are. */
    public int depth() {
        return hu.length;
    }

    /** The value at a slice (from feet to head), a row and a column, in Hounsfield units. */
    public int at(int slice, int row, int column) {
        return hu[slice][row * columns + column];
    }

    /** Patient z of a slice, in millimetres. */
    public double zMm(int slice) {
        return slices.get(slice).zMm();
    }

    /** One slice, sharing the values of this volume; 0 is the most inferior. */
    public HuSlice slice(int slice) {
        return new HuSlice(rows, columns, rowSpacingMm, columnSpacingMm, hu[slice]);
    }
}
