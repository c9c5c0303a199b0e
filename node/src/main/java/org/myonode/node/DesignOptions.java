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
            description = "experiment: share of the shipped network's filters, up to 2 (default: ${DEFAULT-VALUE})")
    private double width;

    @Option(
            names = "--levels",
            paramLabel = "N",
            description = "experiment: levels of resolution, from half of the input's down (default: as shipped)")
    private @Nullable Integer levels;

    @Option(
            names = "--separable",
            description = "experiment: depthwise and pointwise convolutions instead of whole ones")
    private boolean separable;

    boolean isStandard() {
        return input == null && width == 1 && levels == null && !separable;
    }

    /**
     * The network.
     *
     * @throws IllegalArgumentException when it cannot be built
     */
    MuscleDesign design() {
        return isStandard()
                ? MuscleDesign.STANDARD
                : MuscleDesign.variant(
                        input == null ? MuscleDesign.STANDARD.size() : input,
                        width,
                        levels == null ? MuscleDesign.STANDARD.widths().size() : levels,
                        separable);
    }
}
