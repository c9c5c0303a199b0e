package org.myonode.phantom;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Implants of metal: the parts themselves, and what they do to the image of their plane. Streaks are painted, not
 * computed from projections: dark between two parts, and a star of bright and dark rays that fades with the distance.
 */
final class Hardware {
    private static final float METAL_HU = 3000;
    private static final double STAR_MM = 45;
    private static final double DARK_MM = 7;

    private final Scene scene;
    private final Set<Implant> implants;
    private final List<double[]> parts = new ArrayList<>();

    Hardware(Scene scene, Set<Implant> implants) {
        this.scene = scene;
        this.implants = implants;
    }

    void paint() {
        if (implants.contains(Implant.SPINAL_FUSION)) {
            fusion();
        }
        if (implants.contains(Implant.HIP)) {
            hip();
        }
    }

    private void fusion() {
        double f = scene.frame;
        Spine spine = scene.habitus.spine;
        List<LevelRange> lumbar = spine.levels().stream()
                .filter(range -> range.level().isLumbar())
                .toList();
        List<LevelRange> fused = lumbar.subList(lumbar.size() - 3, lumbar.size());
        double sx = scene.section.spineX;
        for (int side = -1; side <= 1; side += 2) {
            Canvas.Stamp stamp = scene.canvas.new Stamp(false);
            for (LevelRange level : fused) {
                double ref = spine.referenceOfZ(level.midZMm());
                double behind = scene.section.spineY + Backbone.halfDepth(ref) * f;
                double above = level.midZMm() + 5 - scene.z;
                stamp.rod(
                        sx + side * 11 * f,
                        behind - 20 * f,
                        above,
                        3,
                        sx + side * 19 * f,
                        behind + 24 * f,
                        above,
                        3,
                        0);
                if (Math.abs(above) < 4) {
                    parts.add(new double[] {sx + side * 15 * f, behind + 4 * f, 1});
                }
            }
            double top = fused.get(0).midZMm() + 14 - scene.z;
            double bottom = fused.get(2).midZMm() - 8 - scene.z;
            double ref = Math.max(0, scene.ref);
            double behind = scene.section.spineY + Backbone.halfDepth(ref) * f + 25 * f;
            stamp.rod(sx + side * 19 * f, behind, bottom, 3, sx + side * 19 * f, behind, top, 3, 0);
            if (top > 0 && bottom < 0) {
                parts.add(new double[] {sx + side * 19 * f, behind, 0.4});
            }
            stamp.paint((x, y, d, p) -> METAL_HU, Label.BONE);
        }
    }

    private void hip() {
        double f = scene.frame;
        double ref = scene.ref;
        Canvas.Stamp stamp = scene.canvas.new Stamp(false);
        stamp.rod(88 * f, -10 * f, -104 - ref, 17 * f, 88.1 * f, -10 * f, -104 - ref, 17 * f, 0);
        stamp.rod(90 * f, -8 * f, -106 - ref, 8 * f, 117 * f, 8 * f, -132 - ref, 8 * f, 0);
        stamp.rod(116 * f, 8 * f, -130 - ref, 7 * f, 104 * f, 2 * f, -270 - ref, 5 * f, 0);
        stamp.paint((x, y, d, p) -> METAL_HU, Label.BONE);
        if (ref > -122 && ref < -86) {
            parts.add(new double[] {88 * f, -10 * f, 1.4});
        } else if (ref > -270 && ref < -122) {
            parts.add(new double[] {112 * f, 5 * f, 0.9});
        }
    }

    /** Adds the streaks to the values of a plane before the scanner blurs them. */
    void streaks() {
        Canvas canvas = scene.canvas;
        for (int k = 0; k < parts.size(); k++) {
            double[] part = parts.get(k);
            double phase = 7 * Noise.at(scene.habitus.seed + 91 + k, scene.z / 3);
            for (int p = 0; p < canvas.hu.length; p++) {
                double dx = canvas.x[p] - part[0];
                double dy = canvas.y[p] - part[1];
                double r = Math.hypot(dx, dy);
                double star = 170 * part[2] * Math.exp(-r / STAR_MM) * Math.cos(9 * Math.atan2(dy, dx) + phase);
                if (canvas.hu[p] < METAL_HU - 500 && r > 3) {
                    canvas.hu[p] += (float) star;
                }
            }
        }
        for (int a = 0; a < parts.size(); a++) {
            for (int b = a + 1; b < parts.size(); b++) {
                shadow(parts.get(a), parts.get(b));
            }
        }
    }

    private void shadow(double[] one, double[] other) {
        Canvas canvas = scene.canvas;
        double dx = other[0] - one[0];
        double dy = other[1] - one[1];
        double length2 = dx * dx + dy * dy;
        if (length2 < 400) {
            return;
        }
        for (int p = 0; p < canvas.hu.length; p++) {
            double px = canvas.x[p] - one[0];
            double py = canvas.y[p] - one[1];
            double t = (px * dx + py * dy) / length2;
            if (t < 0 || t > 1 || canvas.hu[p] > METAL_HU - 500) {
                continue;
            }
            double off = (px * dy - py * dx) / Math.sqrt(length2) / DARK_MM;
            canvas.hu[p] -= (float) (240 * one[2] * other[2] * Math.exp(-off * off));
        }
    }
}
