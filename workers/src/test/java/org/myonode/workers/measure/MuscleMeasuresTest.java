package org.myonode.workers.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.Mask;

final class MuscleMeasuresTest {
    private static final int SIZE = 200;
    private static final BodyHeight TALL = BodyHeight.ofHeader(OptionalDouble.of(1.8));

    @Test
    void area_index_and_mean_follow_from_pixels_spacing_and_height() {
        HuSlice slice = new HuSlice(2, 2, 10, 20, new short[] {10, 20, 30, 1000});

        MuscleMeasures measures =
                MuscleMeasures.of(slice, new Mask(2, 2, new boolean[] {true, true, true, false}), TALL);

        assertThat(measures.pixels()).isEqualTo(3);
        assertThat(measures.areaCm2()).isEqualTo(6.0);
        assertThat(measures.meanHu()).hasValue(20.0);
        assertThat(measures.indexCm2PerM2().orElseThrow()).isCloseTo(6.0 / 3.24, within(1e-9));
    }

    @Test
    void an_unknown_height_leaves_the_index_out() {
        HuSlice slice = new HuSlice(1, 1, 10, 10, new short[] {10});
        Mask mask = new Mask(1, 1, new boolean[] {true});

        for (double stated : new double[] {0, 0.4, 175}) {
            BodyHeight height = BodyHeight.ofHeader(OptionalDouble.of(stated));
            assertThat(MuscleMeasures.of(slice, mask, height).indexCm2PerM2()).isEmpty();
        }
        assertThat(BodyHeight.ofHeader(OptionalDouble.of(175)).stated()).isTrue();
        assertThat(BodyHeight.ofHeader(OptionalDouble.of(0)).stated()).isFalse();
    }

    @Test
    void an_empty_mask_has_no_mean() {
        HuSlice slice = new HuSlice(1, 1, 10, 10, new short[] {10});

        MuscleMeasures measures = MuscleMeasures.of(slice, new Mask(1, 1, new boolean[] {false}), TALL);

        assertThat(measures.areaCm2()).isZero();
        assertThat(measures.meanHu()).isEmpty();
    }

    @Test
    void an_ordinary_result_raises_no_flag() {
        assertThat(flags(body(), muscle(), ordinary())).isEmpty();
    }

    @Test
    void a_mask_on_the_table_is_noticed() {
        HuSlice slice = body();
        Mask mask = muscle();
        for (int row = 180; row < 183; row++) {
            for (int column = 20; column < 180; column++) {
                slice.hu()[row * SIZE + column] = 80;
                mask.pixels()[row * SIZE + column] = true;
            }
        }

        assertThat(flags(slice, mask, ordinary())).containsExactly(QualityFlag.OUTSIDE_BODY);
    }

    @Test
    void each_circumstance_has_its_flag() {
        HuSlice slice = body();
        Arrays.fill(slice.hu(), 100 * SIZE + 60, 100 * SIZE + 90, (short) 2900);

        assertThat(flags(slice, muscle(), new Quality.Circumstances(7.5, true, true, 0.4, true, 0.3, 0.6, 0.8, true)))
                .containsExactly(
                        QualityFlag.MUSCLE_CUT,
                        QualityFlag.METAL,
                        QualityFlag.THICK_SLICES,
                        QualityFlag.CONTRAST,
                        QualityFlag.LOSSY_SOURCE,
                        QualityFlag.LEVEL_UNCERTAIN,
                        QualityFlag.CONTOUR_UNCERTAIN,
                        QualityFlag.MODEL_INCONSISTENT,
                        QualityFlag.LUMBAR_COUNT);
    }

    @Test
    void implausible_figures_are_flagged() {
        boolean[] few = new boolean[SIZE * SIZE];
        Arrays.fill(few, 100 * SIZE + 80, 100 * SIZE + 90, true);
        HuSlice slice = body();
        Arrays.fill(slice.hu(), 100 * SIZE + 80, 100 * SIZE + 90, (short) 120);

        assertThat(flags(slice, new Mask(SIZE, SIZE, few), ordinary()))
                .containsExactly(QualityFlag.AREA_IMPLAUSIBLE, QualityFlag.HU_IMPLAUSIBLE);
    }

    @Test
    void codes_and_texts_fit_into_a_report() {
        for (QualityFlag flag : QualityFlag.values()) {
            assertThat(flag.code()).hasSizeLessThanOrEqualTo(16);
            assertThat(flag.text()).isASCII().hasSizeLessThanOrEqualTo(64);
        }
    }

    private static Set<QualityFlag> flags(HuSlice slice, Mask mask, Quality.Circumstances circumstances) {
        return Quality.flags(slice, mask, MuscleMeasures.of(slice, mask, TALL), TALL, circumstances);
    }

    private static Quality.Circumstances ordinary() {
        return new Quality.Circumstances(4, false, false, 0.99, false, 0.05, 0.2, 0.98, false);
    }

    /** A body of 24 by 20 cm in a field of 40 cm. */
    private static HuSlice body() {
        short[] hu = new short[SIZE * SIZE];
        Arrays.fill(hu, (short) -1000);
        for (int row = 50; row < 150; row++) {
            for (int column = 40; column < 160; column++) {
                hu[row * SIZE + column] = 45;
            }
        }
        return new HuSlice(SIZE, SIZE, 2, 2, hu);
    }

    private static Mask muscle() {
        boolean[] pixels = new boolean[SIZE * SIZE];
        for (int row = 110; row < 140; row++) {
            Arrays.fill(pixels, row * SIZE + 50, row * SIZE + 150, true);
        }
        return new Mask(SIZE, SIZE, pixels);
    }
}
