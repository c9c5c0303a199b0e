package org.myonode.workers.locate;

import java.util.ArrayList;
import java.util.List;

/** What a good network would say of a spine with known levels. */
final class SyntheticSpine {

    private final List<SpineLevel> rows = new ArrayList<>();
    private final List<Integer> discs = new ArrayList<>();

    /** Adds rows of a level on top. */
    SyntheticSpine add(SpineLevel level, int count) {
        if (!rows.isEmpty() && level.isVertebra()) {
            discs.add(rows.size());
        }
        for (int i = 0; i < count; i++) {
            rows.add(level);
        }
        return this;
    }

    /** Thigh to head in rows of 3 mm: L3 takes rows 84 to 95. */
    static SyntheticSpine wholeBody() {
        return new SyntheticSpine()
                .add(SpineLevel.BELOW, 20)
                .add(SpineLevel.SACRUM, 40)
                .add(SpineLevel.L5, 12)
                .add(SpineLevel.L4, 12)
                .add(SpineLevel.L3, 12)
                .add(SpineLevel.L2, 12)
                .add(SpineLevel.L1, 11)
                .add(SpineLevel.T12, 10)
                .add(SpineLevel.T11, 9)
                .add(SpineLevel.T10, 9)
                .add(SpineLevel.UPPER_THORACIC, 70)
                .add(SpineLevel.NECK_AND_HEAD, 50);
    }

    /**
     * Rows with this share of certainty for the true class and the rest spread over its neighbours.
     *
     * @param from first row
     * @param to row after the last one
     */
    SpineRows rows(int from, int to, double certainty) {
        float[][] level = new float[to - from][SpineLevel.CHANNELS];
        float[] border = new float[to - from];
        for (int row = from; row < to; row++) {
            int channel = rows.get(row).channel();
            level[row - from][channel] += (float) certainty;
            level[row - from][Math.max(0, channel - 1)] += (float) ((1 - certainty) / 2);
            level[row - from][Math.min(SpineLevel.CHANNELS - 1, channel + 1)] += (float) ((1 - certainty) / 2);
            border[row - from] = discs.contains(row) || discs.contains(row + 1) ? 0.8f : 0.05f;
        }
        return new SpineRows(level, border);
    }

    SpineRows rows(double certainty) {
        return rows(0, rows.size(), certainty);
    }
}
