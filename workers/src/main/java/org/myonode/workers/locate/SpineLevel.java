package org.myonode.workers.locate;

/**
 * The levels a row of the spine can belong to, from feet to head: the order in which {@link LevelDecoder} may pass
 * through them.
 *
 * <p>Lengths are along z and include half of the disc on either side. They are wide on purpose: from a small woman's
 * thoracic to a tall man's lumbar vertebrae (body heights 20 to 32 mm, discs 4 to 14 mm), and they hold for a spine
 * that leans in the sagittal plane too.
 */
public enum SpineLevel {
    /** Legs: below the coccyx. */
    BELOW(0, Double.POSITIVE_INFINITY, 0, "legs"),
    /** Sacrum and coccyx. */
    SACRUM(60, 190, 1, "sacrum"),
    /** The lowest of six lumbar vertebrae; the network sees it as the lowest lumbar vertebra, like L5. */
    L6(22, 52, 2, "L6"),
    L5(22, 52, 2, "L5"),
    L4(24, 50, 3, "L4"),
    L3(24, 50, 4, "L3"),
    L2(24, 50, 5, "L2"),
    L1(22, 48, 6, "L1"),
    T12(20, 44, 7, "T12"),
    T11(18, 42, 8, "T11"),
    T10(17, 40, 9, "T10"),
    /** T9 up to T1. */
    UPPER_THORACIC(120, 340, 10, "upper thoracic"),
    /** Neck and head. */
    NECK_AND_HEAD(0, Double.POSITIVE_INFINITY, 11, "neck and head");

    /** How many classes the network tells apart. */
    public static final int CHANNELS = 12;

    private final double shortestMm;
    private final double longestMm;
    private final int channel;
    private final String text;

    SpineLevel(double shortestMm, double longestMm, int channel, String text) {
        this.shortestMm = shortestMm;
        this.longestMm = longestMm;
        this.channel = channel;
        this.text = text;
    }

    /** The shortest stretch along z of this level when it is wholly in view, in millimetres. */
    double shortestMm() {
        return shortestMm;
    }

    /** The longest stretch along z of this level, in millimetres. */
    double longestMm() {
        return longestMm;
    }

    /** Which class of the network's output stands for this level. */
    public int channel() {
        return channel;
    }

    /** English name, as an operator reads it. */
    public String text() {
        return text;
    }

    /** Whether this is one of L1 to L6. */
    public boolean isLumbar() {
        return compareTo(L6) >= 0 && compareTo(L1) <= 0;
    }

    /** Whether this level is a single vertebra, so that a disc lies at each of its ends and none inside it. */
    boolean isVertebra() {
        return compareTo(L6) >= 0 && compareTo(T10) <= 0;
    }
}
