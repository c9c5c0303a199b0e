package org.myonode.phantom;

/**
 * From drawn compartments to muscle by attenuation, as an observer with a threshold brush does it: inside the
 * contour, a pixel is muscle when the median of its 3 x 3 neighbourhood in the image lies in -29 to 150 HU.
 */
final class MuscleRule {
    private static final int[][] EXCHANGES = {
        {1, 2}, {4, 5}, {7, 8}, {0, 1}, {3, 4}, {6, 7}, {1, 2}, {4, 5}, {7, 8}, {0, 3}, {5, 8}, {4, 7}, {3, 6}, {1, 4},
        {2, 5}, {4, 7}, {4, 2}, {6, 4}, {4, 2}
    };

    private MuscleRule() {}

    static void apply(int n, short[] hu, byte[] labels) {
        short[] nine = new short[9];
        for (int j = 0; j < n; j++) {
            for (int i = 0; i < n; i++) {
                int p = j * n + i;
                if (labels[p] != Label.SKELETAL_MUSCLE && labels[p] != Label.INTERMUSCULAR_FAT) {
                    continue;
                }
                int median;
                if (i == 0 || j == 0 || i == n - 1 || j == n - 1) {
                    median = hu[p];
                } else {
                    int q = 0;
                    for (int dj = -n; dj <= n; dj += n) {
                        nine[q++] = hu[p + dj - 1];
                        nine[q++] = hu[p + dj];
                        nine[q++] = hu[p + dj + 1];
                    }
                    for (int[] pair : EXCHANGES) {
                        if (nine[pair[0]] > nine[pair[1]]) {
                            short swap = nine[pair[0]];
                            nine[pair[0]] = nine[pair[1]];
                            nine[pair[1]] = swap;
                        }
                    }
                    median = nine[4];
                }
                labels[p] = median >= -29 && median <= 150 ? Label.SKELETAL_MUSCLE : Label.INTERMUSCULAR_FAT;
            }
        }
    }
}
