package org.myonode.phantom;

import java.util.List;

/**
 * A stack of slices from the feet to the head.
 *
 * @param spacingMm pixel pitch, mm
 * @param sliceSpacingMm distance between slices, mm
 * @param slices from inferior to superior
 */
public record PhantomVolume(double spacingMm, double sliceSpacingMm, List<PhantomSlice> slices) {

    /** Copies the list. */
    public PhantomVolume {
        slices = List.copyOf(slices);
    }

    /** Height of the lowest slice, mm. */
    public double lowestZMm() {
        return slices.get(0).zMm();
    }
}
