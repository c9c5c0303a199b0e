package org.myonode.crossvalidation.training;

import java.util.List;
import java.util.Random;
import org.myonode.workers.locate.SpineImages;
import org.myonode.workers.locate.SpineImages.Image;
import org.myonode.workers.locate.SpineLevel;

/**
 * Draws windows of {@link #rows} rows from a spine: a piece of it as some scanner, protocol and patient might have
 * shown it. What is drawn: the field of view along z and across, size of the body along z and across, local stretch
 * (a collapsed vertebra), slice spacing and thickness, side, errors of the path along the spine, tilt, density of bone,
 * contrast in kidneys, vessels and bowel, table, arms, metal, noise.
 *
 * @param rows rows of a window
 * @param strength 0 for the spine as it is, 1 for all of it
 */
record SpineAugmentation(int rows, double strength) {

    private static final int WIDTH = SpineImages.WIDTH;
    private static final int CORONAL = SpineImages.CORONAL_COLUMNS;
    private static final int SAGITTAL = SpineImages.SAGITTAL_COLUMNS;
    private static final int LINE = WIDTH * SpineImages.CHANNELS;

    /**
     * What is hidden, so that the network learns to do without it: of all there is to see it would otherwise use what is
     * easiest among few patients, the looks of the sacrum from the side, and overlook the ribs.
     */
    private static final List<List<Image>> BLIND = List.of(
            List.of(Image.SAGITTAL_SLAB, Image.SAGITTAL_BRIGHTEST),
            List.of(Image.CORONAL_BRIGHTEST, Image.CORONAL_SLAB),
            List.of(Image.CORONAL_BRIGHTEST),
            List.of(Image.CORONAL_SLAB),
            List.of(Image.SAGITTAL_SLAB),
            List.of(Image.SAGITTAL_BRIGHTEST));

    /** Share of the windows in which something is hidden. */
    private static final double BLIND_SHARE = 0.5;

    /** A window: input and target of {@link SpineNetwork}. */
    @SuppressWarnings("ArrayRecordComponent")
    record Window(float[] input, float[] target) {}

    /** The spine as it is, in the middle of the window; of a longer one the lowest rows. */
    Window plain(SpineSample sample) {
        float[] input = empty();
        float[] target = new float[rows * SpineNetwork.TARGETS];
        int count = Math.min(rows, sample.rows());
        int offset = (rows - count) / 2;
        for (int row = 0; row < count; row++) {
            for (int i = 0; i < LINE; i++) {
                input[(offset + row) * LINE + i] = sample.values()[row * LINE + i] / 127f;
            }
            target(sample, row, 1, target, offset + row);
        }
        return new Window(input, target);
    }

    private float[] empty() {
        float[] input = new float[rows * LINE];
        java.util.Arrays.fill(input, -1);
        return input;
    }

    /** Draws a window. */
    Window draw(SpineSample sample, Random random) {
        double scale = Math.exp(uniform(random, -0.22, 0.22) * strength);
        // Which rows: all of them, or a field of view of 120 mm and more.
        double whole = sample.rows() * scale;
        double wanted = random.nextDouble() < 0.35 ? whole : uniform(random, 40, Math.max(60, Math.min(rows, whole)));
        int count = (int) Math.max(16, Math.min(rows, Math.min(whole, wanted)));
        double first = uniform(random, 0, Math.max(0, whole - count));
        int offset = random.nextInt(rows - count + 1);
        // Source row of each row: a scale that varies a little along the spine.
        double[] from = new double[count];
        double phase = uniform(random, 0, 2 * Math.PI);
        double wave = uniform(random, 8, 60);
        double depth = uniform(random, 0, 0.12) * strength;
        double collapse = random.nextDouble() < 0.15 * strength ? uniform(random, 0, count) : -100;
        double position = first / scale;
        double[] local = new double[count];
        for (int i = 0; i < count; i++) {
            from[i] = position;
            double stretch = scale * (1 + depth * Math.sin(phase + 2 * Math.PI * i / wave));
            if (Math.abs(i - collapse) < 4) {
                stretch *= 0.7;
            }
            local[i] = stretch;
            position += 1 / stretch;
        }
        float[] input = empty();
        geometry(sample, from, scale, offset, input, random);
        if (strength > 0) {
            slope(input, offset, count, random);
            appearance(sample, from, input, offset, count, random);
        }
        float[] target = new float[rows * SpineNetwork.TARGETS];
        for (int i = 0; i < count; i++) {
            if (from[i] > sample.rows() - 1) {
                java.util.Arrays.fill(input, (offset + i) * LINE, (offset + i + 1) * LINE, -1);
                continue;
            }
            target(sample, from[i], local[i], target, offset + i);
        }
        return new Window(input, target);
    }

    /** Classes and border of one row; a row at an edge belongs to both sides. */
    private static void target(SpineSample sample, double from, double stretch, float[] target, int row) {
        int at = row * SpineNetwork.TARGETS;
        boolean known = true;
        for (int part = 0; part < 4; part++) {
            int channel = sample.channelAt(from + ((part + 0.5) / 4 - 0.5) / stretch);
            if (channel < 0) {
                known = false;
                target[at]++;
            } else {
                target[at + channel] += 0.25f;
            }
        }
        if (!known) {
            for (int channel = 0; channel < SpineLevel.CHANNELS; channel++) {
                target[at + channel] = 1f / SpineLevel.CHANNELS;
            }
        }
        double nearest = Double.MAX_VALUE;
        for (double disc : sample.discs()) {
            nearest = Math.min(nearest, Math.abs(disc - from) * stretch);
        }
        target[at + SpineLevel.CHANNELS] = (float) Math.exp(-0.5 * nearest * nearest);
        target[at + SpineLevel.CHANNELS + 1] = known ? 1 : 0;
        boolean borderKnown = from >= sample.discsFrom() && from <= sample.discsTo();
        // A disc is a rare thing among the rows and the one that counts.
        target[at + SpineLevel.CHANNELS + 2] = borderKnown ? (nearest < 2.5 ? 2f : 1f) : 0f;
    }

    /** Resamples rows and columns. */
    private void geometry(SpineSample sample, double[] from, double scale, int offset, float[] input, Random random) {
        int count = from.length;
        boolean flip = random.nextBoolean() && strength > 0;
        double across = Math.exp(uniform(random, -0.18, 0.18) * strength) * Math.sqrt(scale);
        double deep = Math.exp(uniform(random, -0.15, 0.15) * strength) * Math.sqrt(scale);
        double shiftX = 3.0 * random.nextGaussian() * strength;
        double shiftY = 3.0 * random.nextGaussian() * strength;
        double shear = 0.04 * random.nextGaussian() * strength;
        double wobbleX = uniform(random, 0, 2.5) * strength;
        double wobbleY = uniform(random, 0, 2.5) * strength;
        double wave = uniform(random, 20, 90);
        double phase = uniform(random, 0, 2 * Math.PI);
        // Slices of the scanner lie every `step` rows and are this thick.
        double step = strength > 0 ? uniform(random, 0.3, 2.0) : 1;
        double thick = strength > 0 ? uniform(random, 0, 1) * step : 0;
        double knotPhase = uniform(random, 0, step);
        float[] line = new float[LINE];
        float[] below = new float[LINE];
        float[] above = new float[LINE];
        long held = Long.MIN_VALUE;
        for (int i = 0; i < count; i++) {
            if (step > 1) {
                long knot = (long) Math.floor((from[i] - knotPhase) / step);
                if (knot != held) {
                    slab(sample, knotPhase + knot * step, thick, below);
                    slab(sample, knotPhase + (knot + 1) * step, thick, above);
                    held = knot;
                }
                float t = (float) ((from[i] - knotPhase) / step - knot);
                for (int k = 0; k < LINE; k++) {
                    line[k] = below[k] + t * (above[k] - below[k]);
                }
            } else {
                slab(sample, from[i], thick, line);
            }
            double centre = (i - count / 2.0) * shear;
            double moveX = shiftX + wobbleX * Math.sin(phase + 2 * Math.PI * i / wave);
            double moveY = shiftY + centre + wobbleY * Math.cos(phase * 2 + 2 * Math.PI * i / wave);
            int to = (offset + i) * LINE;
            columns(line, 0, CORONAL, across, moveX, flip, input, to);
            columns(line, CORONAL, SAGITTAL, deep, moveY, false, input, to);
        }
    }

    /**
     * Moves what lies to the side up or down against the spine, differently at every height: ribs slope, and kidneys and
     * iliac crests lie, as they like. What tells a level is where a rib meets the spine.
     */
    private static void slope(float[] input, int offset, int count, Random random) {
        double whole = 4 * random.nextGaussian();
        double waving = 4 * random.nextGaussian();
        double wave = uniform(random, 60, 160);
        double phase = uniform(random, 0, 2 * Math.PI);
        float[] column = new float[count];
        for (int c = 0; c < CORONAL; c++) {
            double lateral = (Math.abs(c - CORONAL / 2.0) - 9) / (CORONAL / 2.0 - 9);
            if (lateral <= 0) {
                continue;
            }
            for (int channel = 0; channel < SpineImages.CHANNELS; channel++) {
                int first = (offset * WIDTH + c) * SpineImages.CHANNELS + channel;
                for (int i = 0; i < count; i++) {
                    double move = lateral * (whole + waving * Math.sin(phase + 2 * Math.PI * i / wave));
                    double at = Math.max(0, Math.min(count - 1, i + move));
                    int low = (int) at;
                    int high = Math.min(count - 1, low + 1);
                    float a = input[first + low * LINE];
                    float b = input[first + high * LINE];
                    column[i] = a + (float) (at - low) * (b - a);
                }
                for (int i = 0; i < count; i++) {
                    input[first + i * LINE] = column[i];
                }
            }
        }
    }

    /** Values at a row, as the mean over a thickness. */
    private static void slab(SpineSample sample, double row, double thick, float[] line) {
        if (thick < 0.4) {
            row(sample, row, line, 1, false);
        } else {
            row(sample, row - thick / 3, line, 0.5f, false);
            row(sample, row + thick / 3, line, 0.5f, true);
        }
    }

    private static void row(SpineSample sample, double row, float[] line, float share, boolean add) {
        double inside = Math.max(0, Math.min(sample.rows() - 1, row));
        int low = (int) inside;
        int high = Math.min(sample.rows() - 1, low + 1);
        float t = (float) (inside - low);
        for (int k = 0; k < LINE; k++) {
            float a = sample.values()[low * LINE + k] / 127f;
            float b = sample.values()[high * LINE + k] / 127f;
            float value = share * (a + t * (b - a));
            line[k] = add ? line[k] + value : value;
        }
    }

    private static void columns(
            float[] line, int first, int count, double scale, double shift, boolean flip, float[] input, int to) {
        for (int c = 0; c < count; c++) {
            double x = (c - count / 2.0 - shift) / scale;
            double at = count / 2.0 + (flip ? -x : x);
            for (int channel = 0; channel < SpineImages.CHANNELS; channel++) {
                float value = -1;
                if (at >= 0 && at <= count - 1) {
                    int low = (int) at;
                    int high = Math.min(count - 1, low + 1);
                    float t = (float) (at - low);
                    float a = line[(first + low) * SpineImages.CHANNELS + channel];
                    float b = line[(first + high) * SpineImages.CHANNELS + channel];
                    value = a + t * (b - a);
                }
                input[to + (first + c) * SpineImages.CHANNELS + channel] = value;
            }
        }
    }

    /** What changes the values but not where things are. */
    private static void appearance(
            SpineSample sample, double[] from, float[] input, int offset, int count, Random random) {
        float[] level = new float[4];
        float[] gain = new float[4];
        double density = Math.exp(0.25 * random.nextGaussian());
        for (int k = 0; k < 4; k++) {
            gain[k] = (float) (density * Math.exp(0.1 * random.nextGaussian()));
            level[k] = (float) (0.08 * random.nextGaussian());
        }
        if (random.nextDouble() < 0.5) {
            int blobs = 1 + random.nextInt(7);
            for (int b = 0; b < blobs; b++) {
                blob(input, offset, count, random);
            }
        }
        if (random.nextDouble() < 0.3) {
            stripes(input, offset, count, random);
        }
        if (random.nextDouble() < 0.2) {
            withoutRibs(sample, from, input, offset, random);
        }
        if (random.nextDouble() < 0.5) {
            sacralDisc(sample, from, input, offset, random);
        }
        double noise = random.nextDouble() < 0.6 ? Math.abs(0.07 * random.nextGaussian()) : 0;
        double streaks = random.nextDouble() < 0.2 ? 0.1 * random.nextDouble() : 0;
        for (int i = 0; i < count; i++) {
            float streak = (float) (streaks * random.nextGaussian());
            int at = (offset + i) * LINE;
            for (int c = 0; c < WIDTH; c++) {
                for (int channel = 0; channel < SpineImages.CHANNELS; channel++) {
                    int kind = (c < CORONAL ? 0 : 2) + channel;
                    int index = at + c * SpineImages.CHANNELS + channel;
                    // Soft tissue stays where it is, density acts on what is brighter.
                    float soft = kind == 0 || kind == 3 ? -1 : -0.3f;
                    float value = input[index];
                    value = value > soft ? soft + (value - soft) * gain[kind] : value;
                    value += level[kind] + streak + (noise == 0 ? 0 : (float) (noise * random.nextGaussian()));
                    input[index] = Math.max(-1, Math.min(1, value));
                }
            }
        }
        if (random.nextDouble() < 0.08) {
            metal(input, offset, count, random);
        }
        if (random.nextDouble() < 0.15) {
            truncate(input, offset, count, 20 + random.nextInt(35));
        }
        if (random.nextDouble() < BLIND_SHARE) {
            BLIND.get(random.nextInt(BLIND.size())).forEach(image -> image.hide(input, offset, count));
        }
    }

    /** A kidney, a vessel or a bowel loop full of contrast. */
    private static void blob(float[] input, int offset, int count, Random random) {
        double row = uniform(random, 0, count);
        double column = CORONAL / 2.0 + uniform(random, -42, 42);
        double tall = uniform(random, 1, 16);
        double wide = uniform(random, 1, 10);
        float bright = (float) uniform(random, 0.1, 1.6);
        float slab = random.nextDouble() < 0.4 ? (float) uniform(random, 0.1, 0.8) : 0;
        for (int i = Math.max(0, (int) (row - tall)); i < Math.min(count, row + tall); i++) {
            for (int c = Math.max(0, (int) (column - wide)); c < Math.min(CORONAL, column + wide); c++) {
                double d = Math.pow((i - row) / tall, 2) + Math.pow((c - column) / wide, 2);
                if (d < 1) {
                    int at = ((offset + i) * WIDTH + c) * SpineImages.CHANNELS;
                    // A maximum shows the brighter of bone and blob.
                    input[at] = Math.max(input[at], -1 + bright);
                    input[at + 1] += slab;
                }
            }
        }
    }

    /** Edges of a table, cables, or arms along the body. */
    private static void stripes(float[] input, int offset, int count, Random random) {
        int stripes = 1 + random.nextInt(4);
        boolean arms = random.nextDouble() < 0.4;
        for (int s = 0; s < stripes; s++) {
            double column = arms
                    ? (random.nextBoolean() ? uniform(random, -4, 14) : CORONAL - uniform(random, -4, 14))
                    : uniform(random, 0, CORONAL);
            double wide = arms ? uniform(random, 2, 7) : 0.6;
            double slope = 0.03 * random.nextGaussian() * (arms ? 1 : 0);
            float bright = (float) (arms ? uniform(random, 0.6, 2) : uniform(random, 0.05, 0.5));
            for (int i = 0; i < count; i++) {
                double middle = column + slope * i;
                for (int c = Math.max(0, (int) (middle - wide)); c <= Math.min(CORONAL - 1, middle + wide); c++) {
                    int at = ((offset + i) * WIDTH + c) * SpineImages.CHANNELS;
                    input[at] = Math.max(input[at], -1 + bright);
                    if (arms) {
                        input[at + 1] += 0.3f * bright;
                    }
                }
            }
        }
    }

    /** The twelfth ribs fade away, as short ones do. */
    private static void withoutRibs(SpineSample sample, double[] from, float[] input, int offset, Random random) {
        int keep = 12 + random.nextInt(28);
        for (int i = 0; i < from.length; i++) {
            int channel = sample.channelAt(from[i]);
            if (channel != SpineLevel.T12.channel() && channel != SpineLevel.L1.channel()) {
                continue;
            }
            for (int c = 0; c < CORONAL; c++) {
                if (Math.abs(c - CORONAL / 2) > keep) {
                    int at = ((offset + i) * WIDTH + c) * SpineImages.CHANNELS;
                    input[at] = Math.min(input[at], -0.9f);
                }
            }
        }
    }

    /**
     * What is left of the disc between the first two sacral vertebrae: a dark line across the sacrum, taken by the
     * unwary for the end of the lumbar spine.
     */
    private static void sacralDisc(SpineSample sample, double[] from, float[] input, int offset, Random random) {
        int top = from.length - 1;
        while (top >= 0 && sample.channelAt(from[top]) != SpineLevel.SACRUM.channel()) {
            top--;
        }
        double below = uniform(random, 8, 15);
        double slope = uniform(random, 0.1, 0.9); // the front lies lower
        double half = uniform(random, 0.5, 1.6);
        float share = (float) uniform(random, 0.2, 0.9);
        for (int i = Math.max(0, top - 40); i <= top; i++) {
            int at = (offset + i) * LINE;
            for (int c = 0; c < WIDTH; c++) {
                double off = c < CORONAL
                        ? Math.abs(c - CORONAL / 2.0) < 10 ? i - (top - below) : Double.MAX_VALUE
                        : i - (top - below) - slope * (c - CORONAL - SAGITTAL / 2.0);
                if (Math.abs(off) > 2 * half) {
                    continue;
                }
                float dark = share * (float) Math.exp(-off * off / (half * half)) * (c < CORONAL ? 0.5f : 1);
                int bodies = at + c * SpineImages.CHANNELS + (c < CORONAL ? 1 : 0);
                // Between bone and fat: only bone is darkened.
                input[bodies] -= dark * Math.max(0, input[bodies] + 0.3f);
            }
        }
    }

    /** Screws, cement, a hip or a clip, with what they do to the rows around. */
    private static void metal(float[] input, int offset, int count, Random random) {
        int row = random.nextInt(count);
        int tall = 1 + random.nextInt(14);
        int column = CORONAL / 2 + (int) uniform(random, -30, 30);
        int wide = 1 + random.nextInt(8);
        int deep = CORONAL + SAGITTAL / 2 + (int) uniform(random, -12, 12);
        boolean central = Math.abs(column - CORONAL / 2) < 10;
        for (int i = Math.max(0, row - tall); i < Math.min(count, row + tall); i++) {
            float shade = (float) (0.15 * random.nextGaussian());
            for (int c = 0; c < WIDTH; c++) {
                int at = ((offset + i) * WIDTH + c) * SpineImages.CHANNELS;
                boolean inside = c < CORONAL ? Math.abs(c - column) < wide : central && Math.abs(c - deep) < wide;
                input[at] = inside ? 1 : clip(input[at] + shade);
                input[at + 1] = inside ? 1 : clip(input[at + 1] + shade);
            }
        }
    }

    private static float clip(float value) {
        return Math.max(-1, Math.min(1, value));
    }

    /** A narrow field: nothing is seen far to the sides. */
    private static void truncate(float[] input, int offset, int count, int half) {
        for (int i = 0; i < count; i++) {
            for (int c = 0; c < CORONAL; c++) {
                if (Math.abs(c - CORONAL / 2) > half) {
                    int at = ((offset + i) * WIDTH + c) * SpineImages.CHANNELS;
                    input[at] = -1;
                    input[at + 1] = -1;
                }
            }
        }
    }

    private static double uniform(Random random, double low, double high) {
        return low + (high - low) * random.nextDouble();
    }
}
