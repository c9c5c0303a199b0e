package org.myonode.crossvalidation.drift;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.statistics.inference.ChiSquareTest;
import org.apache.commons.statistics.inference.FisherExactTest;
import org.apache.commons.statistics.inference.KolmogorovSmirnovTest;
import org.myonode.crossvalidation.agreement.Holm;
import org.myonode.crossvalidation.agreement.Sample;
import org.myonode.db.MeasuredStudy;

/**
 * Two samples of studies, quantity by quantity. Numbers: the two-sample Kolmogorov-Smirnov test, whose statistic is the
 * effect. Kernels: chi-square of the table of counts, rare ones put together; the effect is half the sum of the
 * differences of shares. Refusals: Fisher's exact test; the effect is the difference of shares, of which half as much matters. P values are corrected by
 * Holm for all quantities that could be judged.
 *
 * <p>Ties (slice thickness, whole years) make the Kolmogorov-Smirnov test conservative, which is the right side here.
 */
final class DriftCheck {

    private static final int RARE = 10;
    private static final String REFUSALS = "refusals";

    private final DriftPolicy policy;
    private final List<Judged> judged = new ArrayList<>();

    private record Judged(
            String name,
            String test,
            int before,
            int now,
            String beforeWords,
            String nowWords,
            double effect,
            double p) {}

    private DriftCheck(DriftPolicy policy) {
        this.policy = policy;
    }

    static List<DriftReport.Outcome> compare(
            List<MeasuredStudy> baseline, List<MeasuredStudy> recent, DriftPolicy policy) {
        List<StudyFigures> before = baseline.stream().map(StudyFigures::of).toList();
        List<StudyFigures> now = recent.stream().map(StudyFigures::of).toList();
        DriftCheck check = new DriftCheck(policy);
        StudyFigures.NUMBERS.forEach(quantity -> check.numbers(quantity, before, now));
        check.kernels(before, now);
        check.refusals(before, now);
        return check.outcomes();
    }

    private void numbers(StudyFigures.Quantity quantity, List<StudyFigures> before, List<StudyFigures> now) {
        double[] a = values(quantity, before);
        double[] b = values(quantity, now);
        if (Math.min(a.length, b.length) < policy.minimum()) {
            tooFew(quantity.name(), a.length, b.length);
            return;
        }
        var result = KolmogorovSmirnovTest.withDefaults().test(a, b);
        judged.add(new Judged(
                quantity.name(),
                "Kolmogorov-Smirnov",
                a.length,
                b.length,
                words(a, quantity.unit()),
                words(b, quantity.unit()),
                result.getStatistic(),
                result.getPValue()));
    }

    private static double[] values(StudyFigures.Quantity quantity, List<StudyFigures> studies) {
        return studies.stream()
                .map(study -> study.number(quantity))
                .filter(java.util.OptionalDouble::isPresent)
                .mapToDouble(java.util.OptionalDouble::getAsDouble)
                .toArray();
    }

    private static String words(double[] values, String unit) {
        Sample sample = Sample.of(values);
        return String.format(
                Locale.ROOT,
                "median %.1f [%.1f, %.1f] %s",
                sample.median(),
                sample.lowerQuartile(),
                sample.upperQuartile(),
                unit);
    }

    private void kernels(List<StudyFigures> before, List<StudyFigures> now) {
        Map<String, long[]> counts = new TreeMap<>();
        int[] n = new int[2];
        count(before, 0, counts, n);
        count(now, 1, counts, n);
        if (Math.min(n[0], n[1]) < policy.minimum()) {
            tooFew(StudyFigures.KERNEL.name(), n[0], n[1]);
            return;
        }
        long[] rare = new long[2];
        Map<String, long[]> common = new LinkedHashMap<>();
        counts.forEach((kernel, pair) -> {
            if (pair[0] + pair[1] < RARE) {
                rare[0] += pair[0];
                rare[1] += pair[1];
            } else {
                common.put(kernel, pair);
            }
        });
        if (rare[0] + rare[1] > 0) {
            common.put("others", rare);
        }
        double effect = 0;
        for (long[] pair : common.values()) {
            effect += Math.abs(pair[0] / (double) n[0] - pair[1] / (double) n[1]) / 2;
        }
        double p = common.size() < 2
                ? 1
                : ChiSquareTest.withDefaults()
                        .test(common.values().toArray(long[][]::new))
                        .getPValue();
        judged.add(new Judged(
                StudyFigures.KERNEL.name(),
                "chi-square",
                n[0],
                n[1],
                shares(common, 0, n[0]),
                shares(common, 1, n[1]),
                effect,
                p));
    }

    private static void count(List<StudyFigures> studies, int side, Map<String, long[]> counts, int[] n) {
        for (StudyFigures study : studies) {
            study.text(StudyFigures.KERNEL).ifPresent(kernel -> {
                counts.computeIfAbsent(kernel, key -> new long[2])[side]++;
                n[side]++;
            });
        }
    }

    private static String shares(Map<String, long[]> counts, int side, int n) {
        return String.join(
                ", ",
                counts.entrySet().stream()
                        .map(entry -> entry.getKey() + " " + Math.round(100.0 * entry.getValue()[side] / n) + " %")
                        .toList());
    }

    private void refusals(List<StudyFigures> before, List<StudyFigures> now) {
        if (Math.min(before.size(), now.size()) < policy.minimum()) {
            tooFew(REFUSALS, before.size(), now.size());
            return;
        }
        int a = (int) before.stream().filter(StudyFigures::refused).count();
        int b = (int) now.stream().filter(StudyFigures::refused).count();
        double effect = Math.abs(a / (double) before.size() - b / (double) now.size());
        int[][] table = {{a, before.size() - a}, {b, now.size() - b}};
        double p = a + b == 0 || a + b == before.size() + now.size()
                ? 1
                : FisherExactTest.withDefaults().test(table).getPValue();
        judged.add(new Judged(
                REFUSALS,
                "Fisher",
                before.size(),
                now.size(),
                a + " of " + before.size(),
                b + " of " + now.size(),
                effect,
                p));
    }

    private void tooFew(String name, int before, int now) {
        judged.add(new Judged(name, "", before, now, "", "", Double.NaN, Double.NaN));
    }

    private List<DriftReport.Outcome> outcomes() {
        List<Judged> tested =
                judged.stream().filter(one -> !Double.isNaN(one.p())).toList();
        double[] adjusted = Holm.adjust(tested.stream().mapToDouble(Judged::p).toArray());
        List<DriftReport.Outcome> outcomes = new ArrayList<>();
        for (Judged one : judged) {
            int index = tested.indexOf(one);
            if (index < 0) {
                outcomes.add(new DriftReport.Outcome(
                        one.name(),
                        "",
                        one.before(),
                        one.now(),
                        "",
                        "",
                        null,
                        null,
                        null,
                        DriftReport.Verdict.TOO_FEW));
            } else {
                double least = one.name().equals(REFUSALS) ? policy.leastEffect() / 2 : policy.leastEffect();
                boolean alert = adjusted[index] < policy.level() && one.effect() >= least;
                outcomes.add(new DriftReport.Outcome(
                        one.name(),
                        one.test(),
                        one.before(),
                        one.now(),
                        one.beforeWords(),
                        one.nowWords(),
                        one.effect(),
                        one.p(),
                        adjusted[index],
                        alert ? DriftReport.Verdict.ALERT : DriftReport.Verdict.STEADY));
            }
        }
        return outcomes;
    }
}
