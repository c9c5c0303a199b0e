package org.myonode.crossvalidation.training;

import java.util.ArrayList;
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

    private static final double STACKED = 0.4;

    /** In rows. */
    private static final int LONGEST_VERTEBRA = 17;

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

    /**
     * One on top of the other, joined inside a class that both show: the pelvis of one with the ribs of the other, so
     * that counting is learnt rather than faces.
     */
    private static @Nullable SpineSample stack(SpineSample lower, SpineSample upper, Random random) {
        List<Integer> common = new ArrayList<>();
        for (int channel = SpineLevel.SACRUM.channel(); channel <= SpineLevel.UPPER_THORACIC.channel(); channel++) {
            if (seam(lower, channel, 0.5) >= 0 && seam(upper, channel, 0.5) >= 0) {
                common.add(channel);
            }
        }
        if (common.isEmpty()) {
            return null;
        }
        int channel = common.get(random.nextInt(common.size()));
        double share = 0.3 + 0.4 * random.nextDouble();
        return SpineSample.stacked(lower, seam(lower, channel, share), upper, seam(upper, channel, share));
    }

    /** Row at a share of the height of a class, -1 when the class is not in view or is two vertebrae. */
    private static int seam(SpineSample sample, int channel, double share) {
        double[] edges = sample.edges();
        for (int i = 0; i < sample.channels().length; i++) {
            if (sample.channels()[i] != channel) {
                continue;
            }
            double from = Math.max(0, i == 0 ? 0 : edges[i - 1]);
            double to = Math.min(sample.rows() - 1, i == edges.length ? sample.rows() : edges[i]);
            boolean vertebra = channel != SpineLevel.SACRUM.channel() && channel != SpineLevel.UPPER_THORACIC.channel();
            if (vertebra && (i == 0 || i == edges.length || to - from > LONGEST_VERTEBRA || to - from < 6)) {
                return -1;
            }
            return to - from < 4 ? -1 : (int) Math.round(from + share * (to - from));
        }
        return -1;
    }
}
