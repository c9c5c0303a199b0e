package org.myonode.workers.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.Mask;

final class MuscleInputTest {

    private static final int SIZE = 400;
    private static final double SPACING = 0.9;
    private final MuscleInput input =
            new MuscleInput(224, 2.0, List.of(new MuscleInput.Window(-200, 300), new MuscleInput.Window(-50, 150)));

    @Test
    void what_the_network_marks_comes_back_to_where_it_was() {
        HuSlice slice = body(30, -20, 150, 110);
        MuscleInput.Prepared prepared = input.prepare(slice);
        float[] probability = new float[224 * 224];
        for (int i = 0; i < probability.length; i++) {
            probability[i] = prepared.channels()[2 * i + 1] > 0.5f ? 1 : 0;
        }

        Mask muscle = input.muscle(input.toSlice(probability, slice, prepared.frame()), slice);

        int both = 0;
        int all = 0;
        for (int i = 0; i < muscle.pixels().length; i++) {
            boolean truth = slice.hu()[i] == 120;
            both += truth && muscle.pixels()[i] ? 1 : 0;
            all += (truth ? 1 : 0) + (muscle.pixels()[i] ? 1 : 0);
        }
        assertThat(2.0 * both / all).isGreaterThan(0.97);
    }

    @Test
    void the_grid_lies_around_the_trunk_and_leaves_out_table_and_arm() {
        HuSlice slice = body(30, -20, 150, 110);

        MuscleInput.Prepared prepared = input.prepare(slice);

        assertThat(prepared.frame().centreColumnMm()).isCloseTo((SIZE / 2 + 30) * SPACING, within(6.0));
        assertThat(prepared.frame().centreRowMm()).isCloseTo((SIZE / 2 - 20) * SPACING, within(6.0));
        assertThat(prepared.frame().spacingMm()).isEqualTo(2.0 * diameter(150, 110) / 240.0, within(0.06));
        int lowest = 0;
        for (int i = 0; i < prepared.body().length; i++) {
            lowest = prepared.body()[i] ? i / 224 : lowest;
        }
        assertThat((lowest - 111.5) * prepared.frame().spacingMm()).isCloseTo(110 * SPACING, within(6.0));
    }

    @Test
    void an_empty_slice_has_no_body_and_gives_air() {
        short[] hu = new short[SIZE * SIZE];
        Arrays.fill(hu, (short) -1000);

        MuscleInput.Prepared prepared = input.prepare(new HuSlice(SIZE, SIZE, SPACING, SPACING, hu));

        assertThat(prepared.body()).doesNotContain(true);
        assertThat(prepared.channels()).containsOnly(-1f);
    }

    private static double diameter(double a, double b) {
        return Math.min(240, 2 * Math.sqrt(a * b) * SPACING);
    }

    /** An ellipse of fat with a disc of 120 HU in it, an arm beside it and a table under it. */
    private static HuSlice body(int right, int down, int a, int b) {
        short[] hu = new short[SIZE * SIZE];
        for (int i = 0; i < hu.length; i++) {
            double x = i % SIZE - SIZE / 2 - right;
            double y = i / SIZE - SIZE / 2 - down;
            double r = Math.hypot(x / a, y / b);
            boolean arm = Math.hypot(x + 190, y) < 18;
            boolean table = y > b + 3 && y < b + 7;
            hu[i] = (short) (Math.hypot(x + 20, y - 15) < 40 ? 120 : r < 1 || arm ? -100 : table ? 200 : -1000);
        }
        return new HuSlice(SIZE, SIZE, SPACING, SPACING, hu);
    }
}
