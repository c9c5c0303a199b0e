package org.myonode.phantom;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Legs, arms and breasts: round parts that join the trunk's outline. */
final class Limbs {
    /** A round part in this plane: centre, radii, mm. */
    record Part(float x, float y, float rx, float ry, Kind kind) {}

    enum Kind {
        THIGH,
        UPPER_ARM,
        FOREARM,
        BREAST
    }

    private static final Table THIGH_X = new Table(-400, 92, -330, 92, -250, 93, -180, 95, -110, 92);
    private static final Table THIGH_R = new Table(-400, 62, -330, 68, -250, 76, -180, 84, -120, 80, -80, 60);

    final Part[] parts;

    Limbs(Habitus h, Section s) {
        List<Part> found = new ArrayList<>();
        double ref = s.ref;
        double f = h.frame;
        double m = h.type.muscularity();
        double fat = h.fatSide * 0.75;
        if (ref < -70) {
            double r = THIGH_R.of(ref) * f * (0.86 + 0.28 * m) + fat;
            double x = Math.max(THIGH_X.of(ref) * f + 0.45 * fat, r * 0.97 + 1);
            for (int side = -1; side <= 1; side += 2) {
                found.add(new Part((float) (side * x), (float) (14 * f), (float) r, (float) (r * 1.04), Kind.THIGH));
            }
        }
        for (int side = -1; side <= 1; side += 2) {
            Part arm = h.type.armsUp() ? armUp(h, ref, side) : armDown(h, s, ref, side);
            if (arm != null) {
                found.add(arm);
            }
        }
        if (h.type.sex() == Sex.FEMALE && ref > 270 && ref < 420) {
            double size = 20 + 34 * h.type.subcutaneousFat() + 6 * Noise.hash(h.seed, 3, 1, 4);
            double v = 1 - Section.square((ref - 335) / 72);
            if (v > 0.02) {
                double k = Math.sqrt(v);
                for (int side = -1; side <= 1; side += 2) {
                    found.add(new Part(
                            (float) (side * (76 * f + 8)),
                            (float) (-s.front * 0.86 - h.fatFront * 0.3),
                            (float) (68 * f * k),
                            (float) ((size + 14) * k),
                            Kind.BREAST));
                }
            }
        }
        parts = found.toArray(new Part[0]);
    }

    private static @Nullable Part armUp(Habitus h, double ref, int side) {
        if (ref < 452) {
            return null;
        }
        double f = h.frame;
        double t = (ref - 452) / 240;
        double m = h.type.muscularity();
        double r = (43 + 10 * m - 8 * t) * f + 0.25 * h.fatSide;
        double grow = Math.min(1, (ref - 452) / 14);
        double x = (150 + 38 * Math.sin(Math.PI * 0.55 * Math.min(1.2, t))) * f + 0.25 * h.fatSide;
        double y = (18 - 62 * t) * f;
        if (t > 1) {
            x -= (t - 1) * 170;
            r -= 6;
        }
        return new Part(
                (float) (side * x),
                (float) y,
                (float) (r * grow),
                (float) (r * 1.1 * grow),
                t > 1 ? Kind.FOREARM : Kind.UPPER_ARM);
    }

    private static @Nullable Part armDown(Habitus h, Section s, double ref, int side) {
        if (ref > 462 || ref < -115) {
            return null;
        }
        double f = h.frame;
        double m = h.type.muscularity();
        double t = (462 - ref) / 560;
        double r = (47 + 10 * m - 26 * t) * f + 0.3 * h.fatSide * (1 - 0.6 * t);
        double grow = Math.min(1, (462 - ref) / 14) * Math.min(1, (ref + 115) / 25);
        double body = Math.max(s.halfWidth + h.fatSide * s.fatScale, 140 * f);
        // From a gap that shows the air between to an arm pressed against the flank.
        double gap = 3 + 7 * Noise.hash(h.seed, side, 8, 9);
        double x = ref > 400 ? 150 * f + (460 - ref) * 0.6 : Math.max(186 * f, body + r + gap);
        double flat = t > 0.75 ? 0.55 : 1;
        return new Part(
                (float) (side * x),
                (float) ((18 - 10 * t + 6 * Noise.hash(h.seed, side, 8, 8)) * f),
                (float) (r * flat * grow),
                (float) (r * grow),
                t > 0.5 ? Kind.FOREARM : Kind.UPPER_ARM);
    }

    /** Union of the trunk's distance with the limbs'. */
    float skinDistance(float x, float y, float trunk) {
        float d = trunk;
        for (Part part : parts) {
            float e = Canvas.ellipse(x, y, part.x, part.y, part.rx, part.ry, 1, 0);
            d = part.kind == Kind.UPPER_ARM || part.kind == Kind.FOREARM
                    ? Canvas.smoothMin(d, e, 4)
                    : Canvas.smoothMin(d, e, part.kind == Kind.BREAST ? 16 : 10);
        }
        return d;
    }
}
