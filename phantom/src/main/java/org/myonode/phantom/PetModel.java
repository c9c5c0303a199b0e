package org.myonode.phantom;

import java.util.Random;
import java.util.SplittableRandom;

/**
 * Physiologic uptake of 18F-FDG an hour after injection as SUV by tissue, blurred like a PET scanner does. Uptake is
 * uniform within a tissue and there are no lesions: enough to carry SUV through a pipeline, not for reading.
 */
final class PetModel {
    private final float[] suv = new float[Label.count()];

    PetModel(long seed) {
        Random r = new Random(seed * 77 + 5);
        double[] typical = new double[Label.count()];
        typical[Label.SKIN] = 0.45;
        typical[Label.SUBCUTANEOUS_FAT] = 0.25;
        typical[Label.SKELETAL_MUSCLE] = 0.62;
        typical[Label.ARM_MUSCLE] = 0.62;
        typical[Label.INTERMUSCULAR_FAT] = 0.35;
        typical[Label.VISCERAL_FAT] = 0.35;
        typical[Label.BONE] = 0.95;
        typical[Label.DISC] = 0.5;
        typical[Label.SPINAL_CANAL] = 1.1;
        typical[Label.LUNG] = 0.4;
        typical[Label.HEART] = 1.6 + 5 * Math.pow(r.nextDouble(), 2);
        typical[Label.VESSEL] = 1.5;
        typical[Label.LIVER] = 2.1;
        typical[Label.SPLEEN] = 1.8;
        typical[Label.KIDNEY] = 3.2;
        typical[Label.PANCREAS] = 1.3;
        typical[Label.STOMACH] = 1.5;
        typical[Label.SMALL_BOWEL] = 1.3;
        typical[Label.COLON] = 1.2 + 1.5 * Math.pow(r.nextDouble(), 3);
        typical[Label.BLADDER] = 14;
        typical[Label.BRAIN] = 7.5;
        typical[Label.AIRWAY] = 0.3;
        typical[Label.GLAND] = 1.3;
        typical[Label.OTHER] = 0.8;
        for (int i = 0; i < suv.length; i++) {
            suv[i] = (float) (typical[i] * (1 + 0.12 * r.nextGaussian()));
        }
    }

    /** SUV of skeletal muscle before the scanner blurs it, g/ml. */
    double ofMuscle() {
        return suv[Label.SKELETAL_MUSCLE];
    }

    /** SUV of a plane from its labels, with the in-plane resolution of a scanner (about 6 mm) and noise. */
    float[] plane(PhantomSlice slice) {
        int n = slice.size();
        float[] image = new float[n * n];
        SplittableRandom random = new SplittableRandom(Double.hashCode(slice.zMm()));
        for (int p = 0; p < image.length; p++) {
            float level = Math.max(0, suv[slice.labels()[p]]);
            float grain = (float) (random.nextDouble() + random.nextDouble() + random.nextDouble() - 1.5);
            image[p] = level * (1 + 0.55f * grain);
        }
        for (int pass = 0; pass < 2; pass++) {
            Scanner.blur(image, n, (float) (1.9 / slice.spacingMm()) + 0.2f);
        }
        return image;
    }
}
