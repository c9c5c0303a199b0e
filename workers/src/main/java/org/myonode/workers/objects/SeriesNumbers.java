package org.myonode.workers.objects;

/**
 * The numbers of the series that results lie in: a block of their own, far from what scanners use, so that a viewer lists
 * them last. The label map has one for itself, as it may lie beside the other form.
 */
public record SeriesNumbers(int seg, int sr, int rtstruct, int sc, int labelmap) {

    /** 9001 to 9005. */
    public static final SeriesNumbers DEFAULT = new SeriesNumbers(9001, 9002, 9003, 9004, 9005);

    /** Refuses what is no series number of its own: an IS value, positive, each another one. */
    public SeriesNumbers {
        int[] all = {seg, sr, rtstruct, sc, labelmap};
        for (int number : all) {
            if (number < 1) {
                throw new IllegalArgumentException("series number " + number + " must be at least 1");
            }
        }
        if (java.util.Arrays.stream(all).distinct().count() < all.length) {
            throw new IllegalArgumentException(
                    "series numbers " + java.util.Arrays.toString(all) + ": two kinds have the same");
        }
    }
}
