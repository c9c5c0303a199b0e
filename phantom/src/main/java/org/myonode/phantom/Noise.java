package org.myonode.phantom;

/** Smooth value noise that depends on a seed and a place only, so that neighbouring slices belong together. */
final class Noise {
    private Noise() {}

    /** A number in [-1, 1) for a lattice point. */
    static float hash(long seed, int x, int y, int z) {
        long h = seed + x * 0x9E3779B97F4A7C15L + y * 0xC2B2AE3D27D4EB4FL + z * 0x165667B19E3779F9L;
        h = (h ^ (h >>> 29)) * 0xBF58476D1CE4E5B9L;
        h = (h ^ (h >>> 32)) * 0x94D049BB133111EBL;
        return (h >> 40) * (1f / (1 << 23));
    }

    /** Noise of one variable with features of about one unit. */
    static float at(long seed, double t) {
        int i = (int) Math.floor(t);
        float f = (float) (t - i);
        f = f * f * (3 - 2 * f);
        return hash(seed, i, 0, 0) * (1 - f) + hash(seed, i + 1, 0, 0) * f;
    }

    /** The noise of one plane z, on a lattice of a given pitch; cheap to sample. */
    static final class Sheet {
        private final float[] values;
        private final int n;
        private final float inverse;
        private final float half;

        /** A plane at height z with features of about pitch mm, both in the plane and along z. */
        Sheet(long seed, double pitch, double z, double halfExtent) {
            n = (int) Math.ceil(2 * halfExtent / pitch) + 3;
            inverse = (float) (1 / pitch);
            half = (float) halfExtent;
            double t = z / pitch;
            int k = (int) Math.floor(t);
            float f = (float) (t - k);
            f = f * f * (3 - 2 * f);
            values = new float[n * n];
            for (int j = 0; j < n; j++) {
                for (int i = 0; i < n; i++) {
                    values[j * n + i] = hash(seed, i, j, k) * (1 - f) + hash(seed, i, j, k + 1) * f;
                }
            }
        }

        float at(float x, float y) {
            float u = (x + half) * inverse;
            float v = (y + half) * inverse;
            u = u < 0 ? 0 : u > n - 1.01f ? n - 1.01f : u;
            v = v < 0 ? 0 : v > n - 1.01f ? n - 1.01f : v;
            int i = (int) u;
            int j = (int) v;
            float a = u - i;
            float b = v - j;
            a = a * a * (3 - 2 * a);
            b = b * b * (3 - 2 * b);
            int o = j * n + i;
            float top = values[o] + a * (values[o + 1] - values[o]);
            float low = values[o + n] + a * (values[o + n + 1] - values[o + n]);
            return top + b * (low - top);
        }
    }
}
