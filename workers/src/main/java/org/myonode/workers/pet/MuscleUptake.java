package org.myonode.workers.pet;

import java.io.IOException;
import java.util.List;
import org.myonode.dicom.DicomException;
import org.myonode.workers.volume.ImageHeader;
import org.myonode.workers.volume.Mask;

/**
 * SUVbw of a PET at the pixels of a mask on a CT image: trilinear interpolation at the centre of each CT pixel, after
 * each PET slice was scaled to SUV. Both must share one frame of reference; nothing is registered. A pixel outside the
 * grid of PET voxel centres, or in a gap of it, ends in a reason: a mean over part of the mask would be another figure.
 */
public sealed interface MuscleUptake {

    /**
     * Uptake is known.
     *
     * @param suvMean mean over the mask, g/ml
     * @param suvMax maximum of the same interpolated values, g/ml: at most that of the voxels around
     * @param images the PET images that values were taken from
     */
    record Known(double suvMean, double suvMax, List<ImageHeader> images) implements MuscleUptake {
        /** Keeps its own copy. */
        public Known {
            images = List.copyOf(images);
        }
    }

    /**
     * Uptake cannot be known.
     *
     * @param reason one sentence for the operator
     */
    record Unknown(String reason) implements MuscleUptake {}

    /**
     * Samples a PET series.
     *
     * @param ct the CT image that the mask lies on
     * @param mask in the pixel order of that image
     * @throws IOException when a PET file cannot be read
     */
    static MuscleUptake of(ImageHeader ct, Mask mask, PetSeries series, SuvScale.Known scale) throws IOException {
        if (!series.images().get(0).frameOfReferenceUid().equals(ct.frameOfReferenceUid())) {
            return new Unknown("the PET is not in the frame of reference of the CT");
        }
        if (mask.isEmpty()) {
            return new Unknown("the mask is empty");
        }
        try {
            return new PetSampler(series, scale).sample(ct, mask);
        } catch (DicomException e) {
            return new Unknown("a PET image cannot be decoded: " + e.getMessage());
        }
    }
}
