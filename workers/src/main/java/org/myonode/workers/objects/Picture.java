package org.myonode.workers.objects;

/**
 * A picture of the result with square pixels, as seen from the feet: columns go to the patient's left, rows to posterior.
 *
 * <p>The array is not copied: whoever hands it over must not change it afterwards.
 *
 * @param pixelMm distance of neighbouring pixels in the body, in millimetres
 * @param rgb three bytes for each of {@code rows * columns} pixels, row by row
 */
public record Picture(int rows, int columns, double pixelMm, byte[] rgb) {
    /** Refuses a shape that does not match the pixels. */
    public Picture {
        if (rows < 1 || columns < 1 || rgb.length != 3 * rows * columns || !(pixelMm > 0)) {
            throw new IllegalArgumentException("a picture of " + rows + "x" + columns + " pixels of " + pixelMm
                    + " mm cannot hold " + rgb.length + " bytes");
        }
    }
}
