package org.myonode.crossvalidation.contours;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.Mask;

final class ContourSetTest {

    @ParameterizedTest
    @ValueSource(strings = {"acrin_flt_breast_001", "crlm_ct_1004"})
    void shipped_sets_hold_polygons_with_their_origin(String subject) throws IOException {
        ContourSet set = ContourSet.shipped(subject);

        assertThat(set.source()).contains("TCIA");
        assertThat(set.slices()).hasSizeGreaterThan(9).allSatisfy(slice -> {
            assertThat(slice.image()).matches("[0-9.]{10,64}");
            assertThat(slice.include()).isNotEmpty();
        });
    }

    @Test
    void a_set_drawn_on_slices_of_a_file_names_them_and_large_pixels_are_judged_by_themselves() throws IOException {
        ContourSet set = ContourSet.shipped("totalsegmentator_example");
        short[] hu = new short[101 * 122];
        Arrays.fill(hu, (short) -100);
        Arrays.fill(hu, 50 * 122, 51 * 122, (short) 50);

        assertThat(set.source()).contains("Apache-2.0");
        assertThat(set.slices())
                .hasSize(7)
                .allSatisfy(slice -> assertThat(slice.image()).isEqualTo("example_ct.nii.gz#" + (int) slice.zMm()));
        assertThat(line().muscle(new HuSlice(101, 122, 1, 1, hu)).count())
                .as("one row is a third of every 3x3 square")
                .isZero();
        assertThat(line().muscle(new HuSlice(101, 122, 3, 3, hu)).count()).isEqualTo(122);
    }

    private static ContourSet.Contour line() {
        return new ContourSet.Contour(
                "ct.nii.gz#1", 1, "L3", "drawn", List.<double[][]>of(square(-1, -1, 130)), List.of());
    }

    @Test
    void a_mask_is_include_less_exclude_within_muscle_values_and_without_bone() {
        short[] hu = new short[40 * 40];
        Arrays.fill(hu, (short) 50);
        for (int y = 5; y < 9; y++) {
            Arrays.fill(hu, y * 40 + 5, y * 40 + 9, (short) 400);
            Arrays.fill(hu, y * 40 + 25, y * 40 + 29, (short) -90);
        }
        HuSlice slice = new HuSlice(40, 40, 1, 1, hu);
        ContourSet.Contour contour = new ContourSet.Contour(
                "1.2",
                0,
                "L3",
                "drawn",
                List.<double[][]>of(square(2.5, 2.5, 30)),
                List.<double[][]>of(square(15.5, 15.5, 5)));

        Mask mask = contour.muscle(slice);

        assertThat(mask.at(3, 3)).isTrue();
        assertThat(mask.at(2, 10)).isFalse();
        assertThat(mask.at(18, 18)).isFalse();
        assertThat(mask.at(6, 6)).isFalse();
        assertThat(mask.at(6, 26)).isFalse();
        assertThat(mask.count()).isBetween(900 - 25 - 16 - 16 - 8, 900 - 25 - 16 - 8);
    }

    private static double[][] square(double x, double y, double side) {
        return new double[][] {{x, y}, {x + side, y}, {x + side, y + side}, {x, y + side}};
    }
}
