package org.myonode.crossvalidation.training;

import java.util.List;
import org.myonode.workers.segment.MuscleInput;

/**
 * How large a muscle network is and what it sees: {@link #STANDARD} is what is shipped, smaller ones make experiments on a
 * CPU affordable.
 *
 * @param size points of the square input along one side; a multiple of 2 to the power of the number of levels
 * @param spacingMm distance of neighbouring points, in millimetres
 * @param widths filters of each level from half resolution down
 * @param fine filters at full resolution
 * @param separable whether convolutions are parted into depthwise and pointwise ones
 */
public record MuscleDesign(int size, double spacingMm, List<Integer> widths, int fine, boolean separable) {

    /** What is shipped: 448 mm of body at 2 mm. */
    public static final MuscleDesign STANDARD = new MuscleDesign(
            MuscleTraining.SIZE,
            MuscleTraining.SPACING_MM,
            MuscleTraining.network().widths(),
            MuscleTraining.network().fine(),
            false);

    /** Refuses what the network cannot be built with. */
    public MuscleDesign {
        widths = List.copyOf(widths);
        if (widths.isEmpty() || fine < 1 || widths.stream().anyMatch(width -> width < 1)) {
            throw new IllegalArgumentException("filters must be at least 1: " + widths + ", " + fine);
        }
        int step = 1 << widths.size();
        if (size < step || size % step != 0) {
            throw new IllegalArgumentException("an input of " + size + " points is no multiple of " + step + ", as "
                    + widths.size() + " levels need");
        }
        if (!(spacingMm > 0)) {
            throw new IllegalArgumentException("spacing " + spacingMm + " mm");
        }
    }

    /**
     * The standard network on another number of points over the same field of view, with a share of its filters and of
     * its levels.
     *
     * @param size points along one side
     * @param width share of the standard's filters, above 0 to 2
     * @param levels from half resolution down, at least 1 and no more than the standard has
     * @param separable whether convolutions are parted into depthwise and pointwise ones
     */
    public static MuscleDesign variant(int size, double width, int levels, boolean separable) {
        if (!(width > 0 && width <= 2)) {
            throw new IllegalArgumentException("width " + width + " is not above 0 and at most 2");
        }
        if (levels < 1 || levels > STANDARD.widths().size()) {
            throw new IllegalArgumentException(
                    levels + " levels are not from 1 to " + STANDARD.widths().size());
        }
        return new MuscleDesign(
                size,
                STANDARD.size() * STANDARD.spacingMm() / size,
                STANDARD.widths().subList(0, levels).stream()
                        .map(filters -> filters(filters, width))
                        .toList(),
                filters(STANDARD.fine(), width),
                separable);
    }

    private static int filters(int standard, double width) {
        return (int) Math.max(1, Math.round(standard * width));
    }

    UNet network(int classes) {
        return new UNet(widths, fine, classes, separable);
    }

    MuscleInput input() {
        return new MuscleInput(size, spacingMm, MuscleTraining.WINDOWS);
    }

    /** Muscle among the other tissues. */
    Task task() {
        return new Task(
                new long[] {size, size, MuscleTraining.WINDOWS.size()},
                new long[] {size, size, LabelledSlice.CLASSES},
                network(LabelledSlice.CLASSES),
                Task.Output.softmax(),
                Losses.crossEntropyAndDice(LabelledSlice.MUSCLE),
                Losses.softDice(LabelledSlice.MUSCLE));
    }
}
