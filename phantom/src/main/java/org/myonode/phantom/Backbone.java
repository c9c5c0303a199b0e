package org.myonode.phantom;

import java.util.List;

/** Vertebrae, discs, canal, sacrum and coccyx, built from rods and slabs around the curve of the spine. */
final class Backbone {
    private static final Table HALF_WIDTH = new Table(
            0, 26, 20, 25, 55, 24, 92, 22.5, 128, 21.5, 165, 20.5, 198, 19.5, 240, 17.5, 300, 15.5, 370, 14, 440, 14,
            480, 15.5, 505, 13.5, 545, 12, 575, 10, 600, 9);
    private static final Table HALF_DEPTH = new Table(
            0, 17.5, 55, 17.5, 92, 17, 165, 16, 198, 15.5, 260, 15, 330, 14, 400, 12, 450, 10.5, 480, 9.5, 505, 8.5,
            545, 8, 600, 7.5);
    /** How much the end plates rise towards the back, mm per mm. */
    private static final Table SLOPE = new Table(
            -60, 0.7, 0, 0.6, 18, 0.34, 54, 0.14, 92, 0.0, 128, -0.1, 165, -0.16, 200, -0.17, 280, -0.08, 340, 0.08,
            440, 0.32, 500, 0.3, 540, 0.1, 590, -0.1);

    private final Scene scene;
    private final Canvas canvas;
    private final Habitus habitus;
    private final float f;

    Backbone(Scene scene) {
        this.scene = scene;
        canvas = scene.canvas;
        habitus = scene.habitus;
        f = scene.frame;
    }

    static double halfWidth(double ref) {
        return HALF_WIDTH.of(ref);
    }

    static double halfDepth(double ref) {
        return HALF_DEPTH.of(ref);
    }

    void paint() {
        if (scene.ref > 640 || scene.ref < -150) {
            return;
        }
        double sx = scene.section.spineX;
        double sy = scene.section.spineY;
        List<LevelRange> levels = habitus.spine.levels();
        canal(sx, sy);
        for (int i = 0; i < levels.size() - 2; i++) {
            LevelRange level = levels.get(i);
            if (Math.abs(level.midZMm() - scene.z) < 62) {
                double below = i + 1 < levels.size() - 2 ? levels.get(i + 1).superiorZMm() : 0;
                body(level, below, sx, sy);
            }
        }
        for (int i = 0; i < levels.size() - 2; i++) {
            LevelRange level = levels.get(i);
            if (Math.abs(level.midZMm() - scene.z) < 62) {
                arch(level, sx, sy);
            }
        }
    }

    private void canal(double sx, double sy) {
        double ref = scene.ref;
        if (ref < -90) {
            return;
        }
        float d = (float) HALF_DEPTH.of(Math.max(0, ref)) * f;
        float cy = (float) (sy + d + 8 * f);
        float shrink = ref < 0 ? (float) Math.max(0.3, 1 + ref / 110) : 1;
        float rx = 11.5f * f * shrink;
        float ry = 8.2f * f * shrink;
        float cx = (float) sx;
        canvas.paint(
                cx - rx,
                cy - ry,
                cx + rx,
                cy + ry,
                false,
                (x, y) -> Canvas.ellipse(x, y, cx, cy, rx, ry, 1, 0),
                (x, y, e, p) -> habitus.fatHu + 20,
                Label.SPINAL_CANAL);
        float qx = rx * (ref > 170 ? 0.78f : 0.86f);
        float qy = ry * 0.86f;
        boolean cord = ref > 160;
        canvas.paint(
                cx - rx,
                cy - ry,
                cx + rx,
                cy + ry,
                false,
                (x, y) -> Canvas.ellipse(x, y, cx, cy - 0.3f, qx, qy, 1, 0),
                (x, y, e, p) -> (cord && e < -3.2f ? 42 : 16) + 5 * scene.medium(x, y),
                Label.SPINAL_CANAL);
    }

    private void body(LevelRange level, double below, double sx, double sy) {
        double ref = habitus.spine.referenceOfZ(level.midZMm());
        if (level.level() == Vertebra.C1) {
            return;
        }
        float w = (float) HALF_WIDTH.of(ref) * f;
        float d = (float) HALF_DEPTH.of(ref) * f;
        float cx = (float) sx;
        float cy = (float) sy;
        float slope = (float) SLOPE.of(ref);
        float slopeBelow = (float) SLOPE.of(ref - 18);
        float half = (float) (level.superiorZMm() - level.inferiorZMm()) / 2;
        float middle = (float) (scene.z - level.midZMm());
        float lower = (float) (scene.z - level.inferiorZMm());
        float toNext = (float) (scene.z - below);
        float heart = level.level().isThoracic() ? 0.75f : 1;
        // Disc first, then the body over it.
        Canvas.Distance outline = (x, y) -> outline(x - cx, y - cy, w, d, 1, heart);
        if (lower < 8 + 0.4f * w && toNext > -8 - 0.4f * w) {
            canvas.paint(
                    cx - w - 2,
                    cy - d - 2,
                    cx + w + 2,
                    cy + d + 2,
                    false,
                    (x, y) -> Math.max(
                            outline.at(x, y) - 0.8f,
                            Math.max(lower - slope * (y - cy), -(toNext - slopeBelow * (y - cy)))),
                    (x, y, e, p) -> habitus.discHu + (outline.at(x, y) > -5 ? 18 : 0) + 4 * scene.medium(x, y),
                    Label.DISC);
        }
        float waistAt = Math.min(1, Math.abs(middle) / half);
        float waist = 0.9f + 0.1f * waistAt * waistAt;
        float shell = 0.5f;
        canvas.paint(
                cx - w - 2,
                cy - d - 2,
                cx + w + 2,
                cy + d + 2,
                false,
                (x, y) -> {
                    float side = outline(x - cx, y - cy, w * waist, d * waist, 1, heart);
                    float r2 = ((x - cx) * (x - cx) / (w * w) + (y - cy) * (y - cy) / (d * d));
                    float cup = 1.6f * Math.max(0, 1 - r2);
                    return Math.max(side, Math.abs(middle - slope * (y - cy)) - half + cup);
                },
                (x, y, e, p) -> {
                    float vein = Math.abs(middle) < 4 && y > cy
                            ? 1 - Math.min(1, Math.abs(x - cx) / (2 + 0.5f * (y - cy)))
                            : 0;
                    return scene.bone(x, y, e, shell, 1) * (1 - 0.55f * vein);
                },
                Label.BONE);
    }

    /** Kidney-shaped outline of a vertebral body, hollow towards the canal. */
    private static float outline(float x, float y, float w, float d, float waist, float heart) {
        float v = y / (d * waist);
        float narrow = heart < 1 && v < 0 ? 1 - (1 - heart) * v * v : 1;
        float u = x / (w * waist * narrow);
        float u2 = u * u;
        float v2 = v * v;
        float k = (float) Math.sqrt(
                Math.sqrt(u2 * u2 * 0.55f + v2 * v2 * 0.55f + 1.35f * u2 * v2 + 0.45f * (u2 * u2 + v2 * v2) * 1f));
        float e = (k - 1) * Math.min(w, d) * waist;
        if (y > 0) {
            float hollow = 3.2f - (float) Math.sqrt(x * x * 0.16f + (y - d - 1.8f) * (y - d - 1.8f));
            e = Math.max(e, hollow);
        }
        return e;
    }

    private void arch(LevelRange level, double sx, double sy) {
        double ref = habitus.spine.referenceOfZ(level.midZMm());
        double d = HALF_DEPTH.of(ref) * f;
        double h = level.superiorZMm() - level.inferiorZMm();
        double k = h / 27;
        double z0 = level.midZMm() - scene.z;
        double slope = SLOPE.of(ref);
        Canvas.Stamp stamp = canvas.new Stamp(false);
        double y0 = sy + d;
        for (int s = -1; s <= 1; s += 2) {
            if (level.level().isLumbar()) {
                // Pedicle, two storeys; lamina, articular and transverse processes.
                rod(stamp, s * 13, -5, 8 * k, 4.4, s * 16.5, 13, 7 * k, 4.6, sx, y0, z0, slope);
                rod(stamp, s * 13, -5, 3 * k, 4.0, s * 16.5, 13, 1 * k, 4.6, sx, y0, z0, slope);
                rod(stamp, s * 16, 15, 3 * k, 4.6, s * 3, 24, -6 * k, 3.6, sx, y0, z0, slope);
                rod(stamp, s * 14.5, 18, -5 * k, 4.2, s * 3, 24, -13 * k, 3.4, sx, y0, z0, slope);
                rod(stamp, s * 19, 12.5, 15 * k, 4.8, s * 18, 14, 3 * k, 5.2, sx, y0, z0, slope);
                rod(stamp, s * 14.5, 20, -9 * k, 4.6, s * 15.5, 19, -22 * k, 4.4, sx, y0, z0, slope);
                double reach = level.level() == Vertebra.L3 ? 46 : level.level() == Vertebra.L1 ? 36 : 42;
                rod(stamp, s * 18, 12, 1 * k, 4.8, s * reach, 16, 3 * k, 3.2, sx, y0, z0, slope);
            } else if (level.level().isThoracic()) {
                double t = Math.min(1, (ref - 200) / 260);
                rod(stamp, s * 9, -3, 6 * k, 3.4, s * 12, 11, 5 * k, 3.6, sx, y0, z0, slope);
                rod(stamp, s * 11, 13, 3 * k, 4, s * 2.5, 20, -4 * k, 3.4, sx, y0, z0, slope);
                rod(stamp, s * 10, 15, -4 * k, 3.6, s * 2.5, 20, -12 * k, 3.2, sx, y0, z0, slope);
                rod(stamp, s * 11, 14, 10 * k, 3.4, s * 11, 15, -14 * k, 3.4, sx, y0, z0, slope);
                rod(stamp, s * 12, 13, 5 * k, 4.2, s * (24 + 8 * t), 24, 6 * k, 3.8, sx, y0, z0, slope);
            } else {
                double wide = level.level() == Vertebra.C1 ? 24 : 17;
                rod(stamp, s * 9, -6, 0, 4.2, s * wide, 4, 0, 4.2, sx, y0, z0, slope);
                rod(stamp, s * wide * 0.85, 4, 5 * k, 4.4, s * wide * 0.85, 7, -7 * k, 4.4, sx, y0, z0, slope);
                rod(stamp, s * wide * 0.85, 8, 0, 3.2, s * 2.5, 21, -5 * k, 2.8, sx, y0, z0, slope);
                if (level.level() == Vertebra.C1) {
                    rod(stamp, s * 18, -5, 0, 6, 0, -19, 0, 3, sx, y0, z0, slope);
                }
            }
        }
        if (level.level().isLumbar()) {
            rod(stamp, 0, 24, 1 * k, 3.4, 0, 46, -4 * k, 2.8, sx, y0, z0, slope);
            rod(stamp, 0, 25, -8 * k, 3.2, 0, 49, -11 * k, 3.3, sx, y0, z0, slope);
            rod(stamp, 0, 26, -16 * k, 2.6, 0, 48, -20 * k, 3.2, sx, y0, z0, slope);
        } else if (level.level().isThoracic()) {
            double drop = 16 + 10 * Section.bump(ref, 330, 70);
            rod(stamp, 0, 20, -6 * k, 3, 0, 40, -6 * k - drop, 2.6, sx, y0, z0, slope);
            rod(stamp, 0, 20, -12 * k, 3, 0, 38, -12 * k - drop, 2.6, sx, y0, z0, slope);
        } else if (level.level() != Vertebra.C1) {
            double reach = level.level() == Vertebra.C7 ? 46 : level.level() == Vertebra.C2 ? 36 : 32;
            rod(stamp, 0, 20, -5 * k, 2.8, 0, reach, -14, 2.8, sx, y0, z0, slope);
        }
        if (level.level() == Vertebra.C2) {
            rod(stamp, 0, -d / f, 0, 6.5, 0, -d / f - 1, 24, 5, sx, y0, z0, slope);
        }
        if (stamp.isEmpty()) {
            return;
        }
        float cy = (float) (sy + d + 8 * f);
        float rx = 11 * f;
        float ry = 7.6f * f;
        float cx = (float) sx;
        stamp.cut(cx - 13, cy - 10, cx + 13, cy + 10, (x, y) -> Canvas.ellipse(x, y, cx, cy, rx, ry, 1, 0));
        stamp.paint((x, y, e, p) -> scene.bone(x, y, e, 1.2f, 1.25f), Label.BONE);
    }

    private void rod(
            Canvas.Stamp stamp,
            double ax,
            double ay,
            double az,
            double ra,
            double bx,
            double by,
            double bz,
            double rb,
            double sx,
            double y0,
            double z0,
            double slope) {
        stamp.rod(
                sx + ax * f,
                y0 + ay * f,
                z0 + az + slope * ay * f,
                ra * f,
                sx + bx * f,
                y0 + by * f,
                z0 + bz + slope * by * f,
                rb * f,
                2.5f);
    }
}
