package org.myonode.workers.locate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpineReaderTest {

    private static final int LINE = SpineImages.WIDTH * SpineImages.CHANNELS;
    private static final int WINDOW = 32;

    /** Where in a row each of the four images begins. */
    private static final int[] IMAGES = {
        0, 1, SpineImages.CORONAL_COLUMNS * SpineImages.CHANNELS, SpineImages.CORONAL_COLUMNS * SpineImages.CHANNELS + 1
    };

    @Test
    void every_row_gets_the_answer_for_itself_whatever_the_length() {
        for (int rows : new int[] {1, 20, 31, 32, 33, 48, 49, 100}) {
            SpineRows said = new SpineReader(WINDOW, SpineReaderTest::echo).read(numbered(rows));
            assertThat(said.rows()).isEqualTo(rows);
            for (int row = 0; row < rows; row++) {
                assertThat(said.border()[row]).as("row %d of %d", row, rows).isCloseTo(row / 1000f, within(1e-5f));
                assertThat(said.level()[row][3]).isCloseTo(row / 1000f, within(1e-5f));
            }
        }
    }

    @Test
    void a_short_spine_lies_in_the_middle_with_air_around() {
        List<Float> seen = new ArrayList<>();
        new SpineReader(WINDOW, (input, batch) -> {
                    for (int row = 0; row < WINDOW && seen.size() < WINDOW; row++) {
                        seen.add(input[row * LINE]);
                    }
                    return echo(input, batch);
                })
                .read(numbered(2));
        assertThat(seen.subList(0, 15)).containsOnly(-1f);
        assertThat(seen.subList(15, 17)).containsExactly(0f, 0.001f);
        assertThat(seen.subList(17, 32)).containsOnly(-1f);
    }

    /** Rows whose values are a thousandth of their number. */
    private static SpineImages numbered(int rows) {
        float[] values = new float[rows * LINE];
        for (int i = 0; i < values.length; i++) {
            values[i] = (i / LINE) / 1000f;
        }
        return new SpineImages(rows, values, 0);
    }

    /** Says the number of each row, by whatever of the four images is to be seen. */
    private static float[] echo(float[] input, int batch) {
        float[] output = new float[batch * WINDOW * SpineRows.OUTPUTS];
        for (int i = 0; i < output.length; i++) {
            output[i] = -1;
            for (int image = 0; image < IMAGES.length; image++) {
                output[i] = Math.max(output[i], input[(i / SpineRows.OUTPUTS) * LINE + IMAGES[image]]);
            }
        }
        return output;
    }

    @Test
    void each_of_the_four_images_is_hidden_once() {
        List<String> hidden = new ArrayList<>();
        new SpineReader(WINDOW, (input, batch) -> {
                    StringBuilder which = new StringBuilder();
                    for (int row = 15, image = 0; image < IMAGES.length; image++) {
                        which.append(input[row * LINE + IMAGES[image]] == -1 ? image : "");
                    }
                    hidden.add(which.toString());
                    return echo(input, batch);
                })
                .read(numbered(2));
        assertThat(hidden)
                .as("whole and without each, and the same with left and right exchanged")
                .containsExactly("", "", "0", "0", "1", "1", "2", "2", "3", "3");
    }

    @Test
    void an_answer_that_needs_one_image_is_less_certain_than_one_that_all_support() {
        SpineReader.Network needsTheSide = (input, batch) -> {
            float[] output = new float[batch * WINDOW * SpineRows.OUTPUTS];
            for (int row = 0; row < batch * WINDOW; row++) {
                boolean seen = input[row * LINE + IMAGES[2]] != -1;
                output[row * SpineRows.OUTPUTS + (seen ? 3 : 4)] = 1;
            }
            return output;
        };
        SpineRows said = new SpineReader(WINDOW, needsTheSide).read(numbered(WINDOW));
        assertThat(said.level()[9][3]).isCloseTo(0.85f, within(1e-5f));
        assertThat(said.level()[9][4]).isCloseTo(0.15f, within(1e-5f));
    }

    @Test
    void the_mirrored_view_is_asked_too() {
        int rows = 5;
        float[] values = new float[rows * LINE];
        java.util.Arrays.fill(values, -1);
        values[0] = 1; // the patient's right, in the lowest row
        List<Integer> bright = new ArrayList<>();
        new SpineReader(WINDOW, (input, batch) -> {
                    for (int i = 0; i < input.length; i++) {
                        if (input[i] == 1) {
                            bright.add(i % LINE / SpineImages.CHANNELS);
                        }
                    }
                    return echo(input, batch);
                })
                .read(new SpineImages(rows, values, 0));
        assertThat(bright)
                .as("four looks in which it is not hidden")
                .hasSize(8)
                .startsWith(0, SpineImages.CORONAL_COLUMNS - 1)
                .containsOnly(0, SpineImages.CORONAL_COLUMNS - 1);
    }
}
