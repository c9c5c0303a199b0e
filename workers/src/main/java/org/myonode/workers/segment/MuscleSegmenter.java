package org.myonode.workers.segment;

import org.myonode.workers.model.LoadedModel;
import org.myonode.workers.model.ModelException;
import org.myonode.workers.model.ModelPackage;
import org.myonode.workers.model.TensorFlowRuntime;
import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.Mask;

/**
 * Skeletal muscle on one axial slice at L3.
 *
 * <p>The model sees the slice and its mirror image; the two answers are averaged. That costs a second pass and takes
 * out part of what the model guesses by side.
 *
 * <p>Safe for use by several threads; {@link #close()} waits for running calls.
 */
public final class MuscleSegmenter implements AutoCloseable {

    /** The task of the packages that this class takes. */
    public static final String TASK = "muscle-segmentation";

    /** Classes of the output; muscle is the second. */
    private static final int MUSCLE = 1;

    private final LoadedModel model;
    private final MuscleInput input;

    /** Loads the model for one call at a time on whatever device there is. */
    public MuscleSegmenter(ModelPackage source) {
        this(source, TensorFlowRuntime.start(TensorFlowRuntime.Choice.AUTO), 1);
    }

    /**
     * Loads the model.
     *
     * @param concurrent how many slices may be segmented at the same time
     * @throws ModelException when the package is for another task or cannot be loaded
     */
    public MuscleSegmenter(ModelPackage source, TensorFlowRuntime runtime, int concurrent) {
        this.input = MuscleInput.of(source.require(TASK));
        this.model = LoadedModel.open(source, runtime, concurrent);
    }

    /** The package in use. */
    public ModelPackage source() {
        return model.source();
    }

    /** Marks muscle on a slice; an empty mask when there is no body or no muscle on it. */
    public Segmentation segment(HuSlice slice) {
        MuscleInput.Prepared prepared = input.prepare(slice);
        Answer answer = answer(prepared);
        float[] probability = input.toSlice(answer.probability(), slice, prepared.frame());
        Mask muscle = input.muscle(probability, slice);
        double entropy = 0;
        int doubtful = 0;
        int count = muscle.count();
        for (int i = 0; i < probability.length; i++) {
            if (muscle.pixels()[i]) {
                entropy += entropy(probability[i]);
                doubtful += probability[i] < 0.7f ? 1 : 0;
            }
        }
        return new Segmentation(
                muscle,
                count == 0 ? 0 : entropy / count,
                count == 0 ? 0 : (double) doubtful / count,
                count == 0 ? 1 : answer.mirrorDice(),
                FieldOfView.cutsBody(slice));
    }

    /** Mean probability of muscle on the grid, and how far the two answers that it is the mean of agree. */
    private record Answer(float[] probability, double mirrorDice) {}

    private Answer answer(MuscleInput.Prepared prepared) {
        int size = input.size();
        int depth = input.windows().size();
        float[] both = new float[2 * size * size * depth];
        System.arraycopy(prepared.channels(), 0, both, 0, size * size * depth);
        for (int y = 0; y < size; y++) {
            for (int x = 0; x < size; x++) {
                int from = (y * size + x) * depth;
                int to = (size * size + y * size + size - 1 - x) * depth;
                System.arraycopy(prepared.channels(), from, both, to, depth);
            }
        }
        float[] output = model.run(both, 2, size, size, depth);
        int classes = output.length / (2 * size * size);
        float[] probability = new float[size * size];
        int common = 0;
        int all = 0;
        for (int y = 0; y < size; y++) {
            for (int x = 0; x < size; x++) {
                int i = y * size + x;
                int mirrored = size * size + y * size + size - 1 - x;
                float straight = output[i * classes + MUSCLE];
                float flipped = output[mirrored * classes + MUSCLE];
                if (prepared.body()[i]) {
                    probability[i] = (straight + flipped) / 2;
                    boolean one = straight > MuscleInput.THRESHOLD;
                    boolean other = flipped > MuscleInput.THRESHOLD;
                    common += one && other ? 1 : 0;
                    all += (one ? 1 : 0) + (other ? 1 : 0);
                }
            }
        }
        return new Answer(probability, all == 0 ? 1 : 2.0 * common / all);
    }

    private static double entropy(double p) {
        if (p <= 0 || p >= 1) {
            return 0;
        }
        return -(p * Math.log(p) + (1 - p) * Math.log(1 - p)) / Math.log(2);
    }

    @Override
    public void close() {
        model.close();
    }
}
