package org.myonode.crossvalidation.experiment;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.function.ToDoubleFunction;
import org.myonode.crossvalidation.agreement.BlandAltman;
import org.myonode.crossvalidation.agreement.Holm;
import org.myonode.crossvalidation.agreement.Icc;
import org.myonode.crossvalidation.agreement.NonInferiority;
import org.myonode.crossvalidation.agreement.PairedComparison;
import org.myonode.workers.volume.Mask;

/**
 * Finished models on cases that observers drew on. Patients, not slices, are what is counted: a patient with several
 * slices has the mean of them.
 *
 * @param cases all cases
 * @param models in the order given; the first is what the others are compared with
 */
public record Benchmark(List<Case> cases, List<ModelScores> models) {

    /** Of every bootstrap; reports state it. */
    public static final long SEED = 20220501;

    /** Keeps its own copies. */
    public Benchmark {
        cases = List.copyOf(cases);
        models = List.copyOf(models);
    }

    /**
     * One model's scores in the order of the cases.
     *
     * @param candidate the model
     * @param scores one for each case
     */
    public record ModelScores(Candidate candidate, List<CaseScore> scores) {
        /** Keeps its own copy. */
        public ModelScores {
            scores = List.copyOf(scores);
        }

        /** Mean of a figure for each patient that has it, by patient. */
        public Map<String, Double> byPatient(ToDoubleFunction<CaseScore> figure) {
            Map<String, List<Double>> values = new TreeMap<>();
            for (CaseScore score : scores) {
                double value = figure.applyAsDouble(score);
                if (!Double.isNaN(value)) {
                    values.computeIfAbsent(score.scored().patient(), patient -> new ArrayList<>())
                            .add(value);
                }
            }
            Map<String, Double> means = new LinkedHashMap<>();
            values.forEach((patient, list) -> means.put(
                    patient,
                    list.stream().mapToDouble(Double::doubleValue).average().orElseThrow()));
            return means;
        }

        /** Patients on whose slices the model found nothing at all. */
        public long empty() {
            return scores.stream().filter(score -> score.mask().isEmpty()).count();
        }

        /** Areas of the model against those that the observers agree on, by patient; absent with one patient. */
        public Optional<BlandAltman> area() {
            double[] reference = values(byPatient(CaseScore::referenceAreaCm2));
            return reference.length < 2
                    ? Optional.empty()
                    : Optional.of(BlandAltman.of(reference, values(byPatient(CaseScore::areaCm2))));
        }

        /** Is the model as good as an observer, measured against the other observers? Absent with one observer. */
        public Optional<NonInferiority> againstObservers(double margin) {
            Map<String, Double> observers =
                    byPatient(score -> score.observersAgainstRest().orElse(Double.NaN));
            if (observers.isEmpty()) {
                return Optional.empty();
            }
            Map<String, Double> model = byPatient(score -> score.againstRest().orElse(Double.NaN));
            return Optional.of(NonInferiority.of(values(observers), values(model), margin, SEED));
        }
    }

    /**
     * A second model compared with the first.
     *
     * @param model the second
     * @param dice of the patients, second less first
     * @param adjustedP of Wilcoxon's test, corrected for the number of models
     */
    public record Comparison(Candidate model, PairedComparison dice, double adjustedP) {}

    /**
     * Runs the models on the cases.
     *
     * @param progress hears how many of {@code models * cases} are done
     * @param cancelled asked before each case
     * @throws InterruptedException when it was cancelled
     */
    public static Benchmark run(
            List<Case> cases, List<Candidate> models, IntConsumer progress, BooleanSupplier cancelled)
            throws InterruptedException {
        List<ModelScores> all = new ArrayList<>();
        int done = 0;
        for (Candidate model : models) {
            List<CaseScore> scores = new ArrayList<>();
            for (Case one : cases) {
                if (cancelled.getAsBoolean()) {
                    throw new InterruptedException("cancelled after " + done + " of " + cases.size() * models.size());
                }
                Mask mask = model.segment().apply(one.slice());
                scores.add(CaseScore.of(one, mask));
                progress.accept(++done);
            }
            all.add(new ModelScores(model, scores));
        }
        return new Benchmark(cases, all);
    }

    /** How many patients there are. */
    public long patients() {
        return cases.stream().map(Case::patient).distinct().count();
    }

    /** Whether all cases are phantoms, none is, or some are. */
    public String provenance() {
        long phantoms = cases.stream().filter(Case::phantom).count();
        if (phantoms == 0) {
            return "patients";
        }
        return phantoms == cases.size() ? "phantoms" : "phantoms and patients";
    }

    /** Names of all observers. */
    public List<String> observers() {
        return cases.stream()
                .flatMap(one -> one.drawn().keySet().stream())
                .distinct()
                .sorted()
                .toList();
    }

    /** How the observers agree in area, on the cases that all of them drew; absent below two of either. */
    public Optional<Icc> observerAreas() {
        List<String> observers = observers();
        double[][] table = cases.stream()
                .filter(one -> one.drawn().keySet().containsAll(observers))
                .map(one -> observers.stream()
                        .mapToDouble(name -> one.areaCm2(
                                java.util.Objects.requireNonNull(one.drawn().get(name))))
                        .toArray())
                .toArray(double[][]::new);
        return observers.size() < 2 || table.length < 2 ? Optional.empty() : Optional.of(Icc.of(table));
    }

    /** Each further model compared with the first; empty with one patient, when nothing can be compared. */
    public List<Comparison> comparisons() {
        if (patients() < 2 || models.size() < 2) {
            return List.of();
        }
        double[] first = values(models.get(0).byPatient(score -> score.scores().dice()));
        List<PairedComparison> compared = new ArrayList<>();
        for (ModelScores other : models.subList(1, models.size())) {
            compared.add(PairedComparison.of(
                    first, values(other.byPatient(score -> score.scores().dice())), SEED));
        }
        double[] adjusted = Holm.adjust(
                compared.stream().mapToDouble(PairedComparison::wilcoxonP).toArray());
        List<Comparison> comparisons = new ArrayList<>();
        for (int i = 0; i < adjusted.length; i++) {
            comparisons.add(new Comparison(models.get(i + 1).candidate(), compared.get(i), adjusted[i]));
        }
        return comparisons;
    }

    static double[] values(Map<String, Double> byPatient) {
        return byPatient.values().stream().mapToDouble(Double::doubleValue).toArray();
    }
}
