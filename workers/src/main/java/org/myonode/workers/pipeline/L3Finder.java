package org.myonode.workers.pipeline;

import java.util.List;
import org.myonode.workers.locate.L3;
import org.myonode.workers.volume.CtVolume;

/** Finds the third lumbar vertebra in a volume. In the node it is the locator model. */
@FunctionalInterface
public interface L3Finder {

    /** Where L3 is, or why it is not known. */
    L3 find(CtVolume volume);

    /**
     * No search: the slice that came from this image is taken for L3.
     *
     * @param image its SOP Instance UID, with {@code #} and the frame number for a multi-frame image
     */
    static L3Finder atImage(String image) {
        return volume -> {
            for (int k = 0; k < volume.depth(); k++) {
                if (volume.slices().get(k).image().equals(image)) {
                    return new L3.Found(k, volume.zMm(k), 1, List.of());
                }
            }
            return new L3.NotFound("image " + image + " is not in the chosen series", 0, List.of());
        };
    }
}
