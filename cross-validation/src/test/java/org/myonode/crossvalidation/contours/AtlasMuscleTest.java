package org.myonode.crossvalidation.contours;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.Mask;

final class AtlasMuscleTest {

    private static final int SIZE = 256;

    private final short[] hu = new short[SIZE * SIZE];
    private final boolean[] map = new boolean[SIZE * SIZE];
    private final HuSlice slice = new HuSlice(SIZE, SIZE, 1.4, 1.4, hu);

    AtlasMuscleTest() {
        Arrays.fill(hu, (short) -100);
    }

    @Test
    void muscle_one_pixel_outside_of_the_map_belongs_to_it_and_fat_inside_does_not() throws IOException {
        paint(100, 110, 100, 140, 50); // muscle
        mark(101, 113, 100, 140); // a map that begins a row late and ends three rows late

        Mask muscle = AtlasMuscle.shipped().muscle(slice, map, 70);

        assertThat(muscle.at(100, 120)).isTrue();
        assertThat(muscle.at(109, 120)).isTrue();
        assertThat(muscle.at(111, 120)).isFalse();
    }

    @Test
    void an_organ_that_touches_the_muscle_stays_outside() throws IOException {
        paint(100, 130, 100, 140, 50); // muscle, and an organ of the same value below it
        mark(100, 110, 100, 140);

        Mask muscle = AtlasMuscle.shipped().muscle(slice, map, 70);

        assertThat(muscle.at(109, 120)).isTrue();
        assertThat(muscle.at(110, 120)).isFalse();
        assertThat(muscle.at(112, 120)).isFalse();
    }

    @Test
    void what_the_map_leaves_out_comes_from_polygons_of_the_slices_they_were_drawn_on() throws IOException {
        Arrays.fill(hu, (short) 50);

        Mask drawn = AtlasMuscle.shipped().muscle(slice, map, 54);
        Mask none = AtlasMuscle.shipped().muscle(slice, map, 70);

        assertThat(drawn.at(97, 66)).as("transversus beside the right rectus").isTrue();
        assertThat(drawn.at(120, 128)).as("in the middle of the abdomen").isFalse();
        assertThat(none.count()).isZero();
    }

    private void paint(int top, int bottom, int left, int right, int value) {
        for (int y = top; y < bottom; y++) {
            Arrays.fill(hu, y * SIZE + left, y * SIZE + right, (short) value);
        }
    }

    private void mark(int top, int bottom, int left, int right) {
        for (int y = top; y < bottom; y++) {
            Arrays.fill(map, y * SIZE + left, y * SIZE + right, true);
        }
    }
}
