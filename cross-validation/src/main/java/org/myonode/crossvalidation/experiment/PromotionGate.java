package org.myonode.crossvalidation.experiment;

import java.util.List;
import java.util.Locale;
import org.myonode.crossvalidation.agreement.NonInferiority;
import org.myonode.crossvalidation.agreement.PairedComparison;

/**
 * May a candidate replace the active model? Both segment every stored case; the Dice of the patients must not be worse
 * by more than the margin.
 *
 * @param margin greatest loss of Dice that is put up with
 * @param minimumPatients with fewer nothing is judged; never fewer than {@link PairedComparison#MINIMUM}
 */
public record PromotionGate(double margin, int minimumPatients) {

    /** Refuses what cannot judge. */
    public PromotionGate {
        if (!(margin >= 0) || minimumPatients < PairedComparison.MINIMUM) {
            throw new IllegalArgumentException("margin " + margin + " must not be negative, minimumPatients "
                    + minimumPatients + " at least " + PairedComparison.MINIMUM);
        }
    }

    /** The answer. */
    public sealed interface Verdict {

        /** Sentences with the figures behind the answer, for people and the audit. */
        List<String> lines();

        /** The candidate is not inferior. */
        record Pass(NonInferiority judgement, List<String> lines) implements Verdict {}

        /** The candidate is worse, or the cases show that it may be. */
        record Refuse(NonInferiority judgement, List<String> lines) implements Verdict {}

        /** Too few patients to say anything. */
        record TooFew(int patients, List<String> lines) implements Verdict {}
    }

    /** Compares both on the cases. */
    public Verdict judge(List<Case> cases, Candidate active, Candidate candidate) throws InterruptedException {
        return judge(Benchmark.run(cases, List.of(active, candidate), done -> {}, () -> false));
    }

    /** Judges a benchmark whose first model is the active one and whose second is the candidate. */
    public Verdict judge(Benchmark benchmark) {
        Benchmark.ModelScores active = benchmark.models().get(0);
        Benchmark.ModelScores candidate = benchmark.models().get(1);
        double[] before =
                Benchmark.values(active.byPatient(score -> score.scores().dice()));
        double[] after =
                Benchmark.values(candidate.byPatient(score -> score.scores().dice()));
        NonInferiority judgement = NonInferiority.of(before, after, margin, Benchmark.SEED);
        List<String> lines = List.of(
                judgement.sentence(
                        "Dice of " + candidate.candidate().name(),
                        active.candidate().name()),
                String.format(
                        Locale.ROOT,
                        "%d cases of %d %s; nothing found on %d by %s, on %d by %s",
                        benchmark.cases().size(),
                        benchmark.patients(),
                        benchmark.provenance(),
                        active.empty(),
                        active.candidate().name(),
                        candidate.empty(),
                        candidate.candidate().name()));
        if (before.length < minimumPatients) {
            return new Verdict.TooFew(before.length, lines);
        }
        return switch (judgement.verdict()) {
            case SUPERIOR, NON_INFERIOR -> new Verdict.Pass(judgement, lines);
            case NOT_SHOWN, INFERIOR, NOTHING -> new Verdict.Refuse(judgement, lines);
        };
    }
}
