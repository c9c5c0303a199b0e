package org.myonode.workers.segment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.myonode.workers.volume.CtVolume;
import org.myonode.workers.volume.HuSlice;

/** Bodies are ellipses on a picture of 20 by 20 cm. */
final class FieldOfViewTest {

    private static final int SIZE = 200;

    @ParameterizedTest(name = "body {0} x {1} mm at {2}, circle {3}: cut {4}")
    @CsvSource({
        "80, 60, 100, false, false",
        "80, 60, 100, true, false",
        "80, 60, 170, false, true",
        // Within the picture, and beyond the circle on the left and the right.
        "97, 60, 100, false, false",
        "108, 60, 100, true, true",
        "95, 40, 100, true, false",
    })
    void a_body_is_cut_by_the_edge_of_the_picture_or_by_the_circle_of_the_reconstruction(
            int halfWidth, int halfHeight, int middle, boolean circle, boolean cut) {
        short[] hu = new short[SIZE * SIZE];
        Arrays.fill(hu, (short) -1000);
        for (int i = 0; i < hu.length; i++) {
            double x = (i % SIZE - middle) / (double) halfWidth;
            double y = (i / SIZE - SIZE / 2) / (double) halfHeight;
            if (x * x + y * y <= 1) {
                hu[i] = 40;
            }
            double r = Math.hypot(i % SIZE - (SIZE - 1) / 2.0, i / SIZE - (SIZE - 1) / 2.0);
            if (circle && r > SIZE / 2.0) {
                hu[i] = CtVolume.AIR_HU;
            }
        }

        assertThat(FieldOfView.cutsBody(new HuSlice(SIZE, SIZE, 1, 1, hu))).isEqualTo(cut);
    }
}
