package org.myonode.crossvalidation.drift;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.myonode.crossvalidation.agreement.Sample;
import org.myonode.crossvalidation.experiment.Benchmark;
import org.myonode.crossvalidation.experiment.BenchmarkTables;
import org.myonode.crossvalidation.experiment.Candidate;
import org.myonode.crossvalidation.experiment.Case;
import org.myonode.crossvalidation.experiment.CaseScore;
import org.myonode.db.ExpertContours;
import org.myonode.db.MeasuredStudy;
import org.myonode.db.Surveillance;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The nightly check. Two questions: are the last studies, and what was measured on them, like the first ones since the
 * models were put into use; and does the model still give on the stored contours what it gave before (a constancy test, as
 * for any instrument). What is found is kept, and an alert is a warning in the log and a row in the audit trail.
 */
public final class DriftWatch {

    private static final Logger log = LoggerFactory.getLogger(DriftWatch.class);

    private static final String STRUCTURE = "muscle";
    private static final double SAME_DICE = 1e-3;

    private final Surveillance surveillance;
    private final ExpertContours contours;
    private final DriftPolicy policy;
    private final double margin;
    private final String program;
    private final Clock clock;

    /**
     * @param margin of non-inferiority to the observers, in Dice, for the words of the benchmark
     * @param program name and version
     */
    public DriftWatch(
            Surveillance surveillance,
            ExpertContours contours,
            DriftPolicy policy,
            double margin,
            String program,
            Clock clock) {
        this.surveillance = surveillance;
        this.contours = contours;
        this.policy = policy;
        this.margin = margin;
        this.program = program;
        this.clock = clock;
    }

    /**
     * Checks and keeps what is found.
     *
     * @param since when the models in use were put into use, or later
     * @param active the muscle model in use
     * @param cancelled asked before each slice; may wait until clinical work is done
     * @throws InterruptedException when it was cancelled; nothing is kept then
     */
    public DriftReport check(Instant since, Candidate active, BooleanSupplier cancelled) throws InterruptedException {
        List<MeasuredStudy> recent = surveillance.last(since, policy.recent());
        // The studies that are compared are not among those that they are compared with.
        List<MeasuredStudy> baseline = recent.isEmpty()
                ? List.of()
                : surveillance.first(since, policy.baseline()).stream()
                        .filter(study -> study.opened().isBefore(recent.get(0).opened()))
                        .toList();
        DriftReport report = new DriftReport(
                clock.instant().toString(),
                program,
                active.name() + " (digest " + active.sha256() + ")",
                since.toString(),
                baseline.size(),
                recent.size(),
                policy,
                DriftCheck.compare(baseline, recent, policy),
                constancy(active, cancelled));
        List<String> alerts = report.alerts();
        surveillance.record(alerts.size(), report.json(), String.join("\n", alerts));
        alerts.forEach(alert -> log.warn("drift: {}", alert));
        if (alerts.isEmpty()) {
            log.info("drift check: no alert, {} studies against {}", recent.size(), baseline.size());
        }
        return report;
    }

    private DriftReport.@Nullable Constancy constancy(Candidate active, BooleanSupplier cancelled)
            throws InterruptedException {
        List<Case> cases = contours.drawn(STRUCTURE).stream().map(Case::of).toList();
        if (cases.isEmpty()) {
            return null;
        }
        Benchmark benchmark = Benchmark.run(cases, List.of(active), done -> {}, cancelled);
        Benchmark.ModelScores scores = benchmark.models().get(0);
        Map<String, Double> dice = new TreeMap<>();
        for (CaseScore score : scores.scores()) {
            dice.put(key(score), score.scores().dice());
        }
        Map<String, Double> before = previous(active);
        List<String> common = dice.keySet().stream().filter(before::containsKey).toList();
        int changed = (int) common.stream()
                .filter(key ->
                        Math.abs(dice.getOrDefault(key, Double.NaN) - before.getOrDefault(key, Double.NaN)) > SAME_DICE)
                .count();
        return new DriftReport.Constancy(
                cases.size(),
                benchmark.patients(),
                Sample.of(scores.byPatient(score -> score.scores().dice()).values())
                        .median(),
                changed,
                common.size(),
                dice,
                BenchmarkTables.text(benchmark, margin));
    }

    /** A case and what the observers agree on there: another version of a contour is another case. */
    private static String key(CaseScore score) {
        return score.scored().id() + " " + Math.round(score.referenceAreaCm2() * 1e4);
    }

    private Map<String, Double> previous(Candidate active) {
        Optional<DriftReport> last = surveillance.checks(1).stream()
                .map(check -> DriftReport.read(check.reportJson()))
                .filter(report -> report.model().contains(active.sha256()))
                .findFirst();
        DriftReport.Constancy constancy = last.map(DriftReport::constancy).orElse(null);
        return constancy == null ? Map.of() : constancy.dice();
    }
}
