package org.myonode.phantom;

import java.util.Arrays;

/**
 * A slice under construction. Shapes are painted one over the other; a pixel at an edge gets the mixture of both
 * (partial volume) and the label of the larger part. Each pixel has two places: in the rigid patient frame, and in
 * the frame of soft tissue, which is gently warped so that nothing is an exact ellipse. Not thread-safe.
 */
final class Canvas {
    /** Signed distance to an edge, mm, negative inside. */
    interface Distance {
        float at(float x, float y);
    }

    /** Hounsfield units at a place; depth is the signed distance, pixel the index. */
    interface Fill {
        float at(float x, float y, float depth, int pixel);
    }

    final int n;
    final float spacing;
    final float edge;
    final float[] x;
    final float[] y;
    final float[] softX;
    final float[] softY;
    final float[] hu;
    final byte[] label;
    /** Scratch of {@link Stamp}. */
    final float[] scratch;

    private final float cos;
    private final float sin;
    private final float originX;
    private final float originY;

    /**
     * The grid of an image in the frame of a patient who lies a little turned and off centre.
     *
     * @param left scanner x of the patient's midline, mm
     * @param down scanner y of the patient's axis, mm
     */
    Canvas(int n, double spacing, double centreX, double centreY, double turn, double left, double down) {
        this.n = n;
        this.spacing = (float) spacing;
        this.edge = (float) Math.max(spacing, 0.9);
        cos = (float) Math.cos(turn);
        sin = (float) Math.sin(turn);
        originX = (float) (centreX - left - (n - 1) / 2.0 * spacing);
        originY = (float) (centreY - down - (n - 1) / 2.0 * spacing);
        x = new float[n * n];
        y = new float[n * n];
        softX = new float[n * n];
        softY = new float[n * n];
        hu = new float[n * n];
        label = new byte[n * n];
        scratch = new float[n * n];
        Arrays.fill(hu, -1000);
        Arrays.fill(scratch, Float.MAX_VALUE);
        for (int j = 0; j < n; j++) {
            for (int i = 0; i < n; i++) {
                float sx = originX + i * this.spacing;
                float sy = originY + j * this.spacing;
                x[j * n + i] = cos * sx + sin * sy;
                y[j * n + i] = -sin * sx + cos * sy;
            }
        }
    }

    /** Fills the warped frame: displacement of about the given mm at two scales. */
    void warp(
            Noise.Sheet coarseX, Noise.Sheet coarseY, float coarse, Noise.Sheet fineX, Noise.Sheet fineY, float fine) {
        for (int p = 0; p < n * n; p++) {
            softX[p] = x[p] + coarse * coarseX.at(x[p], y[p]) + fine * fineX.at(x[p], y[p]);
            softY[p] = y[p] + coarse * coarseY.at(x[p], y[p]) + fine * fineY.at(x[p], y[p]);
        }
    }

    /** Rows and columns that may hold a box of the patient frame: {column0, row0, column1, row1} (ends excluded). */
    int[] window(float x0, float y0, float x1, float y1, float margin) {
        float left = Float.MAX_VALUE;
        float right = -Float.MAX_VALUE;
        float top = Float.MAX_VALUE;
        float bottom = -Float.MAX_VALUE;
        for (int corner = 0; corner < 4; corner++) {
            float bx = (corner & 1) == 0 ? x0 - margin : x1 + margin;
            float by = (corner & 2) == 0 ? y0 - margin : y1 + margin;
            float sx = cos * bx - sin * by;
            float sy = sin * bx + cos * by;
            left = Math.min(left, sx);
            right = Math.max(right, sx);
            top = Math.min(top, sy);
            bottom = Math.max(bottom, sy);
        }
        return new int[] {
            Math.max(0, (int) Math.floor((left - originX) / spacing)),
            Math.max(0, (int) Math.floor((top - originY) / spacing)),
            Math.min(n, (int) Math.ceil((right - originX) / spacing) + 1),
            Math.min(n, (int) Math.ceil((bottom - originY) / spacing) + 1)
        };
    }

    /** Paints a shape that lies in a box. */
    void paint(float x0, float y0, float x1, float y1, boolean soft, Distance distance, Fill fill, byte name) {
        int[] w = window(x0, y0, x1, y1, soft ? 8 : 2);
        float[] xs = soft ? softX : x;
        float[] ys = soft ? softY : y;
        for (int j = w[1]; j < w[3]; j++) {
            for (int p = j * n + w[0]; p < j * n + w[2]; p++) {
                float d = distance.at(xs[p], ys[p]);
                if (d < edge / 2) {
                    put(p, d, fill.at(xs[p], ys[p], d, p), name);
                }
            }
        }
    }

    /** Paints one pixel of a shape at a signed distance from its edge. */
    void put(int p, float d, float value, byte name) {
        float cover = 0.5f - d / edge;
        if (cover <= 0) {
            return;
        }
        if (cover >= 1) {
            hu[p] = value;
            label[p] = name;
        } else {
            hu[p] += cover * (value - hu[p]);
            if (cover >= 0.5f) {
                label[p] = name;
            }
        }
    }

    /** A union of round shapes that is painted as one. */
    final class Stamp {
        private final boolean soft;
        private int left = Integer.MAX_VALUE;
        private int top = Integer.MAX_VALUE;
        private int right;
        private int bottom;

        Stamp(boolean soft) {
            this.soft = soft;
        }

        boolean isEmpty() {
            return right == 0;
        }

        /** Adds a rod with round ends, cut by this plane: ends in mm relative to the plane, radii at both ends. */
        Stamp rod(double ax, double ay, double az, double ra, double bx, double by, double bz, double rb, float blend) {
            float reach = (float) Math.max(ra, rb) + edge;
            if (Math.min(az, bz) > reach || Math.max(az, bz) < -reach) {
                return this;
            }
            int[] w = window(
                    (float) Math.min(ax, bx) - reach,
                    (float) Math.min(ay, by) - reach,
                    (float) Math.max(ax, bx) + reach,
                    (float) Math.max(ay, by) + reach,
                    soft ? 8 : 2);
            float dx = (float) (bx - ax);
            float dy = (float) (by - ay);
            float dz = (float) (bz - az);
            float length2 = dx * dx + dy * dy + dz * dz + 1e-6f;
            float x0 = (float) ax;
            float y0 = (float) ay;
            float z0 = (float) az;
            float r0 = (float) ra;
            float dr = (float) (rb - ra);
            float[] xs = soft ? softX : x;
            float[] ys = soft ? softY : y;
            for (int j = w[1]; j < w[3]; j++) {
                for (int p = j * n + w[0]; p < j * n + w[2]; p++) {
                    float px = xs[p] - x0;
                    float py = ys[p] - y0;
                    float t = (px * dx + py * dy - z0 * dz) / length2;
                    t = t < 0 ? 0 : t > 1 ? 1 : t;
                    float qx = px - t * dx;
                    float qy = py - t * dy;
                    float qz = -z0 - t * dz;
                    float d = (float) Math.sqrt(qx * qx + qy * qy + qz * qz) - (r0 + t * dr);
                    scratch[p] = blend > 0 ? smoothMin(scratch[p], d, blend) : Math.min(scratch[p], d);
                }
            }
            grow(w);
            return this;
        }

        /** Adds any shape. */
        Stamp add(float x0, float y0, float x1, float y1, Distance distance) {
            int[] w = window(x0, y0, x1, y1, soft ? 8 : 2);
            float[] xs = soft ? softX : x;
            float[] ys = soft ? softY : y;
            for (int j = w[1]; j < w[3]; j++) {
                for (int p = j * n + w[0]; p < j * n + w[2]; p++) {
                    scratch[p] = Math.min(scratch[p], distance.at(xs[p], ys[p]));
                }
            }
            grow(w);
            return this;
        }

        /** Takes a shape away. */
        Stamp cut(float x0, float y0, float x1, float y1, Distance distance) {
            int[] w = window(x0, y0, x1, y1, soft ? 8 : 2);
            float[] xs = soft ? softX : x;
            float[] ys = soft ? softY : y;
            for (int j = w[1]; j < w[3]; j++) {
                for (int p = j * n + w[0]; p < j * n + w[2]; p++) {
                    if (scratch[p] < edge) {
                        scratch[p] = Math.max(scratch[p], -distance.at(xs[p], ys[p]));
                    }
                }
            }
            return this;
        }

        /** Keeps only what lies deeper than a margin inside another field of distances. */
        void clip(float[] distance, float margin) {
            for (int j = top; j < bottom; j++) {
                for (int p = j * n + left; p < j * n + right; p++) {
                    if (scratch[p] < edge) {
                        scratch[p] = Math.max(scratch[p], distance[p] + margin);
                    }
                }
            }
        }

        /** Paints the union and clears it. */
        void paint(Fill fill, byte name) {
            float[] xs = soft ? softX : x;
            float[] ys = soft ? softY : y;
            for (int j = top; j < bottom; j++) {
                for (int p = j * n + left; p < j * n + right; p++) {
                    float d = scratch[p];
                    if (d < edge / 2) {
                        put(p, d, fill.at(xs[p], ys[p], d, p), name);
                    }
                    scratch[p] = Float.MAX_VALUE;
                }
            }
            left = top = Integer.MAX_VALUE;
            right = bottom = 0;
        }

        private void grow(int[] w) {
            if (w[2] > w[0] && w[3] > w[1]) {
                left = Math.min(left, w[0]);
                top = Math.min(top, w[1]);
                right = Math.max(right, w[2]);
                bottom = Math.max(bottom, w[3]);
            }
        }
    }

    static float smoothMin(float a, float b, float k) {
        float h = k - Math.abs(a - b);
        return Math.min(a, b) - (h > 0 ? h * h / (4 * k) : 0);
    }

    /** Signed distance (exact near the edge) to an ellipse turned by an angle given as cosine and sine. */
    static float ellipse(float x, float y, float cx, float cy, float rx, float ry, float c, float s) {
        float dx = x - cx;
        float dy = y - cy;
        float u = (c * dx + s * dy) / rx;
        float v = (-s * dx + c * dy) / ry;
        float k = (float) Math.sqrt(u * u + v * v);
        if (k < 1e-3f) {
            return -Math.min(rx, ry);
        }
        float gu = u / rx;
        float gv = v / ry;
        return k * (k - 1) / (float) Math.sqrt(gu * gu + gv * gv);
    }
}
