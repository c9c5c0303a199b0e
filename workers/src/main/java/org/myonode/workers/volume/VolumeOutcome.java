package org.myonode.workers.volume;

import java.util.List;

/** What came of building a volume: the volume, or why there is none. */
public sealed interface VolumeOutcome {

    /**
     * The images form one regular grid.
     *
     * @param images the source image of each slice, from feet to head
     * @param grid the way back to the pixel order of those images
     * @param lossy whether any image was ever compressed with loss
     * @param pixelDigest SHA-256 over SOP Instance UIDs and values of all images, lower-case hexadecimal: the same
     *     for the same content however it arrived
     * @param notes what was put up with, for the log
     */
    record Built(
            CtVolume volume,
            List<ImageHeader> images,
            SourceGrid grid,
            boolean lossy,
            String pixelDigest,
            List<String> notes)
            implements VolumeOutcome {
        /** Keeps its own copies. */
        public Built {
            images = List.copyOf(images);
            notes = List.copyOf(notes);
        }
    }

    /**
     * The images do not form one regular grid.
     *
     * @param reason one sentence for the operator, with the z of the trouble
     */
    record Refused(String reason) implements VolumeOutcome {}
}
