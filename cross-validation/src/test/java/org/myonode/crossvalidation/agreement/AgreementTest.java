package org.myonode.crossvalidation.agreement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.myonode.workers.volume.Mask;

/** Every method gives the numbers of the paper that defined it, or of R on its own examples. */
class AgreementTest {

    /** Peak expiratory flow in l/min, first readings: Bland and Altman, Lancet 1986;1:307-310, table 1. */
    private static final double[] WRIGHT = {
        494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427
    };

    private static final double[] MINI = {
        512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451
    };

    @Test
    void bland_and_altman_as_in_their_paper() {
        BlandAltman agreement = BlandAltman.of(MINI, WRIGHT);

        assertThat(agreement.n()).isEqualTo(17);
        assertThat(agreement.bias()).isCloseTo(-2.1, within(0.05));
        assertThat(agreement.sd()).isCloseTo(38.8, within(0.05));
        // The paper: bias -22.0 to 17.8, and limits of 2 standard deviations, -79.7 and 75.5, within 34.6 each.
        assertThat(agreement.biasInterval().lower()).isCloseTo(-22.0, within(0.1));
        assertThat(agreement.biasInterval().upper()).isCloseTo(17.8, within(0.1));
        assertThat(agreement.bias() - 2 * agreement.sd()).isCloseTo(-79.7, within(0.1));
        assertThat(agreement.lowerLimit()).isCloseTo(agreement.bias() - 1.96 * agreement.sd(), within(0.01));
        assertThat(agreement.upperLimitInterval().upper() - agreement.upperLimit())
                .isCloseTo(34.6, within(0.4));
        assertThat(agreement.lowerLimit() - agreement.lowerLimitInterval().lower())
                .isCloseTo(34.6, within(0.4));
    }

    @Test
    void two_methods_that_agree_have_limits_of_zero_and_one_pair_is_refused() {
        assertThat(BlandAltman.of(MINI, MINI).upperLimit()).isZero();
        assertThatThrownBy(() -> BlandAltman.of(new double[] {1}, new double[] {1}))
                .hasMessageContaining("two pairs");
    }

    @Test
    void intraclass_correlation_as_in_shrout_and_fleiss() {
        // Psychol Bull 1979;86:420-428, table 2; the mean squares are those of table 3.
        Icc icc = Icc.of(
                new double[][] {{9, 2, 5, 8}, {6, 1, 3, 2}, {8, 4, 6, 8}, {7, 1, 2, 6}, {10, 5, 6, 9}, {6, 2, 4, 7}});

        assertThat(icc.betweenTargets()).isCloseTo(11.24, within(0.005));
        assertThat(icc.betweenRaters()).isCloseTo(32.49, within(0.005));
        assertThat(icc.residual()).isCloseTo(1.02, within(0.005));
        assertThat(icc.icc21()).isCloseTo(0.29, within(0.005));
        assertThat(icc.icc31()).isCloseTo(0.71, within(0.005));
        // Intervals as the R package psych gives them for these data.
        assertThat(icc.icc21Interval().lower()).isCloseTo(0.019, within(0.001));
        assertThat(icc.icc21Interval().upper()).isCloseTo(0.76, within(0.005));
        assertThat(icc.icc31Interval().lower()).isCloseTo(0.34, within(0.005));
        assertThat(icc.icc31Interval().upper()).isCloseTo(0.95, within(0.005));
    }

    @Test
    void a_missing_rating_is_refused_with_its_place() {
        assertThatThrownBy(() -> Icc.of(new double[][] {{1, 2}, {1, Double.NaN}}))
                .hasMessageContaining("target 2")
                .hasMessageContaining("rating 2");
    }

    @Test
    void signed_ranks_as_in_hollander_and_wolfe() {
        // Depression scale factor IV at two visits: R's example of wilcox.test, V = 40, two-sided p = 0.03906.
        double[] first = {1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30};
        double[] second = {0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29};

        PairedComparison comparison = PairedComparison.of(second, first, 1);

        assertThat(comparison.wilcoxonP()).isCloseTo(0.03906, within(1e-5));
        assertThat(comparison.rankBiserial()).isCloseTo(2 * 40 / 45.0 - 1, within(1e-12));
    }

    @Test
    void zeros_and_ties_as_in_students_sleep_data() {
        // Student, Biometrika 1908;6:1-25; R: mean 1.58, t interval 0.700 to 2.460, signed-rank p = 0.009091.
        double[] difference = {1.2, 2.4, 1.3, 1.3, 0, 1.0, 1.8, 0.8, 4.6, 1.4};

        PairedComparison comparison = PairedComparison.of(new double[10], difference, 1);

        assertThat(comparison.meanDifference()).isCloseTo(1.58, within(1e-9));
        assertThat(comparison.wilcoxonP()).isCloseTo(0.009091, within(1e-5));
        assertThat(comparison.rankBiserial()).isEqualTo(1);
        assertThat(comparison.cohenDz().orElseThrow()).isCloseTo(1.58 / 1.23, within(0.01));
        assertThat(comparison.bootstrap().interval().lower()).isBetween(0.8, 1.2);
        assertThat(comparison.bootstrap().interval().upper()).isBetween(2.2, 3.0);
    }

    @Test
    void bootstrap_error_as_in_efron_and_tibshirani() {
        // An Introduction to the Bootstrap, table 2.1, treated mice: the ideal bootstrap error of the mean is 23.36.
        double[] mice = {94, 197, 16, 38, 99, 141, 23};

        Bootstrap bootstrap = Bootstrap.ofMean(mice, 7);

        assertThat(bootstrap.standardError()).isCloseTo(23.36, within(0.6));
        assertThat(Bootstrap.ofMean(mice, 7)).isEqualTo(bootstrap);
    }

    @Test
    void bootstrap_intervals_cover_the_truth_about_as_often_as_they_say() {
        int covered = 0;
        for (int run = 0; run < 200; run++) {
            Random random = new Random(run);
            double[] sample = new double[40];
            for (int i = 0; i < sample.length; i++) {
                sample[i] = Math.exp(random.nextGaussian() / 2);
            }
            covered += Bootstrap.ofMean(sample, run).interval().contains(Math.exp(0.125)) ? 1 : 0;
        }
        assertThat(covered).isBetween(178, 200);
    }

    @Test
    void holm_as_in_r() {
        assertThat(Holm.adjust(0.01, 0.04, 0.03, 0.005))
                .containsExactly(new double[] {0.03, 0.06, 0.06, 0.02}, within(1e-12));
        assertThat(Holm.adjust(0.6, 0.9)).containsExactly(1, 1);
    }

    @Test
    void few_cases_conclude_nothing_however_clear_they_look() {
        double[] low = {0.90, 0.91, 0.92, 0.93, 0.94};
        double[] high = {0.95, 0.965, 0.98, 0.995, 0.999};

        PairedComparison comparison = PairedComparison.of(low, high, 1);

        assertThat(comparison.conclusive()).isFalse();
        assertThat(comparison.wilcoxonP()).isGreaterThan(0.05);
        assertThat(comparison.sentence("B less A", comparison.wilcoxonP())).contains("nothing can be concluded");
        assertThat(NonInferiority.of(low, high, 0.01, 1).verdict()).isEqualTo(NonInferiority.Verdict.NOTHING);
        assertThat(NonInferiority.of(new double[] {1}, new double[] {1}, 0, 1).sentence("B", "A"))
                .contains("nothing can be concluded");
    }

    @Test
    void a_candidate_is_judged_by_its_interval_and_the_margin() {
        double[] base = new double[20];
        double[] noise = new double[20];
        Random random = new Random(3);
        for (int i = 0; i < base.length; i++) {
            base[i] = 0.95 + 0.01 * random.nextGaussian();
            noise[i] = 0.004 * random.nextGaussian();
        }

        assertThat(judged(base, noise, 0.02)).isEqualTo(NonInferiority.Verdict.SUPERIOR);
        assertThat(judged(base, noise, -0.003)).isEqualTo(NonInferiority.Verdict.NON_INFERIOR);
        assertThat(judged(base, noise, -0.0095)).isEqualTo(NonInferiority.Verdict.NOT_SHOWN);
        assertThat(judged(base, noise, -0.03)).isEqualTo(NonInferiority.Verdict.INFERIOR);
        assertThat(NonInferiority.of(base, base, 0.01, 1).verdict()).isEqualTo(NonInferiority.Verdict.NON_INFERIOR);
    }

    private static NonInferiority.Verdict judged(double[] base, double[] noise, double shift) {
        double[] candidate = new double[base.length];
        for (int i = 0; i < candidate.length; i++) {
            candidate[i] = base[i] + noise[i] + shift;
        }
        return NonInferiority.of(base, candidate, 0.01, 1).verdict();
    }

    @Test
    void a_majority_needs_more_than_half() {
        Mask a = mask(1, 1, 0, 0);
        Mask b = mask(1, 0, 1, 0);

        assertThat(Consensus.majority(List.of(a, b)).pixels()).containsExactly(true, false, false, false);
        assertThat(Consensus.majority(List.of(a, b, mask(0, 1, 1, 0))).pixels())
                .containsExactly(true, true, true, false);
    }

    @Test
    void staple_finds_the_skill_of_each_observer() {
        Random random = new Random(11);
        double[] sensitivity = {0.95, 0.9, 0.85, 0.6};
        double[] specificity = {0.9, 0.95, 0.99, 0.7};
        boolean[] truth = new boolean[200 * 200];
        for (int i = 0; i < truth.length; i++) {
            truth[i] = random.nextInt(3) == 0;
        }
        List<Mask> masks = new ArrayList<>();
        for (int o = 0; o < 4; o++) {
            boolean[] pixels = new boolean[truth.length];
            for (int i = 0; i < truth.length; i++) {
                pixels[i] = truth[i] ? random.nextDouble() < sensitivity[o] : random.nextDouble() >= specificity[o];
            }
            masks.add(new Mask(200, 200, pixels));
        }

        Consensus.Staple staple = Consensus.staple(masks);

        for (int o = 0; o < 4; o++) {
            assertThat(staple.sensitivities().get(o)).as("sensitivity %d", o).isCloseTo(sensitivity[o], within(0.03));
            assertThat(staple.specificities().get(o)).as("specificity %d", o).isCloseTo(specificity[o], within(0.03));
        }
        assertThat(wrong(staple.mask(), truth)).isLessThan(wrong(masks.get(0), truth));
        assertThat(wrong(staple.mask(), truth)).isLessThanOrEqualTo(wrong(Consensus.majority(masks), truth));
    }

    @Test
    void observers_who_agree_are_the_consensus() {
        Mask mask = mask(1, 0, 1, 1);

        Consensus.Staple staple = Consensus.staple(List.of(mask, mask, mask));

        assertThat(staple.mask().pixels()).isEqualTo(mask.pixels());
        assertThat(staple.sensitivities()).allSatisfy(p -> assertThat(p).isCloseTo(1, within(1e-6)));
        assertThat(Consensus.staple(List.of(mask(0, 0, 0, 0), mask(0, 0, 0, 0)))
                        .mask()
                        .isEmpty())
                .isTrue();
    }

    @Test
    void a_sample_is_described_as_in_r() {
        Sample sample = Sample.of(1, 2, 3, 4, 10);

        assertThat(sample.mean()).isEqualTo(4);
        assertThat(sample.sd()).isCloseTo(3.535534, within(1e-6));
        assertThat(sample.median()).isEqualTo(3);
        assertThat(sample.lowerQuartile()).isEqualTo(2);
        assertThat(sample.upperQuartile()).isEqualTo(4);
        assertThatThrownBy(() -> Sample.of(1, Double.NaN)).hasMessageContaining("not finite");
    }

    private static int wrong(Mask mask, boolean[] truth) {
        int wrong = 0;
        for (int i = 0; i < truth.length; i++) {
            wrong += mask.pixels()[i] == truth[i] ? 0 : 1;
        }
        return wrong;
    }

    private static Mask mask(int... pixels) {
        boolean[] values = new boolean[pixels.length];
        for (int i = 0; i < pixels.length; i++) {
            values[i] = pixels[i] == 1;
        }
        return new Mask(2, pixels.length / 2, values);
    }
}
