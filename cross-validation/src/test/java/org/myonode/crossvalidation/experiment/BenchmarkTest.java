package org.myonode.crossvalidation.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.myonode.crossvalidation.scoring.MaskScores;
import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.Mask;

/** Models whose errors are known against observers who are known. */
class BenchmarkTest {

    private static final int N = 160;

    /** A ring of a size that tells the patient, drawn by three simulated observers. */
    private static List<Case> cases(int patients) {
        List<Case> cases = new ArrayList<>();
        for (int p = 0; p < patients; p++) {
            Mask truth = ring(p, 0);
            Map<String, Mask> drawn = new java.util.TreeMap<>();
            for (int o = 1; o <= 3; o++) {
                drawn.put("observer " + o, new SimulatedObserver("observer " + o, o).draw(truth, 1, 1, p));
            }
            short[] hu = new short[N * N];
            hu[0] = (short) p;
            cases.add(new Case("case " + p, "patient " + p, true, "phantom", new HuSlice(N, N, 1, 1, hu), drawn));
        }
        return cases;
    }

    private static Candidate model(String name, double wideMm) {
        return new Candidate(name, name + "-digest", slice -> ring(slice.hu()[0], wideMm));
    }

    private static Mask ring(int patient, double wideMm) {
        boolean[] pixels = new boolean[N * N];
        for (int i = 0; i < pixels.length; i++) {
            double radius = Math.hypot(i % N - 80, i / N - 80);
            pixels[i] = radius < 58 + patient + wideMm && radius > 38 - wideMm;
        }
        return new Mask(N, N, pixels);
    }

    @Test
    void the_truth_is_as_good_as_an_observer_and_a_wide_model_is_not() throws InterruptedException {
        Benchmark benchmark =
                Benchmark.run(cases(8), List.of(model("true", 0), model("wide", 2)), done -> {}, () -> false);

        assertThat(benchmark
                        .models()
                        .get(0)
                        .againstObservers(0.01)
                        .orElseThrow()
                        .verdict()
                        .name())
                .isIn("SUPERIOR", "NON_INFERIOR");
        assertThat(benchmark
                        .models()
                        .get(1)
                        .againstObservers(0.01)
                        .orElseThrow()
                        .verdict()
                        .name())
                .isEqualTo("INFERIOR");
        assertThat(benchmark.models().get(1).area().orElseThrow().bias()).isBetween(10.0, 14.0);
        assertThat(benchmark.comparisons()).singleElement().satisfies(comparison -> {
            assertThat(comparison.dice().meanDifference()).isNegative();
            assertThat(comparison.adjustedP()).isLessThan(0.01);
        });
        List<String> text = BenchmarkTables.text(benchmark, 0.01);
        assertThat(text.get(0)).contains("8 cases of 8 phantoms, 3 observers");
        assertThat(String.join("\n", text)).contains("true-digest").contains("a difference is shown");
        assertThat(BenchmarkTables.csv(benchmark)).hasSize(1 + 16);
        assertThat(BenchmarkTables.json(benchmark, 0.01, "test", List.of())).contains("\"verdict\" : \"INFERIOR\"");
    }

    @Test
    void the_gate_lets_an_equal_model_pass_and_refuses_a_worse_one() throws InterruptedException {
        PromotionGate gate = new PromotionGate(0.01, 6);

        assertThat(gate.judge(cases(8), model("active", 0.2), model("candidate", 0)))
                .isInstanceOf(PromotionGate.Verdict.Pass.class);
        assertThat(gate.judge(cases(8), model("active", 0), model("candidate", 2)))
                .isInstanceOfSatisfying(
                        PromotionGate.Verdict.Refuse.class,
                        refused -> assertThat(refused.lines().get(0))
                                .contains("candidate less active")
                                .contains("inferior"));
        assertThat(gate.judge(cases(3), model("active", 0), model("candidate", 2)))
                .isInstanceOfSatisfying(PromotionGate.Verdict.TooFew.class, few -> {
                    assertThat(few.patients()).isEqualTo(3);
                    assertThat(few.lines().get(0)).contains("nothing can be concluded");
                });
    }

    @Test
    void a_model_that_finds_nothing_has_no_distance_and_is_counted() throws InterruptedException {
        Candidate blind = new Candidate("blind", "0", slice -> new Mask(N, N, new boolean[N * N]));

        Benchmark benchmark = Benchmark.run(cases(2), List.of(blind), done -> {}, () -> false);

        assertThat(benchmark.models().get(0).empty()).isEqualTo(2);
        assertThat(String.join("\n", BenchmarkTables.text(benchmark, 0.01)))
                .contains("nothing found on 2 cases")
                .contains("HD95, mm not defined")
                .contains("nothing can be concluded");
    }

    @Test
    void a_cancelled_run_stops_before_the_next_case() {
        List<Integer> done = new ArrayList<>();

        assertThatThrownBy(() -> Benchmark.run(cases(3), List.of(model("true", 0)), done::add, () -> done.size() == 2))
                .isInstanceOf(InterruptedException.class)
                .hasMessageContaining("2 of 3");
    }

    @Test
    void simulated_observers_repeat_themselves_and_differ_by_what_their_model_says() {
        Mask truth = ring(0, 0);
        SimulatedObserver one = new SimulatedObserver("one", 1);

        assertThat(one.draw(truth, 1, 1, 5).pixels())
                .isEqualTo(one.draw(truth, 1, 1, 5).pixels());
        double squares = 0;
        for (int o = 1; o <= 20; o++) {
            double rms = MaskScores.of(truth, new SimulatedObserver("o", o).draw(truth, 1, 1, 5), 1, 1)
                    .rmsDtaMm()
                    .orElseThrow();
            squares += rms * rms / 20;
        }
        double modelled = Math.sqrt(0.25 * 0.25 + 0.15 * 0.15 + 0.6 * 0.6);
        assertThat(Math.sqrt(squares)).isCloseTo(modelled, within(0.2));
    }
}
