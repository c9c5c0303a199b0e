package org.myonode.crossvalidation.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.myonode.workers.volume.Mask;

class MaskScoresTest {

    @Test
    void equal_masks_agree_in_everything() {
        Mask mask = rectangle(40, 40, 10, 10, 12, 8);

        MaskScores scores = MaskScores.of(mask, mask, 0.8, 0.7);

        assertThat(scores.dice()).isEqualTo(1);
        assertThat(scores.jaccard()).isEqualTo(1);
        assertThat(scores.rmsDtaMm()).hasValue(0);
        assertThat(scores.hd95Mm()).hasValue(0);
        assertThat(scores.surfaceDice1Mm()).hasValue(1);
        assertThat(scores.areaDiffCm2()).isZero();
    }

    @Test
    void a_shifted_rectangle_gives_the_numbers_worked_out_by_hand() {
        // 10 x 20 pixels of 2 x 1 mm, shifted by two columns: 10 x 18 in common
        Mask reference = rectangle(40, 40, 5, 5, 10, 20);
        Mask test = rectangle(40, 40, 5, 7, 10, 20);

        MaskScores scores = MaskScores.of(reference, test, 2, 1);

        assertThat(scores.dice()).isCloseTo(180 / 200.0, within(1e-12));
        assertThat(scores.jaccard()).isCloseTo(180 / 220.0, within(1e-12));
        assertThat(scores.areaDiffCm2()).isZero();
        // each outline has 56 pixels; 18 on each long side coincide, the others lie one or two columns off, and two
        // rows of the new end reach the long sides at 2 mm
        assertThat(scores.hd95Mm()).hasValue(2);
        assertThat(scores.surfaceDice2Mm()).hasValue(1);
        assertThat(scores.surfaceDice1Mm().orElseThrow()).isBetween(0.6, 0.9);
    }

    @Test
    void area_difference_is_signed_and_in_square_centimetres() {
        MaskScores scores = MaskScores.of(rectangle(40, 40, 5, 5, 10, 20), rectangle(40, 40, 5, 5, 10, 10), 2, 1);

        assertThat(scores.areaDiffCm2()).isCloseTo(-2, within(1e-12));
    }

    @Test
    void distances_to_an_empty_mask_are_absent() {
        Mask empty = new Mask(40, 40, new boolean[1600]);

        MaskScores scores = MaskScores.of(rectangle(40, 40, 5, 5, 10, 20), empty, 1, 1);

        assertThat(scores.dice()).isZero();
        assertThat(scores.rmsDtaMm()).isEmpty();
        assertThat(MaskScores.of(empty, empty, 1, 1).dice()).isEqualTo(1);
    }

    @Test
    void shapes_that_differ_are_refused() {
        assertThatThrownBy(() -> MaskScores.of(rectangle(40, 40, 1, 1, 2, 2), rectangle(40, 41, 1, 1, 2, 2), 1, 1))
                .hasMessageContaining("40x40")
                .hasMessageContaining("40x41");
    }

    @Test
    void the_distance_transform_equals_a_search_over_all_pixels() {
        for (long seed = 0; seed < 30; seed++) {
            Random random = new Random(seed);
            int rows = 1 + random.nextInt(20);
            int columns = 1 + random.nextInt(20);
            boolean[] marked = new boolean[rows * columns];
            for (int i = 0; i < marked.length; i++) {
                marked[i] = random.nextInt(12) == 0;
            }
            double dr = 0.3 + random.nextDouble() * 3;
            double dc = 0.3 + random.nextDouble() * 3;

            double[] distance = DistanceTransform.millimetres(marked, rows, columns, dr, dc);

            for (int i = 0; i < marked.length; i++) {
                double nearest = Double.POSITIVE_INFINITY;
                for (int j = 0; j < marked.length; j++) {
                    if (marked[j]) {
                        nearest = Math.min(
                                nearest,
                                Math.hypot((i / columns - j / columns) * dr, (i % columns - j % columns) * dc));
                    }
                }
                if (nearest == Double.POSITIVE_INFINITY) {
                    assertThat(distance[i]).as("seed %d pixel %d", seed, i).isInfinite();
                } else {
                    assertThat(distance[i]).as("seed %d pixel %d", seed, i).isCloseTo(nearest, within(1e-9));
                }
            }
        }
    }

    private static Mask rectangle(int rows, int columns, int top, int left, int height, int width) {
        boolean[] pixels = new boolean[rows * columns];
        for (int row = top; row < top + height; row++) {
            for (int column = left; column < left + width; column++) {
                pixels[row * columns + column] = true;
            }
        }
        return new Mask(rows, columns, pixels);
    }
}
