package org.myonode.workers.volume;

/**
 * One axial slice in Hounsfield units, in the canonical orientation of {@link CtVolume}.
 *
 * <p>The array is not copied: whoever hands it over must not change it afterwards.
 *
 * @param rows number of rows; row 0 is the most anterior, rows go to posterior
 * @param columns number of columns; column 0 is the patient's right, columns go to the patient's left
 * @param rowSpacingMm distance of the centres of neighbouring rows, in millimetres
 * @param columnSpacingMm distance of the centres of neighbouring columns, in millimetres
 * @param hu {@code rows * columns} values, row by row
 */
public record HuSlice(int rows, int columns, double rowSpacingMm, double columnSpacingMm, short[] hu) {

    /** Refuses a shape that does not match the values, and spacings that are not positive. */
    public HuSlice {
        if (rows < 1 || columns < 1 || hu.length != rows * columns) {
            throw new IllegalArgumentException(
                    "a slice of " + rows + "x" + columns + " cannot hold " + hu.length + " values");
        }
        if (!(rowSpacingMm > 0) || !(columnSpacingMm > 0)) {
            throw new IllegalArgumentException("spacing must be positive: " + rowSpacingMm + ", " + columnSpacingMm);
        }
    }

    /** The value at a row and a column, in Hounsfield units. */
    public int at(int row, int column) {
        return hu[row * columns + column];
    }

    /** The area of one pixel, in square millimetres. */
    public double pixelAreaMm2() {
        return rowSpacingMm * columnSpacingMm;
    }
}
