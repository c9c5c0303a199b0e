package org.myonode.crossvalidation.contours;

import org.myonode.workers.volume.ImageHeader;
import org.myonode.workers.volume.Mask;

/** What became of one drawing in an object that was to bring contours. */
public sealed interface ContourOutcome {

    /** ROI name, segment label, or file name. */
    String drawing();

    /**
     * A contour on an image.
     *
     * @param image the image it was drawn on
     * @param mask in canonical orientation
     * @param areaCm2 area of the mask
     * @param polygonAreaCm2 area that the polygons enclose; that of the mask when there are none
     */
    record Read(
            String drawing,
            String observer,
            String structure,
            ImageHeader image,
            Mask mask,
            double areaCm2,
            double polygonAreaCm2)
            implements ContourOutcome {}

    /** Wrong or unusable; one sentence. */
    record Refused(String drawing, String reason) implements ContourOutcome {}

    /** The images it was drawn on are not here. */
    record Waiting(String drawing, String reason) implements ContourOutcome {}

    /** No rule says whose it is. */
    record Ignored(String drawing, String reason) implements ContourOutcome {}
}
