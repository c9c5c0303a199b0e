package org.myonode.crossvalidation.commissioning;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.myonode.phantom.BodyType;
import org.myonode.phantom.Implant;
import org.myonode.phantom.LevelRange;
import org.myonode.phantom.PhantomBody;
import org.myonode.phantom.PhantomSlice;
import org.myonode.phantom.Vertebra;
import org.myonode.workers.volume.CtVolume;
import org.myonode.workers.volume.SlicePosition;

/**
 * One scan of one phantom: which body, which part of it and how finely.
 *
 * @param body the patient
 * @param words what is unusual about patient and scan, for tables
 * @param lowestZMm height of the lowest slice
 * @param sliceMm distance of slices
 * @param slices how many
 */
record SpineScan(PhantomBody body, List<String> words, double lowestZMm, double sliceMm, int slices) {

    /** Pixels of the slices: the locator averages to 3 mm anyhow. */
    private static final int SIZE = 168;

    private static final double SPACING_MM = 3;

    /** What of L3 the scan shows. */
    enum View {
        /** The whole vertebral body. */
        WHOLE,
        /** Its middle, but not all of it. */
        CUT,
        /** Not its middle. */
        ABSENT
    }

    SpineScan {
        words = List.copyOf(words);
    }

    /** A whole body from head to mid thigh, of a type drawn from the seed. */
    static SpineScan usual(long seed) {
        return of(PhantomBody.of(seed), new ArrayList<>(), new Random(seed * 31 + 7), 0);
    }

    /**
     * A body and a scan in which unusual things are far more frequent than among patients: four or six lumbar vertebrae
     * (15 % each), scoliosis (20 %), short twelfth ribs (10 %), a fused spine or a hip prosthesis (12 %), prone (10 %),
     * partial fields of view (70 %, four in ten of these without L3).
     */
    static SpineScan variant(long seed) {
        Random random = new Random(seed * 0x9E3779B97F4A7C15L + 0x5CA9);
        PhantomBody plain = PhantomBody.of(seed);
        BodyType type = plain.type();
        double lumbar = random.nextDouble();
        int count = lumbar < 0.15 ? 4 : lumbar < 0.30 ? 6 : 5;
        double bent = random.nextDouble();
        double scoliosis =
                bent < 0.2 ? (random.nextBoolean() ? 1 : -1) * (15 + 17 * random.nextDouble()) : type.scoliosisMm();
        boolean shortRib = random.nextDouble() < 0.10;
        PhantomBody body = PhantomBody.of(
                seed,
                new BodyType(
                        type.sex(),
                        type.ageYears(),
                        type.heightM(),
                        type.weightKg(),
                        type.subcutaneousFat(),
                        type.visceralFat(),
                        type.muscularity(),
                        type.muscleFat(),
                        count,
                        shortRib,
                        scoliosis,
                        type.armsUp()));
        List<String> words = new ArrayList<>();
        if (count != 5) {
            words.add(count + " lumbar");
        }
        if (Math.abs(scoliosis) >= 15) {
            words.add("scoliosis");
        }
        if (shortRib) {
            words.add("short rib");
        }
        double metal = random.nextDouble();
        if (metal < 0.06) {
            body = body.with(Set.of(Implant.SPINAL_FUSION));
            words.add("fused spine");
        } else if (metal < 0.12) {
            body = body.with(Set.of(Implant.HIP));
            words.add("hip prosthesis");
        }
        if (random.nextDouble() < 0.10) {
            body = body.prone();
            words.add("prone");
        }
        return of(body, words, random, 0.7);
    }

    private static SpineScan of(PhantomBody body, List<String> words, Random random, double partialShare) {
        double[] spacings = {3, 4.25, 5};
        double sliceMm = spacings[random.nextInt(spacings.length)];
        double bottom = body.inferiorZMm();
        double top = body.superiorZMm();
        if (random.nextDouble() < partialShare) {
            LevelRange l3 = body.level(Vertebra.L3);
            double kind = random.nextDouble();
            if (kind < 0.2) {
                words.add("above L3");
                bottom = l3.superiorZMm() + random.nextDouble() * 120;
                top = Math.min(top, bottom + 120 + random.nextDouble() * 400);
            } else if (kind < 0.4) {
                words.add("below L3");
                top = l3.inferiorZMm() - random.nextDouble() * 80;
                bottom = Math.max(bottom, top - 120 - random.nextDouble() * 250);
            } else {
                words.add("part");
                bottom = Math.max(bottom, l3.inferiorZMm() - 10 - random.nextDouble() * 250);
                top = Math.min(top, l3.superiorZMm() + 10 + random.nextDouble() * 350);
            }
        }
        int slices = Math.max(10, (int) ((top - bottom) / sliceMm) + 1);
        return new SpineScan(body, words, bottom, sliceMm, slices);
    }

    double highestZMm() {
        return lowestZMm + (slices - 1) * sliceMm;
    }

    View view() {
        LevelRange l3 = body.level(Vertebra.L3);
        if (l3.inferiorZMm() >= lowestZMm && l3.superiorZMm() <= highestZMm()) {
            return View.WHOLE;
        }
        return l3.midZMm() >= lowestZMm && l3.midZMm() <= highestZMm() ? View.CUT : View.ABSENT;
    }

    /** Draws the scan; about a second for a whole body on one core. */
    CtVolume volume() {
        short[][] hu = new short[slices][];
        List<SlicePosition> positions = new ArrayList<>();
        IntStream.range(0, slices).parallel().forEach(k -> {
            PhantomSlice slice = body.slice(lowestZMm + k * sliceMm, SIZE, SPACING_MM);
            hu[k] = slice.hu();
        });
        for (int k = 0; k < slices; k++) {
            positions.add(new SlicePosition(Integer.toString(k), lowestZMm + k * sliceMm));
        }
        return new CtVolume(SIZE, SIZE, SPACING_MM, SPACING_MM, sliceMm, hu, positions);
    }

    /** The level whose body, with half a disc on either side, holds a height. */
    String levelAt(double zMm) {
        return body.levels().stream()
                .min(java.util.Comparator.comparingDouble(
                        range -> Math.max(0, Math.max(range.inferiorZMm() - zMm, zMm - range.superiorZMm()))))
                .map(range -> range.level().name())
                .orElse("-");
    }
}
