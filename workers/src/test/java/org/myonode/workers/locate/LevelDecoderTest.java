package org.myonode.workers.locate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LevelDecoderTest {

    private static final double ROW_MM = SpineImages.ROW_MM;

    @Test
    void names_every_level_of_a_whole_body() {
        LevelDecoder.Account account =
                LevelDecoder.decode(SyntheticSpine.wholeBody().rows(0.7), ROW_MM);
        assertThat(account.segments())
                .extracting(LevelDecoder.Segment::level)
                .containsExactly(Arrays.stream(SpineLevel.values())
                        .filter(level -> level != SpineLevel.L6)
                        .toArray(SpineLevel[]::new));
        LevelDecoder.Segment l3 = segment(account, SpineLevel.L3);
        assertThat(l3.first()).isEqualTo(84);
        assertThat(l3.end()).isEqualTo(96);
        assertThat(l3.whole()).isTrue();
        assertThat(account.probability(90, SpineLevel.L3)).isGreaterThan(0.95);
    }

    @Test
    void the_posterior_of_every_row_sums_to_one() {
        Random random = new Random(4);
        for (int rows : new int[] {1, 7, 60, 267}) {
            for (double[] row : LevelDecoder.decode(noise(rows, random), ROW_MM).posterior()) {
                assertThat(Arrays.stream(row).sum()).isCloseTo(1, within(1e-6));
            }
        }
    }

    @Test
    void a_level_cut_by_the_field_of_view_is_not_whole() {
        SpineRows rows = SyntheticSpine.wholeBody().rows(90, 200, 0.7);
        LevelDecoder.Account account = LevelDecoder.decode(rows, ROW_MM);
        assertThat(account.segments().get(0).level()).isEqualTo(SpineLevel.L3);
        assertThat(account.segments().get(0).whole()).isFalse();
        assertThat(segment(account, SpineLevel.L2).whole()).isTrue();
    }

    @Test
    void a_few_odd_rows_change_nothing() {
        SpineRows rows = SyntheticSpine.wholeBody().rows(0.7);
        for (int row = 88; row < 91; row++) {
            Arrays.fill(rows.level()[row], 0);
            rows.level()[row][SpineLevel.T10.channel()] = 1;
        }
        LevelDecoder.Segment l3 = segment(LevelDecoder.decode(rows, ROW_MM), SpineLevel.L3);
        assertThat(l3.first()).isEqualTo(84);
        assertThat(l3.end()).isEqualTo(96);
    }

    @Test
    void lumbar_vertebrae_that_look_alike_are_not_told_apart() {
        // Two whole vertebrae and two cut ones, nothing else in view, and a network that sees only "lumbar".
        int rows = 36;
        float[][] level = new float[rows][SpineLevel.CHANNELS];
        float[] border = new float[rows];
        for (int row = 0; row < rows; row++) {
            for (SpineLevel lumbar :
                    new SpineLevel[] {SpineLevel.L5, SpineLevel.L4, SpineLevel.L3, SpineLevel.L2, SpineLevel.L1}) {
                level[row][lumbar.channel()] = 0.2f;
            }
            border[row] = row % 12 == 5 || row % 12 == 6 ? 0.8f : 0.05f;
        }
        LevelDecoder.Account account = LevelDecoder.decode(new SpineRows(level, border), ROW_MM);
        for (int row = 0; row < rows; row++) {
            assertThat(account.probability(row, SpineLevel.L3)).isLessThan(0.6);
        }
    }

    @Test
    void borders_decide_where_the_levels_say_little() {
        SyntheticSpine spine = SyntheticSpine.wholeBody();
        SpineRows sharp = spine.rows(0.7);
        // Between L4 and L2 the rows are all alike.
        for (int row = 72; row < 108; row++) {
            Arrays.fill(sharp.level()[row], 0);
            for (SpineLevel lumbar : new SpineLevel[] {SpineLevel.L4, SpineLevel.L3, SpineLevel.L2}) {
                sharp.level()[row][lumbar.channel()] = 1 / 3f;
            }
        }
        LevelDecoder.Segment l3 = segment(LevelDecoder.decode(sharp, ROW_MM), SpineLevel.L3);
        assertThat(l3.first()).isEqualTo(84);
        assertThat(l3.end()).isEqualTo(96);
    }

    @Test
    void six_lumbar_vertebrae_are_counted_from_the_ribs() {
        SyntheticSpine spine = new SyntheticSpine()
                .add(SpineLevel.SACRUM, 35)
                .add(SpineLevel.L6, 12)
                .add(SpineLevel.L5, 12)
                .add(SpineLevel.L4, 12)
                .add(SpineLevel.L3, 12)
                .add(SpineLevel.L2, 12)
                .add(SpineLevel.L1, 11)
                .add(SpineLevel.T12, 10)
                .add(SpineLevel.T11, 9);
        LevelDecoder.Account account = LevelDecoder.decode(spine.rows(0.7), ROW_MM);
        assertThat(segment(account, SpineLevel.L6).first()).isEqualTo(35);
        assertThat(segment(account, SpineLevel.L3).first()).isEqualTo(71);
    }

    @Test
    void four_lumbar_vertebrae_are_counted_from_the_ribs() {
        SyntheticSpine spine = new SyntheticSpine()
                .add(SpineLevel.SACRUM, 35)
                .add(SpineLevel.L4, 12)
                .add(SpineLevel.L3, 12)
                .add(SpineLevel.L2, 12)
                .add(SpineLevel.L1, 11)
                .add(SpineLevel.T12, 10);
        LevelDecoder.Account account = LevelDecoder.decode(spine.rows(0.9), ROW_MM);
        assertThat(account.segments())
                .extracting(LevelDecoder.Segment::level)
                .doesNotContain(SpineLevel.L5, SpineLevel.L6);
        assertThat(segment(account, SpineLevel.L3).first()).isEqualTo(47);
    }

    @Test
    void agrees_with_the_sum_over_all_paths_on_small_inputs() {
        double rowMm = 20;
        Random random = new Random(11);
        for (int rows = 1; rows <= 5; rows++) {
            SpineRows said = noise(rows, random);
            double[][] sums = new double[rows][SpineLevel.values().length];
            double[] total = {0, 0};
            List<SpineLevel> best = new ArrayList<>();
            everyPath(said, rowMm, new ArrayList<>(), sums, total, best);
            LevelDecoder.Account account = LevelDecoder.decode(said, rowMm);
            for (int row = 0; row < rows; row++) {
                for (SpineLevel level : SpineLevel.values()) {
                    assertThat(account.probability(row, level))
                            .as("row %d of %d, %s", row, rows, level)
                            .isCloseTo(sums[row][level.ordinal()] / total[0], within(1e-9));
                }
            }
            List<SpineLevel> decoded = new ArrayList<>();
            account.segments().forEach(segment -> {
                for (int row = segment.first(); row < segment.end(); row++) {
                    decoded.add(segment.level());
                }
            });
            assertThat(decoded).isEqualTo(best);
        }
    }

    /** Goes through all ways to name the rows; no two neighbouring segments are of one level, so names say it all. */
    private static void everyPath(
            SpineRows said,
            double rowMm,
            List<SpineLevel> names,
            double[][] sums,
            double[] totalAndBest,
            List<SpineLevel> best) {
        if (names.size() < said.rows()) {
            for (SpineLevel level : SpineLevel.values()) {
                names.add(level);
                everyPath(said, rowMm, names, sums, totalAndBest, best);
                names.remove(names.size() - 1);
            }
            return;
        }
        double weight = weight(said, rowMm, names);
        if (weight > totalAndBest[1]) {
            totalAndBest[1] = weight;
            best.clear();
            best.addAll(names);
        }
        totalAndBest[0] += weight;
        for (int row = 0; row < names.size(); row++) {
            sums[row][names.get(row).ordinal()] += weight;
        }
    }

    private static double weight(SpineRows said, double rowMm, List<SpineLevel> names) {
        int rows = names.size();
        double weight = names.get(0) == SpineLevel.L6 ? LevelDecoder.UNUSUAL : 1;
        int from = 0;
        for (int row = 0; row < rows; row++) {
            SpineLevel level = names.get(row);
            weight *= Math.pow(Math.max(1e-4, said.level()[row][level.channel()]), LevelDecoder.ROW_WEIGHT);
            boolean ends = row + 1 == rows || names.get(row + 1) != level;
            if (!ends) {
                continue;
            }
            int end = row + 1;
            boolean cut = from == 0 || end == rows;
            double mm = (end - from) * rowMm;
            if (mm > level.longestMm() || (!cut && mm < level.shortestMm())) {
                return 0;
            }
            for (int inside = from + 1; level.isVertebra() && inside < end - 1; inside++) {
                weight *= Math.exp(LevelDecoder.noBorder(said.border()[inside]));
            }
            if (end < rows) {
                SpineLevel next = names.get(end);
                weight *= step(level, next);
                if (level.isVertebra() || next.isVertebra()) {
                    weight *= Math.exp(LevelDecoder.border(Math.max(said.border()[row], said.border()[end])));
                }
            }
            from = end;
        }
        return weight;
    }

    private static double step(SpineLevel level, SpineLevel next) {
        if (level == SpineLevel.SACRUM) {
            return switch (next) {
                case L6, L4 -> LevelDecoder.UNUSUAL;
                case L5 -> 1 - 2 * LevelDecoder.UNUSUAL;
                default -> 0;
            };
        }
        return next.ordinal() == level.ordinal() + 1 ? 1 : 0;
    }

    private static SpineRows noise(int rows, Random random) {
        float[][] level = new float[rows][SpineLevel.CHANNELS];
        float[] border = new float[rows];
        for (int row = 0; row < rows; row++) {
            float sum = 0;
            for (int channel = 0; channel < SpineLevel.CHANNELS; channel++) {
                level[row][channel] = random.nextFloat();
                sum += level[row][channel];
            }
            for (int channel = 0; channel < SpineLevel.CHANNELS; channel++) {
                level[row][channel] /= sum;
            }
            border[row] = random.nextFloat();
        }
        return new SpineRows(level, border);
    }

    private static LevelDecoder.Segment segment(LevelDecoder.Account account, SpineLevel level) {
        return account.segments().stream()
                .filter(segment -> segment.level() == level)
                .findFirst()
                .orElseThrow();
    }
}
