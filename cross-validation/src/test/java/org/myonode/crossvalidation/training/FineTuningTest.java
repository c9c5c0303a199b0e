package org.myonode.crossvalidation.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.myonode.workers.model.ModelPackage;
import org.myonode.workers.segment.MuscleSegmenter;
import org.myonode.workers.volume.Mask;

final class FineTuningTest {

    private static final ModelPackage SHIPPED = ModelPackage.load(Path.of("../workers/models/muscle-l3"));

    @TempDir
    Path folder;

    @Test
    void a_site_gets_a_package_of_its_own_from_the_shipped_one() throws IOException {
        List<FineTuning.Contoured> learn = List.of(drawn("p1", 1), drawn("p2", 2));
        List<FineTuning.Contoured> judge = List.of(drawn("p3", 3));
        List<String> heard = new ArrayList<>();

        FineTuning.Outcome first = tune("first", learn, judge, heard);
        FineTuning.Outcome second = tune("second", learn, judge, new ArrayList<>());

        assertThat(first.transfer().source()).isEqualTo("muscle-segmentation");
        assertThat(first.transfer().numbers()).isEqualTo(first.transfer().of());
        assertThat(first.looks()).extracting(FineTuning.Look::step).containsExactly(2L, 4L);
        assertThat(first.diceByPatient()).containsOnlyKeys("p3");
        assertThat(first.diceByPatient().get("p3"))
                .as("Dice of the shipped model's weights after a few small steps")
                .isGreaterThan(0.9);
        ModelPackage model = ModelPackage.load(first.model()).require(MuscleSegmenter.TASK);
        assertThat(model.version()).isEqualTo("1.0-site");
        assertThat(model.card().at("/sourceTask/note").asText()).contains(SHIPPED.toString());
        assertThat(model.card().at("/training/data/0/origin").asText()).isEqualTo("contours of this site");
        assertThat(model.card().path("limits").asText()).contains("UNVERIFIED");
        assertThat(ModelPackage.digest(second.model().resolve("saved_model/saved_model.pb")))
                .isEqualTo(ModelPackage.digest(first.model().resolve("saved_model/saved_model.pb")));
        assertThat(heard).anyMatch(line -> line.contains("2 slices of 2 patients to learn from"));
        assertThat(folder.resolve("first.checkpoint")).doesNotExist();
        assertThat(folder.resolve("first.trial")).doesNotExist();
    }

    @Test
    void what_makes_no_sense_is_refused() {
        List<FineTuning.Contoured> learn = List.of(drawn("p1", 1));
        FineTuning.Contoured other =
                new FineTuning.Contoured("p2", 0, learn.get(0).slice(), new Mask(2, 2, new boolean[4]));

        assertThatThrownBy(() -> tune("x", List.of(), List.of(), new ArrayList<>()))
                .hasMessageContaining("no contoured slice");
        assertThatThrownBy(() -> tune("x", learn, learn, new ArrayList<>()))
                .hasMessageContaining("patient p1 is learnt from and judged by");
        assertThatThrownBy(() -> tune("x", List.of(other), List.of(), new ArrayList<>()))
                .hasMessageContaining("another shape");
    }

    private FineTuning.Outcome tune(
            String name, List<FineTuning.Contoured> learn, List<FineTuning.Contoured> judge, List<String> heard)
            throws IOException {
        FineTuning.Options options = new FineTuning.Options(
                new FirstWeights.OfModel(SHIPPED),
                folder.resolve(name),
                "muscle-l3",
                "1.0-site",
                4,
                1e-5,
                1,
                1,
                0.2,
                2,
                3,
                false);
        Progress progress = new Progress() {
            @Override
            public void step(long step, long steps, double loss, double score, java.time.Duration remaining) {}

            @Override
            public void note(String line) {
                heard.add(line);
            }
        };
        return new FineTuning(Clock.systemUTC()).run(learn, judge, options, progress);
    }

    private static FineTuning.Contoured drawn(String patient, long seed) {
        LabelledSlice slice = new PhantomSlices(1, seed).draw(new SplittableRandom(seed));
        boolean[] muscle = new boolean[slice.classes().length];
        for (int i = 0; i < muscle.length; i++) {
            muscle[i] = slice.classes()[i] == LabelledSlice.MUSCLE;
        }
        return new FineTuning.Contoured(
                patient,
                slice.zMm(),
                slice.slice(),
                new Mask(slice.slice().rows(), slice.slice().columns(), muscle));
    }
}
