package org.myonode.crossvalidation.training;

import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.myonode.workers.segment.MuscleInput;
import org.myonode.workers.volume.HuSlice;

/**
 * Slices without labels as the network sees them, mirrored at random: images of the site, or phantoms where it gave none.
 *
 * <p>Immutable; safe for use by several threads.
 */
record UnlabelledViews(List<HuSlice> slices, @Nullable PhantomSlices phantoms, MuscleInput input) {

    UnlabelledViews {
        slices = List.copyOf(slices);
        if (slices.isEmpty() && phantoms == null) {
            throw new IllegalArgumentException("neither slices nor phantoms");
        }
    }

    int size() {
        return input.size();
    }

    int channels() {
        return input.windows().size();
    }

    /** {@code size * size} pixels, channels last, -1 to 1. */
    float[] draw(SplittableRandom random) {
        HuSlice slice = phantoms != null ? phantoms.draw(random).slice() : slices.get(random.nextInt(slices.size()));
        float[] view = input.prepare(slice).channels();
        if (random.nextBoolean()) {
            return view;
        }
        int n = size();
        int depth = channels();
        float[] mirrored = new float[view.length];
        for (int y = 0; y < n; y++) {
            for (int x = 0; x < n; x++) {
                System.arraycopy(view, (y * n + x) * depth, mirrored, (y * n + n - 1 - x) * depth, depth);
            }
        }
        return mirrored;
    }
}
