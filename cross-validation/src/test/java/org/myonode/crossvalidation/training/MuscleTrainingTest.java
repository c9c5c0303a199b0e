package org.myonode.crossvalidation.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.myonode.workers.model.ModelPackage;
import org.myonode.workers.segment.MuscleSegmenter;

final class MuscleTrainingTest {

    @TempDir
    Path folder;

    @Test
    void phantoms_alone_train_a_package_that_is_served_and_two_runs_give_equal_files() throws IOException {
        List<String> heard = new ArrayList<>();
        Progress progress = new Progress() {
            @Override
            public void step(long step, long steps, double loss, double score, Duration remaining) {
                assertThat(loss).isFinite();
                heard.add(step + "/" + steps);
            }

            @Override
            public void note(String line) {
                heard.add(line);
            }
        };
        MuscleTraining training = new MuscleTraining(Clock.systemUTC());

        MuscleTraining.Outcome first = training.run(options("first", 3), progress);
        training.run(options("second", 3), Progress.silent());

        assertThat(heard).contains("1/3", "3/3");
        assertThat(first.steps()).isEqualTo(3);
        ModelPackage model = ModelPackage.load(first.model());
        assertThat(model.require(MuscleSegmenter.TASK).card().path("limits").asText())
                .contains("UNVERIFIED, not for primary diagnosis");
        assertThat(ModelPackage.digest(folder.resolve("second/saved_model/saved_model.pb")))
                .isEqualTo(ModelPackage.digest(folder.resolve("first/saved_model/saved_model.pb")));
    }

    @Test
    void a_batch_depends_on_the_seed_and_the_step_alone() {
        List<MuscleSynthesis.Pool> pools =
                List.of(new MuscleSynthesis.Pool("phantoms", 1, true, new PhantomSlices(1, 3)));
        MuscleSynthesis synthesis = new MuscleSynthesis(pools, MuscleTraining.input(), 2, 5);

        Batch early = synthesis.batch(4);
        synthesis.batch(9);
        Batch late = synthesis.batch(4);

        assertThat(late.inputs()).isEqualTo(early.inputs());
        assertThat(late.targets()).isEqualTo(early.targets());
        assertThat(synthesis.batch(5).inputs()).isNotEqualTo(early.inputs());
        for (int i = 0; i < early.targets().length; i += LabelledSlice.CLASSES) {
            float sum = 0;
            for (int c = 0; c < LabelledSlice.CLASSES; c++) {
                sum += early.targets()[i + c];
            }
            assertThat(sum).isEqualTo(1f);
        }
    }

    @Test
    void nothing_to_train_on_is_said() {
        TrainingOptions nothing = new TrainingOptions(null, folder.resolve("x"), 1, 1, 1, false, 0, Set.of(), null);

        assertThatThrownBy(() -> new MuscleTraining(Clock.systemUTC()).run(nothing, Progress.silent()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("nothing to train on");
    }

    @Test
    void a_stretch_of_a_subject_is_held_out_by_its_heights() {
        HoldOut third = HoldOut.parse("spl_abdominal_atlas:54..66");

        assertThat(third.isWhole()).isFalse();
        assertThat(third.covers(slice("spl_abdominal_atlas", 66))).isTrue();
        assertThat(third.covers(slice("spl_abdominal_atlas", 67))).isFalse();
        assertThat(third.covers(slice("acrin_flt_breast_001", 60))).isFalse();
        assertThat(HoldOut.parse("acrin_flt_breast_001:-650.5..-600").covers(slice("acrin_flt_breast_001", -620)))
                .isTrue();
        assertThat(HoldOut.parse("acrin_flt_breast_001").covers(slice("acrin_flt_breast_001", -620)))
                .isTrue();
        assertThatThrownBy(() -> HoldOut.parse("acrin:66..54")).hasMessageContaining("66 is above 54");
        assertThatThrownBy(() -> HoldOut.parse("acrin:middle")).hasMessageContaining("SUBJECT:FROM..TO");
    }

    @Test
    void holding_out_what_is_not_there_is_refused() {
        TrainingOptions options =
                new TrainingOptions(null, folder.resolve("x"), 1, 1, 1, false, 1, Set.of(new HoldOut("nobody")), null);

        assertThatThrownBy(() -> new MuscleTraining(Clock.systemUTC()).run(options, Progress.silent()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("nothing to hold out of nobody: it has no slices here");
    }

    private static LabelledSlice slice(String subject, double height) {
        LabelledSlice drawn = new PhantomSlices(1, 3).draw(new java.util.SplittableRandom(1));
        return new LabelledSlice(
                subject, height, drawn.slice(), drawn.classes(), drawn.cavity(), drawn.weight(), drawn.outline());
    }

    private TrainingOptions options(String name, long steps) {
        return new TrainingOptions(null, folder.resolve(name), steps, 1, 1, false, 1, Set.of(), null);
    }
}
