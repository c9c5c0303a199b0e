package org.myonode.crossvalidation.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.myonode.crossvalidation.experiment.Benchmark;
import org.myonode.crossvalidation.experiment.Candidate;
import org.myonode.crossvalidation.experiment.Case;
import org.myonode.crossvalidation.experiment.SimulatedObserver;
import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.Mask;

/** Pages of benchmarks that are easy and of those that are not: few, many, none found, names that bite. */
final class BenchmarkReportTest {

    private static final int N = 160;
    private static final String BITES = "<b>&\"Müller\"</b>, =1+1 ]]> \u0001 '";

    @TempDir
    private Path folder;

    /** A ring of a size that tells the patient. */
    private static List<Case> cases(int patients, int observers, boolean phantom, String name) {
        List<Case> cases = new ArrayList<>();
        for (int p = 0; p < patients; p++) {
            Mask truth = ring(p % 12, 0);
            Map<String, Mask> drawn = new TreeMap<>();
            for (int o = 1; o <= observers; o++) {
                drawn.put(name + " " + o, new SimulatedObserver("", o).draw(truth, 1, 1, p));
            }
            short[] hu = new short[N * N];
            for (int i = 0; i < hu.length; i++) {
                double radius = Math.hypot(i % N - 80, i / N - 80);
                hu[i] = (short) (radius > 72 ? -1000 : truth.pixels()[i] ? 50 : -90);
            }
            hu[0] = (short) p;
            cases.add(new Case(
                    name + " " + p, name + " " + p, phantom, "drawn, seed " + p, new HuSlice(N, N, 1, 1, hu), drawn));
        }
        return cases;
    }

    private static Candidate model(String name, double wideMm) {
        return new Candidate(
                name, "0f".repeat(32), slice -> ring(slice.hu()[0] % 12, wideMm + 0.3 * (slice.hu()[0] % 7)));
    }

    private static Candidate blind() {
        return new Candidate("blind", "00".repeat(32), slice -> new Mask(N, N, new boolean[N * N]));
    }

    private static Mask ring(int patient, double wideMm) {
        boolean[] pixels = new boolean[N * N];
        for (int i = 0; i < pixels.length; i++) {
            double radius = Math.hypot(i % N - 80, i / N - 80);
            pixels[i] = radius < 56 + patient + wideMm && radius > 38 - wideMm;
        }
        return new Mask(N, N, pixels);
    }

    private ReportFiles report(List<Case> cases, Candidate... models) throws Exception {
        Benchmark benchmark = Benchmark.run(cases, List.of(models), done -> {}, () -> false);
        BenchmarkReport.write(
                benchmark,
                0.01,
                new Origin(
                        "MyoNode 1.2.3",
                        Instant.parse("2026-01-02T03:04:05Z"),
                        ZoneOffset.UTC,
                        "myonode crossval",
                        List.of("A note.")),
                folder);
        ReportFiles files = new ReportFiles(folder);
        files.needNothingElse();
        files.speak();
        return files;
    }

    @Test
    void every_mark_lies_where_the_csv_says_and_phantoms_are_called_phantoms() throws Exception {
        ReportFiles files = report(cases(14, 3, true, "phantom"), model("first", 0), model("second", 1));

        assertThat(files.title()).contains("14 phantoms").contains("no patient data");
        assertThat(files.text())
                .contains("Phantom data.")
                .contains("2026-01-02 03:04")
                .contains("MyoNode 1.2.3")
                .contains("0f".repeat(32))
                .contains("seed " + Benchmark.SEED)
                .contains("drawn, seed 0 to 13")
                .contains("ICC(2,1)")
                .contains("A note.")
                .doesNotContain("Nothing can be concluded");
        assertThat(files.drawWhatTheFilesSay("dice", "rank", "dice")).isEqualTo(28);
        assertThat(files.drawWhatTheFilesSay("observers", "rank", "dice")).isEqualTo(28 + 42);
        assertThat(files.drawWhatTheFilesSay("areas", "mean_area_cm2", "difference_cm2"))
                .isEqualTo(28);
        assertThat(files.drawWhatTheFilesSay("models", "mean_difference_dice", ""))
                .isEqualTo(1);
        assertThat(files.drawWhatTheFilesSay("non-inferiority", "mean_difference_dice", ""))
                .isEqualTo(2);
        assertThat(files.all("img")).hasSize(12);
        for (Path figure : List.of(folder.resolve("figures/dice.json"), folder.resolve("figures/areas.json"))) {
            assertThat(Files.readString(figure)).contains("\"caption\"").contains("\"rows\"");
        }
    }

    @Test
    void one_patient_gives_a_page_that_concludes_nothing() throws Exception {
        ReportFiles files = report(cases(1, 1, false, "patient"), model("only", 0));

        assertThat(files.title()).contains("on 1 patient").doesNotContain("phantom");
        assertThat(files.text())
                .contains("Nothing can be concluded")
                .contains("UNVERIFIED")
                .contains("there is no observer band")
                .contains("With one case there are no limits")
                .contains("No intraclass correlation");
        assertThat(files.drawWhatTheFilesSay("areas", "mean_area_cm2", "difference_cm2"))
                .isEqualTo(1);
    }

    @Test
    void two_patients_are_described_and_not_judged() throws Exception {
        ReportFiles files = report(cases(2, 2, false, "patient"), model("one", 0), model("two", 1));

        assertThat(files.text())
                .contains("Nothing can be concluded")
                .contains("the limits are guesses")
                .doesNotContain("a difference is shown");
    }

    @Test
    void a_model_that_finds_nothing_is_shown_as_such_and_leaves_the_others_readable() throws Exception {
        ReportFiles files = report(cases(7, 3, false, "patient"), model("sees", 0), blind());

        assertThat(files.text())
                .contains("nothing found on 7 of 7 slices")
                .contains("where it found nothing")
                .contains("not defined");
        assertThat(files.drawWhatTheFilesSay("dice", "rank", "dice")).isEqualTo(14);
    }

    @Test
    void a_failure_among_many_lies_in_a_lane_of_its_own() throws Exception {
        Candidate oneLost = new Candidate(
                "one lost",
                "11".repeat(32),
                slice -> slice.hu()[0] == 3 ? ring(0, -9) : ring(slice.hu()[0] % 12, 0.1 * (slice.hu()[0] % 7)));
        ReportFiles files = report(cases(60, 1, false, "patient"), oneLost);

        assertThat(files.text()).contains("1 value lies below the axis");
        assertThat(files.drawWhatTheFilesSay("dice", "rank", "dice")).isEqualTo(60);
    }

    @Test
    void two_hundred_patients_fit() throws Exception {
        ReportFiles files = report(cases(200, 3, true, "phantom"), model("first", 0), model("second", 1), blind());

        assertThat(files.drawWhatTheFilesSay("dice", "rank", "dice")).isEqualTo(600);
    }

    @Test
    void names_that_bite_stay_text_and_long_ones_stay_in_their_place() throws Exception {
        String longName = "a model with a name that does not end ".repeat(8);
        ReportFiles files = report(cases(7, 2, true, BITES), model(BITES, 0), model(longName, 1));

        assertThat(files.all("b"))
                .as("only our own")
                .noneSatisfy(b -> assertThat(b.getTextContent()).contains("ller"));
        assertThat(files.text())
                .contains("<b>&\"Müller\"</b>, =1+1 ]]> \uFFFD '")
                .contains(longName);
        assertThat(ReportFiles.csv(folder.resolve("figures/dice.csv")).get(1)).hasSize(5);
        assertThat(ReportFiles.csv(folder.resolve("cases.csv")))
                .hasSize(15)
                .allSatisfy(row -> assertThat(row).hasSize(20));
    }
}
