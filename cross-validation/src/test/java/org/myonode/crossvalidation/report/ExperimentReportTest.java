package org.myonode.crossvalidation.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.myonode.crossvalidation.experiment.CaseFigures;
import org.myonode.crossvalidation.experiment.CohortFacts;
import org.myonode.crossvalidation.experiment.ExperimentPlan;
import org.myonode.crossvalidation.experiment.ExperimentResult;
import org.myonode.crossvalidation.experiment.RunKey;
import org.myonode.crossvalidation.experiment.SourceOutcome;
import org.myonode.crossvalidation.experiment.TrainedRun;
import org.myonode.crossvalidation.training.MuscleDesign;
import org.myonode.crossvalidation.training.SourceTask;

/** Pages of experiments whose figures are known: finished, half done, and not begun. */
final class ExperimentReportTest {

    private static final int N = 96;
    private static final int FOLDS = 4;
    private static final List<SourceTask> SOURCES = List.of(SourceTask.NONE, SourceTask.JIGSAW, SourceTask.PHANTOMS);

    @TempDir
    private Path folder;

    private ExperimentPlan plan() {
        return new ExperimentPlan(
                "few contours <&>",
                "muscle",
                new ExperimentPlan.Data(12, 1, 3),
                SOURCES,
                List.of(3, 6, 50),
                FOLDS,
                1,
                7,
                new ExperimentPlan.Training(MuscleDesign.STANDARD, 100, 50, 4, 1e-3, 0.25, 0));
    }

    private CohortFacts cohort(int patients) throws IOException {
        picture("slice.png", (x, y) -> ring(x, y, 30) ? 130 : ring(x, y, 44) ? 60 : 0);
        picture("reference.png", (x, y) -> ring(x, y, 30) ? 255 : 0);
        picture("found.png", (x, y) -> ring(x, y, 31) ? 255 : 0);
        return new CohortFacts(
                "phantoms",
                IntStream.rangeClosed(1, patients)
                        .mapToObj(p -> "phantom of this program, seed " + p)
                        .toList(),
                List.of("simulated 1", "simulated 2", "simulated 3"),
                "Observers are computed.",
                "the majority of the observers",
                "habitus",
                "ab".repeat(32),
                IntStream.rangeClosed(1, patients)
                        .mapToObj(p -> new CohortFacts.CaseFacts(
                                "case " + p, "phantom " + p, true, "a", 3, N, N, 1, 1, "slice.png", "reference.png"))
                        .toList());
    }

    private interface Grey {
        int at(int x, int y);
    }

    private static boolean ring(int x, int y, double radius) {
        return Math.hypot(x - N / 2.0, y - N / 2.0) < radius;
    }

    private void picture(String name, Grey grey) throws IOException {
        BufferedImage image = new BufferedImage(N, N, BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < N * N; i++) {
            image.getRaster().setSample(i % N, i / N, 0, grey.at(i % N, i / N));
        }
        assertThat(ImageIO.write(image, "png", folder.resolve(name).toFile())).isTrue();
    }

    private static TrainedRun run(SourceTask source, int n, int fold, int patients) {
        List<CaseFigures> cases = new ArrayList<>();
        for (int p = fold; p <= patients; p += FOLDS) {
            double dice = 0.85 + 0.008 * n + 0.01 * source.ordinal() + 0.003 * p;
            cases.add(new CaseFigures(
                    "case " + p,
                    "phantom " + p,
                    dice,
                    dice / (2 - dice),
                    1.5,
                    1.0,
                    3.0,
                    0.8,
                    0.9,
                    0.95,
                    120 + p,
                    121 + 1.1 * p,
                    1.0,
                    0.5,
                    dice - 0.01,
                    0.93 + 0.001 * p,
                    "found.png"));
        }
        List<String> tested = cases.stream().map(CaseFigures::patient).toList();
        return new TrainedRun(
                new RunKey(source, n, fold, 1),
                1,
                List.of(),
                tested,
                null,
                100,
                List.of(),
                "cd".repeat(32),
                12,
                cases,
                null);
    }

    private ReportFiles report(CohortFacts cohort, List<TrainedRun> runs) throws Exception {
        ExperimentResult result = new ExperimentResult(
                folder,
                "MyoNode 1.0",
                plan(),
                cohort,
                List.of(new SourceOutcome(SourceTask.JIGSAW, "puzzles", 50, "right orders", 0.7, 3, "ef".repeat(32))),
                runs,
                List.of("n = 50 is not possible: 9 remain"));
        ExperimentReport.write(
                result,
                0.01,
                new Origin(
                        "MyoNode 2.0", Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC, "a command", List.of()));
        ReportFiles files = new ReportFiles(folder);
        files.needNothingElse();
        files.speak();
        return files;
    }

    private static List<TrainedRun> runs(int folds, int patients) {
        List<TrainedRun> runs = new ArrayList<>();
        for (int fold = 1; fold <= folds; fold++) {
            for (SourceTask source : SOURCES) {
                for (int n : List.of(3, 6)) {
                    runs.add(run(source, n, fold, patients));
                }
            }
        }
        return runs;
    }

    @Test
    void curves_lie_where_the_csv_says_and_what_is_missing_is_said() throws Exception {
        ReportFiles files = report(cohort(12), runs(4, 12));

        assertThat(files.title()).contains("few contours <&>").contains("12 phantoms (no patient data)");
        assertThat(files.text())
                .contains("Phantom data.")
                .contains("n = 50 is not possible")
                .contains("from other bodies of the same program: a best case")
                .contains("phantom of this program, seed 1 to 12")
                .contains("MyoNode 1.0")
                .contains("MyoNode 2.0")
                .doesNotContain("Nothing can be concluded");
        // Two sizes, three sources: a mean and four folds each; the observers' line is a row without a mark.
        assertThat(files.drawWhatTheFilesSay("curves", "", "dice")).isEqualTo(6 * 5);
        assertThat(files.drawWhatTheFilesSay("human-level", "", "dice")).isEqualTo(6 * 5);
        assertThat(ReportFiles.csv(folder.resolve("figures/human-level.csv"))).hasSize(1 + 1 + 6 * 5);
        assertThat(files.drawWhatTheFilesSay("dice", "rank", "dice")).isEqualTo(3 * 12 + 12);
        assertThat(files.drawWhatTheFilesSay("areas", "mean_area_cm2", "difference_cm2"))
                .isEqualTo(36);
        assertThat(files.drawWhatTheFilesSay("sources", "mean_difference_dice", ""))
                .isEqualTo(4);
        assertThat(files.drawWhatTheFilesSay("non-inferiority", "mean_difference_dice", ""))
                .isEqualTo(6);
        assertThat(files.all("img")).hasSize(12);
    }

    @Test
    void an_experiment_that_is_half_done_says_so() throws Exception {
        List<TrainedRun> runs = runs(1, 12);
        RunKey key = new RunKey(SourceTask.NONE, 3, 2, 1);
        runs.add(new TrainedRun(
                key, 1, List.of(), List.of(), null, 5, List.of(), "", 1, List.of(), "the loss is no longer a number"));

        ReportFiles files = report(cohort(12), runs);

        assertThat(files.text()).contains("Not finished.").contains("the loss is no longer a number");
    }

    @Test
    void one_that_has_no_figures_yet_is_a_page_without_figures() throws Exception {
        ReportFiles files = report(cohort(12), List.of());

        assertThat(files.text()).contains("No run has ended with figures yet");
        assertThat(files.all("figure")).isEmpty();
    }
}
