package org.myonode.phantom;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Hollow organs and small vessels as chains of balls. A chain lives in the unit disc of the cavity (x to the left,
 * y to the back) and in reference height, so that it follows the cavity of any patient.
 */
final class Bowel {
    /** A ball of a chain: place in the unit disc, reference height, radius in mm, distance along the chain in mm. */
    record Ball(double x, double y, double ref, double z, double radius, double along) {}

    enum Content {
        FLUID,
        CONTRAST,
        GAS,
        FAECES,
        SOLID
    }

    /** One tube. */
    record Chain(List<Ball> balls, double wallMm, Content content, float level, double gas, byte label) {}

    final List<Chain> colon = new ArrayList<>();
    final List<Chain> small = new ArrayList<>();
    final List<Chain> upper = new ArrayList<>();
    final List<Chain> vessels = new ArrayList<>();

    Bowel(Habitus h) {
        Random r = new Random(h.seed * 0x5DEECE66DL + 3);
        double f = h.frame;
        small(h, r, f);
        colon(h, r, f);
        upper(h, r, f);
        mesentery(h, r);
    }

    private void small(Habitus h, Random r, double f) {
        List<double[]> taken = new ArrayList<>();
        double lateral = 118 * f;
        double depth = (72 + Math.max(0, h.bellyForward) * 0.8) * f;
        int chains = (int) ((26 + r.nextInt(30)) * (1 + 0.5 * Math.max(0, h.bellyForward) / 80));
        double calibre = Habitus.within(r, 8.5, 14);
        for (int c = 0; c < chains; c++) {
            double x = Habitus.within(r, -0.62, 0.72) * lateral;
            double y = Habitus.within(r, -0.8, 0.15) * depth;
            double ref = Habitus.within(r, -115, c % 3 == 0 ? 150 : 90);
            double dx = r.nextGaussian();
            double dy = 0.6 * r.nextGaussian();
            double dz = 0.7 * r.nextGaussian();
            double radius = calibre * Habitus.within(r, 0.8, 1.25) * f;
            List<Ball> balls = new ArrayList<>();
            double along = 0;
            int steps = 9 + r.nextInt(12);
            List<double[]> own = new ArrayList<>();
            for (int k = 0; k < steps; k++) {
                double u = x / lateral;
                double v = y / depth;
                balls.add(
                        new Ball(u, v, ref, h.spine.zOfReference(ref), radius * (1 + 0.12 * r.nextGaussian()), along));
                own.add(new double[] {x, y, ref});
                dx += 0.75 * r.nextGaussian();
                dy += 0.6 * r.nextGaussian();
                dz += 0.6 * r.nextGaussian();
                for (double[] q : taken) {
                    double ex = x - q[0];
                    double ey = y - q[1];
                    double ez = ref - q[2];
                    double e2 = ex * ex + ey * ey + ez * ez + 30;
                    if (e2 < 1600) {
                        dx += 18 * ex / e2;
                        dy += 18 * ey / e2;
                        dz += 14 * ez / e2;
                    }
                }
                double rim = u * u + v * v;
                if (rim > 0.45) {
                    dx -= 1.1 * u;
                    dy -= 0.9 * v;
                }
                dy -= v > 0.1 ? 0.8 : 0;
                dz += ref < -100 ? 0.8 : ref > 140 ? -0.8 : 0;
                double length = Math.sqrt(dx * dx + dy * dy + dz * dz) + 1e-6;
                dx /= length;
                dy /= length;
                dz /= length;
                double step = radius * 1.05;
                x += dx * step;
                y += dy * step;
                ref += dz * step;
                along += step;
            }
            taken.addAll(own);
            double kind = r.nextDouble();
            boolean contrast = h.oralContrast && r.nextDouble() < 0.65;
            Content content = contrast
                    ? Content.CONTRAST
                    : kind < 0.16 ? Content.GAS : kind < 0.6 ? Content.FLUID : Content.SOLID;
            float level = (float)
                    (contrast
                            ? Habitus.within(r, 120, 380)
                            : content == Content.SOLID
                                    ? h.bowelWallHu + 4 * r.nextGaussian()
                                    : Habitus.within(r, 6, 32));
            small.add(new Chain(balls, Habitus.within(r, 1.6, 3), content, level, r.nextDouble(), Label.SMALL_BOWEL));
        }
    }

    private void colon(Habitus h, Random r, double f) {
        double sag = Habitus.within(r, -10, 70);
        double wide = Habitus.within(r, 0.75, 1.35);
        double lift = Habitus.within(r, -25, 25);
        double[][] right = {
            {-0.66, 0.0, -40 + lift, 20},
            {-0.74, 0.12, -5 + lift, 29},
            {-0.8, 0.34, 45, 25},
            {-0.82, 0.38, 100, 23},
            {-0.76, 0.15, 158 + lift, 25}
        };
        double[][] middle = {
            {-0.76, 0.15, 158 + lift, 25},
            {-0.62, -0.4, 150 - sag * 0.4, 22},
            {-0.3, -0.76, 128 - sag, 22},
            {0.1, -0.84, 122 - sag, 21},
            {0.45, -0.7, 150 - sag * 0.6, 20},
            {0.72, -0.25, 200, 20},
            {0.78, 0.1, 228, 20}
        };
        double[][] left = {
            {0.78, 0.1, 228, 20},
            {0.84, 0.36, 185, 16},
            {0.87, 0.4, 110, 14},
            {0.87, 0.34, 45, 14},
            {0.8, 0.12, 0, 15},
            {0.55, 0.12, -40, 16},
            {0.2, 0.05 - 0.3 * r.nextDouble(), -40 + 60 * r.nextDouble(), 17},
            {-0.15, 0.1, -50, 17},
            {-0.05, 0.45, -72, 18},
            {0.03, 0.66, -105, 19},
            {0, 0.6, -135, 17},
            {0, 0.66, -168, 11}
        };
        double[][][] parts = {right, middle, left};
        for (int part = 0; part < 3; part++) {
            for (double[] knot : parts[part]) {
                knot[3] *= wide * f * (part == 2 ? 0.9 : 1);
            }
            double kind = r.nextDouble();
            Content content = part == 0
                    ? (kind < 0.75 ? Content.FAECES : h.oralContrast ? Content.CONTRAST : Content.FLUID)
                    : part == 1
                            ? (kind < 0.45 ? Content.GAS : kind < 0.8 ? Content.FAECES : Content.FLUID)
                            : (kind < 0.4 ? Content.FAECES : kind < 0.65 ? Content.SOLID : Content.GAS);
            float level =
                    (float) (content == Content.CONTRAST ? Habitus.within(r, 250, 600) : Habitus.within(r, 15, 45));
            colon.add(tube(parts[part], h, r, 0.2, 27 * f, Habitus.within(r, 1.6, 3), content, level, Label.COLON));
        }
    }

    private void upper(Habitus h, Random r, double f) {
        double full = Habitus.within(r, 0.55, 1.2) * f;
        double drop = Habitus.within(r, -15, 35);
        double[][] stomach = {
            {0.5, 0.22, 252, 36 * full},
            {0.52, -0.1, 228, 36 * full},
            {0.45, -0.42, 200 - drop * 0.5, 30 * full},
            {0.15, -0.6, 170 - drop, 24 * full},
            {-0.18, -0.42, 168 - drop * 0.6, 16 * full}
        };
        upper.add(tube(
                stomach,
                h,
                r,
                0.05,
                60,
                4,
                r.nextDouble() < 0.5 ? Content.GAS : h.oralContrast ? Content.CONTRAST : Content.FLUID,
                h.oralContrast ? 190 : 18,
                Label.STOMACH));
        double[][] duodenum = {
            {-0.2, -0.38, 165, 13 * f},
            {-0.36, -0.12, 158, 14 * f},
            {-0.38, 0.0, 118, 13 * f},
            {-0.2, -0.1, 100, 12 * f},
            {0.12, -0.14, 106, 11 * f},
            {0.24, -0.22, 130, 12 * f}
        };
        upper.add(tube(duodenum, h, r, 0.06, 30, 2.5, Content.SOLID, h.bowelWallHu, Label.SMALL_BOWEL));
        double[][] pancreas = {
            {-0.27, -0.1, 138, 13 * f},
            {-0.22, -0.2, 158, 12 * f},
            {0.03, -0.32, 170, 9.5 * f},
            {0.3, -0.08, 184, 10 * f},
            {0.55, 0.14, 196, 9 * f}
        };
        upper.add(tube(pancreas, h, r, 0.14, 9, 0, Content.SOLID, (h.contrast ? 90 : 38), Label.PANCREAS));
    }

    private void mesentery(Habitus h, Random r) {
        for (int k = 0; k < 120; k++) {
            double x = 0.05 + 0.06 * r.nextGaussian();
            double y = -0.2;
            double ref = 130 - 90 * r.nextDouble();
            double dx = 0.055 * r.nextGaussian();
            double dy = -0.02 + 0.035 * r.nextGaussian();
            double dz = -4 + 6 * r.nextGaussian();
            double radius = Habitus.within(r, 1.2, 3);
            List<Ball> balls = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                balls.add(new Ball(x, y, ref, h.spine.zOfReference(ref), radius * (1 - 0.07 * i), i * 10));
                x += dx + 0.03 * r.nextGaussian();
                y += dy + 0.02 * r.nextGaussian();
                ref += dz;
                if (x * x + y * y > 0.8) {
                    break;
                }
            }
            vessels.add(new Chain(balls, 0, Content.SOLID, h.contrast ? h.veinHu : 38, 0, Label.VESSEL));
        }
    }

    private static Chain tube(
            double[][] knots,
            Habitus h,
            Random r,
            double pouches,
            double period,
            double wall,
            Content content,
            float level,
            byte label) {
        List<Ball> balls = new ArrayList<>();
        double along = 0;
        double shift = r.nextDouble() * 6;
        double[] last = null;
        double jx = 0.03 * r.nextGaussian();
        double jy = 0.03 * r.nextGaussian();
        for (int i = 0; i + 1 < knots.length; i++) {
            double[] a = knots[Math.max(0, i - 1)];
            double[] b = knots[i];
            double[] c = knots[i + 1];
            double[] d = knots[Math.min(knots.length - 1, i + 2)];
            double length = Math.hypot(Math.hypot((c[0] - b[0]) * 120, (c[1] - b[1]) * 75), c[2] - b[2]);
            int steps = Math.max(2, (int) (length / 7));
            for (int k = 0; k < steps; k++) {
                double t = k / (double) steps;
                double[] q = new double[4];
                for (int m = 0; m < 4; m++) {
                    q[m] = 0.5
                            * (2 * b[m]
                                    + (c[m] - a[m]) * t
                                    + (2 * a[m] - 5 * b[m] + 4 * c[m] - d[m]) * t * t
                                    + (3 * b[m] - a[m] - 3 * c[m] + d[m]) * t * t * t);
                }
                if (last != null) {
                    along += Math.hypot(Math.hypot((q[0] - last[0]) * 120, (q[1] - last[1]) * 75), q[2] - last[2]);
                }
                last = q;
                double wave = Math.sin(2 * Math.PI * along / period + shift);
                double radius = q[3] * (1 + pouches * wave + 0.1 * Noise.at(h.seed + label, along / 20));
                double wx = jx + 0.035 * Noise.at(h.seed + label + 7, along / 45);
                double wy = jy + 0.045 * Noise.at(h.seed + label + 9, along / 45);
                balls.add(new Ball(q[0] + wx, q[1] + wy, q[2], h.spine.zOfReference(q[2]), Math.max(3, radius), along));
            }
        }
        return new Chain(balls, wall, content, level, r.nextDouble(), label);
    }
}
