package org.myonode.phantom;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Heights of the vertebrae, the curve of the spine, and the map between this patient's z and the reference adult in
 * which all tables of this package are written (top of the sacrum at 0, top of C1 at 600 mm).
 */
final class Spine {
    /** Body plus the disc below it, reference adult, from L5 upwards. */
    private static final double[] LUMBAR = {36, 37, 37, 36, 35};

    private static final double[] THORACIC_UP = {32, 29, 27, 26, 25, 25, 24, 23, 23, 22, 21, 20};
    private static final double[] CERVICAL_UP = {18, 17, 17, 17, 17, 22, 14};

    private final List<LevelRange> headToFoot = new ArrayList<>();
    private final double[] reference;
    private final double[] actual;
    private final double scoliosis;
    private final double phase;
    private final double lordosis;

    Spine(long seed, BodyType type) {
        Random random = new Random(seed ^ 0x5151_7EAFL);
        double scale = Math.pow(type.heightM() / 1.72, 0.85) * (1 + 0.025 * random.nextGaussian());
        double disc = 1 - 0.006 * Math.max(0, type.ageYears() - 40) * random.nextDouble();
        List<LevelRange> up = new ArrayList<>();
        List<Double> refs = new ArrayList<>();
        List<Double> zs = new ArrayList<>();
        List<Vertebra> levels = new ArrayList<>(Vertebra.spine(type.lumbarCount()));
        double z = 0;
        double ref = 0;
        // Sacrum and coccyx are curved: their heights are projections on z.
        double sacrum = (98 + 8 * random.nextGaussian()) * scale;
        refs.add(-400.0);
        zs.add(-400 * type.heightM() / 1.72);
        refs.add(-104.0);
        zs.add(-sacrum * 104 / 98.0);
        refs.add(0.0);
        zs.add(0.0);
        double lumbarScale = 1 + 0.04 * random.nextGaussian();
        for (int i = levels.size() - 3; i >= 0; i--) {
            Vertebra level = levels.get(i);
            double height;
            double refStep;
            double discPart;
            if (level.isLumbar()) {
                int below = levels.size() - 3 - i;
                height = LUMBAR[Math.min(4, below)] * lumbarScale;
                refStep = 181.0 / type.lumbarCount();
                discPart = 0.25;
            } else if (level.isThoracic()) {
                height = refStep = THORACIC_UP[Vertebra.T12.ordinal() - level.ordinal()];
                discPart = 0.18;
            } else {
                height = refStep = CERVICAL_UP[Vertebra.C7.ordinal() - level.ordinal()];
                discPart = level == Vertebra.C1 ? 0.02 : level == Vertebra.C2 ? 0.15 : 0.26;
            }
            double unit = height * scale * (1 + 0.015 * random.nextGaussian());
            double gap = unit * discPart * disc;
            double inferior = z + gap;
            z += unit - (unit * discPart - gap) * 0.5;
            ref += refStep;
            up.add(new LevelRange(level, inferior, z));
            refs.add(ref);
            zs.add(z);
        }
        refs.add(800.0);
        zs.add(z + 200 * Math.pow(type.heightM() / 1.72, 0.4));
        for (int i = up.size() - 1; i >= 0; i--) {
            headToFoot.add(up.get(i));
        }
        headToFoot.add(new LevelRange(Vertebra.SACRUM, -sacrum, 0));
        headToFoot.add(new LevelRange(Vertebra.COCCYX, -sacrum - 32 * scale, -sacrum));
        reference = refs.stream().mapToDouble(Double::doubleValue).toArray();
        actual = zs.stream().mapToDouble(Double::doubleValue).toArray();
        scoliosis = type.scoliosisMm();
        phase = 0.6 * random.nextGaussian();
        lordosis = 1 + 0.35 * random.nextGaussian();
    }

    List<LevelRange> levels() {
        return List.copyOf(headToFoot);
    }

    LevelRange level(Vertebra wanted) {
        return headToFoot.stream()
                .filter(range -> range.level() == wanted)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("this patient has no " + wanted));
    }

    /** Reference height of a height of this patient. */
    double referenceOfZ(double z) {
        return interpolate(actual, reference, z);
    }

    /** Height of this patient for a height of the reference adult. */
    double zOfReference(double ref) {
        return interpolate(reference, actual, ref);
    }

    /** Sideways position of the vertebral bodies, mm to the patient's left. */
    double xAt(double ref) {
        if (ref < -60 || ref > 520) {
            return 0;
        }
        double t = (ref + 60) / 580;
        double window = Math.sin(Math.PI * t);
        return scoliosis * Math.sin(2.6 * Math.PI * t + phase) * window;
    }

    /** Forward (negative y) shift of the lumbar bodies by lordosis relative to the tables, mm. */
    double lordosisAt(double ref) {
        double lumbar = Math.exp(-Math.pow((ref - 75) / 75, 2));
        return -(lordosis - 1) * 14 * lumbar;
    }

    private static double interpolate(double[] from, double[] to, double value) {
        int i = 1;
        while (i < from.length - 1 && value > from[i]) {
            i++;
        }
        double t = (value - from[i - 1]) / (from[i] - from[i - 1]);
        return to[i - 1] + t * (to[i] - to[i - 1]);
    }
}
