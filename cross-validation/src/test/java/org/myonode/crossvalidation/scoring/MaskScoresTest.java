package org.myonode.crossvalidation.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.Mask;

class MaskScoresTest {

    private static final Offset<Double> EXACT = within(1e-12);

    @Test
    void equal_masks_agree_in_everything() {
        Mask mask = rectangle(40, 40, 10, 10, 12, 8);

        MaskScores scores = MaskScores.of(mask, mask, 0.8, 0.7);

        assertThat(scores.dice()).isEqualTo(1);
        assertThat(scores.jaccard()).isEqualTo(1);
        assertThat(scores.rmsDtaMm()).hasValue(0);
        assertThat(scores.meanDtaMm()).hasValue(0);
        assertThat(scores.hd95Mm()).hasValue(0);
        assertThat(scores.surfaceDice1Mm()).isEqualTo(1);
        assertThat(scores.areaDiffCm2()).isZero();
        assertThat(scores.areaDiffPercent()).hasValue(0);
    }

    @Test
    void a_shifted_rectangle_gives_the_numbers_worked_out_by_hand() {
        // 10 x 20 pixels of 2 x 1 mm, moved by two columns: 10 x 18 pixels in common.
        Mask reference = rectangle(40, 40, 5, 5, 10, 20);
        Mask test = rectangle(40, 40, 5, 7, 10, 20);

        MaskScores scores = MaskScores.of(reference, test, 2, 1);

        assertThat(scores.dice()).isCloseTo(180 / 200.0, EXACT);
        assertThat(scores.jaccard()).isCloseTo(180 / 220.0, EXACT);
        assertThat(scores.areaDiffCm2()).isZero();
        // In millimetres from the reference's first pixel: its outline has long sides of 19 mm at y = -1 and 19, short
        // sides of 18 mm at x = -0.5 and 19.5, and four corners of sqrt(1.25) mm; the test's lies 2 mm to the right.
        // Seen from the test, and by symmetry from the reference:
        double corner = Math.sqrt(1.25);
        double total = 2 * 19 + 2 * 18 + 4 * corner;
        // - of each long side 17 mm lie on the other one's; the last two segments stick out at x = 19.5 and 20.5, over
        //   the reference's corner from (19, -1) to (19.5, 0);
        double near = 0.5 / corner;
        double far = 1.5 / corner;
        // - both short sides lie 2 mm from the nearest outline;
        // - the two outer corners, around (21.25, -0.5), are nearest to the corner's end (19.5, 0), the two inner ones
        //   half a millimetre from a long side.
        double outer = Math.hypot(1.75, 0.5);
        double sum = 2 * (near + far) + 2 * 18 * 2 + 2 * corner * (outer + 0.5);
        double squares = 2 * (near * near + far * far) + 2 * 18 * 4 + 2 * corner * (outer * outer + 0.25);
        assertThat(scores.meanDtaMm()).hasValueCloseTo(sum / total, EXACT);
        assertThat(scores.rmsDtaMm()).hasValueCloseTo(Math.sqrt(squares / total), EXACT);
        assertThat(scores.hd95Mm()).hasValue(2);
        assertThat(scores.surfaceDice1Mm()).isCloseTo((2 * 17 + 2 + 2 * corner) / total, EXACT);
        assertThat(scores.surfaceDice2Mm()).isEqualTo(1);
    }

    @Test
    void a_stripe_across_the_picture_moved_down_is_as_far_as_it_was_moved() {
        // 400 columns of 0.7 mm, 6 rows of 1.5 mm, moved by 2 rows. Only the ends at the border are not parallel lines.
        Mask reference = rectangle(40, 400, 10, 0, 6, 400);
        Mask test = rectangle(40, 400, 12, 0, 6, 400);

        MaskScores scores = MaskScores.of(reference, test, 1.5, 0.7);

        assertThat(scores.hd95Mm()).hasValueCloseTo(3.0, within(1e-9));
        assertThat(scores.meanDtaMm().orElseThrow()).isCloseTo(3, within(0.1));
        assertThat(scores.surfaceDice2Mm()).isLessThan(0.05);
        assertThat(scores.surfaceDice3Mm()).isEqualTo(1);
    }

    @Test
    void an_oblique_edge_is_measured_across_and_not_along_the_grid() {
        // Half planes under 45 degrees, one moved by one column: a hypotenuse of 1 mm means 1/sqrt(2) mm across.
        int n = 300;
        Mask reference = halfPlane(n, 0);
        Mask test = halfPlane(n, 1);

        MaskScores scores = MaskScores.of(reference, test, 1, 1);

        double diagonal = n * Math.sqrt(2);
        assertThat(scores.hd95Mm()).hasValueCloseTo(Math.sqrt(0.5), within(1e-9));
        // Two borders of the picture agree but for the ends.
        assertThat(scores.meanDtaMm().orElseThrow() * (diagonal + 2 * n) / diagonal)
                .isCloseTo(Math.sqrt(0.5), within(0.01));
    }

    @Test
    void one_pixel_in_another_gives_the_numbers_worked_out_by_hand() {
        // One pixel is a diamond with corners half a pixel from its centre; three in a row a hexagon around it.
        Mask one = rectangle(9, 9, 4, 4, 1, 1);
        Mask three = rectangle(9, 9, 4, 3, 1, 3);

        MaskScores scores = MaskScores.of(one, three, 1, 1);

        assertThat(scores.dice()).isEqualTo(0.5);
        assertThat(scores.jaccard()).isCloseTo(1 / 3.0, EXACT);
        assertThat(scores.areaDiffCm2()).isCloseTo(0.02, EXACT);
        assertThat(scores.areaDiffPercent()).hasValueCloseTo(200.0, within(1e-9));
        // From the diamond: 4 segments of sqrt(1/2), middles 0.25 under the hexagon's straight sides.
        // From the hexagon: 4 slanted segments of sqrt(1/2), middles (1.25, 0.25): the diamond's tip (0.5, 0) is the
        // nearest point, hypot(0.75, 0.25) away; 4 straight ones of 1 with middles (0.5, 0.5): hypot... the side of the
        // diamond from (0.5, 0) to (0, 0.5) lies (0.5 + 0.5 - 0.5) / sqrt(2) from it.
        double slanted = Math.sqrt(0.5);
        double tip = Math.hypot(0.75, 0.25);
        double side = 0.5 / Math.sqrt(2);
        double length = 4 * slanted + 4 * slanted + 4;
        assertThat(scores.meanDtaMm())
                .hasValueCloseTo((4 * slanted * 0.25 + 4 * slanted * tip + 4 * side) / length, EXACT);
        assertThat(scores.rmsDtaMm())
                .hasValueCloseTo(
                        Math.sqrt((4 * slanted * 0.0625 + 4 * slanted * tip * tip + 4 * side * side) / length), EXACT);
        assertThat(scores.hd95Mm()).hasValueCloseTo(tip, EXACT);
        assertThat(scores.surfaceDice1Mm()).isEqualTo(1);
    }

    @Test
    void a_mask_may_touch_the_border_of_the_picture() {
        Mask all = rectangle(20, 70, 0, 0, 20, 70);
        Mask less = rectangle(20, 70, 0, 0, 20, 67);

        MaskScores scores = MaskScores.of(all, less, 1, 1);

        assertThat(scores.hd95Mm().orElseThrow()).isEqualTo(3);
        assertThat(scores.areaDiffCm2()).isCloseTo(-0.6, EXACT);
    }

    @Test
    void area_difference_is_signed_in_square_centimetres_and_per_cent() {
        MaskScores scores = MaskScores.of(rectangle(40, 40, 5, 5, 10, 20), rectangle(40, 40, 5, 5, 10, 10), 2, 1);

        assertThat(scores.areaDiffCm2()).isCloseTo(-2, EXACT);
        assertThat(scores.areaDiffPercent()).hasValueCloseTo(-50.0, EXACT);
    }

    @Test
    void two_empty_masks_agree_and_one_empty_mask_has_no_distance() {
        Mask empty = new Mask(40, 40, new boolean[1600]);
        Mask full = rectangle(40, 40, 5, 5, 10, 20);

        MaskScores both = MaskScores.of(empty, empty, 1, 1);
        MaskScores test = MaskScores.of(full, empty, 1, 1);
        MaskScores reference = MaskScores.of(empty, full, 1, 1);

        assertThat(both.dice()).isEqualTo(1);
        assertThat(both.rmsDtaMm()).hasValue(0);
        assertThat(both.surfaceDice1Mm()).isEqualTo(1);
        assertThat(both.areaDiffPercent()).hasValue(0);
        for (MaskScores one : List.of(test, reference)) {
            assertThat(one.dice()).isZero();
            assertThat(one.jaccard()).isZero();
            assertThat(one.surfaceDice3Mm()).isZero();
            assertThat(one.rmsDtaMm()).isEmpty();
            assertThat(one.meanDtaMm()).isEmpty();
            assertThat(one.hd95Mm()).isEmpty();
        }
        assertThat(test.areaDiffPercent()).hasValue(-100);
        assertThat(reference.areaDiffPercent()).isEmpty();
    }

    @Test
    void attenuation_is_compared_inside_each_mask() {
        short[] hu = new short[1600];
        for (int i = 0; i < hu.length; i++) {
            hu[i] = (short) (i % 40);
        }
        HuSlice image = new HuSlice(40, 40, 1, 1, hu);

        assertThat(MaskScores.meanHuDiff(image, rectangle(40, 40, 0, 0, 4, 5), rectangle(40, 40, 9, 10, 4, 5)))
                .hasValueCloseTo(10.0, EXACT);
        assertThat(MaskScores.meanHuDiff(image, rectangle(40, 40, 0, 0, 0, 0), rectangle(40, 40, 9, 10, 4, 5)))
                .isEmpty();
    }

    @Test
    void shapes_that_differ_are_refused() {
        assertThatThrownBy(() -> MaskScores.of(rectangle(40, 40, 1, 1, 2, 2), rectangle(40, 41, 1, 1, 2, 2), 1, 1))
                .hasMessageContaining("40x40")
                .hasMessageContaining("40x41");
        assertThatThrownBy(() -> MaskScores.of(rectangle(4, 4, 1, 1, 2, 2), rectangle(4, 4, 1, 1, 2, 2), 1, -1))
                .hasMessageContaining("spacing");
    }

    @Test
    void every_score_equals_that_of_numpy_and_scipy(@TempDir Path folder) throws Exception {
        assumeTrue(!SciPy.version().isEmpty(), "python3 with NumPy and SciPy is not installed");
        for (long seed = 0; seed < 4; seed++) {
            Random random = new Random(seed);
            int rows = 1 + random.nextInt(90);
            int columns = 1 + random.nextInt(200);
            List<MaskPairs.Pair> pairs = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                pairs.add(new MaskPairs.Pair(blobs(rows, columns, random), blobs(rows, columns, random)));
            }
            MaskPairs masks =
                    new MaskPairs(rows, columns, 0.3 + 2 * random.nextDouble(), 0.3 + 2 * random.nextDouble(), pairs);

            MaskPairs.Timed own = masks.score(1, 0);
            MaskPairs.Timed scipy = SciPy.score(masks, SciPy.Method.EXACT, 1, 0, folder);

            assertThat(own.greatestDifference(scipy)).as("seed %d", seed).isLessThan(1e-9);
        }
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

    /** Nothing, noise, or a few rectangles: whatever an outline can look like. */
    private static Mask blobs(int rows, int columns, Random random) {
        boolean[] pixels = new boolean[rows * columns];
        int kind = random.nextInt(6);
        if (kind == 0) {
            return new Mask(rows, columns, pixels);
        }
        for (int i = 0; kind == 1 && i < pixels.length; i++) {
            pixels[i] = random.nextInt(4) == 0;
        }
        for (int k = 0; kind > 1 && k < kind; k++) {
            int top = random.nextInt(rows);
            int left = random.nextInt(columns);
            int bottom = Math.min(rows, top + 1 + random.nextInt(rows));
            int right = Math.min(columns, left + 1 + random.nextInt(columns));
            for (int y = top; y < bottom; y++) {
                for (int x = left; x < right; x++) {
                    pixels[y * columns + x] ^= true;
                }
            }
        }
        return new Mask(rows, columns, pixels);
    }

    private static Mask halfPlane(int n, int shift) {
        boolean[] pixels = new boolean[n * n];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = i % n + i / n < n + shift;
        }
        return new Mask(n, n, pixels);
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
