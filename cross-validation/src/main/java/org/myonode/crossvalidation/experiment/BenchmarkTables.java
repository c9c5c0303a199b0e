package org.myonode.crossvalidation.experiment;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.myonode.crossvalidation.agreement.BlandAltman;
import org.myonode.crossvalidation.agreement.Interval;
import org.myonode.crossvalidation.agreement.PairedComparison;
import org.myonode.crossvalidation.agreement.Sample;
import org.myonode.crossvalidation.scoring.MaskScores;

/** A benchmark as text for a terminal, as CSV with a row for each model and case, and as JSON with every figure. */
public final class BenchmarkTables {

    private static final int LOWEST = 3;

    private BenchmarkTables() {}

    /**
     * For a terminal.
     *
     * @param margin of non-inferiority to the observers, in Dice
     */
    public static List<String> text(Benchmark benchmark, double margin) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "%d cases of %d %s, %d observers: %s",
                benchmark.cases().size(),
                benchmark.patients(),
                benchmark.provenance(),
                benchmark.observers().size(),
                String.join(", ", benchmark.observers())));
        for (Benchmark.ModelScores model : benchmark.models()) {
            lines.add("");
            lines.add(model.candidate().name() + ", sha256 " + model.candidate().sha256());
            lines.add("  Dice " + described(model, score -> score.scores().dice(), 4));
            lines.add("  RMS distance to agreement, mm " + described(model, BenchmarkTables::rms, 2));
            lines.add("  HD95, mm " + described(model, BenchmarkTables::hd95, 2));
            lines.add("  surface Dice at 2 mm "
                    + described(model, score -> score.scores().surfaceDice2Mm(), 4));
            lines.add("  mean attenuation less the reference's, HU "
                    + described(model, score -> score.meanHuDiff().orElse(Double.NaN), 2));
            model.area().ifPresent(area -> lines.add(describe(area)));
            if (model.empty() > 0) {
                lines.add("  nothing found on " + model.empty() + " cases: no distances there");
            }
            lines.add("  lowest Dice: " + lowest(model));
            model.againstObservers(margin)
                    .ifPresent(judged -> lines.add("  Dice against the other observers, one left out in turn: "
                            + judged.sentence("model", "observer")));
        }
        for (Benchmark.Comparison comparison : benchmark.comparisons()) {
            lines.add("");
            lines.add(comparison
                    .dice()
                    .sentence(
                            "Dice of " + comparison.model().name() + " less that of "
                                    + benchmark.models().get(0).candidate().name(),
                            comparison.adjustedP()));
        }
        benchmark.observerAreas().ifPresent(icc -> {
            lines.add("");
            lines.add(String.format(
                    Locale.ROOT,
                    "Observers' areas: ICC(2,1) %.3f (95 %% CI %.3f to %.3f), ICC(3,1) %.3f on %d cases",
                    icc.icc21(),
                    icc.icc21Interval().lower(),
                    icc.icc21Interval().upper(),
                    icc.icc31(),
                    icc.targets()));
        });
        if (benchmark.patients() < PairedComparison.MINIMUM) {
            lines.add("");
            lines.add("With fewer than " + PairedComparison.MINIMUM
                    + " patients nothing can be concluded from these figures.");
        }
        return lines;
    }

    private static String lowest(Benchmark.ModelScores model) {
        return model.scores().stream()
                .sorted(Comparator.comparingDouble(
                                (CaseScore score) -> score.scores().dice())
                        .thenComparing(score -> score.scored().id()))
                .limit(LOWEST)
                .map(score -> String.format(
                        Locale.ROOT,
                        "%.4f on %s",
                        score.scores().dice(),
                        score.scored().id()))
                .collect(Collectors.joining(", "));
    }

    private static String described(
            Benchmark.ModelScores model, java.util.function.ToDoubleFunction<CaseScore> figure, int digits) {
        Map<String, Double> values = model.byPatient(figure);
        if (values.isEmpty()) {
            return "not defined";
        }
        Sample sample = Sample.of(values.values());
        String number = "%." + digits + "f";
        return String.format(
                Locale.ROOT,
                "median " + number + " [" + number + ", " + number + "], from " + number + " to " + number + ", n = %d",
                sample.median(),
                sample.lowerQuartile(),
                sample.upperQuartile(),
                sample.min(),
                sample.max(),
                sample.n());
    }

    private static String describe(BlandAltman area) {
        return String.format(
                Locale.ROOT,
                "  area less the reference's, cm\u00b2: bias %+.2f (95 %% CI %+.2f to %+.2f), limits of agreement %+.2f"
                        + " (%+.2f to %+.2f) and %+.2f (%+.2f to %+.2f)%s",
                area.bias(),
                area.biasInterval().lower(),
                area.biasInterval().upper(),
                area.lowerLimit(),
                area.lowerLimitInterval().lower(),
                area.lowerLimitInterval().upper(),
                area.upperLimit(),
                area.upperLimitInterval().lower(),
                area.upperLimitInterval().upper(),
                area.n() < BlandAltman.MINIMUM ? " (guesses: fewer than " + BlandAltman.MINIMUM + " patients)" : "");
    }

    private static double rms(CaseScore score) {
        return score.scores().rmsDtaMm().orElse(Double.NaN);
    }

    private static double hd95(CaseScore score) {
        return score.scores().hd95Mm().orElse(Double.NaN);
    }

    /** One row for each model and case; what does not exist is an empty cell. */
    public static List<String> csv(Benchmark benchmark) {
        List<String> rows = new ArrayList<>();
        rows.add("model,sha256,patient,case,phantom,observers,dice,jaccard,rms_dta_mm,mean_dta_mm,hd95_mm,"
                + "surface_dice_1mm,surface_dice_2mm,surface_dice_3mm,reference_area_cm2,area_cm2,area_diff_percent,"
                + "mean_hu_diff,dice_against_rest,observers_against_rest");
        for (Benchmark.ModelScores model : benchmark.models()) {
            for (CaseScore score : model.scores()) {
                MaskScores s = score.scores();
                rows.add(Csv.line(
                        model.candidate().name(),
                        model.candidate().sha256(),
                        score.scored().patient(),
                        score.scored().id(),
                        Boolean.toString(score.scored().phantom()),
                        Integer.toString(score.scored().drawn().size()),
                        cell(s.dice()),
                        cell(s.jaccard()),
                        cell(s.rmsDtaMm()),
                        cell(s.meanDtaMm()),
                        cell(s.hd95Mm()),
                        cell(s.surfaceDice1Mm()),
                        cell(s.surfaceDice2Mm()),
                        cell(s.surfaceDice3Mm()),
                        cell(score.referenceAreaCm2()),
                        cell(score.areaCm2()),
                        cell(s.areaDiffPercent()),
                        cell(score.meanHuDiff()),
                        cell(score.againstRest()),
                        cell(score.observersAgainstRest())));
            }
        }
        return rows;
    }

    private static String cell(OptionalDouble value) {
        return value.isEmpty() ? "" : cell(value.getAsDouble());
    }

    private static String cell(double value) {
        return String.format(Locale.ROOT, "%.6f", value);
    }

    /**
     * Every summary figure, the seed and the provenance.
     *
     * @param notes sentences that a reader of the figures must know
     */
    public static String json(Benchmark benchmark, double margin, String program, List<String> notes) {
        ObjectNode root = new ObjectMapper().createObjectNode();
        root.put("program", program);
        ArrayNode told = root.putArray("notes");
        notes.forEach(told::add);
        root.put("data", benchmark.provenance());
        root.put("cases", benchmark.cases().size());
        root.put("patients", benchmark.patients());
        root.put("bootstrapSeed", Benchmark.SEED);
        root.put("nonInferiorityMarginDice", margin);
        ArrayNode sources = root.putArray("provenance");
        benchmark.cases().stream().map(Case::provenance).distinct().sorted().forEach(sources::add);
        ArrayNode observers = root.putArray("observers");
        benchmark.observers().forEach(observers::add);
        ArrayNode models = root.putArray("models");
        for (Benchmark.ModelScores model : benchmark.models()) {
            ObjectNode node = models.addObject();
            node.put("name", model.candidate().name());
            node.put("sha256", model.candidate().sha256());
            node.put("casesWithNothingFound", model.empty());
            sample(node, "dice", model.byPatient(score -> score.scores().dice()));
            sample(node, "rmsDtaMm", model.byPatient(BenchmarkTables::rms));
            sample(node, "hd95Mm", model.byPatient(BenchmarkTables::hd95));
            sample(
                    node,
                    "surfaceDice2Mm",
                    model.byPatient(score -> score.scores().surfaceDice2Mm()));
            model.area().ifPresent(area -> {
                ObjectNode limits = node.putObject("areaCm2");
                limits.put("n", area.n());
                limits.put("bias", area.bias());
                interval(limits, "bias", area.biasInterval());
                limits.put("lowerLimit", area.lowerLimit());
                interval(limits, "lowerLimit", area.lowerLimitInterval());
                limits.put("upperLimit", area.upperLimit());
                interval(limits, "upperLimit", area.upperLimitInterval());
                limits.put("slope", area.slope());
            });
            model.againstObservers(margin).ifPresent(judged -> {
                ObjectNode against = node.putObject("againstObservers");
                against.put("verdict", judged.verdict().name());
                against.put("meanDifference", judged.meanDifference());
                if (!Double.isNaN(judged.interval().lower())) {
                    against.put("lower", judged.interval().lower());
                    against.put("upper", judged.interval().upper());
                }
            });
        }
        ArrayNode comparisons = root.putArray("comparisons");
        for (Benchmark.Comparison comparison : benchmark.comparisons()) {
            comparisons
                    .addObject()
                    .put("model", comparison.model().name())
                    .put("meanDifference", comparison.dice().meanDifference())
                    .put("lower", comparison.dice().bootstrap().interval().lower())
                    .put("upper", comparison.dice().bootstrap().interval().upper())
                    .put("wilcoxonP", comparison.dice().wilcoxonP())
                    .put("holmP", comparison.adjustedP())
                    .put("rankBiserial", comparison.dice().rankBiserial())
                    .put("conclusive", comparison.dice().conclusive());
        }
        benchmark.observerAreas().ifPresent(icc -> {
            ObjectNode areas = root.putObject("observerAreas");
            areas.put("cases", icc.targets()).put("observers", icc.raters());
            areas.put("icc21", icc.icc21());
            interval(areas, "icc21", icc.icc21Interval());
            areas.put("icc31", icc.icc31());
            interval(areas, "icc31", icc.icc31Interval());
        });
        return root.toPrettyString() + "\n";
    }

    private static void interval(ObjectNode node, String name, Interval interval) {
        if (Double.isFinite(interval.lower()) && Double.isFinite(interval.upper())) {
            node.putArray(name + "Ci95").add(interval.lower()).add(interval.upper());
        }
    }

    private static void sample(ObjectNode node, String name, Map<String, Double> values) {
        if (!values.isEmpty()) {
            Sample sample = Sample.of(values.values());
            node.putObject(name)
                    .put("n", sample.n())
                    .put("median", sample.median())
                    .put("lowerQuartile", sample.lowerQuartile())
                    .put("upperQuartile", sample.upperQuartile())
                    .put("mean", sample.mean())
                    .put("min", sample.min())
                    .put("max", sample.max());
        }
    }
}
