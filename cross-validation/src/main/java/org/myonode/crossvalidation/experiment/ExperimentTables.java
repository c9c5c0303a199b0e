package org.myonode.crossvalidation.experiment;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.myonode.crossvalidation.agreement.Holm;
import org.myonode.crossvalidation.agreement.NonInferiority;
import org.myonode.crossvalidation.agreement.PairedComparison;
import org.myonode.crossvalidation.agreement.Sample;
import org.myonode.crossvalidation.training.SourceTask;

/** An experiment as text for a terminal, as CSV with a row for each run and case, and as JSON with every summary figure. */
public final class ExperimentTables {

    private ExperimentTables() {}

    /** A source task compared with the first one at one subset size. */
    private record Compared(SourceTask task, int n, PairedComparison dice, double adjustedP) {}

    /**
     * For a terminal.
     *
     * @param margin of non-inferiority to the observers, in Dice
     */
    public static List<String> text(ExperimentResult result, double margin) {
        List<String> lines = new ArrayList<>();
        ExperimentPlan plan = result.plan();
        CohortFacts cohort = result.cohort();
        if (cohort == null) {
            lines.add("Nothing has been done yet.");
            return lines;
        }
        lines.add(String.format(
                Locale.ROOT,
                "%s: %d cases of %d %s, %d observers; %d folds, %d repeat%s, seed %d; %d steps of batch %d, source tasks"
                        + " %d steps, input %d points of %.1f mm",
                plan.name(),
                cohort.cases().size(),
                cohort.patients(),
                cohort.provenance(),
                cohort.observers().size(),
                plan.folds(),
                plan.repeats(),
                plan.repeats() == 1 ? "" : "s",
                plan.seed(),
                plan.training().steps(),
                plan.training().batchSize(),
                plan.training().sourceSteps(),
                plan.training().design().size(),
                plan.training().design().spacingMm()));
        lines.add(String.format(
                Locale.ROOT,
                "%d of %d runs are done%s",
                result.possible().size() - result.missing().size(),
                result.possible().size(),
                result.complete() ? "" : "; the figures below are those so far"));
        lines.addAll(result.impossible());
        result.failures()
                .forEach(run -> lines.add(
                        run.key().name() + " has no figures: " + run.failed().orElseThrow()));
        lines.add("");
        table(lines, result, "Dice, median [quartiles] of the patients", CaseFigures::dice, 3);
        table(lines, result, "Distance to agreement, RMS in mm, median [quartiles]", CaseFigures::rmsDtaMm, 2);
        table(lines, result, "Area less the reference's, %, median [quartiles]", CaseFigures::areaDiffPercent, 1);
        for (Compared compared : comparisons(result)) {
            lines.add(compared.dice()
                    .sentence(
                            "n = " + compared.n() + ": Dice from " + RunKey.name(compared.task()) + " less that from "
                                    + RunKey.name(plan.sources().get(0)),
                            compared.adjustedP()));
        }
        for (SourceTask task : plan.sources()) {
            for (int n : result.sizes()) {
                observers(result, task, n, margin)
                        .ifPresent(judged -> lines.add(judged.sentence(
                                "n = " + n + ": " + RunKey.name(task) + ", Dice against the other observers,",
                                "observer")));
            }
        }
        if (cohort.patients() < PairedComparison.MINIMUM) {
            lines.add("With fewer than " + PairedComparison.MINIMUM
                    + " patients nothing can be concluded from these figures.");
        }
        if (!cohort.provenance().equals("patients")) {
            lines.add("");
            lines.add("These are phantom results: they say nothing about patients. " + cohort.observerModel());
            if (plan.sources().contains(SourceTask.PHANTOMS)) {
                lines.add("The source task phantoms learns from other bodies of the program that makes the test bodies:"
                        + " a best case.");
            }
        }
        return lines;
    }

    private static void table(
            List<String> lines,
            ExperimentResult result,
            String title,
            Function<CaseFigures, @Nullable Double> figure,
            int digits) {
        lines.add(title);
        StringBuilder head = new StringBuilder(String.format("  %-12s", "source"));
        result.sizes().forEach(n -> head.append(String.format(Locale.ROOT, " %24s", "n = " + n)));
        lines.add(head.toString());
        String number = "%." + digits + "f";
        for (SourceTask task : result.plan().sources()) {
            StringBuilder row = new StringBuilder(String.format("  %-12s", RunKey.name(task)));
            for (int n : result.sizes()) {
                Map<String, Double> values = result.byPatient(task, n, figure);
                if (values.isEmpty()) {
                    row.append(String.format(" %24s", "-"));
                } else {
                    Sample sample = Sample.of(values.values());
                    row.append(String.format(
                            " %24s",
                            String.format(
                                    Locale.ROOT,
                                    number + " [" + number + ", " + number + "]",
                                    sample.median(),
                                    sample.lowerQuartile(),
                                    sample.upperQuartile())));
                }
            }
            lines.add(row.toString());
        }
        lines.add("");
    }

    private static List<Compared> comparisons(ExperimentResult result) {
        List<Compared> raw = new ArrayList<>();
        List<SourceTask> tasks = result.plan().sources();
        for (int n : result.sizes()) {
            Map<String, Double> first = result.byPatient(tasks.get(0), n, CaseFigures::dice);
            for (SourceTask task : tasks.subList(1, tasks.size())) {
                Map<String, Double> other = result.byPatient(task, n, CaseFigures::dice);
                // While it runs, a patient may have been tested with one of the two alone.
                List<String> both =
                        first.keySet().stream().filter(other::containsKey).toList();
                if (both.size() >= 2) {
                    raw.add(new Compared(
                            task, n, PairedComparison.of(of(first, both), of(other, both), Benchmark.SEED), 1));
                }
            }
        }
        double[] adjusted = Holm.adjust(
                raw.stream().mapToDouble(one -> one.dice().wilcoxonP()).toArray());
        List<Compared> compared = new ArrayList<>();
        for (int i = 0; i < raw.size(); i++) {
            compared.add(
                    new Compared(raw.get(i).task(), raw.get(i).n(), raw.get(i).dice(), adjusted[i]));
        }
        return compared;
    }

    private static double[] of(Map<String, Double> values, List<String> patients) {
        return patients.stream()
                .mapToDouble(patient -> java.util.Objects.requireNonNull(values.get(patient)))
                .toArray();
    }

    private static Optional<NonInferiority> observers(ExperimentResult result, SourceTask task, int n, double margin) {
        Map<String, Double> people = result.byPatient(task, n, CaseFigures::observersAgainstRest);
        Map<String, Double> model = result.byPatient(task, n, CaseFigures::againstRest);
        List<String> both = people.keySet().stream().filter(model::containsKey).toList();
        return both.size() < 2
                ? Optional.empty()
                : Optional.of(NonInferiority.of(of(people, both), of(model, both), margin, Benchmark.SEED));
    }

    /** One row for each run and test case; what does not exist is an empty cell. */
    public static List<String> csv(ExperimentResult result) {
        List<String> rows = new ArrayList<>();
        rows.add(
                "source,n,fold,repeat,seed,steps,model_sha256,patient,case,dice,jaccard,rms_dta_mm,mean_dta_mm,hd95_mm,"
                        + "surface_dice_1mm,surface_dice_2mm,surface_dice_3mm,reference_area_cm2,area_cm2,area_diff_percent,"
                        + "mean_hu_diff,dice_against_rest,observers_against_rest");
        for (TrainedRun run : result.runs()) {
            for (CaseFigures one : run.cases()) {
                rows.add(String.join(
                        ",",
                        RunKey.name(run.key().source()),
                        Integer.toString(run.key().n()),
                        Integer.toString(run.key().fold()),
                        Integer.toString(run.key().repeat()),
                        Long.toString(run.seed()),
                        Long.toString(run.steps()),
                        run.modelSha256().substring(0, 12),
                        one.patient(),
                        one.caseId(),
                        cell(one.dice()),
                        cell(one.jaccard()),
                        cell(one.rmsDtaMm()),
                        cell(one.meanDtaMm()),
                        cell(one.hd95Mm()),
                        cell(one.surfaceDice1Mm()),
                        cell(one.surfaceDice2Mm()),
                        cell(one.surfaceDice3Mm()),
                        cell(one.referenceAreaCm2()),
                        cell(one.areaCm2()),
                        cell(one.areaDiffPercent()),
                        cell(one.meanHuDiff()),
                        cell(one.againstRest()),
                        cell(one.observersAgainstRest())));
            }
        }
        return rows;
    }

    private static String cell(@Nullable Double value) {
        return value == null ? "" : String.format(Locale.ROOT, "%.4f", value);
    }

    /** The plan, the provenance and every summary figure. */
    public static String json(ExperimentResult result, double margin) {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode root = mapper.createObjectNode();
        root.put("program", result.program());
        root.set("plan", mapper.valueToTree(result.plan()));
        root.put("complete", result.complete());
        root.put("runs", result.possible().size());
        root.put("runsDone", result.possible().size() - result.missing().size());
        root.put("bootstrapSeed", Benchmark.SEED);
        root.put("nonInferiorityMarginDice", margin);
        root.set("impossible", mapper.valueToTree(result.impossible()));
        root.set(
                "withoutFigures",
                mapper.valueToTree(result.failures().stream()
                        .map(run -> run.key().name() + ": " + run.failed().orElseThrow())
                        .toList()));
        CohortFacts cohort = result.cohort();
        if (cohort != null) {
            root.putObject("data")
                    .put("kind", cohort.provenance())
                    .put("patients", cohort.patients())
                    .put("cases", cohort.cases().size())
                    .put("observers", cohort.observers().size())
                    .put("observerModel", cohort.observerModel())
                    .put("reference", cohort.reference())
                    .put("stratifiedBy", cohort.stratifiedBy())
                    .put("sha256", cohort.sha256())
                    .set("origins", mapper.valueToTree(cohort.origins()));
        }
        root.set("sources", mapper.valueToTree(result.sources()));
        ArrayNode points = root.putArray("points");
        for (SourceTask task : result.plan().sources()) {
            for (int n : result.sizes()) {
                if (result.runs(task, n).isEmpty()) {
                    continue;
                }
                ObjectNode point =
                        points.addObject().put("source", RunKey.name(task)).put("n", n);
                sample(point, "dice", result.byPatient(task, n, CaseFigures::dice));
                sample(point, "rmsDtaMm", result.byPatient(task, n, CaseFigures::rmsDtaMm));
                sample(point, "hd95Mm", result.byPatient(task, n, CaseFigures::hd95Mm));
                sample(point, "surfaceDice2Mm", result.byPatient(task, n, CaseFigures::surfaceDice2Mm));
                sample(point, "areaDiffPercent", result.byPatient(task, n, CaseFigures::areaDiffPercent));
                sample(point, "meanHuDiff", result.byPatient(task, n, CaseFigures::meanHuDiff));
                observers(result, task, n, margin)
                        .ifPresent(judged -> point.putObject("againstObservers")
                                .put("verdict", judged.verdict().name())
                                .put("meanDifference", judged.meanDifference())
                                .put("lower", judged.interval().lower())
                                .put("upper", judged.interval().upper()));
            }
        }
        ArrayNode comparisons = root.putArray("comparisons");
        for (Compared compared : comparisons(result)) {
            comparisons
                    .addObject()
                    .put("source", RunKey.name(compared.task()))
                    .put("than", RunKey.name(result.plan().sources().get(0)))
                    .put("n", compared.n())
                    .put("meanDifference", compared.dice().meanDifference())
                    .put("lower", compared.dice().bootstrap().interval().lower())
                    .put("upper", compared.dice().bootstrap().interval().upper())
                    .put("wilcoxonP", compared.dice().wilcoxonP())
                    .put("holmP", compared.adjustedP())
                    .put("conclusive", compared.dice().conclusive());
        }
        return root.toPrettyString() + "\n";
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
