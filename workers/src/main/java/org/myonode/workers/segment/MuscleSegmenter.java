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
        float[] probability = input.toSlice(probability(prepared), slice, prepared.frame());
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
                cutByField(slice));
    }

    private float[] probability(MuscleInput.Prepared prepared) {
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
        for (int y = 0; y < size; y++) {
            for (int x = 0; x < size; x++) {
                int i = y * size + x;
                int mirrored = size * size + y * size + size - 1 - x;
                float mean = (output[i * classes + MUSCLE] + output[mirrored * classes + MUSCLE]) / 2;
                probability[i] = prepared.body()[i] ? mean : 0;
            }
        }
        return probability;
    }

    /** The body touches the edge of the picture, or the circle of the reconstruction, over more than a few pixels. */
    static boolean cutByField(HuSlice slice) {
        int touching = 0;
        for (int x = 0; x < slice.columns(); x++) {
            touching += slice.at(0, x) > BodyMask.SKIN_HU ? 1 : 0;
            touching += slice.at(slice.rows() - 1, x) > BodyMask.SKIN_HU ? 1 : 0;
        }
        for (int y = 0; y < slice.rows(); y++) {
            touching += slice.at(y, 0) > BodyMask.SKIN_HU ? 1 : 0;
            touching += slice.at(y, slice.columns() - 1) > BodyMask.SKIN_HU ? 1 : 0;
        }
        return touching * Math.sqrt(slice.pixelAreaMm2()) > 20.0;
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
