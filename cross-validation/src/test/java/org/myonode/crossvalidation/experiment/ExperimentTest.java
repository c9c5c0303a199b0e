package org.myonode.crossvalidation.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.myonode.crossvalidation.scoring.MaskFile;
import org.myonode.crossvalidation.scoring.MaskScores;
import org.myonode.crossvalidation.training.MuscleDesign;
import org.myonode.crossvalidation.training.Pace;
import org.myonode.crossvalidation.training.SourceTask;
import org.myonode.workers.volume.Mask;

/** Real, very small networks on phantoms: what they find is not the point, what becomes of it is. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ExperimentTest {

    private static final ExperimentPlan.Data DATA = new ExperimentPlan.Data(6, 41, 2);

    @TempDir
    static Path folder;

    private Cohort cohort;
    private ExperimentResult whole;

    @BeforeAll
    void an_experiment_without_a_break() throws IOException {
        cohort = Cohort.phantoms(DATA, Pace.steady(), done -> {});
        Heard heard = new Heard();
        Experiment experiment = experiment("whole");
        experiment.plan(plan(List.of(SourceTask.NONE, SourceTask.FRACTALS), List.of(2, 50), DATA));
        whole = experiment.run(ignored -> cohort, Pace.steady(), heard);
        assertThat(heard.lines).anyMatch(line -> line.startsWith("n = 50 is not possible: of 6 phantoms 3 remain"));
    }

    @Test
    void everything_that_a_report_needs_lies_in_the_folder() throws IOException {
        ExperimentResult read = ExperimentResult.read(folder.resolve("whole"));

        assertThat(read).isEqualTo(whole);
        assertThat(read.complete()).isTrue();
        assertThat(read.runs()).hasSize(4).allSatisfy(run -> {
            assertThat(run.failed()).isEmpty();
            assertThat(run.trainingPatients()).hasSize(2).doesNotContainAnyElementsOf(run.testPatients());
            assertThat(run.cases()).extracting(CaseFigures::patient).containsExactlyElementsOf(run.testPatients());
            assertThat(run.looks()).extracting(TrainedRun.Look::step).containsExactly(3L, 6L);
            assertThat(run.modelSha256()).hasSize(64);
        });
        assertThat(read.impossible()).hasSize(1);
        assertThat(read.sources())
                .extracting(SourceOutcome::task)
                .containsExactly(SourceTask.NONE, SourceTask.FRACTALS);
        TrainedRun fractals = read.runs(SourceTask.FRACTALS, 2).get(0);
        assertThat(java.util.Objects.requireNonNull(fractals.transfer()).numbers())
                .isBetween(1L, fractals.transfer().of() - 1);
        assertThat(read.byPatient(SourceTask.NONE, 2, CaseFigures::dice)).hasSize(6);
        CohortFacts facts = java.util.Objects.requireNonNull(read.cohort());
        assertThat(facts.provenance()).isEqualTo("phantoms");
        assertThat(facts.observers()).containsExactly("simulated 1", "simulated 2");
        assertThat(facts.observerModel()).contains("habit");
        CaseFigures figures = fractals.cases().get(0);
        CohortFacts.CaseFacts one = read.caseOf(figures.caseId()).orElseThrow();
        Mask reference = MaskFile.read(read.folder().resolve(one.reference())).mask();
        Mask found = MaskFile.read(read.folder().resolve(figures.maskFile())).mask();
        assertThat(MaskScores.of(reference, found, one.rowMm(), one.columnMm()).dice())
                .isEqualTo(figures.dice());
        assertThat(read.folder().resolve(one.picture())).exists();
        assertThat(String.join("\n", ExperimentTables.text(read, 0.01)))
                .contains("These are phantom results")
                .contains("n = 50 is not possible");
        assertThat(ExperimentTables.csv(read)).hasSize(1 + 4 * 3);
    }

    @Test
    void a_broken_experiment_gives_the_same_weights_and_figures_and_repeats_nothing_that_is_finished()
            throws IOException {
        Experiment experiment = experiment("broken");
        ExperimentPlan plan = plan(List.of(SourceTask.FRACTALS), List.of(2), DATA);
        experiment.plan(plan);

        // Stopped inside the source task, inside the first run, while testing, and once without a chance to say so.
        for (int after : new int[] {2, 3, 2}) {
            ExperimentResult part = experiment.run(ignored -> cohort, pacing(after, false), new Heard());
            assertThat(part.complete()).isFalse();
        }
        assertThatThrownBy(() -> experiment.run(ignored -> cohort, pacing(5, true), new Heard()))
                .hasMessage("killed");
        Heard heard = new Heard();
        ExperimentResult done = experiment.run(ignored -> cohort, Pace.steady(), heard);

        assertThat(done.complete()).isTrue();
        List<TrainedRun> expected = whole.runs(SourceTask.FRACTALS, 2);
        assertThat(done.runs())
                .map(ExperimentTest::timeless)
                .containsExactlyElementsOf(
                        expected.stream().map(ExperimentTest::timeless).toList());
        assertThat(done.sources().get(0).weightsSha256())
                .isEqualTo(whole.sources().get(1).weightsSha256());
        assertThat(done.sources().get(0).score())
                .isEqualTo(whole.sources().get(1).score());
        try (var left = Files.list(folder.resolve("broken/work"))) {
            assertThat(left).extracting(path -> path.getFileName().toString()).containsExactly("lock");
        }

        Heard again = new Heard();
        experiment.run(
                ignored -> {
                    throw new AssertionError("nothing is left to do, and still the cases are read");
                },
                Pace.steady(),
                again);
        assertThat(again.steps).isZero();
    }

    @Test
    void an_experiment_goes_on_only_with_its_own_plan_and_data_and_one_at_a_time() throws IOException {
        Experiment experiment = experiment("own");
        experiment.plan(plan(List.of(SourceTask.NONE), List.of(2), DATA));
        experiment.run(ignored -> cohort, pacing(3, false), new Heard());

        assertThatThrownBy(() ->
                        experiment.plan(plan(List.of(SourceTask.NONE), List.of(2), new ExperimentPlan.Data(6, 42, 2))))
                .hasMessageContaining("was planned with data")
                .hasMessageContaining("41")
                .hasMessageContaining("42");
        assertThat(experiment
                        .plan(plan(List.of(SourceTask.OUTLINES), List.of(1), DATA))
                        .sources())
                .containsExactly(SourceTask.NONE, SourceTask.OUTLINES);
        Cohort others = Cohort.phantoms(new ExperimentPlan.Data(6, 42, 1), Pace.steady(), done -> {});
        assertThatThrownBy(() -> experiment.run(ignored -> others, Pace.steady(), new Heard()))
                .hasMessageContaining("the data are not those");
        assertThatThrownBy(() -> experiment.run(
                        ignored -> {
                            experiment("own").run(inner -> cohort, Pace.steady(), new Heard());
                            return cohort;
                        },
                        Pace.steady(),
                        new Heard()))
                .hasMessageContaining("another process works on");
    }

    private static Experiment experiment(String name) {
        return new Experiment(folder.resolve(name), "test", Clock.systemUTC());
    }

    private static ExperimentPlan plan(List<SourceTask> sources, List<Integer> sizes, ExperimentPlan.Data data) {
        return new ExperimentPlan(
                "small",
                "muscle",
                data,
                sources,
                sizes,
                2,
                1,
                5,
                new ExperimentPlan.Training(new MuscleDesign(64, 7, List.of(4, 6), 2, false), 6, 4, 1, 1e-2, 0, 2));
    }

    /** Lets so many questions pass, then ends. */
    private static Pace pacing(int passes, boolean abruptly) {
        AtomicInteger asked = new AtomicInteger();
        return () -> {
            if (asked.incrementAndGet() <= passes) {
                return true;
            }
            if (abruptly) {
                throw new IllegalStateException("killed");
            }
            return false;
        };
    }

    private static TrainedRun timeless(TrainedRun run) {
        return new TrainedRun(
                run.key(),
                run.seed(),
                run.trainingPatients(),
                run.testPatients(),
                run.transfer(),
                run.steps(),
                run.looks(),
                run.modelSha256(),
                0,
                run.cases(),
                run.failure());
    }

    private static final class Heard implements Experiment.Listener {
        private final List<String> lines = new ArrayList<>();
        private long steps;

        @Override
        public void at(ExperimentProgress progress) {
            if (progress.doing().contains("step ")) {
                steps++;
            }
        }

        @Override
        public void note(String line) {
            lines.add(line);
        }
    }
}
