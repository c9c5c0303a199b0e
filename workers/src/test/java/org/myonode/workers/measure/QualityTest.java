package org.myonode.workers.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.Mask;

/** Every flag that follows from a slice, its mask and its circumstances: just beyond its limit, and just within. */
final class QualityTest {

    private static final int SIZE = 200;
    private static final BodyHeight TALL = BodyHeight.ofHeader(OptionalDouble.of(1.80));

    /** Flag, what raises it, what does not. */
    static Stream<Arguments> limits() {
        return Stream.of(
                of(QualityFlag.MUSCLE_CUT, with().cut(true), with().cut(false)),
                of(QualityFlag.METAL, with().metal(6), with().metal(4)),
                of(QualityFlag.THICK_SLICES, with().spacing(5.1), with().spacing(5.0)),
                of(QualityFlag.CONTRAST, with().contrast(true), with().contrast(false)),
                of(QualityFlag.LOSSY_SOURCE, with().lossy(true), with().lossy(false)),
                // By itself, for the height, and as a share of the trunk.
                of(
                        QualityFlag.AREA_IMPLAUSIBLE,
                        with().muscle(9, 100).height(1.3),
                        with().muscle(12, 100).height(1.3)),
                of(
                        QualityFlag.AREA_IMPLAUSIBLE,
                        with().muscle(76, 120).trunk(190),
                        with().muscle(70, 120).trunk(190)),
                of(
                        QualityFlag.AREA_IMPLAUSIBLE,
                        with().muscle(14, 100).height(1.8),
                        with().muscle(14, 100).height(1.7)),
                of(
                        QualityFlag.AREA_IMPLAUSIBLE,
                        with().muscle(36, 50).trunk(196),
                        with().muscle(36, 50).trunk(100)),
                of(QualityFlag.AREA_IMPLAUSIBLE, with().muscle(75, 105), with().muscle(65, 105)),
                of(QualityFlag.HU_IMPLAUSIBLE, with().level(-8), with().level(-3)),
                of(QualityFlag.HU_IMPLAUSIBLE, with().level(95), with().level(88)),
                of(QualityFlag.LEVEL_UNCERTAIN, with().confidence(0.79), with().confidence(0.81)),
                of(QualityFlag.LUMBAR_COUNT, with().unusual(true), with().unusual(false)),
                of(QualityFlag.CONTOUR_UNCERTAIN, with().doubtful(0.16), with().doubtful(0.14)),
                of(QualityFlag.CONTOUR_UNCERTAIN, with().entropy(0.46), with().entropy(0.44)),
                of(QualityFlag.MODEL_INCONSISTENT, with().mirror(0.92), with().mirror(0.94)),
                of(QualityFlag.HEIGHT_UNKNOWN, with().height(Double.NaN), with().height(1.7)),
                of(QualityFlag.HEIGHT_IMPLAUSIBLE, with().height(17), with().height(1.7)));
    }

    @ParameterizedTest(name = "{0}, {index}")
    @MethodSource("limits")
    void a_flag_is_raised_beyond_its_limit_and_not_within(QualityFlag flag, Subject beyond, Subject within) {
        assertThat(beyond.flags()).as("beyond").contains(flag);
        assertThat(within.flags()).as("within").doesNotContain(flag);
    }

    @Test
    void an_ordinary_slice_has_no_flag() {
        assertThat(with().flags()).isEmpty();
    }

    private static Arguments of(QualityFlag flag, Subject beyond, Subject within) {
        return Arguments.of(flag, beyond, within);
    }

    private static Subject with() {
        return new Subject();
    }

    /** A body of 24 by 20 cm in a field of 40 cm with a block of muscle, all of it ordinary until it is changed. */
    private static final class Subject {
        private int rows = 40;
        private int columns = 100;
        private int bodyRows = 100;
        private int metal;
        private int level = 45;
        private double spacing = 4;
        private boolean contrast;
        private boolean lossy;
        private boolean cut;
        private boolean unusual;
        private double confidence = 0.99;
        private double doubtful = 0.05;
        private double entropy = 0.2;
        private double mirror = 0.98;
        private BodyHeight height = TALL;

        Subject muscle(int blockRows, int blockColumns) {
            rows = blockRows;
            columns = blockColumns;
            return this;
        }

        Subject trunk(int bodyHeight) {
            bodyRows = bodyHeight;
            return this;
        }

        Subject metal(int pixels) {
            metal = pixels;
            return this;
        }

        Subject level(int hu) {
            level = hu;
            return this;
        }

        Subject spacing(double mm) {
            spacing = mm;
            return this;
        }

        Subject contrast(boolean given) {
            contrast = given;
            return this;
        }

        Subject lossy(boolean compressed) {
            lossy = compressed;
            return this;
        }

        Subject cut(boolean byField) {
            cut = byField;
            return this;
        }

        Subject confidence(double value) {
            confidence = value;
            return this;
        }

        Subject unusual(boolean count) {
            unusual = count;
            return this;
        }

        Subject doubtful(double share) {
            doubtful = share;
            return this;
        }

        Subject entropy(double bits) {
            entropy = bits;
            return this;
        }

        Subject mirror(double dice) {
            mirror = dice;
            return this;
        }

        Subject height(double metres) {
            height = BodyHeight.ofHeader(Double.isNaN(metres) ? OptionalDouble.empty() : OptionalDouble.of(metres));
            return this;
        }

        Set<QualityFlag> flags() {
            short[] hu = new short[SIZE * SIZE];
            Arrays.fill(hu, (short) -1000);
            boolean[] muscle = new boolean[SIZE * SIZE];
            int top = (SIZE - bodyRows) / 2;
            for (int row = top; row < top + bodyRows; row++) {
                int from = bodyRows > 100 ? 5 : 40;
                Arrays.fill(hu, row * SIZE + from, row * SIZE + SIZE - from, (short) -100);
            }
            for (int row = 60; row < 60 + rows; row++) {
                int from = row * SIZE + 100 - columns / 2;
                Arrays.fill(hu, from, from + columns, (short) level);
                Arrays.fill(muscle, from, from + columns, true);
            }
            Arrays.fill(hu, 55 * SIZE + 60, 55 * SIZE + 60 + metal, (short) 2900);
            HuSlice slice = new HuSlice(SIZE, SIZE, 2, 2, hu);
            Mask mask = new Mask(SIZE, SIZE, muscle);
            return Quality.flags(
                    slice,
                    mask,
                    MuscleMeasures.of(slice, mask, height),
                    height,
                    new Quality.Circumstances(
                            spacing, contrast, lossy, confidence, unusual, doubtful, entropy, mirror, cut));
        }

        @Override
        public String toString() {
            return flags().toString();
        }
    }
}
