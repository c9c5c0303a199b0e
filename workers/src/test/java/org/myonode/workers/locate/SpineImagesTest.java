package org.myonode.workers.locate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.myonode.workers.volume.CtVolume;

class SpineImagesTest {

    private static final int SIZE = 256;
    private static final double SPACING_MM = 1.5;

    @Test
    void rows_follow_a_leaning_spine() {
        SpineImages images = SpineImages.of(volume(60, 4, 0.8));
        assertThat(images.rows()).isEqualTo(79);
        assertThat(images.zMm(0)).isZero();
        assertThat(images.rowAt(images.zMm(12.5))).isCloseTo(12.5, within(1e-9));
        for (int row = 10; row < images.rows() - 10; row++) {
            // The column of bone lies in the middle of both views although it wanders 32 mm to the left.
            assertThat(centre(images, row, 0, SpineImages.CORONAL_COLUMNS))
                    .as("coronal, row %d", row)
                    .isCloseTo(SpineImages.CORONAL_COLUMNS / 2.0, within(3.0));
            assertThat(centre(images, row, SpineImages.CORONAL_COLUMNS, SpineImages.SAGITTAL_COLUMNS))
                    .as("sagittal, row %d", row)
                    .isCloseTo(SpineImages.SAGITTAL_COLUMNS / 2.0, within(3.0));
        }
    }

    @Test
    void values_stay_within_one() {
        for (float value : SpineImages.of(volume(20, 3, 0)).values()) {
            assertThat(value).isBetween(-1f, 1f);
        }
    }

    @Test
    void air_alone_gives_views_of_air() {
        short[][] hu = new short[10][64 * 64];
        for (short[] slice : hu) {
            Arrays.fill(slice, CtVolume.AIR_HU);
        }
        assertThat(SpineImages.of(CtVolume.ofSlices(64, 64, 5, 5, 5, hu)).values())
                .containsOnly(-1f);
    }

    /** A cylinder of water with a column of bone that wanders to the left with every slice. */
    private static CtVolume volume(int slices, double spacingMm, double wanderMm) {
        short[][] hu = new short[slices][SIZE * SIZE];
        for (int k = 0; k < slices; k++) {
            double boneX = SIZE / 2.0 + (k - slices / 2.0) * wanderMm / SPACING_MM;
            double boneY = SIZE * 0.6;
            for (int y = 0; y < SIZE; y++) {
                for (int x = 0; x < SIZE; x++) {
                    boolean body = Math.hypot(x - SIZE / 2.0, y - SIZE / 2.0) < 100;
                    boolean bone = Math.hypot(x - boneX, y - boneY) * SPACING_MM < 20;
                    hu[k][y * SIZE + x] = (short) (bone ? 400 : body ? 40 : -1000);
                }
            }
        }
        return CtVolume.ofSlices(SIZE, SIZE, SPACING_MM, SPACING_MM, spacingMm, hu);
    }

    /** Middle of what is bright in channel 0 of a view. */
    private static double centre(SpineImages images, int row, int first, int count) {
        double sum = 0;
        double weight = 0;
        for (int c = 0; c < count; c++) {
            float value = images.values()[(row * SpineImages.WIDTH + first + c) * SpineImages.CHANNELS];
            if (value > -0.1) {
                sum += c;
                weight++;
            }
        }
        return sum / weight;
    }
}
