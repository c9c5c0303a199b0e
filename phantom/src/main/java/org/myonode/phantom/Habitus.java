package org.myonode.phantom;

import java.util.Random;

/** Every number of one patient's build that does not depend on z; drawn once from the seed and the body type. */
final class Habitus {
    final long seed;
    final BodyType type;
    final Spine spine;
    /** In-plane size of the skeleton relative to the reference adult. */
    final double frame;

    // Fat, mm at L3.
    final double fatFront;
    final double fatSide;
    final double fatBack;
    final double fatMidline;
    final double bellyForward;
    final double bellySideways;
    final double perirenal;

    // Muscle, mm at L3.
    final double wall;
    final double rectusThickness;
    final double rectusWidth;
    final double rectusGap;
    final double psoas;
    final double psoasFlat;
    final double erectorWidth;
    final double erectorDepth;
    final double quadratusWidth;
    final double quadratusThickness;
    final double furrow;
    final double wallFatPlane;

    // Shape of the outline.
    final double frontExponent;
    final double backExponent;
    final double[] harmonic = new double[8];
    final double gluteFat;

    // Tissue levels, HU.
    final float muscleHu;
    final float fatHu;
    final float visceralFatHu;
    final float trabecularHu;
    final float corticalHu;
    final float discHu;
    final float bloodHu;
    final float veinHu;
    final float liverHu;
    final float spleenHu;
    final float kidneyHu;
    final float medullaHu;
    final float pelvisHu;
    final float bowelWallHu;
    final boolean contrast;
    final boolean oralContrast;
    final boolean calcified;

    // How the patient lies.
    final double turn;
    final double left;
    final double down;

    /** Factors of the height that each rib loses on its way, and of the angle at which its bone ends. */
    final double[] ribDrop = new double[12];

    final double[] ribLength = new double[12];

    Habitus(long seed, BodyType type) {
        this.seed = seed;
        this.type = type;
        this.spine = new Spine(seed, type);
        ribs(new Random(seed * 0x2545F4914F6CDD1DL + 1207));
        Random r = new Random(seed * 0x2545F4914F6CDD1DL + 99);
        boolean male = type.sex() == Sex.MALE;
        double fat = type.subcutaneousFat();
        double visceral = type.visceralFat();
        double muscle = type.muscularity();
        frame = (male ? 1.0 : 0.925) * Math.pow(type.heightM() / 1.72, 0.5) * (1 + 0.03 * r.nextGaussian());

        double base = 1.5 + 46 * Math.pow(fat, 1.25);
        fatFront = base * within(r, 0.55, 1.15);
        fatSide = 0.8 + base * within(r, 0.45, 1.0);
        fatBack = base * within(r, 0.7, 1.3);
        fatMidline = 2 + base * within(r, 0.15, 0.5);
        bellyForward = -10 + 82 * Math.pow(visceral, 1.15) * within(r, 0.8, 1.1);
        bellySideways = -5 + 30 * visceral * within(r, 0.7, 1.2);
        perirenal = 1 + 14 * visceral * within(r, 0.5, 1.4);

        wall = (9.5 + 16.5 * muscle) * within(r, 0.85, 1.2) * (male ? 1.06 : 0.96);
        rectusThickness = (4.5 + 10 * muscle) * within(r, 0.8, 1.2);
        rectusWidth = (48 + 24 * muscle) * frame * within(r, 0.88, 1.12);
        double wide = r.nextDouble();
        rectusGap = 5 + 26 * wide * wide * wide + 14 * visceral * r.nextDouble() + (r.nextDouble() < 0.06 ? 25 : 0);
        psoas = (11.5 + 9.5 * muscle) * (male ? 1.1 : 0.93) * within(r, 0.9, 1.12);
        psoasFlat = within(r, 0.68, 0.98);
        erectorWidth = (67 + 19 * muscle) * frame * within(r, 0.95, 1.06);
        erectorDepth = (37 + 19 * muscle) * frame * within(r, 0.93, 1.08);
        quadratusWidth = (19 + 10 * muscle) * within(r, 0.85, 1.2);
        quadratusThickness = (4.5 + 8 * muscle) * within(r, 0.8, 1.25);
        furrow = within(r, 2, 9) * (0.5 + muscle) * (1 - 0.5 * fat);
        wallFatPlane = 0.15 + 1.6 * Math.pow(r.nextDouble(), 1.5) + 0.5 * type.muscleFat();

        frontExponent = within(r, 1.95, 2.45);
        backExponent = within(r, 2.5, 3.3);
        for (int i = 0; i < harmonic.length; i++) {
            harmonic[i] = r.nextGaussian() * 0.012 / (1 + i / 2);
        }
        gluteFat = (male ? 6 : 10) + base * within(r, 0.7, 1.25) * (male ? 0.9 : 1.2);

        muscleHu = (float) (58 + 4 * r.nextGaussian() - 12 * type.muscleFat());
        fatHu = (float) (-104 + 4 * r.nextGaussian());
        visceralFatHu = fatHu + (float) within(r, 1, 9);
        trabecularHu = (float) Math.max(55, 235 - 2.1 * (type.ageYears() - 25) + 30 * r.nextGaussian());
        corticalHu = (float) within(r, 420, 720);
        discHu = (float) within(r, 68, 105);
        double phase = r.nextDouble();
        contrast = phase < 0.45;
        boolean arterial = phase < 0.08;
        double strength = within(r, 0.7, 1.3);
        bloodHu = (float) (contrast ? (arterial ? 260 * strength : 145 * strength) : 40 + 4 * r.nextGaussian());
        veinHu = (float) (contrast ? (arterial ? 90 : 135) * strength : bloodHu - 1);
        double steatosis = r.nextDouble() < 0.3 ? within(r, 5, 45) : 0;
        liverHu = (float) (58 + 4 * r.nextGaussian() - steatosis + (contrast ? (arterial ? 15 : 48 * strength) : 0));
        spleenHu = (float) (48 + 3 * r.nextGaussian() + (contrast ? (arterial ? 60 : 65 * strength) : 0));
        kidneyHu = (float) (34 + 3 * r.nextGaussian() + (contrast ? (arterial ? 130 : 150 * strength) : 0));
        medullaHu = (float) (contrast ? (arterial ? 70 : kidneyHu - 25) : kidneyHu - 2);
        pelvisHu = (float) (contrast && r.nextDouble() < 0.3 ? 450 : 8);
        bowelWallHu = (float) (36 + 6 * r.nextGaussian() + (contrast ? 35 : 0));
        oralContrast = r.nextDouble() < 0.3;
        calcified = r.nextDouble() < (type.ageYears() - 35) / 50.0;

        turn = 0.03 * r.nextGaussian();
        left = 7 * r.nextGaussian();
        down = 10 * r.nextGaussian();
    }

    static double within(Random r, double low, double high) {
        return low + (high - low) * r.nextDouble();
    }

    /** Neighbouring ribs are alike; the last two, which end freely, are as long as they like. */
    private void ribs(Random random) {
        double drop = 1 + 0.14 * random.nextGaussian();
        for (int k = 0; k < 12; k++) {
            ribDrop[k] = Math.max(0.5, drop + 0.05 * random.nextGaussian());
            double spread = k == 11 ? 0.35 : k == 10 ? 0.18 : 0.03;
            ribLength[k] = Math.max(0.35, Math.min(1.7, 1 + spread * random.nextGaussian()));
        }
    }
}
