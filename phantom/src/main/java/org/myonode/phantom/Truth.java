package org.myonode.phantom;

import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * What is known of a written study; all heights are z of Image Position (Patient), mm.
 *
 * @param seed seed of the phantom
 * @param type the patient
 * @param levels vertebral bodies that exist in the patient, whether scanned or not
 * @param sliceZMm heights of the CT slices from the bottom
 * @param sliceSopInstanceUids their SOP Instance UIDs
 * @param muscleAreaCm2 true skeletal muscle of each slice, cm2
 */
public record Truth(
        long seed,
        BodyType type,
        List<LevelRange> levels,
        List<Double> sliceZMm,
        List<String> sliceSopInstanceUids,
        List<Double> muscleAreaCm2) {

    /** Copies the lists. */
    public Truth {
        levels = List.copyOf(levels);
        sliceZMm = List.copyOf(sliceZMm);
        sliceSopInstanceUids = List.copyOf(sliceSopInstanceUids);
        muscleAreaCm2 = List.copyOf(muscleAreaCm2);
    }

    /** The body of L3. */
    public LevelRange l3() {
        return levels.stream()
                .filter(range -> range.level() == Vertebra.L3)
                .findFirst()
                .orElseThrow();
    }

    /** SUV of skeletal muscle in the PET, g/ml, uniform before the scanner blurs it. */
    public double muscleSuv() {
        return new PetModel(seed).ofMuscle();
    }

    /** The slice nearest to the middle of L3, counted from the bottom; empty when L3 was not scanned. */
    public OptionalInt l3MidSlice() {
        int best = -1;
        double middle = l3().midZMm();
        for (int k = 0; k < sliceZMm.size(); k++) {
            if (best < 0 || Math.abs(sliceZMm.get(k) - middle) < Math.abs(sliceZMm.get(best) - middle)) {
                best = k;
            }
        }
        return best >= 0 && l3().contains(sliceZMm.get(best)) ? OptionalInt.of(best) : OptionalInt.empty();
    }

    /** As JSON; {@code l3} and {@code muscleAreaCm2AtL3Mid} are absent when L3 was not scanned. */
    public String toJson() {
        StringBuilder json = new StringBuilder("{\n");
        json.append(String.format(
                Locale.ROOT,
                "  \"seed\": %d,%n  \"sex\": \"%s\",%n  \"ageYears\": %d,%n",
                seed,
                type.sex().code(),
                type.ageYears()));
        json.append(String.format(
                Locale.ROOT,
                "  \"heightM\": %.2f,%n  \"weightKg\": %.1f,%n  \"lumbarVertebrae\": %d,%n"
                        + "  \"muscleSuv\": %.4f,%n",
                type.heightM(),
                type.weightKg(),
                type.lumbarCount(),
                muscleSuv()));
        l3MidSlice()
                .ifPresent(k -> json.append(String.format(
                        Locale.ROOT,
                        "  \"l3\": {\"superiorZMm\": %.3f, \"inferiorZMm\": %.3f, \"midZMm\": %.3f, \"midSliceZMm\": %.3f, "
                                + "\"midSliceSopInstanceUid\": \"%s\", \"sliceIndexFromBottom\": %d},%n"
                                + "  \"muscleAreaCm2AtL3Mid\": %.3f,%n",
                        l3().superiorZMm(),
                        l3().inferiorZMm(),
                        l3().midZMm(),
                        sliceZMm.get(k),
                        sliceSopInstanceUids.get(k),
                        k,
                        muscleAreaCm2.get(k))));
        json.append("  \"vertebrae\": [");
        for (int i = 0; i < levels.size(); i++) {
            LevelRange range = levels.get(i);
            json.append(String.format(
                    Locale.ROOT,
                    "%s%n    {\"level\": \"%s\", \"superiorZMm\": %.3f, \"inferiorZMm\": %.3f}",
                    i == 0 ? "" : ",",
                    range.level(),
                    range.superiorZMm(),
                    range.inferiorZMm()));
        }
        json.append(String.format("%n  ],%n  \"slices\": ["));
        for (int k = 0; k < sliceZMm.size(); k++) {
            json.append(String.format(
                    Locale.ROOT,
                    "%s%n    {\"zMm\": %.3f, \"sopInstanceUid\": \"%s\", \"muscleAreaCm2\": %.3f}",
                    k == 0 ? "" : ",",
                    sliceZMm.get(k),
                    sliceSopInstanceUids.get(k),
                    muscleAreaCm2.get(k)));
        }
        return json.append(String.format("%n  ]%n}%n")).toString();
    }
}
