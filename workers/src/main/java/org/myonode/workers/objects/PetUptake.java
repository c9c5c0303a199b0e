package org.myonode.workers.objects;

import java.util.List;

/**
 * Uptake of the segmented muscle in a PET series with the same frame of reference.
 *
 * @param suvMean mean standardized uptake value by body weight, g/ml
 * @param suvMax maximum of the same samples, g/ml
 * @param method how PET values were taken at CT pixels, for Algorithm Parameters
 * @param fluorine18 whether the PET header states this radionuclide
 * @param seriesUid Series Instance UID of the PET series
 * @param images the PET images that values were taken from, at least one
 */
public record PetUptake(
        double suvMean,
        double suvMax,
        String method,
        boolean fluorine18,
        String seriesUid,
        List<InstanceReference> images)
        implements Uptake {
    public PetUptake {
        images = List.copyOf(images);
        Required.text("PET method", method);
        if (images.isEmpty()) {
            throw new IllegalArgumentException("PET values come from at least one image");
        }
    }
}
