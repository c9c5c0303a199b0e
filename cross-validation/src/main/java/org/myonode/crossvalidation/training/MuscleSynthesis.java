package org.myonode.crossvalidation.training;

import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.myonode.crossvalidation.training.LabelledSlice.Outline;
import org.myonode.workers.segment.MuscleInput;

/**
 * Makes training slices that no scanner has seen out of labelled ones.
 *
 * <p>Subjects are few, so each one is varied in what tells patients apart: size and proportions, the thickness of the
 * fat under the skin (everything outside the muscle ring is stretched or squeezed along the radius), what lies inside
 * the abdominal cavity (exchanged between subjects), the enhancement of organs, bowel content, bulk and fat content of
 * muscle; and in what tells scanners apart: noise, kernel, calibration, field of view. Subjects are drawn by share, not
 * by their number of slices.
 *
 * <p>A batch depends on the seed and the step alone. Immutable; safe for use by several threads.
 */
final class MuscleSynthesis implements Batch.Source {

    private static final int CLASSES = LabelledSlice.CLASSES;

    /** About as thick as the abdominal wall, in millimetres. */
    private static final double WALL_MM = 20;

    /** Deeper than this under the ring's outer edge nothing is moved by a change of the wall, in millimetres. */
    private static final double DEEP_MM = 60;

    /** A cavity that fills less of its box was not found whole. */
    private static final double CAVITY_SHARE = 0.4;

    private final List<Pool> pools;
    private final MuscleInput input;
    private final int batchSize;
    private final long seed;
    private final boolean shapes;
    private final boolean tissues;

    /**
     * Slices of one subject, or of all phantoms.
     *
     * @param share how often one of them is drawn, relative to other pools
     * @param gentle whether the subject needs less change of levels, as phantoms do that vary of themselves
     */
    record Pool(String name, double share, boolean gentle, Slices slices) {}

    /** Where a pool's slices come from. Safe for use by several threads. */
    interface Slices {

        /** One slice; which one depends on the random numbers alone. */
        LabelledSlice draw(SplittableRandom random);

        /** How many different ones there are. */
        int count();
    }

    /** Slices that are held, drawn by their weight. */
    record Stored(List<LabelledSlice> slices) implements Slices {

        Stored {
            slices = List.copyOf(slices);
        }

        @Override
        public LabelledSlice draw(SplittableRandom random) {
            double sum = 0;
            for (LabelledSlice slice : slices) {
                sum += slice.weight();
            }
            double at = random.nextDouble() * sum;
            for (LabelledSlice slice : slices) {
                at -= slice.weight();
                if (at < 0) {
                    return slice;
                }
            }
            return slices.get(slices.size() - 1);
        }

        @Override
        public int count() {
            return slices.size();
        }
    }

    /** One training slice: Hounsfield units on the network's grid and the share of each class in every pixel. */
    record Sample(float[] hu, float[] shares) {}

    MuscleSynthesis(List<Pool> pools, MuscleInput input, int batchSize, long seed) {
        this(pools, input, batchSize, seed, Set.of());
    }

    /** @param without {@link Ingredient#SHAPES} and {@link Ingredient#TISSUES} count here */
    MuscleSynthesis(List<Pool> pools, MuscleInput input, int batchSize, long seed, Set<Ingredient> without) {
        this.pools = List.copyOf(pools);
        this.input = input;
        this.batchSize = batchSize;
        this.seed = seed;
        this.shapes = !without.contains(Ingredient.SHAPES);
        this.tissues = !without.contains(Ingredient.TISSUES);
    }

    @Override
    public Batch batch(long step) {
        int pixels = input.size() * input.size();
        int depth = input.windows().size();
        float[] inputs = new float[batchSize * pixels * depth];
        float[] targets = new float[batchSize * pixels * CLASSES];
        for (int b = 0; b < batchSize; b++) {
            SplittableRandom random = new SplittableRandom(seed * 1_000_003L + step * 131L + b);
            Pool pool = pick(random);
            Sample sample = synthesise(pool.slices().draw(random), pool.gentle(), random);
            MuscleInput.Prepared prepared = input.prepareGrid(sample.hu());
            System.arraycopy(prepared.channels(), 0, inputs, b * pixels * depth, pixels * depth);
            for (int i = 0; i < pixels; i++) {
                int at = (b * pixels + i) * CLASSES;
                if (prepared.body()[i]) {
                    System.arraycopy(sample.shares(), i * CLASSES, targets, at, CLASSES);
                } else {
                    targets[at + LabelledSlice.OTHER] = 1;
                }
            }
        }
        return new Batch(batchSize, inputs, targets);
    }

    private Pool pick(SplittableRandom random) {
        double sum = pools.stream().mapToDouble(Pool::share).sum();
        double at = random.nextDouble() * sum;
        for (Pool pool : pools) {
            at -= pool.share();
            if (at < 0) {
                return pool;
            }
        }
        return pools.get(pools.size() - 1);
    }

    /** Makes one slice. */
    Sample synthesise(LabelledSlice source, boolean gentle, SplittableRandom random) {
        int n = input.size();
        float[] cleft = new float[(n + 1) * (n + 1)];
        float[] map = warp(source, cleft, random);
        float[] hu = new float[n * n];
        float[] shares = new float[n * n * CLASSES];
        boolean[] cavity = new boolean[n * n];
        sample(source, map, hu, shares, cavity);
        cleave(hu, shares, cleft, random);
        if (tissues) {
            tissues(hu, shares, cavity, gentle, random);
        }
        scanner(hu, gentle, random);
        return new Sample(hu, shares);
    }

    private void tissues(float[] hu, float[] shares, boolean[] cavity, boolean gentle, SplittableRandom random) {
        if (random.nextDouble() < (gentle ? 0.5 : 0.4)) {
            exchangeCavity(hu, shares, cavity, random);
        }
        byte[] major = major(shares);
        levels(hu, shares, major, cavity, gentle, random);
        if (random.nextDouble() < 0.35) {
            infiltrate(hu, shares, major, random);
        }
        if (random.nextDouble() < 0.12) {
            peel(hu, shares, major, random);
        }
        if (!gentle && random.nextDouble() < 0.2) {
            armsDown(hu, shares, random);
        }
    }

    // --- Geometry -------------------------------------------------------------------------------------------------

    /**
     * Where the corners of the grid's pixels come from: x and y in millimetres of the source slice, (n+1) squared pairs.
     *
     * @param cleft gets, at each corner, how far in millimetres it lies inside a layer of fat that splits the wall;
     *     negative outside
     */
    private float[] warp(LabelledSlice source, float[] cleft, SplittableRandom random) {
        int n = input.size();
        Outline outline = source.outline();
        double flip = random.nextBoolean() ? -1 : 1;
        double angle = Math.toRadians(clamp(random.nextGaussian() * 7, -20, 20));
        double scale = Math.exp(clamp(random.nextGaussian() * 0.11, -0.3, 0.3));
        double aspect = Math.exp(clamp(random.nextGaussian() * 0.06, -0.15, 0.15));
        double sx = scale * aspect * flip;
        double sy = scale / aspect;
        double shear = random.nextGaussian() * 0.04;
        double cos = Math.cos(angle);
        double sin = Math.sin(angle);
        // forward: p = R * (S * q)
        double[] a = {cos * sx, cos * shear * sx - sin * sy, sin * sx, sin * shear * sx + cos * sy};
        double determinant = a[0] * a[3] - a[1] * a[2];
        boolean radial = shapes && random.nextDouble() < 0.65;
        double factor = radial ? Math.exp(random.nextGaussian() * 0.55) : 1;
        double lobe = radial ? random.nextDouble() * 0.45 : 0;
        double phase = random.nextDouble() * 2 * Math.PI;
        double extra = radial && random.nextDouble() < 0.3 ? random.nextDouble() * 20 : 0;
        double[] fat = new double[LabelledSlice.ANGLES];
        double left = 1e9;
        double right = -1e9;
        double top = 1e9;
        double bottom = -1e9;
        double area = 0;
        double lastX = 0;
        double lastY = 0;
        for (int k = 0; k <= LabelledSlice.ANGLES; k++) {
            int bin = k % LabelledSlice.ANGLES;
            double theta = 2 * Math.PI * bin / LabelledSlice.ANGLES;
            double old = Math.max(2, outline.skin()[bin] - outline.ring()[bin]);
            fat[bin] = radial ? clamp(old * factor * (1 + lobe * Math.cos(theta - phase)) + extra, 2.5, 75) : old;
            double r = outline.ring()[bin] + fat[bin];
            double x = a[0] * r * Math.cos(theta) + a[1] * r * Math.sin(theta);
            double y = a[2] * r * Math.cos(theta) + a[3] * r * Math.sin(theta);
            left = Math.min(left, x);
            right = Math.max(right, x);
            top = Math.min(top, y);
            bottom = Math.max(bottom, y);
            if (k > 0) {
                area += (lastX * y - lastY * x) / 2;
            }
            lastX = x;
            lastY = y;
        }
        // The same placing and magnification as MuscleInput.frame gives when serving, with some error on top.
        double diameter = 2 * Math.sqrt(Math.abs(area) / Math.PI);
        double spacing = input.spacingMm() * Math.min(1, Math.max(0.3, diameter / MuscleInput.SLIM_ADULT_MM));
        // An arm that touches the trunk is taken for a part of it, and the trunk is no longer in the middle.
        double astray = random.nextDouble() < 0.15 ? 18 : 5;
        double middleX = (left + right) / 2 + random.nextGaussian() * astray;
        double middleY = (top + bottom) / 2 + random.nextGaussian() * 5;

        boolean elastic = shapes && random.nextDouble() < 0.85;
        int nodes = n + 1;
        float[] ex = elastic ? field(nodes, 22, random) : new float[nodes * nodes];
        float[] ey = elastic ? field(nodes, 22, random) : new float[nodes * nodes];
        double coarse = elastic ? Math.abs(random.nextGaussian()) * 4.0 : 0;
        boolean fine = elastic && random.nextDouble() < 0.5;
        float[] fx = fine ? field(nodes, 9, random) : ex;
        float[] fy = fine ? field(nodes, 9, random) : ey;
        double detail = fine ? Math.abs(random.nextGaussian()) * 1.2 : 0;

        // The wall made thicker or thinner, and its layers parted by fat: depths are from the ring's outer edge
        // inwards.
        boolean wall = shapes && random.nextDouble() < 0.5;
        double thickness = wall ? Math.exp(random.nextGaussian() * 0.25) : 1;
        boolean split = shapes && random.nextDouble() < 0.35;
        double splitDepth = 4 + 12 * random.nextDouble();
        double splitWidth = 1.5 + 5 * random.nextDouble();
        double splitPhase = random.nextDouble() * 2 * Math.PI;
        double splitBias = random.nextDouble() * 1.2 - 0.3;
        double splitWave = 1 + random.nextInt(3);

        float[] map = new float[nodes * nodes * 2];
        for (int v = 0; v < nodes; v++) {
            for (int u = 0; u < nodes; u++) {
                int k = v * nodes + u;
                double px = (u - n / 2.0) * spacing + middleX + coarse * ex[k] + detail * fx[k];
                double py = (v - n / 2.0) * spacing + middleY + coarse * ey[k] + detail * fy[k];
                double qx = (a[3] * px - a[1] * py) / determinant;
                double qy = (-a[2] * px + a[0] * py) / determinant;
                cleft[k] = -1;
                if (radial || wall || split) {
                    double r = Math.hypot(qx, qy);
                    double theta = Math.atan2(qy, qx);
                    double ring = outline.ringAt(theta);
                    if (r <= ring) {
                        double depth = ring - r;
                        if (split) {
                            double width =
                                    splitWidth * Math.max(0, Math.cos(splitWave * (theta - splitPhase)) + splitBias);
                            cleft[k] = (float) Math.min(depth - splitDepth, splitDepth + width - depth);
                            if (depth > splitDepth && depth < DEEP_MM) {
                                double open = DEEP_MM - splitDepth - width;
                                depth = depth < splitDepth + width
                                        ? splitDepth
                                        : splitDepth + (depth - splitDepth - width) / open * (DEEP_MM - splitDepth);
                            }
                        }
                        if (wall && depth < DEEP_MM) {
                            double thick = WALL_MM * thickness;
                            depth = depth < thick
                                    ? depth / thickness
                                    : WALL_MM + (depth - thick) / (DEEP_MM - thick) * (DEEP_MM - WALL_MM);
                        }
                        double from = Math.max(0, ring - depth);
                        if (r > 1) {
                            qx *= from / r;
                            qy *= from / r;
                        }
                    } else if (radial) {
                        double now = Outline.at(fat, theta);
                        double old = Math.max(2, outline.skinAt(theta) - ring);
                        double from = r <= ring + now ? ring + (r - ring) * old / now : r - now + old;
                        qx *= from / r;
                        qy *= from / r;
                    }
                }
                map[2 * k] = (float) (outline.centreX() + qx);
                map[2 * k + 1] = (float) (outline.centreY() + qy);
            }
        }
        return map;
    }

    /** Fills the cleft between layers of muscle with fat. */
    private void cleave(float[] hu, float[] shares, float[] cleft, SplittableRandom random) {
        int n = input.size();
        int nodes = n + 1;
        float level = (float) (-95 + 10 * random.nextGaussian());
        for (int i = 0; i < hu.length; i++) {
            int k = i / n * nodes + i % n;
            float inside = (cleft[k] + cleft[k + 1] + cleft[k + nodes] + cleft[k + nodes + 1]) / 4;
            if (inside <= 0 || shares[i * CLASSES + LabelledSlice.MUSCLE] == 0) {
                continue;
            }
            float weight = Math.min(1, inside);
            hu[i] += weight * (level - hu[i]);
            if (hu[i] < MuscleInput.MUSCLE_LOW) {
                shares[i * CLASSES + LabelledSlice.OTHER] += shares[i * CLASSES + LabelledSlice.MUSCLE];
                shares[i * CLASSES + LabelledSlice.MUSCLE] = 0;
            }
        }
    }

    private void sample(LabelledSlice source, float[] map, float[] hu, float[] shares, boolean[] cavity) {
        int n = input.size();
        int nodes = n + 1;
        double perColumn = 1 / source.slice().columnSpacingMm();
        double perRow = 1 / source.slice().rowSpacingMm();
        int rows = source.slice().rows();
        int columns = source.slice().columns();
        short[] values = source.slice().hu();
        for (int v = 0; v < n; v++) {
            for (int u = 0; u < n; u++) {
                int k = v * nodes + u;
                float sum = 0;
                int out = v * n + u;
                for (int s = 0; s < 4; s++) {
                    float fu = (s & 1) == 0 ? 0.25f : 0.75f;
                    float fv = s < 2 ? 0.25f : 0.75f;
                    double x = mix(map, k, nodes, fu, fv, 0) * perColumn;
                    double y = mix(map, k, nodes, fu, fv, 1) * perRow;
                    sum += bilinear(values, rows, columns, x, y);
                    int nx = (int) Math.round(x);
                    int ny = (int) Math.round(y);
                    boolean in = nx >= 0 && ny >= 0 && nx < columns && ny < rows;
                    int label = in ? source.classes()[ny * columns + nx] : LabelledSlice.OTHER;
                    shares[out * CLASSES + label] += 0.25f;
                    cavity[out] |= s == 0 && in && source.cavity()[ny * columns + nx];
                }
                hu[out] = sum / 4;
            }
        }
    }

    private static float mix(float[] map, int k, int nodes, float fu, float fv, int c) {
        return (1 - fv) * ((1 - fu) * map[2 * k + c] + fu * map[2 * k + 2 + c])
                + fv * ((1 - fu) * map[2 * (k + nodes) + c] + fu * map[2 * (k + nodes) + 2 + c]);
    }

    private static float bilinear(short[] values, int rows, int columns, double x, double y) {
        int x0 = (int) Math.floor(x);
        int y0 = (int) Math.floor(y);
        if (x0 < 0 || y0 < 0 || x0 >= columns - 1 || y0 >= rows - 1) {
            return -1024;
        }
        float fx = (float) (x - x0);
        float fy = (float) (y - y0);
        int i = y0 * columns + x0;
        return (1 - fy) * ((1 - fx) * clip(values[i]) + fx * clip(values[i + 1]))
                + fy * ((1 - fx) * clip(values[i + columns]) + fx * clip(values[i + columns + 1]));
    }

    private static float clip(short value) {
        return Math.max(-1024, Math.min(2000, value));
    }

    // --- Anatomy --------------------------------------------------------------------------------------------------

    /** Puts the content of another subject's abdominal cavity into this one's. */
    private void exchangeCavity(float[] hu, float[] shares, boolean[] cavity, SplittableRandom random) {
        int n = input.size();
        LabelledSlice donor = pools.get(random.nextInt(pools.size())).slices().draw(random);
        int columns = donor.slice().columns();
        int rows = donor.slice().rows();
        int[] mine = box(cavity, n);
        int[] theirs = box(donor.cavity(), columns);
        if (mine[4] < CAVITY_SHARE * area(mine) || theirs[4] < CAVITY_SHARE * area(theirs) || theirs[4] < 100) {
            // The wall had a gap too wide to be closed, and the cavity was not found.
            return;
        }
        boolean flip = random.nextBoolean();
        boolean fill = random.nextBoolean();
        double grow = 0.9 + 0.25 * random.nextDouble();
        float fatLevel = (float) (-105 + 10 * random.nextGaussian());
        for (int y = mine[2]; y <= mine[3]; y++) {
            for (int x = mine[0]; x <= mine[1]; x++) {
                int i = y * n + x;
                if (!cavity[i]) {
                    continue;
                }
                double fx = ((x - mine[0]) / (double) (mine[1] - mine[0]) - 0.5) / grow + 0.5;
                double fy = ((y - mine[2]) / (double) (mine[3] - mine[2]) - 0.5) / grow + 0.5;
                double dx = theirs[0] + (flip ? 1 - fx : fx) * (theirs[1] - theirs[0]);
                double dy = theirs[2] + fy * (theirs[3] - theirs[2]);
                int nx = (int) Math.round(dx);
                int ny = (int) Math.round(dy);
                boolean inside = nx >= 0 && ny >= 0 && nx < columns && ny < rows && donor.cavity()[ny * columns + nx];
                if (inside) {
                    hu[i] = bilinear(donor.slice().hu(), rows, columns, dx, dy);
                    pure(shares, i, donor.classes()[ny * columns + nx]);
                } else if (fill && shares[i * CLASSES + LabelledSlice.MUSCLE] == 0) {
                    hu[i] = fatLevel;
                    pure(shares, i, LabelledSlice.OTHER);
                }
            }
        }
    }

    /** Left, right, top, bottom and the number of pixels. */
    private static int[] box(boolean[] mask, int columns) {
        int[] box = {Integer.MAX_VALUE, -1, Integer.MAX_VALUE, -1, 0};
        for (int i = 0; i < mask.length; i++) {
            if (mask[i]) {
                box[0] = Math.min(box[0], i % columns);
                box[1] = Math.max(box[1], i % columns);
                box[2] = Math.min(box[2], i / columns);
                box[3] = Math.max(box[3], i / columns);
                box[4]++;
            }
        }
        return box[1] < 0 ? new int[] {0, 0, 0, 0, 0} : box;
    }

    private static double area(int[] box) {
        return (box[1] - box[0] + 1.0) * (box[3] - box[2] + 1.0);
    }

    private static void pure(float[] shares, int pixel, int label) {
        for (int c = 0; c < CLASSES; c++) {
            shares[pixel * CLASSES + c] = c == label ? 1 : 0;
        }
    }

    private static byte[] major(float[] shares) {
        byte[] major = new byte[shares.length / CLASSES];
        for (int i = 0; i < major.length; i++) {
            int best = 0;
            for (int c = 1; c < CLASSES; c++) {
                if (shares[i * CLASSES + c] > shares[i * CLASSES + best]) {
                    best = c;
                }
            }
            major[i] = (byte) best;
        }
        return major;
    }

    /** Enhancement of organs, level of muscle, fat and bone, bowel content. */
    private void levels(
            float[] hu, float[] shares, byte[] major, boolean[] cavity, boolean gentle, SplittableRandom random) {
        int n = input.size();
        double strength = gentle ? 0.6 : 1;
        float muscle = (float) (random.nextGaussian() * 9 * strength);
        float texture = (float) Math.exp(random.nextGaussian() * 0.15);
        float fat = (float) (random.nextGaussian() * 6);
        float bone = (float) Math.exp(random.nextGaussian() * 0.2);
        boolean enhanced = random.nextDouble() < 0.4;
        float lean = enhanced ? (float) (random.nextGaussian() * 22 * strength) : 0;
        for (int i = 0; i < hu.length; i++) {
            switch (major[i]) {
                case LabelledSlice.MUSCLE -> hu[i] = 50 + muscle + (hu[i] - 50) * texture;
                case LabelledSlice.LEAN -> hu[i] += lean;
                case LabelledSlice.BONE -> hu[i] *= bone;
                default -> hu[i] += hu[i] > -200 ? fat : 0;
            }
        }
        int blobs = random.nextInt(gentle ? 2 : 4);
        for (int b = 0; b < blobs; b++) {
            float[] field = field(n, 8 + random.nextInt(22), random);
            float threshold = (float) (0.3 + random.nextDouble() * 0.8);
            float offset = random.nextDouble() < 0.25
                    ? (float) (60 + random.nextDouble() * 220)
                    : (float) (-45 + random.nextDouble() * 110);
            boolean gas = random.nextDouble() < 0.12;
            for (int i = 0; i < hu.length; i++) {
                if (major[i] == LabelledSlice.LEAN && cavity[i] && field[i] > threshold) {
                    float weight = Math.min(1, (field[i] - threshold) * 5);
                    if (gas) {
                        hu[i] += weight * (-950 - hu[i]);
                        if (weight > 0.5f) {
                            pure(shares, i, LabelledSlice.OTHER);
                        }
                    } else {
                        hu[i] += weight * offset;
                    }
                }
            }
        }
        if (random.nextDouble() < 0.15) {
            float[] field = field(n, 6 + random.nextInt(10), random);
            float amount = (float) (random.nextDouble() * 35);
            for (int i = 0; i < hu.length; i++) {
                if (major[i] == LabelledSlice.OTHER && hu[i] > -160 && hu[i] < -60) {
                    hu[i] += amount * Math.max(0, field[i]);
                }
            }
        }
    }

    /** Fat between and inside muscle, from streaks to large parts. */
    private void infiltrate(float[] hu, float[] shares, byte[] major, SplittableRandom random) {
        int n = input.size();
        float[] field = field(n, 3 + random.nextInt(5), random);
        float[] region = field(n, 40, random);
        float threshold = (float) (0.5 + random.nextDouble());
        float level = (float) (-80 + random.nextGaussian() * 15);
        for (int i = 0; i < hu.length; i++) {
            if (major[i] != LabelledSlice.MUSCLE) {
                continue;
            }
            float weight = Math.min(1, Math.max(0, field[i] + 0.6f * region[i] - threshold) * 1.5f);
            hu[i] += weight * (level - hu[i]);
            if (hu[i] < MuscleInput.MUSCLE_LOW) {
                shares[i * CLASSES + LabelledSlice.OTHER] += shares[i * CLASSES + LabelledSlice.MUSCLE];
                shares[i * CLASSES + LabelledSlice.MUSCLE] = 0;
            }
        }
    }

    /** Takes the outermost millimetres off muscle where it meets fat: thin walls and wasted muscle. */
    private void peel(float[] hu, float[] shares, byte[] major, SplittableRandom random) {
        int n = input.size();
        float level = (float) (-95 + random.nextGaussian() * 10);
        float[] region = field(n, 30, random);
        byte[] before = major.clone();
        for (int y = 1; y < n - 1; y++) {
            for (int x = 1; x < n - 1; x++) {
                int i = y * n + x;
                if (before[i] != LabelledSlice.MUSCLE || region[i] < 0) {
                    continue;
                }
                for (int j : new int[] {i - 1, i + 1, i - n, i + n}) {
                    if (before[j] == LabelledSlice.OTHER && hu[j] > -160 && hu[j] < -50) {
                        hu[i] = level;
                        pure(shares, i, LabelledSlice.OTHER);
                        major[i] = LabelledSlice.OTHER;
                        break;
                    }
                }
            }
        }
    }

    /** Lays one or both forearms or upper arms against the trunk, which the public data sets never have. */
    private void armsDown(float[] hu, float[] shares, SplittableRandom random) {
        int side = random.nextInt(4);
        if (side != 0) {
            arm(hu, shares, true, random);
        }
        if (side != 1) {
            arm(hu, shares, false, random);
        }
    }

    private void arm(float[] hu, float[] shares, boolean left, SplittableRandom random) {
        int n = input.size();
        double mm = input.spacingMm();
        double rx = 24 + 26 * random.nextDouble();
        double ry = rx * (0.85 + 0.4 * random.nextDouble());
        double cy = (n / 2.0) * mm + random.nextGaussian() * 28;
        int from = (int) Math.max(0, (cy - ry) / mm);
        int to = (int) Math.min(n - 1, (cy + ry) / mm);
        int edge = left ? n : -1;
        for (int y = from; y <= to; y++) {
            for (int x = 0; x < n; x++) {
                int at = left ? x : n - 1 - x;
                if (hu[y * n + at] > -300) {
                    edge = left ? Math.min(edge, at) : Math.max(edge, at);
                    break;
                }
            }
        }
        double pressed = -6 + 16 * random.nextDouble();
        double cx = edge * mm + (left ? pressed - rx : rx - pressed);
        double fat = 2 + 12 * random.nextDouble() * random.nextDouble();
        float level = (float) (48 + 12 * random.nextGaussian());
        float[] septa = field(n, 3 + random.nextInt(3), random);
        boolean forearm = random.nextBoolean();
        double bone = 5 + 5 * random.nextDouble();
        double apart = forearm ? bone + 4 : 0;
        double turn = random.nextDouble() * Math.PI;
        for (int y = from; y <= to; y++) {
            for (int x = 0; x < n; x++) {
                int i = y * n + x;
                double dx = x * mm - cx;
                double dy = y * mm - cy;
                double inside = (1 - Math.hypot(dx / rx, dy / ry)) * Math.min(rx, ry);
                if (inside <= 0 || hu[i] > -300) {
                    continue;
                }
                double toBone = bone
                        - Math.min(
                                Math.hypot(dx - apart * Math.cos(turn), dy - apart * Math.sin(turn)),
                                Math.hypot(dx + apart * Math.cos(turn), dy + apart * Math.sin(turn)));
                if (toBone > 0) {
                    hu[i] = toBone < 3.5 ? 900 : 60;
                    pure(shares, i, LabelledSlice.BONE);
                } else if (inside < 1.6) {
                    hu[i] = -10;
                    pure(shares, i, LabelledSlice.LEAN);
                } else if (inside < fat + 1.6 || septa[i] > 1.2) {
                    hu[i] = -100;
                    pure(shares, i, LabelledSlice.OTHER);
                } else {
                    hu[i] = level;
                    pure(shares, i, LabelledSlice.LEAN);
                }
            }
        }
    }

    // --- Scanner --------------------------------------------------------------------------------------------------

    private void scanner(float[] hu, boolean gentle, SplittableRandom random) {
        int n = input.size();
        double kernel = random.nextDouble();
        if (kernel < 0.3) {
            blur(hu, n, (float) (0.05 + 0.2 * random.nextDouble()));
        } else if (kernel < 0.5) {
            float[] soft = hu.clone();
            blur(soft, n, 0.2f);
            float amount = (float) random.nextDouble();
            for (int i = 0; i < hu.length; i++) {
                hu[i] += amount * (hu[i] - soft[i]);
            }
        }
        float noise = (float) (random.nextDouble() < 0.25 ? 10 + 16 * random.nextDouble() : 9 * random.nextDouble());
        float[] grain = new float[hu.length];
        for (int i = 0; i < grain.length; i++) {
            grain[i] = (float) random.nextGaussian();
        }
        if (random.nextBoolean()) {
            blur(grain, n, 0.12f);
            noise *= 1.5f;
        }
        float offset = (float) (random.nextGaussian() * 4);
        for (int i = 0; i < hu.length; i++) {
            hu[i] += noise * grain[i] + offset;
        }
        if (random.nextDouble() < 0.06) {
            double radius = (150 + 60 * random.nextDouble()) / input.spacingMm();
            double cx = n / 2.0 + random.nextGaussian() * 8;
            double cy = n / 2.0 + random.nextGaussian() * 8;
            for (int i = 0; i < hu.length; i++) {
                if (Math.hypot(i % n - cx, i / n - cy) > radius) {
                    hu[i] = -1024;
                }
            }
        }
    }

    /** Each pixel becomes the weighted sum of itself and its four neighbours, which weigh {@code side} each. */
    private static void blur(float[] values, int n, float side) {
        float[] from = values.clone();
        float middle = 1 - 4 * side;
        for (int y = 1; y < n - 1; y++) {
            for (int x = 1; x < n - 1; x++) {
                int i = y * n + x;
                values[i] = middle * from[i] + side * (from[i - 1] + from[i + 1] + from[i - n] + from[i + n]);
            }
        }
    }

    /** A smooth random field of about unit variance whose features have the given size in pixels. */
    private static float[] field(int n, int feature, SplittableRandom random) {
        int nodes = n / feature + 4;
        float[] grid = new float[nodes * nodes];
        for (int i = 0; i < grid.length; i++) {
            grid[i] = (float) random.nextGaussian();
        }
        double shiftX = random.nextDouble();
        double shiftY = random.nextDouble();
        int[] at = new int[n];
        float[][] weights = new float[n][];
        for (int x = 0; x < n; x++) {
            double position = (double) x / feature + shiftX;
            at[x] = (int) position;
            weights[x] = spline((float) (position - at[x]));
        }
        float[] across = new float[nodes * n];
        for (int y = 0; y < nodes; y++) {
            for (int x = 0; x < n; x++) {
                float[] w = weights[x];
                int i = y * nodes + at[x];
                across[y * n + x] = w[0] * grid[i]
                        + w[1] * grid[i + 1]
                        + w[2] * grid[i + 2]
                        + (i + 3 < grid.length ? w[3] * grid[i + 3] : 0);
            }
        }
        float[] result = new float[n * n];
        for (int y = 0; y < n; y++) {
            double position = (double) y / feature + shiftY;
            int row = (int) position;
            float[] w = spline((float) (position - row));
            for (int x = 0; x < n; x++) {
                float sum = 0;
                for (int k = 0; k < 4 && row + k < nodes; k++) {
                    sum += w[k] * across[(row + k) * n + x];
                }
                // A cubic B-spline of white noise has a variance of about 0.23.
                result[y * n + x] = sum * 2.1f;
            }
        }
        return result;
    }

    private static float[] spline(float t) {
        float s = 1 - t;
        return new float[] {
            s * s * s / 6, (3 * t * t * t - 6 * t * t + 4) / 6, (3 * s * s * s - 6 * s * s + 4) / 6, t * t * t / 6
        };
    }

    private static double clamp(double value, double low, double high) {
        return Math.min(high, Math.max(low, value));
    }
}
