package org.myonode.phantom;

/**
 * Muscles away from the abdomen: hips, thighs, arms, shoulders, neck. A compartment fills what lies deeper than the
 * fat under the skin; bellies are the cells of a few seeds, with fat septa along the borders of the cells.
 */
final class Periphery {
    /** Iliac wing, then side wall of the true pelvis, in the axial plane: back end, middle, front end (x, y), by height. */
    static final Table BACK_X = new Table(-180, 24, -100, 30, -75, 54, -55, 52, -30, 59, 0, 66, 30, 80, 52, 98);

    static final Table BACK_Y = new Table(-180, 78, -100, 84, -75, 42, -55, 62, -30, 72, 0, 70, 30, 64, 52, 46);
    static final Table MIDDLE_X = new Table(-180, 56, -100, 62, -75, 90, -55, 97, -30, 108, 0, 112, 30, 112, 52, 112);
    static final Table MIDDLE_Y = new Table(-180, 14, -100, 16, -75, 0, -55, 8, -30, 14, 0, 20, 30, 27, 52, 32);
    static final Table FRONT_X = new Table(-180, 40, -100, 62, -75, 108, -55, 120, -30, 130, 0, 133, 30, 126, 52, 116);
    static final Table FRONT_Y = new Table(-180, -62, -100, -58, -75, -50, -55, -60, -30, -60, 0, -40, 30, -10, 52, 18);

    private static final float[][] HIP = {
        {62, 82},
        {105, 62},
        {130, 12},
        {112, 2},
        {138, -38},
        {112, -74},
        {90, -62},
        {72, -38},
        {58, 22},
        {66, 48},
        {88, 40},
        {48, -28},
        {44, 12},
        {118, -18}
    };
    private static final float[][] THIGH = {
        {66, -32},
        {88, -58},
        {112, -44},
        {124, -8},
        {118, 26},
        {98, 54},
        {74, 60},
        {50, 40},
        {46, 6},
        {64, 14},
        {92, -30}
    };
    private static final float[][] ARM = {{-14, -22}, {12, -24}, {-22, 12}, {4, 26}, {26, 6}};
    private static final float[][] NECK = {
        {14, 40}, {34, 38}, {16, 58}, {44, 14}, {40, -14}, {28, 20}, {20, -4}, {30, 56}, {12, -28}
    };

    private final Scene scene;
    private final Canvas canvas;
    private final Section section;
    private final Habitus habitus;
    private final Limbs limbs;
    private final float[] skin;
    private final float f;
    private final float ref;

    Periphery(Scene scene, Trunk trunk, Limbs limbs) {
        this.scene = scene;
        this.limbs = limbs;
        canvas = scene.canvas;
        section = scene.section;
        habitus = scene.habitus;
        skin = trunk.skinDistance;
        f = scene.frame;
        ref = (float) scene.ref;
    }

    void paint() {
        if (ref < 54) {
            hips();
        }
        if (ref > 470 && ref < 640) {
            neck();
            throat();
        }
        for (Limbs.Part part : limbs.parts) {
            if (part.kind() == Limbs.Kind.BREAST) {
                breast(part);
            } else if (part.kind() != Limbs.Kind.THIGH) {
                arm(part);
            }
        }
    }

    /** Distance to the iliac line of a point mirrored to the left side: negative lateral of it and behind. */
    private float iliac(float x, float y, float[] line) {
        float a = segment(x, y, line[0], line[1], line[2], line[3]);
        float b = segment(x, y, line[2], line[3], line[4], line[5]);
        float near = Math.min(a, b);
        boolean inside = (line[2] - line[0]) * (y - line[1]) - (line[3] - line[1]) * (x - line[0]) < 0;
        boolean insideFront = (line[4] - line[2]) * (y - line[3]) - (line[5] - line[3]) * (x - line[2]) < 0;
        // Convex towards lateral and back: medial of both pieces is inside.
        return inside && insideFront ? near : -near;
    }

    private static float segment(float x, float y, float ax, float ay, float bx, float by) {
        float dx = bx - ax;
        float dy = by - ay;
        float t = ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy + 1e-6f);
        t = t < 0 ? 0 : t > 1 ? 1 : t;
        return (float) Math.hypot(x - ax - t * dx, y - ay - t * dy);
    }

    private void hips() {
        float[] line = {
            (float) BACK_X.of(ref) * f, (float) BACK_Y.of(ref) * f, (float) MIDDLE_X.of(ref) * f,
            (float) MIDDLE_Y.of(ref) * f, (float) FRONT_X.of(ref) * f, (float) FRONT_Y.of(ref) * f
        };
        float m = (float) habitus.type.muscularity();
        float side = (float) (habitus.fatSide * section.fatScale * 0.9 + 3);
        float back = (float) (habitus.gluteFat * (0.75 + 0.25 * Section.bump(ref, -80, 70)) + 3 - 4 * m);
        float front = (float) (habitus.fatFront * 0.55 + 4);
        float crest = (float) Section.smooth((54 - ref) / 45);
        float iliacus = (float) ((7 + 16 * m) * Section.smooth((40 - ref) / 60));
        float thighs = (float) Section.smooth((-150 - ref) / 45);
        float spine = (float) section.spineYAt(Math.max(-104, ref));
        float septum =
                (float) (0.8 + 3.2 * habitus.type.subcutaneousFat() + 2.5 * habitus.type.muscleFat() + 1.5 * (1 - m));
        for (int p = 0; p < skin.length; p++) {
            float depth = -skin[p];
            if (depth < 2) {
                continue;
            }
            float bx = canvas.softX[p];
            float y = canvas.softY[p];
            float x = Math.abs(bx);
            float cosine = y / (float) Math.hypot(x, y + 1e-3f);
            float fat = cosine > 0 ? side + (back - side) * cosine * cosine : side + (front - side) * cosine * cosine;
            if (ref < -150) {
                fat += (float) ((side * 0.8f - fat) * thighs);
            }
            float inside = fat - depth;
            float d;
            if (ref > -150) {
                float line0 = iliac(x, y, line);
                boolean behind = ref < 15 && y > spine + 14 && x > 13 + (ref > -60 ? 10 : 0);
                float lateral = behind ? Math.min(line0, 0) : line0;
                float reach = ref > 5 ? (24 + 30 * m) * crest : 200;
                // Above the buttocks only the gluteus medius covers the wing.
                float gluteal = Math.max(Math.max(inside, lateral), -lateral - reach);
                if (ref > -20 && y > line[1] + 26 * crest) {
                    gluteal =
                            Math.max(gluteal, y - line[1] - 26 * crest - 30 * (float) Section.smooth((20 - ref) / 40));
                }
                if (y < line[5] - 8 && ref > -62) {
                    gluteal = Math.max(gluteal, line[5] - 14 - y);
                }
                if (ref < -90 && y < -10) {
                    // In front, muscle ends at the inguinal fold.
                    gluteal = Math.max(gluteal, 40 * f - x + (y + 90) * 0.2f);
                }
                float inner = Math.max(line0 - iliacus, -line0);
                inner = Math.max(inner, y - line[1] + 8);
                if (ref < -72) {
                    inner = Math.max(line0 - (6 + 9 * m), -line0);
                }
                d = Math.min(gluteal, inner);
                if (d > canvas.edge / 2 || canvas.label[p] == Label.SKIN) {
                    continue;
                }
            } else {
                // Adductors leave the midline free; the natal cleft and perineum are fat.
                float gap = ref > -195 ? 12 + 14 * (float) Section.smooth((ref + 195) / 45) : 0;
                d = Math.max(inside, gap - x);
                if (d > canvas.edge / 2) {
                    continue;
                }
            }
            float[][] seeds = ref > -150 ? HIP : THIGH;
            muscle(p, d, x / f, y / f, seeds, septum, bx, y, 0.8f, 0.06f * ref, Label.SKELETAL_MUSCLE);
        }
    }

    /** Muscle with septa along the borders of the cells of some seeds, which drift with height. */
    private void muscle(
            int p,
            float d,
            float u,
            float v,
            float[][] seeds,
            float septum,
            float x,
            float y,
            float share,
            float drift,
            byte label) {
        float first = Float.MAX_VALUE;
        float second = Float.MAX_VALUE;
        for (int i = 0; i < seeds.length; i++) {
            float sway = (float) (5 * Math.sin(i * 1.7 + drift));
            float du = u - seeds[i][0] - sway;
            float dv = v - seeds[i][1] - (float) (5 * Math.cos(i * 2.3 + drift * 0.8));
            float e = (float) Math.sqrt(du * du + dv * dv);
            if (e < first) {
                second = first;
                first = e;
            } else if (e < second) {
                second = e;
            }
        }
        float gap = (second - first) / 2;
        float wide = septum * (0.25f + 0.9f * scene.medium(x, y) + 0.5f * scene.coarse(x, y));
        float fat = 0.5f + (wide / 2 - gap) / 1.4f;
        fat = fat < 0 ? 0 : Math.min(fat, 0.92f);
        float tone = scene.muscle(x, y, share);
        canvas.put(
                p,
                d,
                tone + fat * (habitus.fatHu - tone),
                fat > 0.6f && label == Label.SKELETAL_MUSCLE ? Label.INTERMUSCULAR_FAT : label);
    }

    private void arm(Limbs.Part part) {
        float fat = (float) (2.5 + habitus.fatSide * 0.28 + (habitus.type.sex() == Sex.FEMALE ? 3 : 0));
        float rx = part.rx() - fat;
        float ry = part.ry() - fat;
        if (rx < 8 || ry < 8) {
            return;
        }
        float septum = (float) (0.8 + 1.6 * habitus.type.subcutaneousFat() + habitus.type.muscleFat());
        int[] w = canvas.window(part.x() - rx, part.y() - ry, part.x() + rx, part.y() + ry, 8);
        for (int j = w[1]; j < w[3]; j++) {
            for (int p = j * canvas.n + w[0]; p < j * canvas.n + w[2]; p++) {
                float x = canvas.softX[p];
                float y = canvas.softY[p];
                float d = Math.max(Canvas.ellipse(x, y, part.x(), part.y(), rx, ry, 1, 0), skin[p] + 2.5f);
                if (d < canvas.edge / 2) {
                    muscle(
                            p,
                            d,
                            (x - part.x()) * 40 / part.rx(),
                            (y - part.y()) * 40 / part.ry(),
                            ARM,
                            septum,
                            x,
                            y,
                            0.5f,
                            0.02f * ref,
                            Label.ARM_MUSCLE);
                }
            }
        }
        Canvas.Stamp bone = canvas.new Stamp(false);
        double k = Math.min(1, part.rx() / 30);
        if (part.kind() == Limbs.Kind.UPPER_ARM) {
            bone.rod(part.x(), part.y(), -1, 11.5 * f * k, part.x(), part.y(), 1, 11.5 * f * k, 0);
        } else {
            bone.rod(part.x() - 9 * f, part.y(), -1, 7.5 * f * k, part.x() - 9 * f, part.y(), 1, 7.5 * f * k, 0);
            bone.rod(part.x() + 9 * f, part.y() + 3, -1, 7 * f * k, part.x() + 9 * f, part.y() + 3, 1, 7 * f * k, 0);
        }
        bone.paint((x, y, d, p) -> d > -4.5f ? 1150 : -40, Label.BONE);
    }

    private void breast(Limbs.Part part) {
        float gland = 0.25f + 0.5f * Noise.hash(habitus.seed, 9, 50, 0) - 0.004f * (habitus.type.ageYears() - 50);
        canvas.paint(
                part.x() - part.rx(),
                part.y() - part.ry(),
                part.x() + part.rx(),
                part.y() + part.ry(),
                false,
                (x, y) -> Math.max(
                        Canvas.ellipse(x, y, part.x(), part.y(), part.rx() - 14, part.ry() - 9, 1, 0),
                        -section.muscleDistance(x, y) + 4),
                (x, y, d, p) -> {
                    if (canvas.label[p] != Label.SUBCUTANEOUS_FAT) {
                        return canvas.hu[p];
                    }
                    float v = scene.medium(x, y) + 0.5f * scene.coarse(x, y) + gland;
                    return habitus.fatHu + (v > 0.25f ? Math.min(1, (v - 0.25f) * 3) * 125 : 0);
                },
                Label.SUBCUTANEOUS_FAT);
    }

    private void neck() {
        float fat = (float) (2.5 + 0.18 * habitus.fatBack + 0.06 * habitus.fatFront);
        float shoulders = (float) Section.smooth((500 - ref) / 30);
        float head = (float) Section.smooth((ref - 555) / 60);
        float septum = (float) (1.6 + 3 * habitus.type.subcutaneousFat() + 1.2 * habitus.type.muscleFat());
        float sy = (float) section.spineY;
        for (int p = 0; p < skin.length; p++) {
            float depth = -skin[p];
            if (depth < 2) {
                continue;
            }
            float x = canvas.softX[p];
            float y = canvas.softY[p];
            float side = Math.abs(x);
            if (side > (75 + 80 * shoulders) * f) {
                continue;
            }
            float d = fat + 3 * shoulders - depth;
            // In the head only the nape and the cheeks are muscle.
            if (head > 0.02f) {
                // The face: masseter and cheeks at the sides, tongue and lips are painted by the skeleton's owner.
                float nape = Math.max(sy - 20 * f - y + 60 * (1 - head), side - 55 * f);
                float cheek = ref < 612 ? (float) Math.hypot((side - 52 * f) * 1.3, y + 34 * f) - 24 * f : 9;
                d = Math.max(d, Math.min(head * nape, cheek));
            }
            if (d < canvas.edge / 2 && canvas.label[p] != Label.SKELETAL_MUSCLE) {
                muscle(p, d, side / f, (y - sy) / f + 12, NECK, septum, x, y, 0.6f, 0.05f * ref, Label.SKELETAL_MUSCLE);
            }
        }
    }

    /** Fat spaces, airway, thyroid, carotid sheaths and gullet in front of the cervical spine. */
    private void throat() {
        float sy = (float) section.spineY;
        if (ref > 600) {
            return;
        }
        float space = (float) Section.smooth((ref - 470) / 10) * (1 - (float) Section.smooth((ref - 555) / 25));
        if (space < 0.05f) {
            return;
        }
        float airway = sy - 34 * f;
        for (int side = -1; side <= 1; side += 2) {
            round(side * 26 * f, sy - 18 * f, 15 * f * space, 13 * f * space, habitus.visceralFatHu, Label.OTHER);
            round(side * 29 * f, sy - 16 * f, 4.2f * f, 4.2f * f, habitus.bloodHu, Label.VESSEL);
            round(side * 35 * f, sy - 15 * f, 6 * f, 5 * f, habitus.veinHu, Label.VESSEL);
            if (ref < 522) {
                round(side * 15 * f, airway, 9 * f, 12 * f, habitus.contrast ? 170 : 105, Label.GLAND);
            }
        }
        round(0, sy - 20 * f, 9 * f, 5 * f, 38, Label.OTHER);
        float larynx = (float) Section.bump(ref, 535, 16);
        round(0, airway - 2, (11.5f + 7 * larynx) * f, (11 + 8 * larynx) * f, larynx > 0.4f ? 75 : 35, Label.OTHER);
        round(0, airway, (8.2f - 2 * larynx) * f, (8 + 3 * larynx) * f, -990, Label.AIRWAY);
    }

    private void round(float cx, float cy, float rx, float ry, float level, byte name) {
        if (rx < 1 || ry < 1) {
            return;
        }
        canvas.paint(
                cx - rx,
                cy - ry,
                cx + rx,
                cy + ry,
                true,
                (x, y) -> Canvas.ellipse(x, y, cx, cy, rx, ry, 1, 0),
                (x, y, d, p) -> level + 3 * scene.medium(x, y),
                name);
    }
}
