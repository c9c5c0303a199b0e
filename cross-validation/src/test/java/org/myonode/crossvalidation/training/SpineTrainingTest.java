package org.myonode.crossvalidation.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.myonode.phantom.PhantomBody;
import org.myonode.phantom.Vertebra;
import org.myonode.workers.locate.L3Locator;
import org.myonode.workers.locate.SpineImages;
import org.myonode.workers.locate.SpineLevel;
import org.myonode.workers.model.ModelPackage;

class SpineTrainingTest {

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-23T00:00:00Z"), ZoneOffset.UTC);

    @Test
    void a_sample_knows_its_levels_and_discs() {
        SpineSample spine = DrawnSpines.wholeBody("one", 1);
        assertThat(spine.channelAt(0)).isEqualTo(SpineLevel.BELOW.channel());
        assertThat(spine.channelAt(20)).isEqualTo(SpineLevel.SACRUM.channel());
        assertThat(spine.range(SpineLevel.L3.channel()))
                .containsExactly(new double[] {160 / 3.0, 196 / 3.0}, within(1e-9));
        assertThat(spine.part(60, 100).range(SpineLevel.L3.channel())).isEmpty();
        assertThat(spine.part(10, 100).range(SpineLevel.L3.channel()))
                .containsExactly(new double[] {130 / 3.0, 166 / 3.0}, within(1e-9));
        // Above the sacrum, six more up to T12, two up to T10, nine and seven more; nothing above the first one.
        assertThat(spine.discs()).hasSize(24);
    }

    @Test
    void stacked_spines_keep_the_levels_of_both() {
        SpineSample lower = DrawnSpines.wholeBody("lower", 1);
        SpineSample upper = DrawnSpines.wholeBody("upper", 1.2);
        SpineSample both = Objects.requireNonNull(SpineSample.stacked(lower, 150, upper, 190));
        assertThat(both.rows()).isEqualTo(150 + upper.rows() - 190);
        assertThat(both.range(SpineLevel.L3.channel())).isEqualTo(lower.range(SpineLevel.L3.channel()));
        assertThat(both.channelAt(both.rows() - 1)).isEqualTo(SpineLevel.NECK_AND_HEAD.channel());
        assertThat(SpineSample.stacked(lower, 60, upper, 190)).isNull();
    }

    @Test
    void targets_are_probabilities_wherever_a_window_is_drawn() {
        SpineAugmentation augmentation = new SpineAugmentation(160, 1);
        Random random = new Random(1);
        SpineSample spine = DrawnSpines.wholeBody("one", 1);
        for (int i = 0; i < 50; i++) {
            SpineAugmentation.Window window = augmentation.draw(spine, random);
            int shown = 0;
            for (int row = 0; row < 160; row++) {
                float[] target = Arrays.copyOfRange(
                        window.target(), row * SpineNetwork.TARGETS, (row + 1) * SpineNetwork.TARGETS);
                if (target[SpineLevel.CHANNELS + 1] > 0) {
                    shown++;
                    float sum = 0;
                    for (int channel = 0; channel < SpineLevel.CHANNELS; channel++) {
                        sum += target[channel];
                    }
                    assertThat(sum).isCloseTo(1, within(1e-5f));
                }
                assertThat(target[SpineLevel.CHANNELS]).isBetween(0f, 1f);
            }
            assertThat(shown).isGreaterThan(15);
            for (float value : window.input()) {
                assertThat(value).isBetween(-1f, 1f);
            }
        }
    }

    @Test
    void the_same_step_gives_the_same_batch() {
        SpineBatches batches = new SpineBatches(
                List.of(DrawnSpines.wholeBody("one", 1)),
                List.of(DrawnSpines.wholeBody("two", 1.1)),
                new SpineAugmentation(64, 1),
                3,
                0.5,
                9);
        assertThat(batches.batch(5).inputs()).isEqualTo(batches.batch(5).inputs());
        assertThat(batches.batch(5).inputs()).isNotEqualTo(batches.batch(6).inputs());
    }

    @Test
    void phantoms_come_with_their_levels() {
        PhantomBody body = PhantomBody.of(3);
        SpineSample spine = PhantomSpines.of(body);
        double[] l3 = spine.range(SpineLevel.L3.channel());
        double middle = body.inferiorZMm() + SpineImages.ROW_MM * (l3[0] + l3[1]) / 2;
        assertThat(middle).isCloseTo(body.level(Vertebra.L3).midZMm(), within(4.0));
    }

    @Test
    void writes_a_package_that_the_locator_loads(@TempDir Path folder) throws IOException {
        List<SpineSample> spines = new ArrayList<>();
        for (double scale : new double[] {0.9, 1, 1.1}) {
            spines.add(DrawnSpines.wholeBody("drawn", scale));
        }
        TrainingOptions options =
                new TrainingOptions(null, folder.resolve("spine-l3"), 2, 2, 1, false, 3, Set.of(), null);
        SpineTraining.Outcome outcome =
                new SpineTraining(CLOCK).run(options, List.of(), spines, List.of(spines.get(1)), Progress.silent());
        ModelPackage written = ModelPackage.load(outcome.model());
        assertThat(written.task()).isEqualTo(L3Locator.TASK);
        assertThat(written.card().path("created").asText()).isEqualTo("2026-11-23");
        try (L3Locator locator = new L3Locator(written)) {
            assertThat(locator.source().id()).isEqualTo("spine-l3");
        }
        SpineScores scores = Objects.requireNonNull(outcome.scores().get("phantoms"));
        assertThat(scores.withL3() + scores.withoutL3()).isEqualTo(4);
    }

    @Test
    void nothing_to_learn_from_is_said(@TempDir Path folder) {
        TrainingOptions options = new TrainingOptions(null, folder.resolve("m"), 1, 1, 1, false, 0, Set.of(), null);
        assertThatThrownBy(() -> new SpineTraining(CLOCK).run(options, Progress.silent()))
                .isInstanceOf(IOException.class)
                .hasMessage("there is nothing to train on: no real data and no phantoms");
    }
}
