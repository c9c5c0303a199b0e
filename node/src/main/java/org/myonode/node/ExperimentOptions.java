package org.myonode.node;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.myonode.crossvalidation.experiment.ExperimentPlan;
import org.myonode.crossvalidation.training.MuscleDesign;
import org.myonode.crossvalidation.training.SourceTask;
import picocli.CommandLine.Option;

/** What a training experiment is asked to do, the same for {@code crossval} and {@code experiments submit}. */
final class ExperimentOptions {

    private static final int PAPER_OBSERVERS = 10;

    @Option(
            names = "--sources",
            split = ",",
            paramLabel = "TASK",
            description = "experiment: source tasks, comma-separated: ${COMPLETION-CANDIDATES} (default: all)")
    private List<SourceTask> sources = List.of();

    @Option(
            names = "--sizes",
            split = ",",
            paramLabel = "N",
            description =
                    "experiment: patients to learn from, comma-separated; smaller sets are part of the larger ones"
                            + " (default: 5,10,25,50,75,100,125)")
    private List<Integer> sizes = List.of();

    @Option(
            names = "--folds",
            paramLabel = "K",
            defaultValue = "4",
            description = "experiment: parts of the patients, each tested once (default: ${DEFAULT-VALUE})")
    private int folds;

    @Option(
            names = "--repeats",
            paramLabel = "N",
            defaultValue = "1",
            description = "experiment: all of it so often, with other folds (default: ${DEFAULT-VALUE})")
    private int repeats;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "1500",
            description = "experiment: training steps of every run (default: ${DEFAULT-VALUE})")
    private long steps;

    @Option(
            names = {"--source-steps", "--pretrain-steps"},
            paramLabel = "N",
            defaultValue = "3000",
            description = "experiment: steps of every source task (default: ${DEFAULT-VALUE})")
    private long sourceSteps;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "4",
            description = "experiment: slices in a step (default: ${DEFAULT-VALUE})")
    private int batch;

    @Option(
            names = "--learning-rate",
            paramLabel = "R",
            defaultValue = "3e-3",
            description = "experiment: highest learning rate (default: ${DEFAULT-VALUE})")
    private double learningRate;

    @Option(
            names = "--phantom-share",
            paramLabel = "X",
            defaultValue = "0",
            description = "experiment: share of the training slices that are phantoms (default: ${DEFAULT-VALUE})")
    private double phantomShare;

    @Option(
            names = "--looks",
            paramLabel = "N",
            defaultValue = "4",
            description = "experiment: looks at up to 16 test cases on the way; they decide nothing (default:"
                    + " ${DEFAULT-VALUE})")
    private int looks;

    @Option(
            names = "--input",
            paramLabel = "POINTS",
            description =
                    "experiment: points along one side of the network's input over the same 448 mm; a multiple of 32"
                            + " (default: 224, as the shipped model)")
    private @Nullable Integer input;

    @Option(
            names = "--width",
            paramLabel = "SHARE",
            defaultValue = "1",
            description = "experiment: share of the shipped network's filters (default: ${DEFAULT-VALUE})")
    private double width;

    @Option(
            names = "--unlabelled",
            paramLabel = "DIR",
            description = "experiment: CT without labels for RESTORATION and JIGSAW (default: phantoms)")
    private @Nullable Path unlabelled;

    /**
     * The plan.
     *
     * @param phantoms how many; 0 for stored contours
     * @param observers simulated ones of each phantom; null for as many as in the paper
     * @param seed of everything random, and of the first phantom
     */
    ExperimentPlan plan(String name, String structure, int phantoms, @Nullable Integer observers, long seed) {
        try {
            MuscleDesign standard = MuscleDesign.STANDARD;
            return new ExperimentPlan(
                    name,
                    structure,
                    new ExperimentPlan.Data(
                            phantoms,
                            phantoms > 0 ? seed : 0,
                            phantoms > 0 ? observers == null ? PAPER_OBSERVERS : observers : 0,
                            unlabelled == null
                                    ? ""
                                    : unlabelled.toAbsolutePath().normalize().toString()),
                    sources.isEmpty() ? Arrays.asList(SourceTask.values()) : sources,
                    sizes.isEmpty() ? ExperimentPlan.SIZES : sizes,
                    folds,
                    repeats,
                    seed,
                    new ExperimentPlan.Training(
                            input == null && width == 1
                                    ? standard
                                    : MuscleDesign.reduced(input == null ? standard.size() : input, width),
                            steps,
                            sourceSteps,
                            batch,
                            learningRate,
                            phantomShare,
                            looks));
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(e.getMessage() == null ? e.toString() : e.getMessage(), e);
        }
    }
}
