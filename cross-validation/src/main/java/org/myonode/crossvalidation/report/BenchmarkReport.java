package org.myonode.crossvalidation.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.myonode.crossvalidation.agreement.BlandAltman;
import org.myonode.crossvalidation.agreement.Icc;
import org.myonode.crossvalidation.agreement.Interval;
import org.myonode.crossvalidation.agreement.NonInferiority;
import org.myonode.crossvalidation.agreement.PairedComparison;
import org.myonode.crossvalidation.agreement.Sample;
import org.myonode.crossvalidation.experiment.Benchmark;
import org.myonode.crossvalidation.experiment.BenchmarkTables;
import org.myonode.crossvalidation.experiment.Case;
import org.myonode.crossvalidation.experiment.CaseScore;

/**
 * A benchmark as a page: what may be concluded first, then the models, the patients, the areas, the comparisons, the
 * observers, the worst cases, and at the end data, methods and versions. Deterministic but for the time it was made.
 */
public final class BenchmarkReport {

    private static final int WORST_ALL = 12;
    private static final int WORST_EACH = 8;
    private static final int LEAST_WORST = 3;

    private final Benchmark benchmark;
    private final double margin;
    private final Origin origin;
    private final Page page;

    private BenchmarkReport(Benchmark benchmark, double margin, Origin origin) {
        this.benchmark = benchmark;
        this.margin = margin;
        this.origin = origin;
        this.page = new Page(title());
    }

    /**
     * Writes {@code report.html}, {@code report.json}, {@code cases.csv} and {@code figures/*.csv} and {@code .json}.
     *
     * @param margin of non-inferiority, in Dice
     */
    public static void write(Benchmark benchmark, double margin, Origin origin, Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.write(folder.resolve("cases.csv"), BenchmarkTables.csv(benchmark), StandardCharsets.UTF_8);
        Files.writeString(
                folder.resolve("report.json"),
                BenchmarkTables.json(benchmark, margin, origin.program(), origin.notes()),
                StandardCharsets.UTF_8);
        new BenchmarkReport(benchmark, margin, origin).build().write(folder);
    }

    private String title() {
        String what = benchmark.models().size() == 1
                ? "Benchmark of " + benchmark.models().get(0).candidate().name()
                : "Benchmark of " + benchmark.models().size() + " muscle models";
        long n = benchmark.patients();
        return what
                + switch (benchmark.provenance()) {
                    case "phantoms" -> " on " + n + (n == 1 ? " phantom" : " phantoms") + " (no patient data)";
                    case "patients" -> " on " + n + (n == 1 ? " patient" : " patients");
                    default -> " on " + n + " phantoms and patients mixed";
                };
    }

    /** What the independent units are called. */
    private String units(long n) {
        String unit = benchmark.provenance().equals("phantoms") ? "phantom" : "patient";
        return count(n, unit);
    }

    private static String count(long n, String what) {
        return n + " " + what + (n == 1 ? "" : "s");
    }

    private String plural() {
        return benchmark.provenance().equals("phantoms") ? "phantoms" : "patients";
    }

    private Page build() throws IOException {
        page.quiet(DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm zzz", Locale.ROOT)
                        .withZone(origin.zone())
                        .format(origin.made())
                + " \u00b7 " + origin.program() + " \u00b7 "
                + count(benchmark.cases().size(), "slice")
                + " of " + units(benchmark.patients())
                + " \u00b7 "
                + observersInWords());
        notices();
        page.heading("What the figures say").list(sentences());
        models();
        page.heading("Patients");
        patients();
        page.heading("Areas").figure(areas());
        comparisons();
        observers();
        worst();
        methods();
        return page;
    }

    private String observersInWords() {
        List<String> names = benchmark.observers();
        return names.size() == 1 ? "one observer" : names.size() + " observers";
    }

    private void notices() {
        switch (benchmark.provenance()) {
            case "phantoms" ->
                page.notice(
                        "Phantom data.",
                        "Every image is a computed body and every observer a computed one. The figures show that the"
                                + " method works; they say nothing about patients.");
            case "patients" ->
                page.notice(
                        "UNVERIFIED.",
                        "Research figures about models that are not a medical device; not for primary diagnosis.");
            default ->
                page.notice(
                        "Phantoms and patients mixed.",
                        benchmark.cases().stream().filter(Case::phantom).count() + " of "
                                + benchmark.cases().size()
                                + " slices are computed bodies. Figures over both say nothing about patients: compare on"
                                + " patients alone.");
        }
        if (benchmark.patients() < PairedComparison.MINIMUM) {
            page.notice(
                    "Nothing can be concluded.",
                    (benchmark.patients() == 1 ? "There is " : "There are ") + units(benchmark.patients())
                            + "; fewer than " + PairedComparison.MINIMUM
                            + " cannot show any difference (the least p of the signed-rank test is then above 0.05)."
                            + " The figures describe these cases and no others.");
        }
    }

    private List<String> sentences() {
        List<String> sentences = new ArrayList<>();
        for (Benchmark.ModelScores model : benchmark.models()) {
            String name = model.candidate().name();
            Sample dice = Sample.of(model.byPatient(BenchmarkReport::dice).values());
            sentences.add(name
                    + (dice.n() == 1
                            ? Svg.format(": Dice %.4f on the only case", dice.median())
                            : Svg.format(
                                    ": Dice median %.4f, quartiles %.4f and %.4f, lowest %.4f (n = %d)",
                                    dice.median(), dice.lowerQuartile(), dice.upperQuartile(), dice.min(), dice.n()))
                    + (model.empty() == 0
                            ? "."
                            : "; nothing found on " + model.empty() + " of "
                                    + model.scores().size() + " slices."));
            model.againstObservers(margin)
                    .ifPresent(judged -> sentences.add("Dice against the other observers, one left" + " out in turn: "
                            + judged.sentence(name, "the observers") + "."));
        }
        for (Benchmark.Comparison comparison : benchmark.comparisons()) {
            sentences.add(comparison
                            .dice()
                            .sentence(
                                    "Dice of " + comparison.model().name() + " less that of " + first(),
                                    comparison.adjustedP())
                    + ".");
        }
        return sentences;
    }

    private String first() {
        return benchmark.models().get(0).candidate().name();
    }

    private void models() {
        page.heading("Models");
        Table table = new Table(
                "model",
                "n",
                "Dice_median_[quartiles]",
                "RMS_distance_mm",
                "HD95_mm",
                "surface_Dice_at_2_mm",
                "area_bias_cm2",
                "HU_difference",
                "nothing_found");
        for (Benchmark.ModelScores model : benchmark.models()) {
            table.row(
                    model.candidate().name(),
                    Long.toString(benchmark.patients()),
                    spread(model, BenchmarkReport::dice, 3),
                    spread(model, score -> score.scores().rmsDtaMm().orElse(Double.NaN), 1),
                    spread(model, score -> score.scores().hd95Mm().orElse(Double.NaN), 1),
                    spread(model, score -> score.scores().surfaceDice2Mm(), 3),
                    model.area().map(area -> Svg.format("%+.2f", area.bias())).orElse(""),
                    spread(model, score -> score.meanHuDiff().orElse(Double.NaN), 1),
                    model.empty() + " of " + model.scores().size() + " slices");
        }
        page.table(table);
        page.quiet(
                "Median [lower and upper quartile] over patients; a patient with several slices counts once, with their"
                        + " mean. Distances and HU differences exist only where something was found. All digests in full at the"
                        + " end.");
    }

    private static String spread(Benchmark.ModelScores model, ToDoubleFunction<CaseScore> figure, int decimals) {
        Map<String, Double> values = model.byPatient(figure);
        if (values.isEmpty()) {
            return "not defined";
        }
        Sample sample = Sample.of(values.values());
        return sample.n() == 1
                ? Table.cell(sample.median(), decimals)
                : Table.cell(sample.median(), decimals) + " [" + Table.cell(sample.lowerQuartile(), decimals)
                        + ",\u00a0" + Table.cell(sample.upperQuartile(), decimals) + "]";
    }

    private void patients() {
        DiceStrip strip = new DiceStrip(plural());
        benchmark
                .models()
                .forEach(model -> strip.model(model.candidate().name(), model.byPatient(BenchmarkReport::dice)));
        page.figure(strip.draw(
                "dice",
                "Dice of each " + units(1).substring(2),
                "Dice against the reference",
                "Dice (no unit) of " + units(benchmark.patients()) + ", "
                        + count(benchmark.cases().size(), "slice") + ", against " + reference() + "."));
        long shared = benchmark.cases().stream()
                .filter(one -> one.drawn().size() > 1)
                .map(Case::patient)
                .distinct()
                .count();
        if (shared == 0) {
            page.paragraph(
                    "No slice was drawn by two observers, so there is no observer band: how well people agree here"
                            + " is not known.");
            return;
        }
        DiceStrip rest = new DiceStrip(plural());
        benchmark
                .models()
                .forEach(model -> rest.model(
                        model.candidate().name(),
                        model.byPatient(score -> score.againstRest().orElse(Double.NaN))));
        observerDice().forEach(rest::observer);
        page.figure(rest.draw(
                "observers",
                "Models and observers against the same references",
                "Dice against the other observers",
                "Dice (no unit) of " + units(shared) + " that two or more observers drew"
                        + (shared < benchmark.patients()
                                ? " (" + (benchmark.patients() - shared) + " of " + benchmark.patients()
                                        + " have one observer and are missing here)"
                                : "")
                        + ". One observer is left out in turn and the others agree on the reference; the left-out observer"
                        + " and the models are both scored against it, models by the mean over who was left out. "
                        + rest.bandWords("each observer against all the others")));
    }

    private String reference() {
        return benchmark.observers().size() == 1
                ? "the one observer"
                : "the majority of the observers of each slice (a tie counts as outside)";
    }

    /** Dice of each observer against the others by patient. */
    private Map<String, Map<String, Double>> observerDice() {
        Map<String, Map<String, List<Double>>> values = new TreeMap<>();
        for (Case one : benchmark.cases()) {
            one.observersAgainstRest()
                    .forEach((observer, dice) -> values.computeIfAbsent(observer, name -> new TreeMap<>())
                            .computeIfAbsent(one.patient(), name -> new ArrayList<>())
                            .add(dice));
        }
        Map<String, Map<String, Double>> means = new TreeMap<>();
        values.forEach((observer, byPatient) -> byPatient.forEach((patient, list) -> means.computeIfAbsent(
                        observer, name -> new TreeMap<>())
                .put(
                        patient,
                        list.stream().mapToDouble(Double::doubleValue).average().orElseThrow())));
        return means;
    }

    private Figure areas() {
        AgreementPlot plot = new AgreementPlot();
        List<String> said = new ArrayList<>();
        for (Benchmark.ModelScores model : benchmark.models()) {
            Optional<BlandAltman> limits = model.area();
            plot.model(
                    model.candidate().name(),
                    model.byPatient(CaseScore::referenceAreaCm2),
                    model.byPatient(CaseScore::areaCm2),
                    limits);
            limits.ifPresent(area -> said.add(Svg.format(
                    "%s: bias %+.2f cm\u00b2 (%s), limits %+.2f (%s) and %+.2f (%s), slope %+.3f cm\u00b2 per cm\u00b2.",
                    model.candidate().name(),
                    area.bias(),
                    words(area.biasInterval()),
                    area.lowerLimit(),
                    words(area.lowerLimitInterval()),
                    area.upperLimit(),
                    words(area.upperLimitInterval()),
                    area.slope())));
        }
        long n = benchmark.patients();
        String lines = n < 2
                ? " With one case there are no limits."
                : " Solid line: bias. Broken lines: 95 % limits of agreement (bias \u00b1 1.96 standard deviations). Bands:"
                        + " 95 % confidence intervals by Student's t, cut at the frame. "
                        + (n < BlandAltman.MINIMUM
                                ? "With fewer than " + BlandAltman.MINIMUM + " the limits are guesses. "
                                : "")
                        + String.join(" ", said);
        return plot.draw(
                "areas",
                "Muscle area against the reference (Bland and Altman)",
                "Muscle area in cm\u00b2 of " + units(n) + ", model less " + reference() + ", against the mean of both."
                        + lines);
    }

    private static String words(Interval interval) {
        return Svg.format("%+.2f to %+.2f", interval.lower(), interval.upper());
    }

    private void comparisons() {
        page.heading("Comparisons");
        List<Benchmark.Comparison> comparisons = benchmark.comparisons();
        if (benchmark.models().size() == 1) {
            page.paragraph("There is one model, so no models are compared. Give a second with --model.");
        } else if (comparisons.isEmpty()) {
            page.paragraph("With one patient nothing can be compared.");
        } else {
            page.figure(betweenModels(comparisons));
            Table table = new Table(
                    "Dice_of",
                    "less_that_of",
                    "n",
                    "mean",
                    "median",
                    "p_bootstrap",
                    "p_Wilcoxon",
                    "p_Holm",
                    "rank_biserial_r",
                    "Cohen_dz");
            for (Benchmark.Comparison comparison : comparisons) {
                PairedComparison dice = comparison.dice();
                table.row(
                        comparison.model().name(),
                        first(),
                        Integer.toString(dice.n()),
                        Table.cell(dice.meanDifference(), 4),
                        Table.cell(dice.medianDifference(), 4),
                        dice.conclusive() ? p(dice.bootstrap().p()) : "",
                        dice.conclusive() ? p(dice.wilcoxonP()) : "",
                        dice.conclusive() ? p(comparison.adjustedP()) : "",
                        Table.cell(dice.rankBiserial(), 2),
                        Table.cell(dice.cohenDz(), 2));
            }
            page.table(table);
            page.quiet("p of Wilcoxon's signed-rank test, two-sided, by Holm corrected for " + comparisons.size()
                    + (comparisons.size() == 1 ? " test" : " tests")
                    + "; that is the one to go by. The bootstrap's is given for comparison. No p is given for fewer than "
                    + PairedComparison.MINIMUM + " cases.");
        }
        againstObservers();
    }

    private static String p(double value) {
        return value < 0.001 ? "< 0.001" : Table.cell(value, 3);
    }

    private Figure betweenModels(List<Benchmark.Comparison> comparisons) {
        DifferencePlot plot = new DifferencePlot(Double.NaN);
        for (int i = 0; i < comparisons.size(); i++) {
            Benchmark.Comparison comparison = comparisons.get(i);
            PairedComparison dice = comparison.dice();
            String said = !dice.conclusive()
                    ? "nothing can be concluded"
                    : (comparison.adjustedP() < 0.05 ? "a difference is shown" : "no difference is shown")
                            + ", p by Holm " + p(comparison.adjustedP());
            plot.entry(
                    comparison.model().name(),
                    said,
                    dice.meanDifference(),
                    dice.bootstrap().interval(),
                    i + 1);
        }
        return plot.draw(
                "models",
                "Dice of the models less that of " + Xml.shortened(first(), 60),
                "mean difference of Dice",
                "Mean difference of Dice (no unit) of the same " + units(benchmark.patients()) + ", model less "
                        + first()
                        + ": above zero is better. Bars: 95 % confidence interval by bootstrap of the cases (BCa, 10,000"
                        + " resamples, seed " + Benchmark.SEED + ").");
    }

    private void againstObservers() {
        DifferencePlot plot = new DifferencePlot(margin);
        List<String> missing = new ArrayList<>();
        long patients = 0;
        for (int i = 0; i < benchmark.models().size(); i++) {
            Benchmark.ModelScores model = benchmark.models().get(i);
            Optional<NonInferiority> judged = model.againstObservers(margin);
            if (judged.isPresent() && judged.get().n() > 1) {
                patients = judged.get().n();
                plot.entry(
                        model.candidate().name(),
                        said(judged.get().verdict()),
                        judged.get().meanDifference(),
                        judged.get().interval(),
                        i);
            } else {
                missing.add(model.candidate().name());
            }
        }
        if (!plot.isEmpty()) {
            page.figure(plot.draw(
                    "non-inferiority",
                    "Is the model as good as an observer?",
                    "mean difference of Dice, model less observers",
                    "Mean difference of Dice (no unit) against the same references, one observer left out in turn, of "
                            + units(patients)
                            + ", model less observers: above zero the model is nearer to the others than"
                            + " an observer is. Bars: 95 % confidence interval, the wider of bootstrap (seed "
                            + Benchmark.SEED
                            + ") and Student's t. The model is not inferior where the whole bar lies above"
                            + Svg.format(
                                    " the margin of -%s, which was set before (--margin).", Double.toString(margin))));
        }
        if (!missing.isEmpty()) {
            page.paragraph("Not compared with observers, as fewer than two patients were drawn by two observers: "
                    + String.join(", ", missing) + ".");
        }
    }

    private static String said(NonInferiority.Verdict verdict) {
        return switch (verdict) {
            case SUPERIOR -> "better than an observer";
            case NON_INFERIOR -> "not inferior";
            case NOT_SHOWN -> "non-inferiority is not shown";
            case INFERIOR -> "inferior";
            case NOTHING -> "nothing can be concluded";
        };
    }

    private void observers() {
        page.heading("Observers");
        Map<String, Map<String, Double>> dice = observerDice();
        Table table = new Table("observer", "slices", "Dice_against_the_others_[quartiles]", "area_less_reference_cm2");
        for (String observer : benchmark.observers()) {
            List<Case> own = benchmark.cases().stream()
                    .filter(one -> one.drawn().containsKey(observer))
                    .toList();
            Map<String, Double> values = dice.getOrDefault(observer, Map.of());
            Optional<Sample> sample = values.isEmpty() ? Optional.empty() : Optional.of(Sample.of(values.values()));
            double difference = own.stream()
                    .filter(one -> one.drawn().size() > 1)
                    .mapToDouble(one ->
                            one.areaCm2(Objects.requireNonNull(one.drawn().get(observer)))
                                    - one.areaCm2(one.reference()))
                    .average()
                    .orElse(Double.NaN);
            table.row(
                    observer,
                    Integer.toString(own.size()),
                    sample.map(s -> Svg.format("%.4f [%.4f, %.4f]", s.median(), s.lowerQuartile(), s.upperQuartile()))
                            .orElse("no other observer"),
                    Table.cell(difference, 2));
        }
        page.table(table);
        Optional<Icc> icc = benchmark.observerAreas();
        if (icc.isEmpty()) {
            page.paragraph("No intraclass correlation: it needs two slices or more that all observers drew.");
            return;
        }
        Icc found = icc.get();
        page.paragraph(Svg.format(
                "Intraclass correlation of the observers' areas on the %d of %d slices that all %d drew: ICC(2,1) %s"
                        + " (absolute agreement, observers as a sample of observers), ICC(3,1) %s (consistency of these"
                        + " observers). Slices are the units; several of one patient are not independent.%s",
                found.targets(),
                benchmark.cases().size(),
                found.raters(),
                correlation(found.icc21(), found.icc21Interval()),
                correlation(found.icc31(), found.icc31Interval()),
                found.targets() < BlandAltman.MINIMUM ? " With so few slices the coefficients are guesses." : ""));
    }

    private static String correlation(double value, Interval interval) {
        return Double.isFinite(value)
                ? Svg.format("%.3f", value)
                        + (Double.isFinite(interval.lower())
                                ? Svg.format(" (95 %% CI %.3f to %.3f)", interval.lower(), interval.upper())
                                : " (no interval)")
                : "not defined";
    }

    private void worst() throws IOException {
        int each = Math.max(
                LEAST_WORST, Math.min(WORST_EACH, WORST_ALL / benchmark.models().size()));
        each = Math.min(each, benchmark.cases().size());
        page.heading("Worst cases");
        page.figure(WorstCases.draw(
                "worst",
                "The lowest Dice of each model",
                benchmark.models(),
                each,
                "The " + each + " of " + benchmark.cases().size()
                        + " slices with the lowest Dice of each model, as seen from"
                        + " the feet, window level 50 and width 400 HU, cut to the body. Thick orange line: "
                        + reference()
                        + ". Thin blue line: the model."));
        page.quiet("All slices and all scores: cases.csv beside this page.");
    }

    private void methods() {
        page.heading("Data and methods");
        page.table(Provenance.table(
                benchmark.cases().stream().map(Case::provenance).toList()));
        page.list(missing());
        page.list(List.of(
                "Dice = 2 |A \u2229 B| / (|A| + |B|); two empty masks have Dice 1, one empty mask 0 and no distance.",
                "Distances run between sub-pixel outlines, both ways together: RMS distance to agreement is their root mean"
                        + " square, HD95 the greater of both 95th percentiles, surface Dice the share of both outlines"
                        + " within the tolerance. Unit mm, with the pixel spacing of each image.",
                "HU difference: mean attenuation in the model's mask less that in the reference's.",
                "Where only two observers are left for a reference, it is what both of them drew: a tie counts as outside.",
                "Limits of agreement: Bland and Altman, Lancet 1986;1:307-310. ICC: Shrout and Fleiss, Psychol Bull"
                        + " 1979;86:420-428. Signed ranks: Wilcoxon 1945; correction: Holm 1979; bootstrap: Efron 1987."
                        + " Non-inferiority: Piaggio et al, JAMA 2012;308:2594-2604.",
                "Seed of every bootstrap: " + Benchmark.SEED + ". Margin of non-inferiority: " + margin + " Dice."));
        if (!origin.notes().isEmpty()) {
            page.list(origin.notes());
        }
        Table versions = new Table("what", "version_and_digest");
        versions.row("program", origin.program());
        versions.row("Java", Runtime.version().toString());
        for (Benchmark.ModelScores model : benchmark.models()) {
            versions.row(model.candidate().name(), "sha256 " + model.candidate().sha256());
        }
        versions.row("made by", origin.command());
        page.table(versions);
    }

    /** What does not exist, of how many, and why. */
    private List<String> missing() {
        List<String> missing = new ArrayList<>();
        for (Benchmark.ModelScores model : benchmark.models()) {
            if (model.empty() > 0) {
                missing.add("Missing: distances and HU difference of "
                        + model.candidate().name() + " on " + model.empty() + " of "
                        + model.scores().size() + " slices, where it found nothing. Dice counts as 0 there.");
            }
        }
        long single =
                benchmark.cases().stream().filter(one -> one.drawn().size() < 2).count();
        if (single > 0) {
            missing.add("Missing: agreement of observers on " + single + " of "
                    + benchmark.cases().size() + " slices, which one observer drew.");
        }
        if (missing.isEmpty()) {
            missing.add("Nothing is missing: every model found something on every slice, and two observers or more drew"
                    + " each.");
        }
        return missing;
    }

    private static double dice(CaseScore score) {
        return score.scores().dice();
    }
}
