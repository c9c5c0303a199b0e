package org.myonode.phantom;

/**
 * What of a phantom is scanned and how finely.
 *
 * @param coverage which part of the body
 * @param sliceSpacingMm distance and thickness of CT slices, mm
 * @param matrix rows and columns of the CT; the field of view is always 500 mm
 * @param petMatrix rows and columns of the PET; 0 writes no PET series
 */
public record StudyOptions(Coverage coverage, double sliceSpacingMm, int matrix, int petMatrix) {

    /** Part of the body that is scanned. */
    public enum Coverage {
        /** Vertex to mid thigh. */
        WHOLE_BODY(752, -330),
        /** Vertex to the dome of the liver: L3 is not in it. */
        HEAD_CHEST(752, 300),
        /** Dome of the liver to the tailbone. */
        ABDOMEN_PELVIS(290, -140),
        /** Below L4: L3 is not in it. */
        PELVIS_THIGH(10, -330);

        final double top;
        final double bottom;

        Coverage(double top, double bottom) {
            this.top = top;
            this.bottom = bottom;
        }
    }

    /** Rejects grids that no scanner makes. */
    public StudyOptions {
        if (sliceSpacingMm < 0.5 || sliceSpacingMm > 10 || matrix < 64 || matrix > 1024) {
            throw new IllegalArgumentException("slices every " + sliceSpacingMm + " mm of " + matrix + " pixels");
        }
    }

    /** A clinical whole-body study: 512 x 512, 4.25 mm. */
    public static StudyOptions clinical() {
        return new StudyOptions(Coverage.WHOLE_BODY, 4.25, 512, 144);
    }

    /** A quick one for tests: 256 x 256, 5 mm. */
    public static StudyOptions small() {
        return new StudyOptions(Coverage.WHOLE_BODY, 5, 256, 96);
    }

    /** The same with another part of the body. */
    public StudyOptions covering(Coverage other) {
        return new StudyOptions(other, sliceSpacingMm, matrix, petMatrix);
    }

    /** The same without PET. */
    public StudyOptions withoutPet() {
        return new StudyOptions(coverage, sliceSpacingMm, matrix, 0);
    }
}
