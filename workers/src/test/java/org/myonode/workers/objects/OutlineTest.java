package org.myonode.workers.objects;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Outlines drawn back to pixels by three fill rules, none of which is the code under test. */
final class OutlineTest {

    @Test
    void a_pixel_is_a_square_along_its_edges() {
        assertThat(outline("...", ".#.", "...")).singleElement().satisfies(square -> {
            assertThat(square).hasSize(8);
            assertThat(area(square)).isEqualTo(1);
            assertThat(Arrays.stream(square).min()).hasValue(2);
            assertThat(Arrays.stream(square).max()).hasValue(4);
        });
    }

    @Test
    void straight_edges_have_no_points_between_their_ends() {
        assertThat(outline("####", "####", "####"))
                .singleElement()
                .satisfies(box -> assertThat(box).hasSize(8));
    }

    @Test
    void pixels_that_touch_by_a_corner_are_parts_of_their_own() {
        assertThat(outline("#.", ".#")).hasSize(2);
        assertThat(outline(".#", "#.")).hasSize(2);
    }

    @Test
    void a_hole_is_entered_by_two_coinciding_lines_in_the_middle_of_a_row() {
        List<int[]> ring = outline("###", "#.#", "###");
        assertThat(ring).singleElement().satisfies(polygon -> {
            // Outer square, hole, and both ends of the bridge twice.
            assertThat(polygon.length / 2).isEqualTo(4 + 4 + 4);
            assertThat(area(polygon)).isEqualTo(8);
            long ends = 0;
            for (int i = 1; i < polygon.length; i += 2) {
                ends += polygon[i] % 2 == 0 ? 0 : 1;
            }
            assertThat(ends).as("points at half a row").isEqualTo(4);
        });
    }

    @Test
    void a_hole_that_opens_by_a_corner_is_no_hole() {
        List<int[]> bay = outline(".###", "#..#", "#..#", "####");
        assertThat(bay).hasSize(1);
        assertGivesBack(mask(".###", "#..#", "#..#", "####"), 4, 4);
        assertThat(Arrays.stream(bay.get(0)).filter(coordinate -> coordinate % 2 != 0))
                .as("no bridge")
                .isEmpty();
    }

    @Test
    void a_part_in_a_hole_and_holes_beside_each_other_come_back() {
        assertGivesBack(
                mask("##########", "#...##.#.#", "#.#.#..#.#", "#...##.###", "##########", "#.#.#.#.##", "##########"),
                7,
                10);
    }

    @Test
    void random_masks_come_back_by_every_fill_rule() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            int rows = 1 + random.nextInt(24);
            int columns = 1 + random.nextInt(24);
            double density = 0.1 + 0.85 * random.nextDouble();
            boolean[] mask = new boolean[rows * columns];
            for (int i = 0; i < mask.length; i++) {
                mask[i] = random.nextDouble() < density;
            }
            assertGivesBack(mask, rows, columns);
        }
    }

    @Test
    void a_whole_image_of_noise_is_outlined_too() {
        Random random = new Random(1);
        boolean[] mask = new boolean[512 * 512];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = random.nextInt(8) != 0;
        }
        assertGivesBack(mask, 512, 512);
    }

    private static void assertGivesBack(boolean[] mask, int rows, int columns) {
        List<int[]> polygons = Outline.of(mask, rows, columns);

        assertThat(polygons).as("one polygon for each 4-connected part").hasSize(parts(mask, rows, columns));
        double area = 0;
        int[] winding = new int[mask.length];
        boolean[] exclusive = new boolean[mask.length];
        boolean[] evenOdd = new boolean[mask.length];
        for (int[] polygon : polygons) {
            area += Math.abs(area(polygon));
            int[] own = crossings(polygon, rows, columns, false);
            int[] turns = crossings(polygon, rows, columns, true);
            for (int i = 0; i < mask.length; i++) {
                winding[i] += turns[i];
                evenOdd[i] |= own[i] % 2 != 0;
                exclusive[i] ^= own[i] % 2 != 0;
            }
        }
        boolean[] nonZero = new boolean[mask.length];
        for (int i = 0; i < mask.length; i++) {
            nonZero[i] = winding[i] != 0;
        }
        String text = rows + "x" + columns;
        assertThat(area).as("area " + text).isEqualTo(pixels(mask));
        assertThat(Arrays.equals(nonZero, mask)).as("non-zero " + text).isTrue();
        assertThat(Arrays.equals(evenOdd, mask)).as("even-odd " + text).isTrue();
        assertThat(Arrays.equals(exclusive, mask)).as("exclusive-or " + text).isTrue();
    }

    /** For each pixel centre, how many edges lie left of it; signed by direction, or all counted up. */
    private static int[] crossings(int[] polygon, int rows, int columns, boolean signed) {
        int[] steps = new int[rows * (columns + 1)];
        for (int i = 0; i < polygon.length; i += 2) {
            int next = (i + 2) % polygon.length;
            int y0 = polygon[i + 1];
            int y1 = polygon[next + 1];
            for (int row = 0; row < rows; row++) {
                int y = 2 * row + 1;
                if (Math.min(y0, y1) <= y && y < Math.max(y0, y1)) {
                    steps[row * (columns + 1) + polygon[i] / 2] += signed && y1 < y0 ? -1 : 1;
                }
            }
        }
        int[] counts = new int[rows * columns];
        for (int row = 0; row < rows; row++) {
            int count = 0;
            for (int column = 0; column < columns; column++) {
                count += steps[row * (columns + 1) + column];
                counts[row * columns + column] = count;
            }
        }
        return counts;
    }

    /** By the trapezoid formula, in pixels. */
    private static double area(int[] polygon) {
        long twice = 0;
        for (int i = 0; i < polygon.length; i += 2) {
            int next = (i + 2) % polygon.length;
            twice += (long) polygon[i] * polygon[next + 1] - (long) polygon[next] * polygon[i + 1];
        }
        return twice / 8.0;
    }

    private static int pixels(boolean[] mask) {
        int count = 0;
        for (boolean pixel : mask) {
            count += pixel ? 1 : 0;
        }
        return count;
    }

    private static int parts(boolean[] mask, int rows, int columns) {
        boolean[] seen = new boolean[mask.length];
        int parts = 0;
        for (int start = 0; start < mask.length; start++) {
            if (!mask[start] || seen[start]) {
                continue;
            }
            parts++;
            Deque<Integer> open = new ArrayDeque<>(List.of(start));
            seen[start] = true;
            while (!open.isEmpty()) {
                int at = open.pop();
                int row = at / columns;
                int column = at % columns;
                int[][] neighbours = {{row - 1, column}, {row + 1, column}, {row, column - 1}, {row, column + 1}};
                for (int[] next : neighbours) {
                    boolean inside = next[0] >= 0 && next[0] < rows && next[1] >= 0 && next[1] < columns;
                    int index = next[0] * columns + next[1];
                    if (inside && mask[index] && !seen[index]) {
                        seen[index] = true;
                        open.push(index);
                    }
                }
            }
        }
        return parts;
    }

    private static List<int[]> outline(String... lines) {
        return Outline.of(mask(lines), lines.length, lines[0].length());
    }

    private static boolean[] mask(String... lines) {
        boolean[] mask = new boolean[lines.length * lines[0].length()];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = lines[i / lines[0].length()].charAt(i % lines[0].length()) == '#';
        }
        return mask;
    }
}
