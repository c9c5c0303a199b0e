package org.myonode.workers.volume;

/**
 * A yes or no for every pixel of a slice, row by row, in the orientation of the slice it was drawn on.
 *
 * <p>The array is not copied: whoever hands it over must not change it afterwards.
 *
 * @param rows number of rows
 * @param columns number of columns
 * @param pixels {@code rows * columns} values, row by row
 */
public record Mask(int rows, int columns, boolean[] pixels) {

    /** Refuses a shape that does not match the pixels. */
    public Mask {
        if (rows < 1 || columns < 1 || pixels.length != rows * columns) {
            throw new IllegalArgumentException(
                    "a mask of " + rows + "x" + columns + " cannot hold " + pixels.length + " pixels");
        }
    }

    /** Whether the pixel at a row and a column belongs to the mask. */
    public boolean at(int row, int column) {
        return pixels[row * columns + column];
    }

    /** How many pixels belong to the mask. */
    public int count() {
        int count = 0;
        for (boolean pixel : pixels) {
            if (pixel) {
                count++;
            }
        }
        return count;
    }

    /** Whether no pixel belongs to the mask. */
    public boolean isEmpty() {
        for (boolean pixel : pixels) {
            if (pixel) {
                return false;
            }
        }
        return true;
    }
}
