package org.myonode.workers.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.myonode.phantom.Label;
import org.myonode.phantom.PhantomBody;
import org.myonode.phantom.PhantomSlice;
import org.myonode.phantom.Vertebra;
import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.Mask;

final class FatAreasTest {
    private static final int SIZE = 256;
    private static final double PIXEL_MM = 1.5;
    private static final short FAT = -100;
    private static final short MUSCLE = 50;

    @Test
    void fat_inside_and_outside_a_ring_of_muscle_is_told_apart() {
        Ring ring = new Ring(0, 0, 160);

        FatAreas fat = FatAreas.of(ring.slice, ring.muscle, false);

        // A ring from 90 to 110 mm in a body of 160 mm.
        assertThat(fat.visceralCm2().orElseThrow()).isCloseTo(Math.PI * 81, within(3.0));
        assertThat(fat.subcutaneousCm2().orElseThrow()).isCloseTo(Math.PI * (256 - 121), within(5.0));
        assertThat(fat.intramuscularCm2()).isZero();
    }

    @Test
    void a_gap_like_that_of_the_midline_is_closed_and_a_wide_one_leaves_both_areas_out() {
        Ring narrow = new Ring(18, 0, 160);
        Ring wide = new Ring(60, 0, 160);

        assertThat(FatAreas.of(narrow.slice, narrow.muscle, false).visceralCm2().orElseThrow())
                .isCloseTo(Math.PI * 81, within(6.0));
        FatAreas open = FatAreas.of(wide.slice, wide.muscle, false);
        assertThat(open.visceralCm2()).isEmpty();
        assertThat(open.subcutaneousCm2()).isEmpty();
    }

    @Test
    void a_streak_of_fat_in_the_muscle_is_intramuscular() {
        Ring ring = new Ring(0, 4, 160);

        FatAreas fat = FatAreas.of(ring.slice, ring.muscle, false);

        // Three columns of 1.5 mm times the 20 mm between the two surfaces.
        assertThat(fat.intramuscularCm2()).isCloseTo(0.9, within(0.1));
    }

    @Test
    void a_body_that_is_cut_has_neither_area() {
        Ring cut = new Ring(0, 0, 200);

        assertThat(FatAreas.of(cut.slice, cut.muscle, false).subcutaneousCm2()).isEmpty();
        Ring said = new Ring(0, 0, 160);
        assertThat(FatAreas.of(said.slice, said.muscle, true).visceralCm2()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {105, 108, 111})
    void a_phantoms_fat_is_found_by_its_true_muscle(long seed) {
        PhantomBody body = PhantomBody.of(seed);
        PhantomSlice slice = body.slice(body.level(Vertebra.L3).midZMm(), SIZE, 500.0 / SIZE);
        HuSlice hu = new HuSlice(SIZE, SIZE, 500.0 / SIZE, 500.0 / SIZE, slice.hu());

        FatAreas fat = FatAreas.of(hu, new Mask(SIZE, SIZE, slice.muscle()), false);

        double visceral = trueArea(slice, hu, Set.of(Label.VISCERAL_FAT));
        double subcutaneous = trueArea(slice, hu, Set.of(Label.SUBCUTANEOUS_FAT, Label.SKIN));
        assertThat(fat.visceralCm2().orElseThrow()).isBetween(visceral * 0.9, visceral * 1.15);
        assertThat(fat.subcutaneousCm2().orElseThrow()).isBetween(subcutaneous * 0.92, subcutaneous * 1.08);
    }

    @Test
    void the_distribution_of_a_few_pixels_is_as_counted_by_hand() {
        HuSlice slice = new HuSlice(1, 6, 10, 10, new short[] {-29, 0, 29, 30, 150, 999});

        MuscleDensity density =
                MuscleDensity.of(slice, new Mask(1, 6, new boolean[] {true, true, true, true, true, false}));

        assertThat(density.medianHu()).isEqualTo(29);
        assertThat(density.lowAreaCm2()).isEqualTo(3.0);
        assertThat(density.lowPercent()).isEqualTo(60.0);
        // Mean 36; squares 65^2 + 36^2 + 7^2 + 6^2 + 114^2 = 18602.
        assertThat(density.sdHu()).isCloseTo(Math.sqrt(18602 / 5.0), within(1e-9));
    }

    private static double trueArea(PhantomSlice slice, HuSlice hu, Set<Byte> labels) {
        int pixels = 0;
        for (int i = 0; i < slice.labels().length; i++) {
            if (labels.contains(slice.labels()[i])
                    && hu.hu()[i] >= FatAreas.LOWEST_HU
                    && hu.hu()[i] <= FatAreas.HIGHEST_HU) {
                pixels++;
            }
        }
        return pixels * hu.pixelAreaMm2() / 100;
    }

    /** A disc of fat with a ring of muscle in it: a gap of some mm in front, a streak of some mm of fat at the back. */
    private static final class Ring {
        final HuSlice slice;
        final Mask muscle;

        Ring(double gapMm, double streakMm, double bodyMm) {
            short[] hu = new short[SIZE * SIZE];
            boolean[] mask = new boolean[SIZE * SIZE];
            for (int i = 0; i < hu.length; i++) {
                double x = (i % SIZE - SIZE / 2.0) * PIXEL_MM;
                double y = (i / SIZE - SIZE / 2.0) * PIXEL_MM;
                double r = Math.hypot(x, y);
                boolean gap = y < 0 && Math.abs(x) < gapMm / 2;
                boolean streak = y > 0 && Math.abs(x) < streakMm / 2;
                mask[i] = r >= 90 && r <= 110 && !gap && !streak;
                hu[i] = r > bodyMm ? -1000 : mask[i] ? MUSCLE : FAT;
            }
            slice = new HuSlice(SIZE, SIZE, PIXEL_MM, PIXEL_MM, hu);
            muscle = new Mask(SIZE, SIZE, mask);
        }
    }
}
