package org.myonode.phantom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PhantomBodyTest {
    private static final int SIZE = 192;
    private static final double SPACING = 2.6;

    @Test
    void the_same_seed_gives_the_same_pixels_and_labels() {
        PhantomSlice first = PhantomBody.of(11).slice(120, SIZE, SPACING);
        PhantomSlice second = PhantomBody.of(11).slice(120, SIZE, SPACING);
        assertThat(second.hu()).isEqualTo(first.hu());
        assertThat(second.labels()).isEqualTo(first.labels());
        assertThat(PhantomBody.of(12).slice(120, SIZE, SPACING).labels()).isNotEqualTo(first.labels());
    }

    @Test
    void levels_follow_each_other_from_head_to_foot_with_plausible_heights() {
        for (long seed = 0; seed < 60; seed++) {
            PhantomBody body = PhantomBody.of(seed);
            List<LevelRange> levels = body.levels();
            assertThat(levels)
                    .extracting(LevelRange::level)
                    .isEqualTo(Vertebra.spine(body.type().lumbarCount()));
            for (int i = 1; i < levels.size(); i++) {
                assertThat(levels.get(i).superiorZMm())
                        .isLessThanOrEqualTo(levels.get(i - 1).inferiorZMm());
            }
            LevelRange l3 = body.level(Vertebra.L3);
            assertThat(l3.superiorZMm() - l3.inferiorZMm()).isBetween(20.0, 36.0);
            assertThat(body.superiorZMm() - body.level(Vertebra.C1).superiorZMm())
                    .isBetween(100.0, 200.0);
            assertThat(body.inferiorZMm()).isLessThan(-200);
        }
    }

    @Test
    void a_spine_may_have_four_or_six_lumbar_vertebrae() {
        BodyType usual = BodyType.sample(new Random(4));
        PhantomBody four = PhantomBody.of(1, withLumbar(usual, 4));
        PhantomBody six = PhantomBody.of(1, withLumbar(usual, 6));
        assertThat(four.level(Vertebra.L4).inferiorZMm()).isBetween(0.0, 20.0);
        assertThat(six.level(Vertebra.L6).inferiorZMm()).isBetween(0.0, 20.0);
        assertThatThrownBy(() -> four.level(Vertebra.L5)).hasMessageContaining("L5");
    }

    @Test
    void metal_is_where_its_implant_is_and_throws_streaks() {
        PhantomBody body = PhantomBody.of(7);
        PhantomBody fused = body.with(Set.of(Implant.SPINAL_FUSION));
        List<LevelRange> lumbar =
                body.levels().stream().filter(range -> range.level().isLumbar()).toList();
        double lowest = lumbar.get(lumbar.size() - 1).midZMm() + 5;
        double high = body.level(Vertebra.T10).midZMm();

        assertThat(dense(body.slice(lowest, 256, 1.95).hu())).isZero();
        short[] plane = fused.slice(lowest, 256, 1.95).hu();
        assertThat(dense(plane)).isPositive();
        assertThat(plane).isNotEqualTo(body.slice(lowest, 256, 1.95).hu());
        assertThat(fused.slice(high, 256, 1.95).hu())
                .isEqualTo(body.slice(high, 256, 1.95).hu());
        double hip = body.level(Vertebra.COCCYX).midZMm() + 12;
        assertThat(dense(body.with(Set.of(Implant.HIP)).slice(hip, 256, 1.95).hu()))
                .isPositive();
    }

    @Test
    void a_prone_patient_has_the_couch_in_front() {
        PhantomBody body = PhantomBody.of(7);
        double z = body.level(Vertebra.L3).midZMm();

        assertThat(couchRow(body.slice(z, 256, 1.95))).isGreaterThan(128);
        assertThat(couchRow(body.prone().slice(z, 256, 1.95))).isLessThan(128);
        assertThat(body.prone().slice(z, 256, 1.95).muscleAreaCm2())
                .isCloseTo(body.slice(z, 256, 1.95).muscleAreaCm2(), within(1.0));
    }

    private static long dense(short[] hu) {
        return IntStream.range(0, hu.length).filter(i -> hu[i] > 2000).count();
    }

    private static double couchRow(PhantomSlice slice) {
        return IntStream.range(0, slice.labels().length)
                .filter(i -> slice.labels()[i] == Label.TABLE)
                .map(i -> i / slice.size())
                .average()
                .orElseThrow();
    }

    @Test
    void muscle_at_l3_is_plausible_in_every_patient() {
        double least = Double.MAX_VALUE;
        double most = 0;
        for (long seed = 0; seed < 50; seed++) {
            PhantomBody body = PhantomBody.of(seed);
            double area =
                    body.slice(body.level(Vertebra.L3).midZMm(), SIZE, SPACING).muscleAreaCm2();
            assertThat(area).as("seed " + seed).isBetween(50.0, 240.0);
            least = Math.min(least, area);
            most = Math.max(most, area);
        }
        assertThat(most / least).as("variety").isGreaterThan(1.6);
    }

    @Test
    void muscle_obeys_the_attenuation_rule_and_lies_under_the_skin() {
        for (long seed = 0; seed < 8; seed++) {
            PhantomBody body = PhantomBody.of(seed);
            PhantomSlice slice = body.slice(body.level(Vertebra.L3).midZMm(), SIZE, SPACING);
            boolean[] muscle = slice.muscle();
            int outside = 0;
            int count = 0;
            for (int p = SIZE + 1; p < muscle.length - SIZE - 1; p++) {
                if (muscle[p]) {
                    count++;
                    int median = median(slice.hu(), p);
                    assertThat(median).isBetween(-29, 150);
                    outside += slice.labels()[p - 1] == Label.AIR || slice.labels()[p + 1] == Label.AIR ? 1 : 0;
                }
            }
            assertThat(count).isPositive();
            assertThat(outside).as("muscle pixels against air").isLessThan(count / 50 + 2);
        }
    }

    @Test
    void tissues_have_their_hounsfield_levels() {
        double[] sum = new double[Label.count()];
        int[] count = new int[Label.count()];
        for (long seed = 20; seed < 30; seed++) {
            PhantomBody body = PhantomBody.of(seed);
            for (Vertebra level : List.of(Vertebra.T6, Vertebra.T11, Vertebra.L1, Vertebra.L3, Vertebra.SACRUM)) {
                PhantomSlice slice = body.slice(body.level(level).midZMm(), SIZE, SPACING);
                for (int p = 0; p < SIZE * SIZE; p++) {
                    sum[slice.labels()[p]] += slice.hu()[p];
                    count[slice.labels()[p]]++;
                }
            }
        }
        assertThat(sum[Label.SKELETAL_MUSCLE] / count[Label.SKELETAL_MUSCLE]).isBetween(25.0, 70.0);
        assertThat(sum[Label.SUBCUTANEOUS_FAT] / count[Label.SUBCUTANEOUS_FAT]).isBetween(-125.0, -80.0);
        assertThat(sum[Label.LUNG] / count[Label.LUNG]).isBetween(-900.0, -600.0);
        assertThat(sum[Label.BONE] / count[Label.BONE]).isBetween(150.0, 700.0);
        assertThat(sum[Label.LIVER] / count[Label.LIVER]).isBetween(10.0, 140.0);
        assertThat(sum[Label.AIR] / count[Label.AIR]).isBetween(-1024.0, -950.0);
    }

    private static int median(short[] hu, int p) {
        short[] nine = new short[9];
        int q = 0;
        for (int j = -SIZE; j <= SIZE; j += SIZE) {
            for (int i = -1; i <= 1; i++) {
                nine[q++] = hu[p + j + i];
            }
        }
        java.util.Arrays.sort(nine);
        return nine[4];
    }

    private static BodyType withLumbar(BodyType t, int lumbar) {
        return new BodyType(
                t.sex(),
                t.ageYears(),
                t.heightM(),
                t.weightKg(),
                t.subcutaneousFat(),
                t.visceralFat(),
                t.muscularity(),
                t.muscleFat(),
                lumbar,
                t.shortTwelfthRib(),
                t.scoliosisMm(),
                t.armsUp());
    }
}
