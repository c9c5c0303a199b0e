package org.myonode.phantom;

import java.util.List;

/** Organs of chest, abdomen and pelvis: ellipsoids and chains that are clipped by the cavity's wall. */
final class Organs {
    private final Scene scene;
    private final Canvas canvas;
    private final Section section;
    private final Habitus habitus;
    private final Bowel bowel;
    private final float[] cavity;
    private final double ref;
    private final double z;
    private final float f;
    private final float sx;
    private final float sy;
    /** Radii of the cavity sideways and to the front, mm. */
    private final float wide;

    private final float deep;

    Organs(Scene scene, Trunk trunk, Bowel bowel) {
        this.scene = scene;
        this.bowel = bowel;
        canvas = scene.canvas;
        section = scene.section;
        habitus = scene.habitus;
        cavity = trunk.cavityDistance;
        ref = scene.ref;
        z = scene.z;
        f = scene.frame;
        sx = (float) section.spineX;
        sy = (float) section.spineY;
        wide = section.cavity[0];
        deep = section.cavity[Section.ANGLES * 3 / 4];
    }

    void paint() {
        if (ref > 200 && ref < 486) {
            chest();
        }
        if (ref > -175 && ref < 300) {
            for (Bowel.Chain chain : bowel.vessels) {
                chain(chain);
            }
            for (Bowel.Chain chain : bowel.small) {
                chain(chain);
            }
            for (Bowel.Chain chain : bowel.colon) {
                chain(chain);
            }
            chain(bowel.upper.get(0));
            kidneys();
            chain(bowel.upper.get(1));
            chain(bowel.upper.get(2));
            spleen();
            liver();
            pelvis();
        }
        if (ref > -150 && ref < 420) {
            greatVessels();
        }
    }

    /** Height of the diaphragm over a place, reference mm. */
    private float diaphragm(float x, float y) {
        float u = (x + 72 * f) / (92 * f);
        float v = (x - 78 * f) / (88 * f);
        float right = 286 - 52 * u * u;
        float left = 270 - 55 * v * v;
        float dome = -Canvas.smoothMin(-right, -left, 10);
        float back = Math.max(0, (y + 15) / (95 * f));
        float front = Math.max(0, (-y - 20) / (95 * f));
        return dome - 92 * back * back - 18 * front * front;
    }

    private void ellipsoid(
            double cx,
            double cy,
            double centre,
            double rx,
            double ry,
            double rz,
            double tilt,
            Canvas.Fill fill,
            byte name) {
        double dz = (ref - centre) / rz;
        if (dz * dz >= 1) {
            return;
        }
        double k = Math.sqrt(1 - dz * dz);
        float x0 = (float) cx;
        float y0 = (float) cy;
        float ax = (float) (rx * k);
        float ay = (float) (ry * k);
        float c = (float) Math.cos(tilt);
        float s = (float) Math.sin(tilt);
        float reach = Math.max(ax, ay) + 2;
        clipped(
                x0 - reach,
                y0 - reach,
                x0 + reach,
                y0 + reach,
                (x, y) -> Canvas.ellipse(x, y, x0, y0, ax, ay, c, s),
                fill,
                name);
    }

    /** Paints a soft shape inside the cavity only. */
    private void clipped(
            float x0, float y0, float x1, float y1, Canvas.Distance distance, Canvas.Fill fill, byte name) {
        int[] w = canvas.window(x0, y0, x1, y1, 8);
        for (int j = w[1]; j < w[3]; j++) {
            for (int p = j * canvas.n + w[0]; p < j * canvas.n + w[2]; p++) {
                float inside = cavity[p] + 1.2f;
                if (inside > canvas.edge) {
                    continue;
                }
                float x = canvas.softX[p];
                float y = canvas.softY[p];
                float d = Math.max(distance.at(x, y), inside);
                if (d < canvas.edge / 2) {
                    canvas.put(p, d, fill.at(x, y, d, p), name);
                }
            }
        }
    }

    private double placeY(double x, double v, double radius) {
        double y = v < 0 ? v * deep : v * (sy + 48 * f);
        double aside = Math.abs(x - sx);
        double free = aside < 26 * f
                ? sy - 32 * f - radius * 0.8
                : aside < 62 * f ? sy - 24 * f + (aside - 26 * f) * 0.45 - radius * 0.7 : sy + 34 * f - radius * 0.3;
        return ref < -40 ? y : Math.min(y, free);
    }

    private void chain(Bowel.Chain chain) {
        List<Bowel.Ball> balls = chain.balls();
        Canvas.Stamp stamp = canvas.new Stamp(true);
        double sumY = 0;
        double sumR = 0;
        int count = 0;
        double px = 0;
        double py = 0;
        boolean known = false;
        for (int i = 0; i < balls.size(); i++) {
            Bowel.Ball b = balls.get(i);
            if (Math.abs(b.z() - z) > b.radius() + 26) {
                known = false;
                continue;
            }
            double x = b.x() * wide;
            double y = placeY(x, b.y(), b.radius());
            if (known) {
                Bowel.Ball a = balls.get(i - 1);
                stamp.rod(px, py, a.z() - z, a.radius(), x, y, b.z() - z, b.radius(), 0);
            }
            if (Math.abs(b.z() - z) < b.radius()) {
                sumY += y;
                sumR += b.radius();
                count++;
            }
            px = x;
            py = y;
            known = true;
        }
        if (stamp.isEmpty()) {
            return;
        }
        float middle = count == 0 ? 0 : (float) (sumY / count);
        float radius = count == 0 ? 10 : (float) (sumR / count);
        stamp.clip(cavity, 1.0f);
        float wall = (float) chain.wallMm();
        float surface = middle
                + radius
                        * (float)
                                (chain.content() == Bowel.Content.GAS
                                        ? -0.5 + 1.2 * chain.gas()
                                        : -0.95 + 0.55 * chain.gas());
        boolean gasPossible =
                chain.content() != Bowel.Content.SOLID && (chain.content() == Bowel.Content.GAS || chain.gas() > 0.45);
        stamp.paint(
                (x, y, d, p) -> {
                    if (chain.content() == Bowel.Content.SOLID || d > -wall) {
                        float tone = chain.label() == Label.PANCREAS
                                ? chain.level() - 25 * Math.max(0, scene.medium(x, y) + 0.3f)
                                : chain.content() == Bowel.Content.SOLID ? chain.level() : habitus.bowelWallHu;
                        if (chain.label() == Label.SMALL_BOWEL) {
                            tone += 9 * scene.fine(x, y);
                        }
                        return scene.tissue(tone, x, y);
                    }
                    float t = Math.min(1, (-d - wall) / 1.2f);
                    float inner;
                    if (chain.content() == Bowel.Content.FAECES) {
                        float lump = 0.75f * scene.fine(x, y) + 0.75f * scene.medium(x + 40, y) + 0.1f;
                        inner = lump > 0.28f
                                ? -60 - 640 * Math.min(1, (lump - 0.28f) * 1.5f)
                                : 35 + 75 * Math.max(-0.5f, -lump);
                        if (chain.gas() > 0.5 && y < surface) {
                            inner = -960;
                        }
                    } else if (gasPossible && y < surface + 0.6f * scene.coarse(x, y)) {
                        inner = -970;
                    } else {
                        inner = scene.tissue(chain.level(), x, y) + 8 * scene.fine(x, y);
                    }
                    return habitus.bowelWallHu + t * (inner - habitus.bowelWallHu);
                },
                chain.label());
    }

    private void kidneys() {
        for (int side = -1; side <= 1; side += 2) {
            float k = side;
            double centre = (side < 0 ? 126 : 140) + 24 * Noise.hash(habitus.seed, side, 31, 0);
            double rz = 53 * (1 + 0.1 * Noise.hash(habitus.seed, side, 32, 0));
            double dz = (ref - centre) / rz;
            if (dz * dz >= 1) {
                continue;
            }
            double near = 24 * f + habitus.psoas * 1.25 + 22 * f + habitus.perirenal * 0.6;
            double lean = -0.12 * (ref - centre);
            double cx = sx + side * (near + lean);
            double cy = sy + 4 * f - 0.1 * (ref - centre) - habitus.perirenal * 0.3;
            double size = f * (1 + 0.1 * Noise.hash(habitus.seed, side, 33, 0));
            double tilt = side * 0.6;
            if (habitus.perirenal > 2) {
                double g = habitus.perirenal;
                ellipsoid(
                        cx,
                        cy,
                        centre,
                        25 * size + g,
                        32 * size + g,
                        rz + g,
                        tilt,
                        (x, y, d, p) -> scene.visceralFat(x, y),
                        Label.VISCERAL_FAT);
            }
            boolean early = habitus.medullaHu < habitus.kidneyHu - 40;
            float split = early ? 55 : 10;
            ellipsoid(
                    cx,
                    cy,
                    centre,
                    25 * size,
                    31 * size,
                    rz,
                    tilt,
                    (x, y, d, p) -> {
                        float pyramids = d < -6 ? Math.max(0, scene.medium(x, y) + 0.4f) : 0;
                        return scene.tissue(
                                habitus.kidneyHu - (habitus.contrast ? split * Math.min(1, pyramids) : 0), x, y);
                    },
                    Label.KIDNEY);
            double sinus = 0.6 * rz;
            double sz = (ref - centre) / sinus;
            if (sz * sz < 1) {
                double m = Math.sqrt(1 - sz * sz);
                double ox = cx - k * 17 * size;
                double oy = cy - 9 * size;
                ellipsoid(
                        ox,
                        oy,
                        centre,
                        13 * size,
                        15 * size,
                        sinus,
                        tilt,
                        (x, y, d, p) -> scene.visceralFat(x, y),
                        Label.VISCERAL_FAT);
                ellipsoid(
                        ox - k * 3 * m,
                        oy,
                        centre,
                        7 * size,
                        6 * size,
                        sinus,
                        tilt,
                        (x, y, d, p) -> habitus.pelvisHu,
                        Label.KIDNEY);
            }
        }
    }

    private void spleen() {
        double size = f * (1 + 0.18 * Noise.hash(habitus.seed, 5, 41, 0));
        ellipsoid(
                wide * 0.78,
                sy - 2 * f,
                224,
                32 * size,
                56 * size,
                52 * size,
                0.55,
                (x, y, d, p) -> {
                    if (diaphragm(x, y) < ref - 2) {
                        return canvas.hu[p];
                    }
                    return scene.tissue(habitus.spleenHu, x, y);
                },
                Label.SPLEEN);
    }

    private void liver() {
        double low = 20 * Noise.hash(habitus.seed, 6, 42, 0);
        double right = 230;
        double tip = (ref < right ? 100 + low : 70) * 1.0;
        double dz = (ref - right) / tip;
        double left = (ref - 238) / 42;
        if (dz * dz >= 1 && left * left >= 1) {
            return;
        }
        double k = Math.sqrt(Math.max(0, 1 - dz * dz));
        double m = Math.sqrt(Math.max(0, 1 - left * left));
        float cx = -wide * 0.62f;
        float cy = (float) (-4 - 8 * (1 - k));
        float rx = (float) (wide * 0.62 * k) + 0.1f;
        float ry = (float) ((deep * 0.75 + 35) * k) + 0.1f;
        float lx = -wide * 0.08f;
        float ly = -deep * 0.58f;
        float lrx = (float) (wide * 0.6 * m) + 0.1f;
        float lry = (float) (deep * 0.36 * m) + 0.1f;
        float gall = (float) Math.sqrt(Math.max(0, 1 - Section.square((ref - 172) / 32)));
        clipped(
                -wide - 20,
                -deep - 10,
                wide,
                sy + 60,
                (x, y) -> {
                    float a = dz * dz < 1 ? Canvas.ellipse(x, y, cx, cy, rx, ry, 0.98f, 0.19f) : 300;
                    float b = left * left < 1 ? Canvas.ellipse(x, y, lx, ly, lrx, lry, 0.98f, 0.2f) : 300;
                    float d = Canvas.smoothMin(a, b, 14);
                    return Math.max(d, (float) (ref + 4 - diaphragm(x, y)) * 0.7f);
                },
                (x, y, d, p) -> {
                    float branch = Math.abs(scene.coarse(x, y) + 0.15f * scene.medium(x, y));
                    float vessel = branch < 0.05f && scene.coarse(y, x) > 0.1f
                            ? (habitus.contrast ? 45 : -10) * (1 - branch / 0.05f)
                            : 0;
                    return scene.tissue(habitus.liverHu + vessel, x, y);
                },
                Label.LIVER);
        if (gall > 0.1f) {
            ellipsoid(
                    -wide * 0.42,
                    -deep * 0.5,
                    172,
                    15 * f,
                    20 * f,
                    32,
                    0.3,
                    (x, y, d, p) -> d > -1.5f ? 30 : 8,
                    Label.OTHER);
        }
    }

    private void pelvis() {
        boolean male = habitus.type.sex() == Sex.MALE;
        if (ref > -60) {
            return;
        }
        double fill = 0.75 + 0.4 * Noise.hash(habitus.seed, 7, 43, 0);
        double front = -deep * 0.45;
        ellipsoid(
                0,
                front,
                -122,
                40 * fill * f,
                32 * fill * f,
                30 * (0.6 + 0.4 * fill),
                0,
                (x, y, d, p) -> d > -2.5f ? 35 : 6 + 3 * scene.coarse(x, y),
                Label.BLADDER);
        if (male) {
            ellipsoid(0, front + 8, -160, 22 * f, 18 * f, 17, 0, (x, y, d, p) -> scene.tissue(42, x, y), Label.GLAND);
            ellipsoid(
                    0, front + 40 * f, -134, 30 * f, 7 * f, 10, 0, (x, y, d, p) -> scene.tissue(36, x, y), Label.GLAND);
        } else {
            ellipsoid(
                    4,
                    front + 38 * f,
                    -102,
                    27 * f,
                    20 * f,
                    28,
                    0.1,
                    (x, y, d, p) -> scene.tissue(habitus.contrast ? 90 : 48, x, y),
                    Label.GLAND);
            ellipsoid(
                    0,
                    front + 42 * f,
                    -145,
                    17 * f,
                    10 * f,
                    24,
                    0,
                    (x, y, d, p) -> scene.tissue(40, x, y),
                    Label.GLAND);
        }
    }

    private void greatVessels() {
        double lumbarFront = sy - Backbone.halfDepth(Math.max(0, ref)) * f;
        double old = habitus.calcified ? 1.15 : 1;
        double ra = (8.3 + 2.2 * Section.smooth((ref - 100) / 250)) * f * old;
        Canvas.Fill blood = (x, y, d, p) -> {
            boolean plaque = habitus.calcified && d > -2.2f && scene.medium(x, y) > 0.42f;
            return plaque ? 420 : habitus.bloodHu + 2 * scene.coarse(x, y);
        };
        if (ref > 52) {
            double ax = sx + (8 + 12 * Section.smooth((ref - 190) / 110)) * f;
            double ay = lumbarFront - ra - 1 + 16 * Section.smooth((ref - 230) / 110) * f;
            disc(ax, ay, ra, ra, blood);
            if (ref < 250) {
                double vx = sx - 17 * f - 6 * Section.smooth((ref - 190) / 60);
                double vy = lumbarFront - 8 * f - 22 * Section.smooth((ref - 175) / 80) * f;
                double flat = 0.55 + 0.35 * Math.abs(Noise.hash(habitus.seed, 8, 44, 0));
                disc(vx, vy, 12 * f, 12 * flat * f, (x, y, d, p) -> habitus.veinHu);
            }
            if (ref > 60 && ref < 160) {
                disc(ax + 2, ay - ra - 10 * f - 0.1 * (160 - ref), 3.6 * f, 3.6 * f, (x, y, d, p) -> habitus.bloodHu);
                disc(ax - 9 * f, ay - ra - 9 * f - 0.1 * (160 - ref), 5.4 * f, 5 * f, (x, y, d, p) -> habitus.veinHu);
            }
            // Ureters and gonadal vessels on the psoas.
            if (ref < 105) {
                for (int k = -1; k <= 1; k += 2) {
                    disc(sx + k * 36 * f, lumbarFront + 3 * f, 2, 2, (x, y, d, p) -> 22);
                }
            }
        } else {
            double t = (52 - ref) / 170;
            for (int k = -1; k <= 1; k += 2) {
                double x = sx * (1 - t) + k * (7 + 66 * Math.pow(t, 0.9)) * f;
                double y = (lumbarFront - 9) * (1 - t) + t * (-deep * 0.55) + 18 * Math.sin(Math.PI * t) * f;
                disc(x, y, 5.4 * f, 5.4 * f, blood);
                disc(x + k * -2 - 5 * (1 - t) * f, y + 10 * f, 6.4 * f, 5.6 * f, (qx, qy, d, p) -> habitus.veinHu);
            }
        }
    }

    private void disc(double cx, double cy, double rx, double ry, Canvas.Fill fill) {
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
                fill,
                Label.VESSEL);
    }

    private void chest() {
        float heartX = 24 * f;
        float heartY = -deep * 0.36f;
        float rib = 1.5f;
        int[] w = canvas.window(-wide - 30, -deep - 30, wide + 30, sy + 70, 8);
        float apex = (float) Section.smooth((478 - ref) / 30);
        for (int j = w[1]; j < w[3]; j++) {
            for (int p = j * canvas.n + w[0]; p < j * canvas.n + w[2]; p++) {
                float inside = cavity[p] + rib;
                if (inside > canvas.edge) {
                    continue;
                }
                float x = canvas.softX[p];
                float y = canvas.softY[p];
                float over = (float) (diaphragm(x, y) - ref) * 0.7f;
                // The mediastinum leaves the lungs free beside the spine and behind the sternum.
                float media = 30 * f - Math.abs(x - 4) + (y > sy - 20 * f ? -6 : 0) + 9 * scene.coarse(x, y) * 0.3f;
                float spine = 27 * f - (float) Math.hypot((x - sx), (y - sy - 4 * f) * 0.9f);
                float d = Math.max(Math.max(inside, over), Math.max(media * 0.9f, spine));
                if (apex < 1) {
                    d = Math.max(d, (float) Math.hypot(Math.abs(x) - 50 * f, y - 10 * f) - (10 + 48 * apex) * f);
                }
                if (d < canvas.edge / 2) {
                    float v = scene.fine(x, y) * 0.8f + scene.medium(x, y) * 0.5f;
                    float vessels = v > 0.62f ? Math.min(1, (v - 0.62f) * 4) * 620 : 0;
                    canvas.put(p, d, -868 + 30 * (y / 100) + 20 * scene.medium(x, y) + vessels, Label.LUNG);
                }
            }
        }
        ellipsoid(
                heartX,
                heartY,
                306,
                60 * f,
                46 * f,
                52,
                0.55,
                (x, y, d, p) -> d > -4
                        ? scene.visceralFat(x, y)
                        : habitus.contrast
                                ? (scene.coarse(x * 0.8f, y) > -0.15f ? habitus.bloodHu : 95)
                                : scene.tissue(42, x, y),
                Label.HEART);
        if (ref > 345) {
            double arch = Section.bump(ref, 410, 14);
            disc(
                    8 * f,
                    -deep * 0.35,
                    14 * f * (ref < 420 ? 1 : 0.55),
                    14 * f * (ref < 420 ? 1 : 0.5),
                    (x, y, d, p) -> habitus.bloodHu);
            disc(-20 * f, -deep * 0.3, 9 * f, 9 * f, (x, y, d, p) -> habitus.veinHu);
            if (ref < 392 && ref > 350) {
                disc(18 * f, -deep * 0.3, 22 * f, 10 * f, (x, y, d, p) -> habitus.veinHu);
            }
            if (arch > 0.3) {
                disc(12 * f, -deep * 0.12, 13 * f, 30 * f, (x, y, d, p) -> habitus.bloodHu);
            }
            if (ref > 418) {
                disc(20 * f, -deep * 0.1, 5 * f, 5 * f, (x, y, d, p) -> habitus.bloodHu);
                disc(-14 * f, -deep * 0.25, 6 * f, 6 * f, (x, y, d, p) -> habitus.bloodHu);
            }
        }
        disc(sx + 2, sy - 30 * f, 8 * f, 6 * f, (x, y, d, p) -> d < -4 ? -300 : 35);
        if (ref > 395) {
            airway(0, sy - 42 * f, 8.5 * f, 8 * f);
        } else if (ref > 355) {
            double spread = (395 - ref) * 0.75;
            airway(-8 * f - spread * f, sy - 38 * f, 6.5 * f, 6 * f);
            airway(8 * f + spread * f, sy - 38 * f, 6 * f, 5.5 * f);
        }
    }

    private void airway(double cx, double cy, double rx, double ry) {
        float x0 = (float) cx;
        float y0 = (float) cy;
        float ax = (float) rx + 1.5f;
        float ay = (float) ry + 1.5f;
        canvas.paint(
                x0 - ax,
                y0 - ay,
                x0 + ax,
                y0 + ay,
                true,
                (x, y) -> Canvas.ellipse(x, y, x0, y0, ax, ay, 1, 0),
                (x, y, d, p) -> d > -1.5f ? 40 : -985,
                Label.AIRWAY);
    }
}
