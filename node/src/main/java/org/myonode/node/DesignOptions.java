package org.myonode.node;

import org.jspecify.annotations.Nullable;
import org.myonode.crossvalidation.training.MuscleDesign;
import picocli.CommandLine.Option;

/** How large the muscle network of an experiment is, the same for every command that trains one. */
final class DesignOptions {

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

    boolean isStandard() {
        return input == null && width == 1;
    }

    /**
     * The network.
     *
     * @throws IllegalArgumentException when it cannot be built
     */
    MuscleDesign design() {
        return isStandard()
                ? MuscleDesign.STANDARD
                : MuscleDesign.reduced(input == null ? MuscleDesign.STANDARD.size() : input, width);
    }
}
