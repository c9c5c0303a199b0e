package org.myonode.workers.locate;

import java.util.Arrays;
import java.util.List;

/** How many lumbar vertebrae an account of the spine has, and whether that could be counted. */
public enum LumbarCount {
    FOUR,
    /** As in most people; or the sacrum is out of view and L3 was counted down from the ribs, where it makes no difference. */
    FIVE,
    SIX,
    /** The last ribs are out of view: L3 was counted up from the sacrum, with five assumed. */
    ASSUMED,
    /** Five were counted, and are so low that they may be four. */
    DOUBTFUL;

    /**
     * Least height of lumbar vertebrae in those of the last thoracic ones that goes without a flag; 1.07 to 1.39 in 160
     * phantoms read rightly, 1.07 in a patient.
     */
    private static final double LEAST_GROWTH = 1.05;

    /** Counts in the levels in view, from feet to head. */
    public static LumbarCount of(List<LevelRange> ranges) {
        List<SpineLevel> levels = ranges.stream().map(LevelRange::level).toList();
        boolean ribs = ranges.stream()
                .anyMatch(range -> range.level().compareTo(SpineLevel.T12) > 0
                        || range.level() == SpineLevel.T12 && range.whole());
        if (!ribs) {
            return ASSUMED;
        }
        int sacrum = levels.indexOf(SpineLevel.SACRUM);
        if (levels.contains(SpineLevel.L6)) {
            return SIX;
        }
        return sacrum >= 0 && sacrum + 1 < levels.size() && levels.get(sacrum + 1) == SpineLevel.L4
                ? FOUR
                : growth(ranges) < LEAST_GROWTH ? DOUBTFUL : FIVE;
    }

    /**
     * Mean height of L2 to L5 in that of T11 and T12, discs included: about a quarter more than 1 (Panjabi, Spine
     * 1991;16:888 and 1992;17:299), and no more than 1 where four lumbar vertebrae were made into five. NaN unless two of
     * each are wholly in view.
     */
    static double growth(List<LevelRange> ranges) {
        return height(ranges, SpineLevel.L5, SpineLevel.L2) / height(ranges, SpineLevel.T12, SpineLevel.T11);
    }

    private static double height(List<LevelRange> ranges, SpineLevel from, SpineLevel to) {
        double[] heights = ranges.stream()
                .filter(LevelRange::whole)
                .filter(range ->
                        range.level().compareTo(from) >= 0 && range.level().compareTo(to) <= 0)
                .mapToDouble(range -> Math.abs(range.superiorZMm() - range.inferiorZMm()))
                .toArray();
        return heights.length < 2
                ? Double.NaN
                : Arrays.stream(heights).average().orElseThrow();
    }
}
