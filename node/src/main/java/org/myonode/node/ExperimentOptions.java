package org.myonode.node;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.myonode.crossvalidation.experiment.ExperimentPlan;
import org.myonode.crossvalidation.training.SourceTask;
import picocli.CommandLine.Mixin;
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

    @Mixin
    private DesignOptions network = new DesignOptions();

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
                            network.design(), steps, sourceSteps, batch, learningRate, phantomShare, looks));
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(e.getMessage() == null ? e.toString() : e.getMessage(), e);
        }
    }
}
