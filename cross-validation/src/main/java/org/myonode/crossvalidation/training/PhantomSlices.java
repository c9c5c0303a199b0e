package org.myonode.crossvalidation.training;

import java.util.List;
import java.util.SplittableRandom;
import org.myonode.phantom.BodyType;
import org.myonode.phantom.Label;
import org.myonode.phantom.LevelRange;
import org.myonode.phantom.PhantomBody;
import org.myonode.phantom.PhantomSlice;
import org.myonode.phantom.Vertebra;
import org.myonode.workers.volume.HuSlice;

/**
 * Slices of phantoms between T12 and the sacrum, most of them near L3, drawn anew each time. Immutable and safe for use by
 * several threads.
 */
final class PhantomSlices implements MuscleSynthesis.Slices {

    private static final int SIZE = 320;
    private static final double SPACING_MM = 1.5;

    /** Levels to draw from; repeated ones are drawn more often. */
    private static final List<Vertebra> LEVELS = List.of(
            Vertebra.T12,
            Vertebra.L1,
            Vertebra.L2,
            Vertebra.L3,
            Vertebra.L3,
            Vertebra.L3,
            Vertebra.L4,
            Vertebra.L4,
            Vertebra.SACRUM);

    /** Training bodies lie beyond any seed that a person types; demo, tests and validation never meet them. */
    private static final long FIRST_SEED = 1L << 40;

    private final int bodies;
    private final long first;

    /**
     * Slices of a number of bodies.
     *
     * @param seed another one gives other bodies
     */
    PhantomSlices(int bodies, long seed) {
        this.bodies = bodies;
        this.first = FIRST_SEED + seed * 1_000_000L;
    }

    @Override
    public int count() {
        return bodies;
    }

    /** A new slice of one of the bodies. Arms along the body and lean bellies are more frequent than among patients. */
    @Override
    public LabelledSlice draw(SplittableRandom random) {
        long seed = first + random.nextInt(bodies);
        boolean armsDown = random.nextDouble() < 0.25;
        boolean lean = random.nextDouble() < 0.3;
        PhantomBody body = PhantomBody.of(seed);
        if (armsDown || lean) {
            BodyType type = body.type();
            body = PhantomBody.of(
                    seed,
                    new BodyType(
                            type.sex(),
                            type.ageYears(),
                            type.heightM(),
                            type.weightKg(),
                            type.subcutaneousFat(),
                            lean ? type.visceralFat() * 0.4 : type.visceralFat(),
                            type.muscularity(),
                            type.muscleFat(),
                            type.lumbarCount(),
                            type.shortTwelfthRib(),
                            type.scoliosisMm(),
                            !armsDown && type.armsUp()));
        }
        Vertebra level = LEVELS.get(random.nextInt(LEVELS.size()));
        LevelRange range = body.level(level);
        double height = level == Vertebra.SACRUM ? 0.7 + 0.3 * random.nextDouble() : random.nextDouble() * 1.2;
        double z = range.inferiorZMm() + height * (range.superiorZMm() - range.inferiorZMm());
        return labelled(body.slice(z, SIZE, SPACING_MM));
    }

    static LabelledSlice labelled(PhantomSlice slice) {
        HuSlice image = new HuSlice(slice.size(), slice.size(), slice.spacingMm(), slice.spacingMm(), slice.hu());
        byte[] classes = new byte[slice.labels().length];
        for (int i = 0; i < classes.length; i++) {
            classes[i] = classOf(slice.labels()[i], slice.hu()[i]);
        }
        boolean[] trunk = LabelledSlice.body(image);
        for (int i = 0; i < classes.length; i++) {
            if (classes[i] == LabelledSlice.MUSCLE && !trunk[i]) {
                classes[i] = LabelledSlice.LEAN;
            }
        }
        return LabelledSlice.of("phantoms", slice.zMm(), image, classes, trunk, 1);
    }

    private static byte classOf(byte label, short hu) {
        return switch (label) {
            case Label.SKELETAL_MUSCLE -> LabelledSlice.MUSCLE;
            case Label.BONE -> LabelledSlice.BONE;
            case Label.AIR,
                    Label.SUBCUTANEOUS_FAT,
                    Label.INTERMUSCULAR_FAT,
                    Label.VISCERAL_FAT,
                    Label.LUNG,
                    Label.AIRWAY,
                    Label.TABLE -> LabelledSlice.OTHER;
            default -> hu < -60 ? LabelledSlice.OTHER : LabelledSlice.LEAN;
        };
    }
}
