package org.myonode.crossvalidation.report;

import java.io.IOException;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.myonode.crossvalidation.agreement.BlandAltman;
import org.myonode.crossvalidation.agreement.Bootstrap;
import org.myonode.crossvalidation.agreement.Holm;
import org.myonode.crossvalidation.agreement.Interval;
import org.myonode.crossvalidation.agreement.NonInferiority;
import org.myonode.crossvalidation.agreement.PairedComparison;
import org.myonode.crossvalidation.agreement.Sample;
import org.myonode.crossvalidation.experiment.Benchmark;
import org.myonode.crossvalidation.experiment.CaseFigures;
import org.myonode.crossvalidation.experiment.CohortFacts;
import org.myonode.crossvalidation.experiment.ExperimentPlan;
import org.myonode.crossvalidation.experiment.ExperimentResult;
import org.myonode.crossvalidation.experiment.SourceOutcome;
import org.myonode.crossvalidation.experiment.TrainedRun;
import org.myonode.crossvalidation.training.SourceTask;

/**
 * A training experiment as a page: what may be concluded, learning curves beside the observers, the patients and areas
 * at the largest size, comparisons, a table per fold, the worst cases, and at the end data, methods and versions. An
 * experiment that is not finished gives a page that says so. Made from the experiment's folder alone.
 */
public final class ExperimentReport {

    private static final int WORST_ALL = 12;
    private static final int LEAST_WORST = 3;

    private final ExperimentResult result;
    private final ExperimentPlan plan;
    private final CohortFacts cohort;
    private final double margin;
    private final Origin origin;
    private final Page page;

    private ExperimentReport(ExperimentResult result, CohortFacts cohort, double margin, Origin origin) {
        this.result = result;
        this.plan = result.plan();
        this.cohort = cohort;
        this.margin = margin;
        this.origin = origin;
        this.page = new Page("Experiment " + plan.name() + " on " + units(cohort.patients())
                + (phantoms()
                        ? " (no patient data)"
                        : cohort.provenance().equals("patients") ? "" : " and phantoms mixed"));
    }

    /**
     * Writes {@code report.html} and {@code figures/*.csv} and {@code .json} into the experiment's folder. Nothing is
     * written before its data were read.
     *
     * @param margin of non-inferiority to the observers, in Dice
     */
    public static void write(ExperimentResult result, double margin, Origin origin) throws IOException {
        CohortFacts cohort = result.cohort();
        if (cohort != null) {
            new ExperimentReport(result, cohort, margin, origin).build().write(result.folder());
        }
    }

    private boolean phantoms() {
        return cohort.provenance().equals("phantoms");
    }

    private String units(long n) {
        return n + (phantoms() ? " phantom" : " patient") + (n == 1 ? "" : "s");
    }

    private String unit() {
        return phantoms() ? "phantoms" : "patients";
    }

    private Page build() throws IOException {
        page.quiet(DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm zzz", Locale.ROOT)
                        .withZone(origin.zone())
                        .format(origin.made())
                + " \u00b7 " + origin.program() + " \u00b7 " + units(cohort.patients()) + " \u00b7 "
                + cohort.observers().size() + " observers \u00b7 " + plan.folds() + " folds \u00b7 seed "
                + plan.seed());
        notices();
        if (result.sizes().isEmpty()) {
            page.paragraph("No run has ended with figures yet.");
        } else {
            page.heading("What the figures say").list(sentences());
            curves();
            largest();
            comparisons();
            folds();
            worst();
        }
        methods();
        return page;
    }

    private void notices() {
        if (!cohort.provenance().equals("patients")) {
            page.notice(
                    "Phantom data.",
                    (phantoms()
                                    ? "Every image is a computed body and every observer a computed one."
                                    : "Some images are computed bodies.")
                            + " The figures show how the methods compare on such bodies; they say nothing about patients."
                            + (plan.sources().contains(SourceTask.PHANTOMS)
                                    ? " The source task \"phantoms\" learns from other bodies of the same program: a best"
                                            + " case."
                                    : ""));
        } else {
            page.notice(
                    "UNVERIFIED.",
                    "Research figures about models that are not a medical device; not for primary diagnosis.");
        }
        if (!result.complete()) {
            page.notice(
                    "Not finished.",
                    result.possible().size() - result.missing().size() + " of "
                            + result.possible().size()
                            + " runs are done. Points of a curve rest on different folds until all are.");
        }
        if (cohort.patients() < PairedComparison.MINIMUM) {
            page.notice(
                    "Nothing can be concluded.",
                    "Fewer than " + PairedComparison.MINIMUM + " patients cannot show any difference.");
        }
    }

    private static String name(SourceTask task) {
        return task.name().toLowerCase(Locale.ROOT);
    }

    // ---- comparisons

    /** One source against the first at one size, on the patients that both were tested on. */
    private record Compared(SourceTask task, int n, PairedComparison dice, double adjustedP) {}

    private List<Compared> compared() {
        List<Compared> raw = new ArrayList<>();
        for (int n : result.sizes()) {
            Map<String, Double> first = result.byPatient(plan.sources().get(0), n, CaseFigures::dice);
            for (SourceTask task : plan.sources().subList(1, plan.sources().size())) {
                Map<String, Double> other = result.byPatient(task, n, CaseFigures::dice);
                List<String> both =
                        first.keySet().stream().filter(other::containsKey).toList();
                if (both.size() > 1) {
                    raw.add(new Compared(
                            task,
                            n,
                            PairedComparison.of(values(first, both), values(other, both), Benchmark.SEED),
                            Double.NaN));
                }
            }
        }
        double[] adjusted = Holm.adjust(
                raw.stream().mapToDouble(one -> one.dice().wilcoxonP()).toArray());
        List<Compared> compared = new ArrayList<>();
        for (int i = 0; i < adjusted.length; i++) {
            Compared one = raw.get(i);
            compared.add(new Compared(one.task(), one.n(), one.dice(), adjusted[i]));
        }
        return compared;
    }

    private static double[] values(Map<String, Double> map, List<String> keys) {
        return keys.stream()
                .mapToDouble(key -> map.getOrDefault(key, Double.NaN))
                .toArray();
    }

    private Optional<NonInferiority> againstObservers(SourceTask task, int n) {
        Map<String, Double> model = result.byPatient(task, n, CaseFigures::againstRest);
        Map<String, Double> people = result.byPatient(task, n, CaseFigures::observersAgainstRest);
        List<String> both = model.keySet().stream().filter(people::containsKey).toList();
        return both.size() < 2
                ? Optional.empty()
                : Optional.of(NonInferiority.of(values(people, both), values(model, both), margin, Benchmark.SEED));
    }

    private List<String> sentences() {
        List<String> sentences = new ArrayList<>();
        for (SourceTask task : plan.sources()) {
            List<Integer> enough = result.sizes().stream()
                    .filter(n -> againstObservers(task, n)
                            .filter(judged -> judged.verdict() == NonInferiority.Verdict.NON_INFERIOR
                                    || judged.verdict() == NonInferiority.Verdict.SUPERIOR)
                            .isPresent())
                    .toList();
            sentences.add("From " + name(task) + " (" + task.describe() + "): "
                    + String.join(
                            ", ",
                            result.sizes().stream()
                                    .filter(n -> !result.byPatient(task, n, CaseFigures::dice)
                                            .isEmpty())
                                    .map(n -> Svg.format(
                                            "n = %d median Dice %.3f",
                                            n,
                                            Sample.of(result.byPatient(task, n, CaseFigures::dice)
                                                            .values())
                                                    .median()))
                                    .toList())
                    + (cohort.observers().size() < 2
                            ? "."
                            : enough.isEmpty()
                                    ? "; not shown to be as good as an observer at any size."
                                    : "; not inferior to an observer at n = "
                                            + String.join(
                                                    ", ",
                                                    enough.stream()
                                                            .map(String::valueOf)
                                                            .toList())
                                            + "."));
        }
        List<Compared> compared = compared();
        long shown = compared.stream()
                .filter(one -> one.dice().conclusive() && one.adjustedP() < 0.05)
                .count();
        if (!compared.isEmpty()) {
            sentences.add("Of " + compared.size() + " comparisons with "
                    + name(plan.sources().get(0)) + ", " + shown
                    + (shown == 1 ? " shows" : " show")
                    + " a difference (p by Holm below 0.05). No difference shown is not the same as none.");
        }
        return sentences;
    }

    // ---- curves

    private void curves() {
        page.heading("Learning curves");
        String band = " Large marks: mean over the test " + unit()
                + ", each tested by a network that has not seen it. Bands and whiskers: 95 % confidence interval of that mean"
                + " by bootstrap of the " + unit() + " (BCa, 10,000 resamples, seed " + Benchmark.SEED
                + "); what other folds or first weights would have given is not in it. Small marks: mean of each fold"
                + (plan.repeats() > 1 ? " and repeat" : "") + ".";
        page.figure(curves(CaseFigures::dice)
                .draw(
                        "curves",
                        "Dice against the number of patients learnt from",
                        "Dice against the reference",
                        "Dice (no unit) of " + units(cohort.patients()) + " in " + plan.folds() + " folds, against "
                                + cohort.reference() + "." + band));
        Map<String, Double> people = new TreeMap<>();
        for (SourceTask task : plan.sources()) {
            result.sizes().forEach(n -> people.putAll(result.byPatient(task, n, CaseFigures::observersAgainstRest)));
        }
        if (people.isEmpty()) {
            page.paragraph("One observer drew each slice, so there is no observer band.");
            return;
        }
        double[] values =
                people.values().stream().mapToDouble(Double::doubleValue).toArray();
        Interval interval = values.length < 2
                ? new Interval(Double.NaN, Double.NaN)
                : Bootstrap.ofMean(values, Benchmark.SEED).interval();
        double mean = Sample.of(values).mean();
        page.figure(curves(CaseFigures::againstRest)
                .observers(mean, interval)
                .draw(
                        "human-level",
                        "Networks and observers against the same references",
                        "Dice against the other observers",
                        "Dice (no unit): one of " + cohort.observers().size()
                                + " observers is left out in turn, the others"
                                + " agree on the reference, and both the left-out observer and the networks are scored"
                                + " against it." + band
                                + Svg.format(
                                        " Grey line and band: mean of the observers %.4f and its 95 %% confidence interval,"
                                                + " n = %d.",
                                        mean, values.length)));
    }

    private LearningCurves curves(Function<CaseFigures, @Nullable Double> figure) {
        LearningCurves curves = new LearningCurves();
        for (SourceTask task : plan.sources()) {
            List<LearningCurves.Point> points = new ArrayList<>();
            for (int n : result.sizes()) {
                double[] values = result.byPatient(task, n, figure).values().stream()
                        .mapToDouble(Double::doubleValue)
                        .toArray();
                if (values.length > 0) {
                    points.add(new LearningCurves.Point(
                            n,
                            Sample.of(values).mean(),
                            values.length < 2
                                    ? new Interval(Double.NaN, Double.NaN)
                                    : Bootstrap.ofMean(values, Benchmark.SEED).interval(),
                            values.length,
                            folds(task, n, figure)));
                }
            }
            curves.curve(name(task), points);
        }
        return curves;
    }

    private Map<String, Double> folds(SourceTask task, int n, Function<CaseFigures, @Nullable Double> figure) {
        Map<String, Double> folds = new LinkedHashMap<>();
        for (TrainedRun run : result.runs(task, n)) {
            run.cases().stream()
                    .map(figure)
                    .filter(value -> value != null)
                    .mapToDouble(value -> value == null ? Double.NaN : value)
                    .average()
                    .ifPresent(mean -> folds.put(
                            "fold " + run.key().fold()
                                    + (plan.repeats() > 1
                                            ? " repeat " + run.key().repeat()
                                            : ""),
                            mean));
        }
        return folds;
    }

    // ---- patients and areas at the largest size

    private int largestSize() {
        List<Integer> sizes = result.sizes();
        return sizes.get(sizes.size() - 1);
    }

    private void largest() {
        int n = largestSize();
        page.heading((phantoms() ? "Phantoms" : "Patients") + " at n = " + n);
        DiceStrip strip = new DiceStrip(unit());
        AgreementPlot areas = new AgreementPlot();
        Map<String, Double> people = new TreeMap<>();
        List<String> limits = new ArrayList<>();
        boolean rest = cohort.cases().stream().allMatch(one -> one.observers() > 1);
        int tested = 0;
        for (SourceTask task : plan.sources()) {
            Map<String, Double> dice = result.byPatient(task, n, rest ? CaseFigures::againstRest : CaseFigures::dice);
            if (dice.isEmpty()) {
                continue;
            }
            tested = Math.max(tested, dice.size());
            strip.model(name(task), dice);
            people.putAll(result.byPatient(task, n, CaseFigures::observersAgainstRest));
            Map<String, Double> reference = result.byPatient(task, n, CaseFigures::referenceAreaCm2);
            Map<String, Double> found = result.byPatient(task, n, CaseFigures::areaCm2);
            List<String> keys = List.copyOf(reference.keySet());
            Optional<BlandAltman> agreement = keys.size() < 2
                    ? Optional.empty()
                    : Optional.of(BlandAltman.of(values(reference, keys), values(found, keys)));
            areas.model(name(task), reference, found, agreement);
            agreement.ifPresent(area -> limits.add(Svg.format(
                    "%s: bias %+.2f cm\u00b2 (%+.2f to %+.2f), limits %+.2f and %+.2f cm\u00b2.",
                    name(task),
                    area.bias(),
                    area.biasInterval().lower(),
                    area.biasInterval().upper(),
                    area.lowerLimit(),
                    area.upperLimit())));
        }
        if (rest && !people.isEmpty()) {
            strip.observer("mean of the observers", people);
        }
        page.figure(strip.draw(
                "dice",
                "Dice of each " + units(1).substring(2) + " at n = " + n,
                rest ? "Dice against the other observers" : "Dice against the reference",
                "Dice (no unit) of " + units(tested)
                        + (rest
                                ? ", one observer left out in turn, for networks and observers alike. "
                                        + strip.bandWords("the mean of the observers on one of the " + unit())
                                : " against " + cohort.reference() + ".")));
        page.figure(areas.draw(
                "areas",
                "Muscle area against the reference at n = " + n + " (Bland and Altman)",
                "Muscle area in cm\u00b2 of " + units(tested) + ", network less " + cohort.reference()
                        + ", against the mean of both. Solid line: bias. Broken lines: 95 % limits of agreement (bias \u00b1"
                        + " 1.96 standard deviations). Bands: 95 % confidence intervals by Student's t, cut at the frame. "
                        + (tested < BlandAltman.MINIMUM
                                ? "With fewer than " + BlandAltman.MINIMUM + " the limits are guesses. "
                                : "")
                        + String.join(" ", limits)));
    }

    // ---- tables

    private void comparisons() {
        page.heading("Comparisons");
        List<Compared> compared = compared();
        String first = name(plan.sources().get(0));
        if (compared.isEmpty()) {
            page.paragraph(
                    "There is one source task, or fewer than two patients that two of them were tested on: nothing is"
                            + " compared.");
        } else {
            DifferencePlot plot = new DifferencePlot(Double.NaN);
            Table table = new Table(
                    "n",
                    "Dice_from",
                    "less_that_from",
                    "patients",
                    "mean",
                    "median",
                    "p_Wilcoxon",
                    "p_Holm",
                    "rank_biserial_r");
            for (Compared one : compared) {
                boolean conclusive = one.dice().conclusive();
                plot.entry(
                        "n = " + one.n() + ", " + name(one.task()) + " less " + first,
                        !conclusive
                                ? "nothing can be concluded"
                                : one.adjustedP() < 0.05 ? "a difference is shown" : "no difference is shown",
                        one.dice().meanDifference(),
                        one.dice().bootstrap().interval(),
                        plan.sources().indexOf(one.task()));
                table.row(
                        Integer.toString(one.n()),
                        name(one.task()),
                        first,
                        Integer.toString(one.dice().n()),
                        Table.cell(one.dice().meanDifference(), 4),
                        Table.cell(one.dice().medianDifference(), 4),
                        conclusive ? Table.cell(one.dice().wilcoxonP(), 4) : "",
                        conclusive ? Table.cell(one.adjustedP(), 4) : "",
                        Table.cell(one.dice().rankBiserial(), 2));
            }
            page.figure(plot.draw(
                    "sources",
                    "Source tasks compared with " + first,
                    "mean difference of Dice",
                    "Mean difference of Dice (no unit) of the same test " + unit() + ", above zero is better than "
                            + first
                            + ". Bars: 95 % confidence interval by bootstrap of the " + unit() + " (BCa, seed "
                            + Benchmark.SEED + ")."));
            page.table(table);
            page.quiet("p of Wilcoxon's signed-rank test, two-sided; by Holm corrected for all " + compared.size()
                    + " tests of this table. Networks of one fold share their training patients, so patients are not quite"
                    + " independent: read p values near 0.05 with care.");
        }
        DifferencePlot plot = new DifferencePlot(margin);
        for (int n : result.sizes()) {
            for (SourceTask task : plan.sources()) {
                againstObservers(task, n)
                        .ifPresent(judged -> plot.entry(
                                "n = " + n + ", " + name(task),
                                words(judged.verdict()),
                                judged.meanDifference(),
                                judged.interval(),
                                plan.sources().indexOf(task)));
            }
        }
        if (!plot.isEmpty()) {
            page.figure(plot.draw(
                    "non-inferiority",
                    "Is the network as good as an observer?",
                    "mean difference of Dice, network less observers",
                    "Mean difference of Dice (no unit) against the same references, one observer left out in turn. Bars: 95 %"
                            + " confidence interval, the wider of bootstrap (seed " + Benchmark.SEED
                            + ") and Student's t."
                            + " The network is not inferior where the whole bar lies above the margin of -" + margin
                            + ", set before."));
        }
    }

    private static String words(NonInferiority.Verdict verdict) {
        return switch (verdict) {
            case SUPERIOR -> "better than an observer";
            case NON_INFERIOR -> "not inferior";
            case NOT_SHOWN -> "non-inferiority is not shown";
            case INFERIOR -> "inferior";
            case NOTHING -> "nothing can be concluded";
        };
    }

    private void folds() {
        page.heading("Folds");
        Table table = new Table(
                "source",
                "n",
                "fold",
                "repeat",
                "tested",
                "Dice_mean",
                "Dice_lowest",
                "RMS_distance_mm",
                "area_bias_cm2",
                "seconds",
                "model");
        for (TrainedRun run : result.runs()) {
            if (run.failed().isPresent()) {
                continue;
            }
            Sample dice = Sample.of(run.cases().stream().map(CaseFigures::dice).toList());
            double rms = run.cases().stream()
                    .map(CaseFigures::rmsDtaMm)
                    .mapToDouble(value -> value == null ? Double.NaN : value)
                    .filter(Double::isFinite)
                    .average()
                    .orElse(Double.NaN);
            double bias = run.cases().stream()
                    .mapToDouble(one -> one.areaCm2() - one.referenceAreaCm2())
                    .average()
                    .orElse(Double.NaN);
            table.row(
                    name(run.key().source()),
                    Integer.toString(run.key().n()),
                    Integer.toString(run.key().fold()),
                    Integer.toString(run.key().repeat()),
                    Integer.toString(run.testPatients().size()),
                    Table.cell(dice.mean(), 4),
                    Table.cell(dice.min(), 4),
                    Table.cell(rms, 2),
                    Table.cell(bias, 2),
                    Table.cell(run.seconds(), 0),
                    Xml.shortened(run.modelSha256(), 13));
        }
        page.table(table);
        page.quiet(
                "Means over the tested slices of the fold. Seconds: training and testing on the machine that ran it. Model:"
                        + " first characters of its SHA-256.");
    }

    private void worst() throws IOException {
        int n = largestSize();
        int each = Math.max(LEAST_WORST, WORST_ALL / plan.sources().size());
        page.heading("Worst cases at n = " + n);
        page.figure(WorstCases.ofRuns(
                "worst",
                "The lowest Dice of each source task at n = " + n,
                result,
                n,
                each,
                "The " + each + " slices with the lowest Dice of each source task at n = " + n
                        + ", as seen from the feet,"
                        + " window -160 to 240 HU, cut to the body. Thick orange line: " + cohort.reference()
                        + ". Thin blue line: the network."));
        page.quiet("All cases and all scores: cases.csv beside this page.");
    }

    private void methods() {
        page.heading("Data and methods");
        page.table(Provenance.table(cohort.origins()));
        List<String> said = new ArrayList<>();
        result.impossible().forEach(reason -> said.add("Missing: " + reason + "."));
        result.failures()
                .forEach(run -> said.add("Missing: " + run.key().name() + " has no figures: "
                        + run.failed().orElseThrow() + "."));
        if (!result.missing().isEmpty()) {
            said.add("Missing: " + result.missing().size() + " runs are not done yet.");
        }
        long nothing = result.runs().stream()
                .flatMap(run -> run.cases().stream())
                .filter(one -> one.areaCm2() == 0)
                .count();
        if (nothing > 0) {
            said.add("Missing: distances of " + nothing
                    + " results on which nothing was found; their Dice counts as 0.");
        }
        if (said.isEmpty()) {
            said.add("Nothing is missing: every planned run has figures on every test case.");
        }
        page.list(said);
        ExperimentPlan.Training training = plan.training();
        List<String> methods = new ArrayList<>(List.of(
                "Patients are dealt to " + plan.folds() + " folds by seed " + plan.seed() + ", balanced by "
                        + cohort.stratifiedBy() + "; smaller subsets are part of larger ones. " + plan.repeats()
                        + (plan.repeats() == 1 ? " repeat." : " repeats, each with other folds."),
                "Every network: " + training.steps() + " steps of batch " + training.batchSize()
                        + ", highest learning rate "
                        + training.learningRate() + ", " + Math.round(100 * training.phantomShare())
                        + " % of the training slices phantoms, input "
                        + training.design().size() + " points of "
                        + String.format(Locale.ROOT, "%.2f", training.design().spacingMm())
                        + " mm. The weights after the last step are tested: nothing is"
                        + " chosen on test patients.",
                "Dice = 2 |A \u2229 B| / (|A| + |B|). RMS distance to agreement between sub-pixel outlines, both ways"
                        + " together, in mm. Limits of agreement: Bland and Altman, Lancet 1986;1:307-310.",
                "After Med Phys 2022;49(5):3107-3120, which asked how few contours a pre-trained network needs.",
                "Seed of every bootstrap: " + Benchmark.SEED + ". Margin of non-inferiority: " + margin + " Dice."));
        if (!cohort.observerModel().isEmpty()) {
            methods.add(cohort.observerModel());
        }
        methods.addAll(origin.notes());
        page.list(methods);
        Table sources = new Table("source_task", "what", "steps", "score", "value", "seconds", "weights_sha256");
        for (SourceOutcome source : result.sources()) {
            sources.row(
                    name(source.task()),
                    source.words(),
                    Long.toString(source.steps()),
                    source.scoreName(),
                    Table.cell(source.score(), 3),
                    Table.cell(source.seconds(), 0),
                    source.weightsSha256());
        }
        page.table(sources);
        Table versions = new Table("what", "version_and_digest");
        versions.row("program of the runs", result.program());
        versions.row("program of this page", origin.program());
        versions.row("Java of this page", Runtime.version().toString());
        versions.row("data", "sha256 " + cohort.sha256());
        versions.row("made by", origin.command());
        page.table(versions);
    }
}
