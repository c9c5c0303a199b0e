package org.myonode.phantom;

/**
 * The layout of one axial plane: skin, outer surface of the trunk muscles and wall of the cavity as polar curves
 * around the patient's axis, and where the spine lies. All tables are reference millimetres of a lean adult.
 */
final class Section {
    static final int ANGLES = 1024;

    // Half width, half depth to the front and to the back of the lean trunk (muscle surface), by reference height.
    private static final Table HALF_WIDTH = new Table(
            -190, 40, -176, 110, -150, 158, -110, 163, -50, 152, 0, 140, 40, 134, 90, 133, 140, 135, 190, 140, 240, 147,
            300, 152, 360, 154, 410, 158, 440, 172, 462, 178, 480, 140, 496, 80, 515, 60, 545, 57, 575, 66, 610, 70,
            650, 73, 690, 68, 715, 56, 732, 36, 741, 4);
    private static final Table FRONT = new Table(
            -190, 30, -176, 70, -150, 86, -110, 88, -50, 86, 0, 82, 40, 80, 90, 82, 140, 90, 190, 100, 240, 112, 300,
            117, 360, 112, 410, 92, 440, 74, 470, 54, 496, 46, 520, 48, 536, 74, 547, 104, 560, 109, 600, 116, 650, 112,
            690, 92, 715, 68, 732, 40, 741, 4);
    private static final Table BACK = new Table(
            -190, 30, -176, 70, -150, 96, -110, 103, -60, 102, -20, 95, 30, 89, 90, 86, 140, 88, 190, 93, 240, 98, 300,
            103, 360, 106, 410, 106, 450, 100, 480, 86, 500, 74, 530, 66, 570, 66, 610, 78, 650, 84, 690, 72, 715, 54,
            732, 32, 741, 4);
    /** How much of the patient's L3 fat there is. */
    private static final Table FAT_FRONT = new Table(
            -180, 0.6, -120, 1.0, -40, 1.15, 40, 1.1, 90, 1, 160, 0.75, 240, 0.42, 340, 0.4, 440, 0.3, 500, 0.2, 560,
            0.15, 620, 0.06);

    private static final Table FAT_SIDE = new Table(
            -180, 1.0, -110, 1.25, -40, 1.3, 40, 1.25, 90, 1, 160, 0.75, 240, 0.6, 340, 0.55, 440, 0.5, 500, 0.25, 560,
            0.15, 620, 0.06);
    private static final Table FAT_BACK = new Table(
            -180, 1.0, -110, 1.2, -40, 1.2, 40, 1.15, 90, 1, 160, 0.7, 240, 0.45, 340, 0.45, 440, 0.5, 500, 0.4, 560,
            0.2, 620, 0.08);
    private static final Table BELLY = new Table(
            -160, 0, -110, 0.12, -50, 0.5, 20, 0.92, 70, 1, 130, 0.95, 200, 0.62, 260, 0.25, 330, 0.08, 400, 0);
    /** Distance from the muscle surface of the back to the middle of the vertebral body. */
    private static final Table SPINE_FROM_BACK = new Table(
            -140, 48, -104, 32, -60, 38, -20, 62, 10, 74, 50, 76, 90, 72, 140, 66, 200, 58, 280, 50, 360, 50, 430, 54,
            480, 60, 520, 60, 570, 56, 600, 62, 640, 70);

    private static final Table ERECTOR_SIZE = new Table(
            -110, 0.25, -60, 0.55, -20, 0.85, 20, 0.97, 90, 1, 140, 0.95, 200, 0.82, 280, 0.6, 360, 0.5, 450, 0.5);

    final Habitus habitus;
    final double z;
    /** Reference height. */
    final double ref;

    final double spineX;
    final double spineY;
    final float[] skin = new float[ANGLES + 1];
    final float[] muscle = new float[ANGLES + 1];
    final float[] cavity = new float[ANGLES + 1];
    final float[] skinSlope = new float[ANGLES + 1];
    final float[] muscleSlope = new float[ANGLES + 1];
    final float[] cavitySlope = new float[ANGLES + 1];
    /** Thickness of the wall under each angle, mm. */
    final float[] thickness = new float[ANGLES + 1];

    final double halfWidth;
    final double front;
    final double erector;
    final double erectorWidth;
    final double erectorDepth;
    /** Reference height of the costal margin blend: 1 in the chest, 0 in the waist. */
    final double chest;

    final double fatScale;

    Section(Habitus h, double z) {
        this.habitus = h;
        this.z = z;
        ref = h.spine.referenceOfZ(z);
        boolean male = h.type.sex() == Sex.MALE;
        double f = ref > 530 ? 0.5 + 0.5 * h.frame : h.frame;
        // Women: wider hips, narrower waist and shoulders. The muscular have broader shoulders and a fuller chest.
        double hip = male ? 0 : 8 * bump(ref, -90, 80);
        double waist = (male ? 2 : -5) * bump(ref, 95, 60);
        double shoulder = ((male ? 8 : -10) + 22 * (h.type.muscularity() - 0.45)) * bump(ref, 450, 45);
        double belly = BELLY.of(ref);
        erector = ERECTOR_SIZE.of(ref);
        erectorWidth = h.erectorWidth * (0.35 + 0.65 * erector);
        erectorDepth = h.erectorDepth * erector;

        double dorsal = (h.erectorDepth - 44 * h.frame) * bump(ref, 80, 110);
        double a = (HALF_WIDTH.of(ref) + hip + waist + shoulder) * f
                + h.bellySideways * belly
                + (h.wall - 17) * 0.6 * bump(ref, 80, 120);
        double bFront = FRONT.of(ref) * f + h.bellyForward * belly;
        double bBack = BACK.of(ref) * f + dorsal + Math.max(-4, h.spine.lordosisAt(ref)) + 1;
        halfWidth = a;
        front = bFront;
        spineX = h.spine.xAt(ref);
        spineY = spineYAt(ref);

        double fatFront = h.fatFront * FAT_FRONT.of(ref);
        double fatSide = h.fatSide * FAT_SIDE.of(ref);
        double fatBack = h.fatBack * FAT_BACK.of(ref);
        double fatMidline = h.fatMidline * FAT_BACK.of(ref);
        fatScale = FAT_SIDE.of(ref);
        chest = smooth((ref - 120) / 80);

        // The wall's back half is deeper than wide trunk needs, so that it meets the lateral edge of quadratus
        // lumborum.
        double quadratusX = h.erectorWidth * 0.98;
        double u = Math.min(0.9, quadratusX / a);
        double reach = (spineY + 40 * f) / Math.pow(1 - Math.pow(u, 2.3), 1 / 2.3);
        double waistBack = Math.min(reach, bBack + 8);
        double lumbar = 1 - chest;
        double muscleBack = bBack + (waistBack - bBack) * lumbar * smooth((ref + 20) / 50);

        double endAngle = Math.atan2(spineY + 40 * f, quadratusX);
        for (int i = 0; i <= ANGLES; i++) {
            double angle = 2 * Math.PI * i / ANGLES;
            double c = Math.cos(angle);
            double s = Math.sin(angle);
            double wobble = 1;
            for (int k = 0; k < 4; k++) {
                wobble += h.harmonic[2 * k] * 0.8 * Math.cos((k + 2) * angle + 0.008 * ref * (k % 2))
                        + h.harmonic[2 * k + 1] * 0.6 * Math.sin((k + 1) * angle + 0.006 * ref);
            }
            double nFront = ref > 500 ? 2.1 : h.frontExponent + 0.25 * chest;
            double nBack = ref > 500 ? 2.1 : h.backExponent;
            double rMuscle = s < 0
                    ? superellipse(c, s, a, bFront, nFront)
                    : superellipse(c, s, a, muscleBack, 2.3 + (nBack - 2.3) * Math.max(chest, smooth((20 - ref) / 60)));
            double backBulge = fatBack * 0.35;
            double rSkin = s < 0
                    ? superellipse(c, s, a + fatSide, bFront + fatFront, nFront)
                    : superellipse(
                            c, s, a + fatSide, bBack + fatMidline + backBulge, nBack + 0.2 * h.type.subcutaneousFat());
            // The furrow over the spinous processes, deeper between well-formed erectors, and the gluteal cleft.
            double midline = Math.abs(Math.IEEEremainder(angle - Math.PI / 2, 2 * Math.PI));
            double furrow = h.furrow * bump(ref, 90, 150) + backBulge * bump(ref, 60, 200);
            rSkin -= furrow * Math.exp(-square(midline * bBack / (ref < 20 ? 18 : 24)));
            rSkin -= (18 + h.gluteFat * 0.8) * bump(ref, -110, 45) * Math.exp(-square(midline * bBack / 11));
            // The navel.
            double navel = Math.abs(Math.IEEEremainder(angle + Math.PI / 2, 2 * Math.PI)) * bFront;
            rSkin -= (3 + 0.5 * fatFront) * Math.exp(-square(navel / 5.5)) * bump(ref, 48, 9);
            muscle[i] = (float) (rMuscle * wobble);
            skin[i] = (float) Math.max(rSkin * wobble, s < 0 || chest > 0.5 ? muscle[i] + 2.2 : 0);
        }
        slopes(skin, skinSlope);
        slopes(muscle, muscleSlope);
        for (int i = 0; i <= ANGLES; i++) {
            // Nothing reaches through the skin.
            muscle[i] = (float) Math.min(muscle[i], skin[i] - 2.2 / skinSlope[i]);
        }
        slopes(muscle, muscleSlope);
        for (int i = 0; i <= ANGLES; i++) {
            double angle = 2 * Math.PI * i / ANGLES;
            thickness[i] = (float) wallThickness(angle, endAngle);
            cavity[i] = Math.max(5, muscle[i] - thickness[i] / muscleSlope[i]);
        }
        slopes(cavity, cavitySlope);
    }

    /** Depth of the middle of the vertebral bodies at another reference height. */
    double spineYAt(double at) {
        double f = at > 530 ? 0.5 + 0.5 * habitus.frame : habitus.frame;
        double dorsal = (habitus.erectorDepth - 44 * habitus.frame) * bump(at, 80, 110);
        return BACK.of(at) * f + dorsal * 0.1 - SPINE_FROM_BACK.of(at) * f + habitus.spine.lordosisAt(at);
    }

    private double wallThickness(double angle, double endAngle) {
        double c = Math.cos(angle);
        double s = Math.sin(angle);
        int i = (int) Math.round(angle / (2 * Math.PI) * ANGLES);
        double px = Math.abs(muscle[i] * c);
        double py = muscle[i] * s;
        // 0 at the anterior midline, pi at the posterior one.
        double fromFront = Math.atan2(px, -py);
        double end = Math.PI / 2 + endAngle;
        double semilunar = Math.atan2(habitus.rectusGap / 2 + habitus.rectusWidth, front * 0.92);
        double t = (fromFront - semilunar) / (end - semilunar);
        double lateral = t < 0 || t > 1
                ? 0
                : habitus.wall * Math.pow(Math.sin(Math.PI * Math.pow(t, 0.82)), 0.62) * (1 - 0.25 * t);
        double x0 = habitus.rectusGap / 2;
        double w = (px - x0) / habitus.rectusWidth;
        double rectus = s > 0 || w < 0 || w > 1 ? 0 : habitus.rectusThickness * Math.pow(4 * w * (1 - w), 0.38);
        double abdominal = Math.max(Math.max(lateral, rectus) + 1.6, 2.2);
        if (ref < 30) {
            abdominal *= 1 - 0.45 * smooth((30 - ref) / 110);
        }
        if (chest == 0) {
            return abdominal;
        }
        double m = habitus.type.muscularity();
        double sideways = px / Math.max(60, halfWidth);
        double pectoral = (3 + 16 * m) * bump(ref, 395, 75) * (s < 0 ? smooth((sideways - 0.05) * 4) : 0);
        double latissimus = (5 + 12 * m) * smooth((sideways - 0.45) * 3) * (s > -0.6 ? 1 : 0.4);
        double back = s > 0
                ? Math.max(0, (42 - 14 * smooth((ref - 200) / 160)) * (0.7 + 0.5 * m) * (1 - smooth((px - 35) / 60)))
                : 0;
        double shoulder = 46 * smooth((ref - 415) / 50) * smooth((sideways - 0.35) * 2.5);
        double thoracic = 12 + pectoral + latissimus + back + shoulder;
        return abdominal + chest * (thoracic - abdominal);
    }

    /** Index into the polar tables, as a real number. */
    static float index(float x, float y) {
        float angle = fastAtan2(y, x);
        if (angle < 0) {
            angle += (float) (2 * Math.PI);
        }
        return angle * (float) (ANGLES / (2 * Math.PI));
    }

    static float sample(float[] table, float index) {
        int i = Math.min(ANGLES - 1, (int) index);
        float f = index - i;
        return table[i] + f * (table[i + 1] - table[i]);
    }

    float skinDistance(float x, float y) {
        float i = index(x, y);
        return ((float) Math.sqrt(x * x + y * y) - sample(skin, i)) * sample(skinSlope, i);
    }

    float muscleDistance(float x, float y) {
        float i = index(x, y);
        return ((float) Math.sqrt(x * x + y * y) - sample(muscle, i)) * sample(muscleSlope, i);
    }

    float cavityDistance(float x, float y) {
        float i = index(x, y);
        return ((float) Math.sqrt(x * x + y * y) - sample(cavity, i)) * sample(cavitySlope, i);
    }

    private static void slopes(float[] radius, float[] slope) {
        double step = 2 * Math.PI / ANGLES;
        for (int i = 0; i <= ANGLES; i++) {
            int j = i % ANGLES;
            double d = (radius[(j + 3) % ANGLES] - radius[(j + ANGLES - 3) % ANGLES]) / (6 * step);
            double k = d / Math.max(1, radius[j]);
            slope[i] = (float) Math.max(0.35, 1 / Math.sqrt(1 + k * k));
        }
    }

    private static double superellipse(double c, double s, double a, double b, double n) {
        return Math.pow(Math.pow(Math.abs(c) / a, n) + Math.pow(Math.abs(s) / b, n), -1 / n);
    }

    static float fastAtan2(float y, float x) {
        float ax = Math.abs(x);
        float ay = Math.abs(y);
        float high = Math.max(ax, ay);
        if (high < 1e-9f) {
            return 0;
        }
        float a = Math.min(ax, ay) / high;
        float s = a * a;
        float r = ((-0.0464964749f * s + 0.15931422f) * s - 0.327622764f) * s * a + a;
        if (ay > ax) {
            r = 1.57079637f - r;
        }
        if (x < 0) {
            r = 3.14159274f - r;
        }
        return y < 0 ? -r : r;
    }

    static double bump(double at, double centre, double width) {
        return Math.exp(-square((at - centre) / width));
    }

    /** 0 below 0, 1 above 1, smooth between. */
    static double smooth(double t) {
        double u = Math.min(1, Math.max(0, t));
        return u * u * (3 - 2 * u);
    }

    static double square(double v) {
        return v * v;
    }
}
