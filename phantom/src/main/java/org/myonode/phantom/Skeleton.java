package org.myonode.phantom;

/** Bones other than the vertebrae: ribs and sternum, shoulder girdle, pelvis with sacrum, femora, skull and face. */
final class Skeleton {
    private static final double[] DROP = {30, 48, 62, 72, 80, 88, 95, 102, 108, 112, 92, 58};
    /** Angle from the spine, radians, at which a rib's bone ends. */
    private static final double[] END = {2.5, 2.45, 2.4, 2.35, 2.3, 2.25, 2.2, 2.15, 2.1, 2.0, 1.55, 0.95};

    private static final Table SACRUM_WIDTH = new Table(-140, 4, -118, 6, -104, 9, -95, 12, -60, 17, -30, 23, 0, 27);
    private static final Table SACRUM_DEPTH = new Table(-140, 4, -104, 6, -60, 9, -30, 13, 0, 16.5);
    private static final Table ALA = new Table(-85, 0, -60, 10, -30, 17, 0, 20, 14, 15, 30, 0);

    private final Scene scene;
    private final Canvas canvas;
    private final Section section;
    private final Habitus habitus;
    private final float[] cavity;
    private final float f;
    private final double ref;

    Skeleton(Scene scene, Trunk trunk) {
        this.scene = scene;
        canvas = scene.canvas;
        section = scene.section;
        habitus = scene.habitus;
        cavity = trunk.cavityDistance;
        f = scene.frame;
        ref = scene.ref;
    }

    void paint() {
        if (ref > 95 && ref < 480) {
            ribs();
        }
        if (ref > 400 && ref < 505) {
            girdle();
        }
        if (ref < 56) {
            pelvis();
        }
        if (ref < 34 && ref > -142) {
            sacrum();
        }
        if (ref > 535) {
            head();
        }
    }

    private void ribs() {
        double[] heads = new double[12];
        for (int k = 0; k < 12; k++) {
            heads[k] = habitus.spine.referenceOfZ(habitus.spine
                            .level(Vertebra.values()[Vertebra.T1.ordinal() + k])
                            .superiorZMm())
                    - 3;
        }
        float thick = 3.6f * f;
        float tall = 6.4f * f;
        int n = canvas.n;
        for (int p = 0; p < n * n; p++) {
            float m = cavity[p];
            if (m < -1 || m > 12) {
                continue;
            }
            float x = canvas.softX[p];
            float y = canvas.softY[p];
            float angle = Section.fastAtan2(Math.abs(x - (float) section.spineX * 0.6f), y);
            float radial = (m - 5.2f) / thick;
            // Sternum: manubrium above, body below, a small xiphoid.
            if (angle > 2.6f && y < 0) {
                float half = ref > 412 ? 27 * f : ref > 296 ? (14 + 4 * (float) Section.bump(ref, 320, 30)) * f : 6 * f;
                if (ref > 268 && ref < 447) {
                    float d = Math.max(Math.abs(x) - half, Math.abs(m - 5) - 5);
                    if (d < canvas.edge / 2) {
                        canvas.put(p, d, scene.bone(x, y, d, 0.6f, 0.6f), Label.BONE);
                        continue;
                    }
                }
            }
            for (int k = 0; k < 12; k++) {
                double end = k == 11 && habitus.type.shortTwelfthRib() ? 0.42 : END[k] * habitus.ribLength[k];
                double s = angle / 2.3;
                double drop = DROP[k] * habitus.ribDrop[k] * Math.pow(Math.min(s, 1), 0.85);
                boolean cartilage = angle > end;
                double centre = heads[k] - drop;
                if (cartilage) {
                    if (k > 9) {
                        continue;
                    }
                    double rise = (angle - end) / (Math.PI - end);
                    double sternum = k < 6 ? 425 - 22 * k : 300;
                    centre += rise * rise * Math.max(0, sternum - centre) * 1.05;
                    if (k > 6 && rise > 0.75 - 0.12 * (k - 7)) {
                        continue;
                    }
                }
                float dz = (float) ((ref - centre) / tall);
                if (dz > 1.3f || dz < -1.3f) {
                    continue;
                }
                float e = (float) (Math.sqrt(dz * dz + radial * radial) - 1) * thick;
                if (e < canvas.edge / 2) {
                    if (cartilage) {
                        canvas.put(
                                p,
                                e,
                                scene.tissue(105, x, y) + (habitus.type.ageYears() > 60 && e > -1.2f ? 150 : 0),
                                Label.OTHER);
                    } else {
                        canvas.put(p, e, scene.bone(x, y, e, 0.5f, 0.9f), Label.BONE);
                    }
                }
            }
        }
    }

    private void girdle() {
        for (int side = -1; side <= 1; side += 2) {
            Canvas.Stamp stamp = canvas.new Stamp(false);
            double up = habitus.type.armsUp() ? 14 : 0;
            // Clavicle, scapula (blade, spine, glenoid) and humeral head, heights relative to this plane.
            at(stamp, side * 20, -52, 442, 9, side * 70, -42, 458 + up, 6.5);
            at(stamp, side * 70, -42, 458 + up, 6.5, side * 128, 2, 468 + up, 6.5);
            at(stamp, side * 118, 62, 462, 4, side * 122, 16, 448 + up, 9);
            at(stamp, side * 80, 78, 440, 3.2, side * 122, 30, 440, 4.5);
            at(stamp, side * 84, 82, 400, 3, side * 118, 40, 410, 4.5);
            at(stamp, side * 84, 82, 360, 3.4, side * 110, 58, 380, 4);
            at(stamp, side * 90, 84, 345, 3.4, side * 84, 80, 440, 3.2);
            at(stamp, side * 146, 14, 446 + up, 22, side * 146, 14, 448 + up, 22);
            if (!habitus.type.armsUp()) {
                at(stamp, side * 148, 16, 440, 15, side * 160, 18, 400, 11.5);
            }
            stamp.paint((x, y, d, p) -> scene.bone(x, y, d, 1.4f, 0.8f), Label.BONE);
        }
    }

    /** A rod between two places of the reference adult. */
    private void at(
            Canvas.Stamp stamp,
            double ax,
            double ay,
            double ar,
            double ra,
            double bx,
            double by,
            double br,
            double rb) {
        stamp.rod(ax * f, ay * f, ar - ref, ra * f, bx * f, by * f, br - ref, rb * f, 2);
    }

    private void pelvis() {
        for (int side = -1; side <= 1; side += 2) {
            if (ref > -84) {
                Canvas.Stamp wing = canvas.new Stamp(false);
                double bx = Periphery.BACK_X.of(ref);
                double by = Periphery.BACK_Y.of(ref);
                double mx = Periphery.MIDDLE_X.of(ref);
                double my = Periphery.MIDDLE_Y.of(ref);
                double fx = Periphery.FRONT_X.of(ref);
                double fy = Periphery.FRONT_Y.of(ref);
                double crest = Section.smooth((54 - ref) / 12);
                double px = bx;
                double py = by;
                for (int i = 1; i <= 8; i++) {
                    double t = i / 8.0;
                    // Through the middle point.
                    double cx = 2 * mx - (bx + fx) / 2;
                    double cy = 2 * my - (by + fy) / 2;
                    double qx = (1 - t) * (1 - t) * bx + 2 * t * (1 - t) * (0.35 * cx + 0.65 * mx) + t * t * fx;
                    double qy = (1 - t) * (1 - t) * by + 2 * t * (1 - t) * (0.35 * cy + 0.65 * my) + t * t * fy;
                    double u = (i - 1) / 8.0;
                    double ra = thick(u) * (0.3 + 0.7 * crest);
                    double rb = thick(t) * (0.3 + 0.7 * crest);
                    wing.rod(side * px * f, py * f, 0, ra * f, side * qx * f, qy * f, 0, rb * f, 2);
                    px = qx;
                    py = qy;
                }
                wing.paint((x, y, d, p) -> scene.bone(x, y, d, 1.3f, 0.75f), Label.BONE);
            }
            int mirror = side;
            float hx = 88 * f * side;
            float hy = -10 * f;
            double dz = ref + 104;
            Canvas.Stamp hip = canvas.new Stamp(false);
            // Roof, columns, pubis and ischium.
            at(hip, side * 96, 2, -66, 8, side * 90, -8, -84, 24);
            at(hip, side * 66, -30, -96, 9, side * 62, -42, -112, 9);
            at(hip, side * 64, -42, -110, 8.5, side * 16, -64, -140, 8);
            at(hip, side * 14, -64, -138, 9, side * 12, -60, -162, 8);
            at(hip, side * 14, -58, -162, 6, side * 54, 18, -186, 6.5);
            at(hip, side * 66, 6, -96, 8, side * 66, 22, -116, 10);
            at(hip, side * 72, 24, -92, 12, side * 64, 36, -140, 12);
            at(hip, side * 64, 36, -140, 12, side * 58, 48, -178, 13);
            if (Math.abs(dz) < 33) {
                float r = (float) Math.sqrt(Math.max(0, 33 * 33 - dz * dz)) * f;
                hip.add(hx - r, hy - r, hx + r, hy + r, (x, y) -> {
                    float shell =
                            (float) Math.sqrt((x - hx) * (x - hx) + (y - hy) * (y - hy) + dz * dz * f * f) - 32 * f;
                    // Open to the side and below.
                    return Math.max(shell, (float) ((x - hx) * mirror - 10 + (dz < 0 ? -dz * 0.6 : -dz * 1.2)) * 0.7f);
                });
            }
            float head = 26.5f * f;
            hip.cut(
                    hx - head,
                    hy - head,
                    hx + head,
                    hy + head,
                    (x, y) -> (float) Math.sqrt((x - hx) * (x - hx) + (y - hy) * (y - hy) + dz * dz * f * f) - head);
            hip.paint((x, y, d, p) -> scene.bone(x, y, d, 1.5f, 0.8f), Label.BONE);

            Canvas.Stamp femur = canvas.new Stamp(false);
            at(femur, side * 88, -10, -104, 23.5, side * 88.1, -10, -104, 23.5);
            at(femur, side * 92, -8, -108, 15, side * 118, 10, -124, 14);
            at(femur, side * 124, 18, -104, 11, side * 124, 14, -130, 14);
            at(femur, side * 122, 12, -128, 15, side * 112, 8, -175, 14);
            at(femur, side * 106, 22, -158, 8, side * 104, 22, -164, 7);
            at(femur, side * 112, 8, -175, 14, side * 98, -2, -345, 13.5);
            boolean shaft = ref < -165;
            femur.paint(
                    (x, y, d, p) -> shaft
                            ? (d > -6 * f ? 1250 : -45 + 20 * scene.medium(x, y))
                            : scene.bone(x, y, d, 1.4f, 1.25f),
                    Label.BONE);
        }
        if (ref < -128 && ref > -168) {
            canvas.paint(
                    -4,
                    -75 * f,
                    4,
                    -48 * f,
                    false,
                    (x, y) -> Math.max(Math.abs(x) - 2.2f, Math.abs(y + 62 * f) - 11 * f),
                    (x, y, d, p) -> 90,
                    Label.OTHER);
        }
    }

    private static double thick(double t) {
        return 3.2 + 5.5 * Math.pow(1 - t, 3) + 3 * t * t * t * t;
    }

    private void sacrum() {
        double sx = section.spineX;
        double sy = section.spineYAt(Math.min(0, ref));
        float w = (float) SACRUM_WIDTH.of(Math.min(0, ref)) * f;
        float d = (float) SACRUM_DEPTH.of(Math.min(0, ref)) * f;
        float cx = (float) sx;
        float cy = (float) sy;
        double ala = ALA.of(ref);
        float top = (float) scene.z;
        Canvas.Stamp stamp = canvas.new Stamp(false);
        // The sacral end plate is steep: its back is higher than its front.
        stamp.add(
                cx - w,
                cy - d,
                cx + w,
                cy + d + 2,
                (x, y) -> Math.max(Canvas.ellipse(x, y, cx, cy, w, d, 1, 0), (top - 0.6f * (y - cy) + 2) * 0.85f));
        if (ala > 1) {
            for (int side = -1; side <= 1; side += 2) {
                int mirror = side;
                float ax = cx + side * (w + 0.45f * (float) ala * f);
                float ay = cy + 7 * f;
                float rx = (float) ala * f;
                float ry = (float) (6 + 0.5 * ala) * f;
                stamp.add(
                        ax - rx,
                        ay - ry,
                        ax + rx,
                        ay + ry,
                        (x, y) -> Canvas.ellipse(x, y, ax, ay, rx, ry, 0.96f, mirror * 0.28f));
                if (ref < 10) {
                    stamp.rod(ax, cy + 13 * f, 0, 4 * f, sx, cy + d + 15 * f, 0, 3 * f, 3);
                }
            }
        } else if (ref > -104) {
            stamp.rod(sx - w * 0.7, cy + d + 4, 0, 3, sx + w * 0.7, cy + d + 4, 0, 3, 2);
        }
        if (ref < 4 && ref > -70) {
            stamp.rod(sx, cy + d + 13 * f, 0, 3, sx, cy + d + (19 - 4 * Math.sin(ref / 4)) * f, 0, 2.5, 2);
        }
        double hole = Math.abs(Math.sin(Math.PI * (ref - 8) / 26));
        if (ref < 0 && ref > -88) {
            for (int side = -1; side <= 1; side += 2) {
                float hx = cx + side * (w * 0.92f);
                float hy = cy + 3 * f;
                float r = (float) (6.5 * f * hole * (1 + ref / 150));
                if (r > 1) {
                    stamp.cut(
                            hx - r, hy - r, hx + r, hy + r, (x, y) -> Canvas.ellipse(x, y, hx, hy, r, r * 1.2f, 1, 0));
                }
            }
            float qy = cy + d + 6 * f;
            float qx = (float) (10 + ref / 12) * f;
            if (qx > 2) {
                stamp.cut(
                        cx - qx, qy - 6, cx + qx, qy + 6, (x, y) -> Canvas.ellipse(x, y, cx, qy, qx, qx * 0.55f, 1, 0));
            }
        }
        if (!stamp.isEmpty()) {
            stamp.paint((x, y, e, p) -> scene.bone(x, y, e, 0.6f, 0.7f), Label.BONE);
        }
    }

    private void head() {
        double scale = 0.5 + 0.5 * f;
        float k = (float) scale;
        // Brain case.
        double dz = (ref - 662) / 76;
        if (dz * dz < 1 && ref > 600) {
            float e = (float) Math.sqrt(1 - dz * dz);
            float rx = 68 * e * k;
            float ry = 90 * e * k;
            float cy = -14 * k;
            float wall = 6.5f / Math.max(0.35f, e);
            canvas.paint(
                    -rx,
                    cy - ry,
                    rx,
                    cy + ry,
                    false,
                    (x, y) -> Canvas.ellipse(x, y, 0, cy, rx, ry, 1, 0),
                    (x, y, d, p) -> d > -wall
                            ? (d < -2 && d > -wall + 2 ? 700 : 1150)
                            : 34 + 3 * scene.coarse(x, y) + (Math.abs(x) < 1 ? -12 : 0),
                    Label.BRAIN);
            int[] w = canvas.window(-rx, cy - ry, rx, cy + ry, 3);
            for (int j = w[1]; j < w[3]; j++) {
                for (int p = j * canvas.n + w[0]; p < j * canvas.n + w[2]; p++) {
                    if (canvas.label[p] == Label.BRAIN && canvas.hu[p] > 300) {
                        canvas.label[p] = Label.BONE;
                    }
                }
            }
            if (ref > 652 && ref < 690) {
                for (int side = -1; side <= 1; side += 2) {
                    int mirror = side;
                    float vx = side * 9 * k;
                    canvas.paint(
                            vx - 6,
                            cy - 25,
                            vx + 6,
                            cy + 25,
                            false,
                            (x, y) -> Canvas.ellipse(x, y, vx, cy, 4.5f * k, 24 * k, 0.98f, mirror * 0.2f),
                            (x, y, d, p) -> 8,
                            Label.BRAIN);
                }
            }
        }
        face(k);
    }

    private void face(float k) {
        // Mandible: a horseshoe with rising branches; teeth; upper jaw; nose and sinuses; base of the skull.
        Canvas.Stamp bone = canvas.new Stamp(false);
        for (int side = -1; side <= 1; side += 2) {
            jaw(bone, side * 2, -98, 556, 7, side * 28, -82, 558, 6.5, k);
            jaw(bone, side * 28, -82, 558, 6.5, side * 46, -28, 566, 6, k);
            jaw(bone, side * 46, -28, 566, 6, side * 51, -14, 606, 4.5, k);
            jaw(bone, side * 2, -96, 566, 5, side * 26, -78, 568, 5, k);
            jaw(bone, side * 2, -97, 583, 6, side * 30, -70, 586, 6, k);
            jaw(bone, side * 30, -70, 588, 5, side * 44, -56, 612, 4, k);
            jaw(bone, side * 44, -56, 612, 4.5, side * 60, -18, 618, 3, k);
            jaw(bone, side * 18, -98, 632, 3.5, side * 54, -70, 636, 4, k);
            jaw(bone, side * 14, 8, 606, 8, side * 54, 6, 612, 11, k);
            jaw(bone, side * 16, 40, 604, 5, side * 44, 26, 608, 7, k);
            jaw(bone, side * 12, -40, 600, 3, side * 14, -22, 612, 6, k);
        }
        jaw(bone, 0, -16, 602, 9, 0, -38, 622, 12, k);
        if (!bone.isEmpty()) {
            bone.paint((x, y, d, p) -> scene.bone(x, y, d, 2.2f, 1.6f), Label.BONE);
        }
        if (ref > 592 && ref < 640) {
            double s = Math.sqrt(Math.max(0, 1 - Section.square((ref - 610) / 22)));
            for (int side = -1; side <= 1; side += 2) {
                air(side * 28 * k, -64 * k, 15 * s * k, 17 * s * k);
                air(side * 7 * k, -66 * k, 4 * s * k, 30 * s * k);
                if (ref > 618) {
                    float ex = side * 33 * k;
                    float ey = -84 * k;
                    float r = (float) Math.sqrt(Math.max(0, 1 - Section.square((ref - 633) / 13))) * 12.5f * k + 0.1f;
                    canvas.paint(
                            ex - r,
                            ey - r,
                            ex + r,
                            ey + r,
                            false,
                            (x, y) -> Canvas.ellipse(x, y, ex, ey, r, r, 1, 0),
                            (x, y, d, p) -> d > -1.5f ? 50 : 14,
                            Label.OTHER);
                }
            }
        }
        if (ref > 602 && ref < 624) {
            for (int side = -1; side <= 1; side += 2) {
                air(side * 52 * k, 14 * k, 7 * k, 9 * k);
            }
        }
        if (ref < 602) {
            if (ref > 552) {
                air(0, section.spineY - 24 * k, 11 * k, 6 * k);
            }
            if (ref > 572) {
                canvas.paint(
                        -26,
                        -82 * k,
                        26,
                        -30 * k,
                        true,
                        (x, y) -> Canvas.ellipse(x, y, 0, -54 * k, 26 * k, 30 * k, 1, 0),
                        (x, y, d, p) -> scene.muscle(x, y, 1.4f),
                        Label.OTHER);
            }
        }
    }

    private void air(double cx, double cy, double rx, double ry) {
        if (rx < 1 || ry < 1) {
            return;
        }
        float x0 = (float) cx;
        float y0 = (float) cy;
        float ax = (float) rx;
        float ay = (float) ry;
        canvas.paint(
                x0 - ax,
                y0 - ay,
                x0 + ax,
                y0 + ay,
                true,
                (x, y) -> Canvas.ellipse(x, y, x0, y0, ax, ay, 1, 0),
                (x, y, d, p) -> d > -1 ? 50 : -985,
                Label.AIRWAY);
    }

    private void jaw(
            Canvas.Stamp stamp,
            double ax,
            double ay,
            double ar,
            double ra,
            double bx,
            double by,
            double br,
            double rb,
            double k) {
        stamp.rod(ax * k, ay * k, ar - ref, ra * k, bx * k, by * k, br - ref, rb * k, 2);
    }
}
