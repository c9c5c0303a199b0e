package org.myonode.phantom;

import java.util.random.RandomGenerator;

/**
 * What kind of patient: everything else about a phantom follows from this and its seed.
 *
 * @param sex sex
 * @param ageYears age, years
 * @param heightM height, m
 * @param weightKg weight, kg
 * @param subcutaneousFat 0 (cachectic, about 2 mm) to 1 (obese, about 60 mm)
 * @param visceralFat 0 (bowel touches wall and psoas) to 1 (abundant)
 * @param muscularity 0 (severe sarcopenia) to 1 (athlete)
 * @param muscleFat 0 (none) to 1 (strong myosteatosis)
 * @param lumbarCount 4, 5 or 6 lumbar vertebrae
 * @param shortTwelfthRib whether the twelfth ribs are rudimentary
 * @param scoliosisMm lateral deviation of the spine at its apex, mm, signed
 * @param armsUp arms above the head (usual in PET-CT) or along the body
 */
public record BodyType(
        Sex sex,
        int ageYears,
        double heightM,
        double weightKg,
        double subcutaneousFat,
        double visceralFat,
        double muscularity,
        double muscleFat,
        int lumbarCount,
        boolean shortTwelfthRib,
        double scoliosisMm,
        boolean armsUp) {

    /** Rejects what no adult is. */
    public BodyType {
        if (heightM < 1.3 || heightM > 2.2 || weightKg < 30 || weightKg > 220) {
            throw new IllegalArgumentException("height " + heightM + " m, weight " + weightKg + " kg");
        }
        if (lumbarCount < 4 || lumbarCount > 6) {
            throw new IllegalArgumentException("lumbar vertebrae: " + lumbarCount);
        }
    }

    /** Draws a patient; ages, sizes and fat are wide rather than representative. */
    public static BodyType sample(RandomGenerator random) {
        Sex sex = random.nextBoolean() ? Sex.MALE : Sex.FEMALE;
        int age = (int) Math.round(clamp(58 + 16 * random.nextGaussian(), 20, 92));
        double height = clamp(
                sex == Sex.MALE ? 1.765 + 0.075 * random.nextGaussian() : 1.635 + 0.07 * random.nextGaussian(),
                1.42,
                2.05);
        double bmi = clamp(26.5 + 5.6 * random.nextGaussian(), 15.5, 45);
        double muscularity =
                clamp(0.48 + 0.2 * random.nextGaussian() - 0.004 * (age - 58) + 0.008 * (bmi - 26), 0.1, 1);
        double fatness = (bmi - 16) / 26 - 0.25 * (muscularity - 0.45);
        double subcutaneous =
                clamp((sex == Sex.FEMALE ? 0.06 : -0.04) + 0.85 * fatness + 0.12 * random.nextGaussian(), 0.0, 1);
        double visceral = clamp(
                (sex == Sex.MALE ? 0.12 : 0) + 0.75 * fatness + 0.004 * (age - 58) + 0.18 * random.nextGaussian(),
                0,
                1);
        double infiltration = clamp(
                0.25 + 0.006 * (age - 55) + 0.25 * fatness - 0.3 * (muscularity - 0.5) + 0.18 * random.nextGaussian(),
                0,
                1);
        double lumbar = random.nextDouble();
        double scoliosis = random.nextDouble() < 0.2 ? 14 * random.nextGaussian() : 3 * random.nextGaussian();
        return new BodyType(
                sex,
                age,
                Math.round(height * 100) / 100.0,
                Math.round(bmi * height * height * 10) / 10.0,
                subcutaneous,
                visceral,
                muscularity,
                infiltration,
                lumbar < 0.03 ? 4 : lumbar > 0.96 ? 6 : 5,
                random.nextDouble() < 0.06,
                clamp(scoliosis, -32, 32),
                random.nextDouble() < 0.8);
    }

    /** The same patient with 4, 5 or 6 lumbar vertebrae. */
    public BodyType withLumbarCount(int count) {
        return new BodyType(
                sex,
                ageYears,
                heightM,
                weightKg,
                subcutaneousFat,
                visceralFat,
                muscularity,
                muscleFat,
                count,
                shortTwelfthRib,
                scoliosisMm,
                armsUp);
    }

    private static double clamp(double value, double low, double high) {
        return Math.min(high, Math.max(low, value));
    }
}
