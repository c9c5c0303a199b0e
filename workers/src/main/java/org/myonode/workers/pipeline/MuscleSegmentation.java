package org.myonode.workers.pipeline;

import org.myonode.workers.segment.Segmentation;
import org.myonode.workers.volume.HuSlice;

/** Finds skeletal muscle on a slice. In the node it is the segmenter model. */
@FunctionalInterface
public interface MuscleSegmentation {

    /** The muscle of a slice, on the grid of that slice. */
    Segmentation segment(HuSlice slice);
}
