package org.myonode.crossvalidation.training;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.myonode.phantom.Label;
import org.myonode.phantom.LevelRange;
import org.myonode.phantom.PhantomBody;
import org.myonode.phantom.PhantomSlice;
import org.myonode.phantom.Vertebra;
import org.myonode.workers.volume.HuSlice;

/** Slices of phantoms between T12 and the sacrum, most of them near L3. */
final class PhantomSlices {

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

    private static final int PER_BODY = 2;

    private PhantomSlices() {}

    /** Slices of bodies whose seeds are even; odd seeds are left to validation. */
    static List<LabelledSlice> draw(int bodies, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<LabelledSlice> slices = new ArrayList<>();
        for (int b = 0; b < bodies; b++) {
            PhantomBody body = PhantomBody.of(2L * (b + 1000 * seed));
            for (int s = 0; s < PER_BODY; s++) {
                Vertebra level = LEVELS.get(random.nextInt(LEVELS.size()));
                LevelRange range = body.level(level);
                double height = level == Vertebra.SACRUM ? 0.7 + 0.3 * random.nextDouble() : random.nextDouble() * 1.2;
                double z = range.inferiorZMm() + height * (range.superiorZMm() - range.inferiorZMm());
                PhantomSlice slice = body.slice(z, SIZE, SPACING_MM);
                slices.add(labelled(slice));
            }
        }
        return slices;
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
