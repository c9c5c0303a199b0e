package org.myonode.phantom;

/**
 * One axial image with its truth. Row 0 is anterior, column 0 is the patient's right (as a supine patient is viewed).
 *
 * @param size rows and columns
 * @param spacingMm pixel pitch, mm
 * @param zMm height of the image plane, mm, growing towards the head
 * @param hu Hounsfield units, row-major, as a scanner would give them (with noise)
 * @param labels a {@link Label} for each pixel
 */
@SuppressWarnings("ArrayRecordComponent")
public record PhantomSlice(int size, double spacingMm, double zMm, short[] hu, byte[] labels) {

    /** Rejects arrays that do not have size x size elements. */
    public PhantomSlice {
        if (hu.length != size * size || labels.length != size * size) {
            throw new IllegalArgumentException("a slice of " + size + " x " + size + " with " + hu.length + " pixels, "
                    + labels.length + " labels");
        }
    }

    /** True skeletal muscle, row-major. */
    public boolean[] muscle() {
        boolean[] mask = new boolean[labels.length];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = labels[i] == Label.SKELETAL_MUSCLE;
        }
        return mask;
    }

    /** Area of true skeletal muscle, cm2. */
    public double muscleAreaCm2() {
        int pixels = 0;
        for (byte label : labels) {
            if (label == Label.SKELETAL_MUSCLE) {
                pixels++;
            }
        }
        return pixels * spacingMm * spacingMm / 100;
    }
}
