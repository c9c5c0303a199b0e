package org.myonode.crossvalidation.training;

import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.myonode.workers.locate.SpineImages;
import org.myonode.workers.locate.SpineLevel;

/**
 * Batches of windows, the same for the same step: drawn from real spines and from phantoms in equal parts, and from
 * spines put together of both, since no real one here goes from head to thigh.
 *
 * @param real real spines; may be empty
 * @param phantoms spines of phantoms; may be empty
 * @param augmentation how windows are drawn
 * @param size windows of a batch
 * @param realShare share of real spines
 * @param seed seed of everything
 */
record SpineBatches(
        List<SpineSample> real,
        List<SpineSample> phantoms,
        SpineAugmentation augmentation,
        int size,
        double realShare,
        long seed)
        implements Batch.Source {

    private static final double STACKED = 0.3;

    SpineBatches {
        real = List.copyOf(real);
        phantoms = List.copyOf(phantoms);
        if (real.isEmpty() && phantoms.isEmpty()) {
            throw new IllegalArgumentException("nothing to learn from: neither real spines nor phantoms");
        }
    }

    @Override
    public Batch batch(long step) {
        int inputs = augmentation.rows() * SpineImages.WIDTH * SpineImages.CHANNELS;
        int targets = augmentation.rows() * SpineNetwork.TARGETS;
        float[] input = new float[size * inputs];
        float[] target = new float[size * targets];
        for (int i = 0; i < size; i++) {
            // Mixed, since neighbouring seeds of Random begin alike.
            Random random = new Random((seed * 1_000_003 + step) * 0x9E3779B97F4A7C15L + i * 0x632BE59BD9B4E019L);
            random.nextLong();
            SpineAugmentation.Window window = augmentation.draw(sample(random), random);
            System.arraycopy(window.input(), 0, input, i * inputs, inputs);
            System.arraycopy(window.target(), 0, target, i * targets, targets);
        }
        return new Batch(size, input, target);
    }

    private SpineSample sample(Random random) {
        SpineSample first = one(random);
        if (random.nextDouble() < STACKED) {
            SpineSample stacked = stack(first, one(random), random);
            return stacked == null ? first : stacked;
        }
        return first;
    }

    private SpineSample one(Random random) {
        boolean fromReal = phantoms.isEmpty() || (!real.isEmpty() && random.nextDouble() < realShare);
        List<SpineSample> source = fromReal ? real : phantoms;
        return source.get(random.nextInt(source.size()));
    }

    /** One on top of the other, joined in the upper chest where every vertebra looks like the next. */
    private static @Nullable SpineSample stack(SpineSample lower, SpineSample upper, Random random) {
        int chest = SpineLevel.UPPER_THORACIC.channel();
        int lowerEnd = somewhere(lower, chest, random);
        int upperFrom = somewhere(upper, chest, random);
        return lowerEnd < 0 || upperFrom < 0 ? null : SpineSample.stacked(lower, lowerEnd, upper, upperFrom);
    }

    private static int somewhere(SpineSample sample, int channel, Random random) {
        int[] rows = java.util.stream.IntStream.range(0, sample.rows())
                .filter(row -> sample.channelAt(row) == channel)
                .toArray();
        return rows.length == 0 ? -1 : rows[random.nextInt(rows.length)];
    }
}
