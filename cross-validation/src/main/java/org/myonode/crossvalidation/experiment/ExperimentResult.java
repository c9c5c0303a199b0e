package org.myonode.crossvalidation.experiment;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.myonode.crossvalidation.training.SourceTask;

/**
 * All that an experiment has given so far, read from its folder: it may still be running, or have been stopped. Patients
 * are what is counted: a patient with several slices, or tested in several repeats, has the mean of them.
 *
 * @param folder where it lies; paths in the facts are relative to it
 * @param program name and version of the program that ran it last
 * @param plan what was asked for
 * @param cohort who was learnt from and tested on; null until the data were read
 * @param sources source tasks that are learnt
 * @param runs finished runs, in the plan's order, failed ones among them
 * @param impossible what the plan asks for and the data do not allow, in words
 */
public record ExperimentResult(
        Path folder,
        String program,
        ExperimentPlan plan,
        @Nullable CohortFacts cohort,
        List<SourceOutcome> sources,
        List<TrainedRun> runs,
        List<String> impossible) {

    /** Keeps its own copies. */
    public ExperimentResult {
        sources = List.copyOf(sources);
        runs = List.copyOf(runs);
        impossible = List.copyOf(impossible);
    }

    /**
     * Reads a folder.
     *
     * @throws IOException when it holds no experiment, or a file of it cannot be read
     */
    public static ExperimentResult read(Path folder) throws IOException {
        return new ExperimentFolder(folder).result();
    }

    /** Runs that the data allow. */
    public List<RunKey> possible() {
        CohortFacts facts = cohort;
        return facts == null
                ? plan.runs()
                : plan.runs().stream()
                        .filter(run -> run.n() <= Folds.smallestTraining(facts.patients(), plan.folds()))
                        .toList();
    }

    /** Runs that are possible and not done yet. */
    public List<RunKey> missing() {
        List<RunKey> done = runs.stream().map(TrainedRun::key).toList();
        return possible().stream().filter(run -> !done.contains(run)).toList();
    }

    /** Whether nothing is left to do. */
    public boolean complete() {
        return cohort != null && missing().isEmpty();
    }

    /** Runs without figures. */
    public List<TrainedRun> failures() {
        return runs.stream().filter(run -> run.failed().isPresent()).toList();
    }

    /** Sizes of which there is any figure. */
    public List<Integer> sizes() {
        return runs.stream()
                .filter(run -> run.failed().isEmpty())
                .map(run -> run.key().n())
                .distinct()
                .sorted()
                .toList();
    }

    /** Finished runs of one point of a curve. */
    public List<TrainedRun> runs(SourceTask source, int n) {
        return runs.stream()
                .filter(run -> run.key().source() == source && run.key().n() == n)
                .filter(run -> run.failed().isEmpty())
                .toList();
    }

    /**
     * A figure by test patient, for one point of a curve.
     *
     * @param figure null where it does not exist
     */
    public Map<String, Double> byPatient(SourceTask source, int n, Function<CaseFigures, @Nullable Double> figure) {
        Map<String, List<Double>> values = new TreeMap<>();
        for (TrainedRun run : runs(source, n)) {
            for (CaseFigures one : run.cases()) {
                Double value = figure.apply(one);
                if (value != null) {
                    values.computeIfAbsent(one.patient(), patient -> new ArrayList<>())
                            .add(value);
                }
            }
        }
        Map<String, Double> means = new LinkedHashMap<>();
        values.forEach((patient, list) -> means.put(
                patient,
                list.stream().mapToDouble(Double::doubleValue).average().orElseThrow()));
        return means;
    }

    /** A case by its id. */
    public Optional<CohortFacts.CaseFacts> caseOf(String id) {
        return cohort == null
                ? Optional.empty()
                : cohort.cases().stream().filter(one -> one.id().equals(id)).findFirst();
    }
}
