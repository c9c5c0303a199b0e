package org.myonode.workers.model;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A model in memory that maps one tensor to one tensor.
 *
 * <p>Safe for use by several threads: each call takes a predictor out of a pool, since DJL's may not be shared, and
 * {@link #close()} waits for the calls that run, since closing a TensorFlow model under a call ends the process.
 */
public final class LoadedModel implements AutoCloseable {

    private final ModelPackage source;
    private final Model model;
    private final BlockingQueue<Predictor<NDList, NDList>> idle;
    private final ReadWriteLock lifetime = new ReentrantReadWriteLock();
    private boolean closed;

    private LoadedModel(ModelPackage source, Model model, BlockingQueue<Predictor<NDList, NDList>> idle) {
        this.source = source;
        this.model = model;
        this.idle = idle;
    }

    /**
     * Loads the frozen graph of a package.
     *
     * @param concurrent how many calls may run at the same time; others wait
     * @throws ModelException when the graph cannot be loaded
     */
    public static LoadedModel open(ModelPackage source, TensorFlowRuntime runtime, int concurrent) {
        Model model = Model.newInstance("saved_model", runtime.device(), "TensorFlow");
        try {
            model.load(source.savedModel());
        } catch (IOException | MalformedModelException | RuntimeException e) {
            model.close();
            throw new ModelException(source.savedModel() + " cannot be loaded: " + e.getMessage(), e);
        }
        BlockingQueue<Predictor<NDList, NDList>> idle = new ArrayBlockingQueue<>(concurrent);
        for (int i = 0; i < concurrent; i++) {
            idle.add(model.newPredictor(new NoopTranslator()));
        }
        return new LoadedModel(source, model, idle);
    }

    /** The package that was loaded. */
    public ModelPackage source() {
        return source;
    }

    /**
     * Runs the model.
     *
     * @param input values of {@code batch} inputs, one after another
     * @param batch how many inputs
     * @param shape shape of one input
     * @return values of the output for all inputs, one after another
     * @throws ModelException when an input or an output is not a number, or the engine fails
     * @throws IllegalStateException after {@link #close()}
     */
    public float[] run(float[] input, int batch, int... shape) {
        requireFinite(input, "an input");
        long[] dimensions = new long[shape.length + 1];
        dimensions[0] = batch;
        for (int i = 0; i < shape.length; i++) {
            dimensions[i + 1] = shape[i];
        }
        lifetime.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException("the model " + source + " is closed");
            }
            Predictor<NDList, NDList> predictor = idle.take();
            try (NDManager manager = model.getNDManager().newSubManager()) {
                NDArray array = manager.create(FloatBuffer.wrap(input), new Shape(dimensions));
                NDList output = predictor.predict(new NDList(array));
                output.attach(manager);
                float[] values = output.singletonOrThrow().toFloatArray();
                requireFinite(values, "an output");
                return values;
            } finally {
                idle.add(predictor);
            }
        } catch (TranslateException e) {
            throw new ModelException("the model " + source + " failed: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ModelException("interrupted while waiting for the model " + source, e);
        } finally {
            lifetime.readLock().unlock();
        }
    }

    private void requireFinite(float[] values, String what) {
        for (float value : values) {
            if (!Float.isFinite(value)) {
                throw new ModelException(what + " of the model " + source + " is not a number");
            }
        }
    }

    /** Waits for running calls and frees the model; further calls are refused. */
    @Override
    public void close() {
        lifetime.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                idle.forEach(Predictor::close);
                model.close();
            }
        } finally {
            lifetime.writeLock().unlock();
        }
    }
}
