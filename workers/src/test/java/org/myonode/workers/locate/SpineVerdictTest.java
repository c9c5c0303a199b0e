package org.myonode.workers.locate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpineVerdictTest {

    private static final double LOWEST_Z = -500;

    @Test
    void finds_the_middle_of_l3() {
        L3 l3 = verdict(SyntheticSpine.wholeBody().rows(0.9));
        assertThat(l3).isInstanceOfSatisfying(L3.Found.class, found -> {
            // Rows 84 to 95, counted from the middle of row 0.
            assertThat(found.zMm()).isCloseTo(LOWEST_Z + 89.5 * SpineImages.ROW_MM, within(1.5));
            assertThat(found.confidence()).isGreaterThan(0.85);
            assertThat(found.levels()).hasSize(12);
            LevelRange range = found.levels().get(4);
            assertThat(range.level()).isEqualTo(SpineLevel.L3);
            assertThat(range.superiorZMm() - range.inferiorZMm()).isCloseTo(36, within(2.0));
        });
    }

    @Test
    void says_what_is_in_view_instead_of_l3() {
        assertThat(reason(SyntheticSpine.wholeBody().rows(140, 267, 0.9)))
                .isEqualTo("no L3 in the field of view (recognised from feet to head: T10, upper thoracic, neck and"
                        + " head)");
        assertThat(reason(SyntheticSpine.wholeBody().rows(0, 55, 0.9)))
                .isEqualTo("no L3 in the field of view (recognised from feet to head: legs, sacrum)");
    }

    @Test
    void says_at_which_end_l3_is_cut() {
        assertThat(reason(SyntheticSpine.wholeBody().rows(90, 200, 0.9)))
                .startsWith("L3 is cut by the lower end of the field of view");
        assertThat(reason(SyntheticSpine.wholeBody().rows(20, 90, 0.9)))
                .startsWith("L3 is cut by the upper end of the field of view");
    }

    @Test
    void a_weak_answer_is_given_where_no_other_level_comes_near_it() {
        // 0.62 for the level that is there: what is missing goes to all others in equal parts, or to the one above.
        SpineRows weak = SyntheticSpine.wholeBody().rows(55, 130, 0.62);
        SpineRows rivalled = SyntheticSpine.wholeBody().rows(55, 130, 0.62);
        for (int row = 0; row < rivalled.rows(); row++) {
            float[] level = rivalled.level()[row];
            int likely = 0;
            for (int channel = 1; channel < level.length; channel++) {
                likely = level[channel] > level[likely] ? channel : likely;
            }
            java.util.Arrays.fill(level, 0);
            level[likely] = 0.62f;
            level[Math.min(level.length - 1, likely + 1)] += 0.38f;
        }
        assertThat(verdict(weak))
                .isInstanceOfSatisfying(
                        L3.Found.class, found -> assertThat(found.confidence()).isBetween(0.55, 0.7));
        assertThat(reason(rivalled)).startsWith("L3 uncertain: probability 0.").contains("it could be L2 (0.38)");
    }

    @Test
    void refuses_when_the_network_is_in_two_minds() {
        SpineRows rows = SyntheticSpine.wholeBody().rows(55, 130, 0.9);
        // Everything may as well lie one level higher.
        for (int row = 0; row < rows.rows(); row++) {
            float[] shifted = new float[SpineLevel.CHANNELS];
            for (int channel = 0; channel < SpineLevel.CHANNELS; channel++) {
                shifted[channel] += 0.5f * rows.level()[row][channel];
                shifted[Math.min(SpineLevel.CHANNELS - 1, channel + 1)] += 0.5f * rows.level()[row][channel];
            }
            System.arraycopy(shifted, 0, rows.level()[row], 0, shifted.length);
        }
        assertThat(reason(rows)).startsWith("L3 uncertain: probability 0.").contains("it could be L");
    }

    @Test
    void counts_from_the_ribs_where_the_network_contradicts_itself() {
        SpineRows rows = lumbar(12, SpineLevel.L6, SpineLevel.L5, SpineLevel.L4, SpineLevel.L3, SpineLevel.L2)
                .rows(0.95);
        int l3 = 20 + 40 + 3 * 12;
        // Seen from the sacrum the third of six is a second one.
        for (int row = l3; row < l3 + 12; row++) {
            rows.level()[row][SpineLevel.L3.channel()] = 0.45f;
            rows.level()[row][SpineLevel.L2.channel()] = 0.52f;
        }

        assertThat(verdict(rows)).isInstanceOfSatisfying(L3.Found.class, found -> {
            assertThat(found.zMm()).isCloseTo(LOWEST_Z + (l3 + 5.5) * SpineImages.ROW_MM, within(1.5));
            assertThat(found.confidence()).isGreaterThan(0.9);
            assertThat(LumbarCount.of(found.levels())).isEqualTo(LumbarCount.SIX);
        });
    }

    @Test
    void four_lumbar_vertebrae_made_into_five_are_refused() {
        assertThat(reason(lumbar(9, SpineLevel.L5, SpineLevel.L4, SpineLevel.L3, SpineLevel.L2)
                        .rows(0.95)))
                .startsWith("L3 uncertain: the lumbar vertebrae would be lower than the last thoracic ones");
    }

    @Test
    void lumbar_vertebrae_hardly_taller_than_thoracic_ones_are_answered_with_a_flag() {
        SyntheticSpine low = new SyntheticSpine().add(SpineLevel.BELOW, 20).add(SpineLevel.SACRUM, 40);
        for (SpineLevel level : List.of(SpineLevel.L5, SpineLevel.L4, SpineLevel.L3, SpineLevel.L2)) {
            low.add(level, 10);
        }
        low.add(SpineLevel.L1, 10)
                .add(SpineLevel.T12, 10)
                .add(SpineLevel.T11, 10)
                .add(SpineLevel.T10, 9)
                .add(SpineLevel.UPPER_THORACIC, 70)
                .add(SpineLevel.NECK_AND_HEAD, 50);
        assertThat(count(low.rows(0.95))).isEqualTo(LumbarCount.DOUBTFUL);
    }

    @Test
    void the_number_of_lumbar_vertebrae_is_known_only_with_the_ribs_in_view() {
        SyntheticSpine spine = SyntheticSpine.wholeBody();

        assertThat(count(spine.rows(0.95))).isEqualTo(LumbarCount.FIVE);
        assertThat(count(spine.rows(65, 200, 0.95))).as("without the sacrum").isEqualTo(LumbarCount.FIVE);
        assertThat(count(spine.rows(20, 112, 0.95))).as("without the ribs").isEqualTo(LumbarCount.ASSUMED);
        assertThat(count(lumbar(12, SpineLevel.L4, SpineLevel.L3, SpineLevel.L2).rows(0.95)))
                .isEqualTo(LumbarCount.FOUR);
    }

    private static LumbarCount count(SpineRows rows) {
        return LumbarCount.of(((L3.Found) verdict(rows)).levels());
    }

    /** A whole body with other lumbar vertebrae, L1 apart. */
    private static SyntheticSpine lumbar(int rows, SpineLevel... levels) {
        SyntheticSpine spine = new SyntheticSpine().add(SpineLevel.BELOW, 20).add(SpineLevel.SACRUM, 40);
        for (SpineLevel level : levels) {
            spine.add(level, rows);
        }
        return spine.add(SpineLevel.L1, 11)
                .add(SpineLevel.T12, 10)
                .add(SpineLevel.T11, 9)
                .add(SpineLevel.T10, 9)
                .add(SpineLevel.UPPER_THORACIC, 70)
                .add(SpineLevel.NECK_AND_HEAD, 50);
    }

    @Test
    void refuses_a_few_slices() {
        assertThat(reason(SyntheticSpine.wholeBody().rows(80, 95, 0.9)))
                .isEqualTo("the field of view of 45 mm along the body is too short");
    }

    private static String reason(SpineRows rows) {
        return ((L3.NotFound) verdict(rows)).reason();
    }

    private static L3 verdict(SpineRows rows) {
        float[] values = new float[rows.rows() * SpineImages.WIDTH * SpineImages.CHANNELS];
        Arrays.fill(values, -1);
        return SpineVerdict.of(new SpineImages(rows.rows(), values, LOWEST_Z), rows)
                .l3();
    }
}
