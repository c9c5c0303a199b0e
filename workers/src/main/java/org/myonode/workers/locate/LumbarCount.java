package org.myonode.workers.locate;

import java.util.List;

/** How many lumbar vertebrae an account of the spine has, and whether that could be counted. */
public enum LumbarCount {
    FOUR,
    /** As in most people; or the sacrum is out of view and L3 was counted down from the ribs, where it makes no difference. */
    FIVE,
    SIX,
    /** The last ribs are out of view: L3 was counted up from the sacrum, with five assumed. */
    ASSUMED;

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
        return sacrum >= 0 && sacrum + 1 < levels.size() && levels.get(sacrum + 1) == SpineLevel.L4 ? FOUR : FIVE;
    }
}
