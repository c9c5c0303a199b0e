package org.myonode.workers.locate;

/**
 * The levels a row of the spine can belong to, from feet to head: the order in which {@link LevelDecoder} may pass
 * through them and the order of the locator network's output channels.
 *
 * <p>Lengths are along z and include half of the disc on either side. They are wide on purpose: from a small woman's
 * thoracic to a tall man's lumbar vertebrae (body heights 20 to 32 mm, discs 4 to 14 mm), and they hold for a spine
 * that leans in the sagittal plane too.
 */
public enum SpineLevel {
    /** Legs: below the coccyx. */
    BELOW(0, Double.POSITIVE_INFINITY),
    /** Sacrum and coccyx. */
    SACRUM(60, 190),
    L5(22, 52),
    L4(24, 50),
    L3(24, 50),
    L2(24, 50),
    L1(22, 48),
    T12(20, 44),
    T11(18, 42),
    T10(17, 40),
    /** T9 up to T1. */
    UPPER_THORACIC(120, 340),
    /** Neck and head. */
    NECK_AND_HEAD(0, Double.POSITIVE_INFINITY);

    private final double shortestMm;
    private final double longestMm;

    SpineLevel(double shortestMm, double longestMm) {
        this.shortestMm = shortestMm;
        this.longestMm = longestMm;
    }

    /** The shortest stretch along z of this level when it is wholly in view, in millimetres. */
    double shortestMm() {
        return shortestMm;
    }

    /** The longest stretch along z of this level, in millimetres. */
    double longestMm() {
        return longestMm;
    }
}
