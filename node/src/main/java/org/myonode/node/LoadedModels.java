package org.myonode.node;

import java.nio.file.Path;
import org.myonode.workers.locate.L3Locator;
import org.myonode.workers.model.ModelPackage;
import org.myonode.workers.model.TensorFlowRuntime;
import org.myonode.workers.pipeline.ModelIdentity;
import org.myonode.workers.pipeline.Models;
import org.myonode.workers.segment.MuscleSegmenter;

/** The two models in memory, for as many studies at a time as there are lanes. */
final class LoadedModels implements AutoCloseable {

    static final String LOCATOR = "spine-l3";
    static final String SEGMENTER = "muscle-l3";

    private final TensorFlowRuntime runtime;
    private final L3Locator locator;
    private final MuscleSegmenter segmenter;

    private LoadedModels(TensorFlowRuntime runtime, L3Locator locator, MuscleSegmenter segmenter) {
        this.runtime = runtime;
        this.locator = locator;
        this.segmenter = segmenter;
    }

    /**
     * Checks the packages and loads them.
     *
     * @param folder holds {@value #LOCATOR} and {@value #SEGMENTER}
     */
    static LoadedModels open(Path folder, int concurrent) {
        return open(
                ModelPackage.load(folder.resolve(LOCATOR)), ModelPackage.load(folder.resolve(SEGMENTER)), concurrent);
    }

    /** Loads two packages. */
    static LoadedModels open(ModelPackage spine, ModelPackage muscle, int concurrent) {
        TensorFlowRuntime runtime = TensorFlowRuntime.start(TensorFlowRuntime.Choice.AUTO);
        L3Locator locator = new L3Locator(spine, runtime, concurrent);
        try {
            return new LoadedModels(runtime, locator, new MuscleSegmenter(muscle, runtime, concurrent));
        } catch (RuntimeException e) {
            locator.close();
            throw e;
        }
    }

    Models models() {
        return new Models(
                locator::locate, identity(locator.source()), segmenter::segment, identity(segmenter.source()));
    }

    String engine() {
        return runtime.describe();
    }

    private static ModelIdentity identity(ModelPackage source) {
        return new ModelIdentity(source.id(), source.version(), source.sha256());
    }

    @Override
    public void close() {
        segmenter.close();
        locator.close();
    }
}
