package org.myonode.workers.locate;

import org.myonode.workers.model.LoadedModel;
import org.myonode.workers.model.ModelException;
import org.myonode.workers.model.ModelPackage;
import org.myonode.workers.model.TensorFlowRuntime;
import org.myonode.workers.volume.CtVolume;

/**
 * Finds the slice through the middle of the third lumbar vertebra.
 *
 * <h2>Method</h2>
 *
 * {@link SpineImages} straightens the spine into a coronal and a sagittal view. A small network names the level of each
 * row and the borders between the vertebrae. {@link LevelDecoder} makes one account of the whole spine of it, in which
 * every level has its place: L3 is where counting from the sacrum, from the ribs and from the skull put it. The answer
 * is given only when L3 is wholly in view and its probability is high enough.
 *
 * <h2>Known failure</h2>
 *
 * With neither the sacrum nor the last ribs in view there is nothing to count from, and the answer should be a refusal.
 * Transitional vertebrae (a lumbarised S1, a sacralised L5, ribs on L1) shift the count in ways that readers do not agree
 * on either.
 *
 * <p>Safe for use by several threads; {@link #close()} waits for running calls.
 */
public final class L3Locator implements AutoCloseable {

    /** The task of the packages that this class takes. */
    public static final String TASK = "l3-localisation";

    private final LoadedModel model;
    private final SpineReader reader;

    /** Loads the model for one call at a time on whatever device there is. */
    public L3Locator(ModelPackage source) {
        this(source, TensorFlowRuntime.start(TensorFlowRuntime.Choice.AUTO), 1);
    }

    /**
     * Loads the model.
     *
     * @param concurrent how many volumes may be read at the same time
     * @throws ModelException when the package is for another task or another kind of input, or cannot be loaded
     */
    public L3Locator(ModelPackage source, TensorFlowRuntime runtime, int concurrent) {
        int[] shape = source.require(TASK).inputShape();
        if (shape.length != 3 || shape[1] != SpineImages.WIDTH || shape[2] != SpineImages.CHANNELS) {
            throw new ModelException(source + " takes another input than rows of " + SpineImages.WIDTH + " columns and "
                    + SpineImages.CHANNELS + " channels");
        }
        this.model = LoadedModel.open(source, runtime, concurrent);
        this.reader = new SpineReader(shape[0], (input, batch) -> model.run(input, batch, shape));
    }

    /** The package in use. */
    public ModelPackage source() {
        return model.source();
    }

    /** Where L3 is in a volume, or why that is not known. */
    public L3 locate(CtVolume volume) {
        return locate(volume, reader);
    }

    static L3 locate(CtVolume volume, SpineReader reader) {
        L3 l3 = locate(SpineImages.of(volume), reader);
        if (l3 instanceof L3.Found found) {
            int slice = nearestSlice(volume, found.zMm());
            return new L3.Found(slice, volume.zMm(slice), found.confidence(), found.levels());
        }
        return l3;
    }

    /**
     * Where L3 is in views that were made of something other than a volume, as in training: the slice index of the
     * answer is the index of the nearest row.
     */
    public static L3 locate(SpineImages images, SpineReader reader) {
        return SpineVerdict.of(images, reader.read(images)).l3();
    }

    private static int nearestSlice(CtVolume volume, double zMm) {
        int nearest = 0;
        for (int slice = 1; slice < volume.depth(); slice++) {
            if (Math.abs(volume.zMm(slice) - zMm) < Math.abs(volume.zMm(nearest) - zMm)) {
                nearest = slice;
            }
        }
        return nearest;
    }

    @Override
    public void close() {
        model.close();
    }
}
