package org.myonode.phantom;

/**
 * Muscles around the lumbar spine: psoas, quadratus lumborum, erector spinae and multifidus.
 *
 * <p>Each is a union of ellipses in the warped frame, with fat clefts as curved bands and fat between fibres as
 * thresholded noise that grows towards the multifidus and the lower levels.
 */
final class Muscles {
    private static final Table PSOAS_SIZE = new Table(
            -165, 0.35, -140, 0.62, -100, 0.95, -40, 1.12, 10, 1.18, 45, 1.15, 90, 0.97, 128, 0.72, 165, 0.45, 190,
            0.22, 205, 0);
    /** Beyond the side of the vertebra, mm. */
    private static final Table PSOAS_X =
            new Table(-165, 50, -120, 62, -80, 56, -40, 36, 0, 17, 40, 8, 90, 3, 140, 1, 200, -1);

    private static final Table PSOAS_Y =
            new Table(-165, 10, -140, -12, -115, -45, -80, -52, -40, -38, 0, -14, 40, -1, 90, 5, 140, 8, 200, 9);
    private static final Table QUADRATUS = new Table(28, 0, 45, 1.15, 70, 1.15, 110, 0.95, 150, 0.72, 185, 0.5, 200, 0);
    private static final Table QUADRATUS_X = new Table(30, 74, 60, 68, 100, 60, 150, 48, 200, 38);

    private final Scene scene;
    private final Canvas canvas;
    private final Habitus habitus;
    private final Section section;
    private final float[] skinDistance;
    private final float f;

    Muscles(Scene scene, Trunk trunk) {
        this.scene = scene;
        canvas = scene.canvas;
        habitus = scene.habitus;
        section = scene.section;
        skinDistance = trunk.skinDistance;
        f = scene.frame;
    }

    void paint() {
        double ref = scene.ref;
        if (ref > 30 && ref < 200) {
            quadratus();
        }
        if (ref > -165 && ref < 205) {
            psoas();
        }
        if (ref > -110 && ref < 480) {
            erector();
        }
    }

    private void psoas() {
        double ref = scene.ref;
        double size = PSOAS_SIZE.of(ref);
        if (size < 0.08) {
            return;
        }
        for (int side = -1; side <= 1; side += 2) {
            double lop = 1 + 0.07 * Noise.hash(habitus.seed, side, 21, 0);
            double r = habitus.psoas * size * lop;
            float rx = (float) (r * habitus.psoasFlat);
            float ry = (float) (r / habitus.psoasFlat * 1.08);
            float half = (float) Backbone.halfWidth(Math.max(0, ref)) * f;
            float cx = (float) (section.spineX + side * (half + PSOAS_X.of(ref) * f + rx * 0.82));
            float cy = (float) (section.spineYAt(Math.max(ref, -10)) + PSOAS_Y.of(ref) * f);
            double tilt = side * (ref > 20 ? -0.35 : 0.5);
            float c = (float) Math.cos(tilt);
            float s = (float) Math.sin(tilt);
            float reach = Math.max(rx, ry) + 2;
            canvas.paint(
                    cx - reach,
                    cy - reach,
                    cx + reach,
                    cy + reach,
                    true,
                    (x, y) -> Canvas.ellipse(x, y, cx, cy, rx, ry, c, s),
                    (x, y, d, p) -> scene.muscle(x, y, 0.45f),
                    Label.SKELETAL_MUSCLE);
        }
    }

    private void quadratus() {
        double size = QUADRATUS.of(scene.ref);
        if (size < 0.05) {
            return;
        }
        for (int side = -1; side <= 1; side += 2) {
            float rx = (float) (habitus.quadratusWidth * (0.5 + 0.5 * size));
            float ry = (float) (habitus.quadratusThickness * size);
            float cx = (float) (section.spineX
                    + side * QUADRATUS_X.of(scene.ref) * f * (0.5 + 0.5 * habitus.erectorWidth / (74 * f)));
            float cy = (float) (section.spineY + 29 * f);
            float s = -side * 0.1f;
            canvas.paint(
                    cx - rx,
                    cy - rx,
                    cx + rx,
                    cy + rx,
                    true,
                    (x, y) -> Canvas.ellipse(x, y, cx, cy, rx, ry, 0.995f, s),
                    (x, y, d, p) -> scene.muscle(x, y, 0.8f),
                    Label.SKELETAL_MUSCLE);
        }
    }

    private void erector() {
        float w = (float) section.erectorWidth;
        float depth = (float) section.erectorDepth;
        float sx = (float) section.spineX;
        float sy = (float) section.spineY;
        double ref = scene.ref;
        float front = (float) (sy + (ref > 160 ? 24 : 27) * f);
        float lower = (float) Section.smooth((110 - ref) / 130);
        float infiltration = 0.85f + 0.55f * lower;
        float cleft = (float) (0.35 + 2.6 * habitus.type.muscleFat() + 0.5 * lower);
        float atrophy = (float) (2.5 * habitus.type.muscleFat());
        for (int side = -1; side <= 1; side += 2) {
            float k = side;
            float mainX = w * 0.56f;
            float mainRx = w * 0.45f;
            float mainY = front + depth * 0.5f;
            float mainRy = depth * 0.52f;
            float multX = 15.5f * f;
            float multRx = 14.5f * f;
            float multY = front + 2 + depth * 0.52f;
            float multRy = depth * 0.5f;
            float tc = 0.987f;
            float ts = -0.16f;
            float boundary = multX + 9.5f * f;
            float second = w * 0.63f;
            canvas.paint(
                    Math.min(sx, sx + k * (w + 4)),
                    front - 8,
                    Math.max(sx, sx + k * (w + 4)),
                    front + depth + 8,
                    true,
                    (x, y) -> {
                        float u = (x - sx) * k;
                        float main = Canvas.ellipse(u, y, mainX, mainY, mainRx, mainRy, tc, ts);
                        float mult = Canvas.ellipse(u, y, multX, multY, multRx, multRy, 1, 0);
                        return Math.max(Canvas.smoothMin(main, mult, 9), 0.8f - u);
                    },
                    (x, y, d, p) -> {
                        float u = (x - sx) * k;
                        float v = (y - front) / depth;
                        float wander = 3 * scene.medium(x, y) + 4 * scene.coarse(x, y);
                        float line = Math.abs(u - boundary - 9 * (v - 0.4f) - wander);
                        float other = Math.abs(u - second - 5 * (v - 0.4f) + wander);
                        float wide = cleft * (1.5f - v) * (1 + 0.8f * scene.medium(y, x));
                        float fat = 0.5f + (wide / 2 - line) / 1.3f;
                        fat = Math.max(fat, (v < 0.75f ? 0.5f : 0.2f) + (0.55f * wide - other) / 1.3f);
                        // Deep fat on the laminae and a rim inside the fascia where muscle has shrunk.
                        fat = Math.max(
                                fat, 0.3f + (atrophy - (v + 0.02f) * depth * 0.5f + 2 * scene.medium(x, y)) / 2.5f);
                        fat = Math.max(fat, 0.2f + (atrophy * 0.6f + 0.8f * d + 1.5f * scene.coarse(x, y)) / 2);
                        fat = fat < 0 ? 0 : Math.min(fat, 0.95f);
                        float medial = u < boundary ? infiltration * 1.25f : infiltration;
                        float muscle = scene.muscle(x, y, medial);
                        return muscle + fat * (habitus.fatHu - muscle);
                    },
                    Label.SKELETAL_MUSCLE);
        }
        for (int p = 0; p < skinDistance.length; p++) {
            if (skinDistance[p] > -3.4f && canvas.label[p] == Label.SKELETAL_MUSCLE) {
                float d = skinDistance[p];
                canvas.hu[p] = d > 0 ? -1000 : d > -1.9f ? 25 : habitus.fatHu;
                canvas.label[p] = d > 0 ? Label.AIR : d > -1.9f ? Label.SKIN : Label.SUBCUTANEOUS_FAT;
            }
        }
    }
}
