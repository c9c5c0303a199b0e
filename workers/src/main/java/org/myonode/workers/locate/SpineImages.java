package org.myonode.workers.locate;

import java.util.Arrays;
import org.myonode.workers.volume.CtVolume;

/**
 * What the locator network sees of a volume: two views of the straightened spine side by side, one row for every
 * {@value #ROW_MM} mm along z, from feet to head.
 *
 * <h2>Method</h2>
 *
 * The volume is averaged to a grid of {@value #ROW_MM} mm. A smooth path follows the spine from slice to slice: first
 * its left-right position, as the column with most bone in a window, then its front-back position inside that column.
 * Both paths are found by dynamic programming, so that a metal clip or a filled kidney cannot pull them away for a
 * few slices. Around the path two images are cut:
 *
 * <ul>
 *   <li>columns 0 to {@value #CORONAL_COLUMNS}: coronal view; channel 0 the brightest value from front to back (ribs,
 *       pelvis, transverse processes), channel 1 the mean of a slab through the vertebral bodies (bodies, discs, psoas,
 *       kidneys);
 *   <li>the remaining {@value #SAGITTAL_COLUMNS} columns: sagittal view; channel 0 the mean of a thin slab (bodies and
 *       discs), channel 1 the brightest value of a thicker one (spinous processes, facets).
 * </ul>
 *
 * Values are scaled to about -1 to 1; HU beyond the window are clipped.
 *
 * @param rows number of rows, from feet to head
 * @param values {@code [rows][WIDTH][CHANNELS]}, flattened
 * @param firstZMm patient z of the middle of row 0, in millimetres
 */
public record SpineImages(int rows, float[] values, double firstZMm) {

    /** Distance of rows, columns and planes, in millimetres. */
    public static final double ROW_MM = 3;

    /** Columns of the coronal view: 336 mm around the spine. */
    public static final int CORONAL_COLUMNS = 112;

    /** Columns of the sagittal view: 192 mm around the spine. */
    public static final int SAGITTAL_COLUMNS = 64;

    /** Columns of both views. */
    public static final int WIDTH = CORONAL_COLUMNS + SAGITTAL_COLUMNS;

    /** Values for each pixel. */
    public static final int CHANNELS = 2;

    /** The four images that make the two views. */
    public enum Image {
        CORONAL_BRIGHTEST(0, CORONAL_COLUMNS, 0),
        CORONAL_SLAB(0, CORONAL_COLUMNS, 1),
        SAGITTAL_SLAB(CORONAL_COLUMNS, WIDTH, 0),
        SAGITTAL_BRIGHTEST(CORONAL_COLUMNS, WIDTH, 1);

        private final int low;
        private final int high;
        private final int channel;

        Image(int low, int high, int channel) {
            this.low = low;
            this.high = high;
            this.channel = channel;
        }

        /** Makes air of this image in some rows of values that are laid out as {@link SpineImages#values()}. */
        public void hide(float[] values, int firstRow, int rows) {
            for (int row = firstRow; row < firstRow + rows; row++) {
                for (int column = low; column < high; column++) {
                    values[(row * WIDTH + column) * CHANNELS + channel] = -1;
                }
            }
        }
    }

    private static final int BONE_HU = 150;
    private static final int BONE_WINDOW = 7; // cells of 3 mm on either side: half the width of a vertebra
    private static final float AIR = -1000;

    /** This far from the expected place the strongest bone is worth nothing: the iliac wings do not pull the path. */
    private static final double PULL_MM = 75;

    /** What a step to the side costs, as a share of the strongest bone. */
    private static final double TURN = 0.2;

    /** Patient z of the middle of a row, in millimetres. */
    public double zMm(double row) {
        return firstZMm + row * ROW_MM;
    }

    /** Row, as a fraction, at a patient z in millimetres. */
    public double rowAt(double zMm) {
        return (zMm - firstZMm) / ROW_MM;
    }

    /** Cuts the two views out of a volume; about 0.2 s for a whole body of 512x512 slices. */
    public static SpineImages of(CtVolume volume) {
        Grid grid = Grid.of(volume);
        return of(grid.cells, grid.ny, grid.nx, volume.zMm(0));
    }

    /**
     * Cuts the two views out of a volume already averaged to {@value #ROW_MM} mm in all directions.
     *
     * @param cells {@code [nz][ny * nx]} HU, from feet to head, rows from anterior to posterior
     * @param firstZMm patient z of the first plane
     */
    public static SpineImages of(float[][] cells, int ny, int nx, double firstZMm) {
        int nz = cells.length;
        float[][] boneByColumn = new float[nz][nx];
        for (int z = 0; z < nz; z++) {
            for (int y = 0; y < ny; y++) {
                for (int x = 0; x < nx; x++) {
                    boneByColumn[z][x] += bone(cells[z][y * nx + x]);
                }
            }
        }
        int[] pathX = path(boneByColumn, bodyCentre(cells, ny, nx));
        float[][] boneByRow = new float[nz][ny];
        for (int z = 0; z < nz; z++) {
            for (int y = 0; y < ny; y++) {
                for (int x = Math.max(0, pathX[z] - 5); x <= Math.min(nx - 1, pathX[z] + 5); x++) {
                    boneByRow[z][y] += bone(cells[z][y * nx + x]);
                }
            }
        }
        int[] pathY = path(boneByRow, ny * 0.55);
        float[] values = new float[nz * WIDTH * CHANNELS];
        for (int z = 0; z < nz; z++) {
            coronal(cells[z], ny, nx, pathX[z], pathY[z], values, z);
            sagittal(cells[z], ny, nx, pathX[z], pathY[z], values, z);
        }
        return new SpineImages(nz, values, firstZMm);
    }

    private static void coronal(float[] plane, int ny, int nx, int pathX, int pathY, float[] values, int z) {
        for (int column = 0; column < CORONAL_COLUMNS; column++) {
            int x = pathX - CORONAL_COLUMNS / 2 + column;
            float brightest = AIR;
            float sum = 0;
            int count = 0;
            if (x >= 0 && x < nx) {
                for (int y = 0; y < ny; y++) {
                    brightest = Math.max(brightest, plane[y * nx + x]);
                }
                for (int y = Math.max(0, pathY - 10); y <= Math.min(ny - 1, pathY + 2); y++) {
                    sum += Math.max(-200, Math.min(400, plane[y * nx + x]));
                    count++;
                }
            }
            int at = (z * WIDTH + column) * CHANNELS;
            values[at] = scaled(brightest, 50, 750);
            values[at + 1] = scaled(count == 0 ? AIR : sum / count, -150, 350);
        }
    }

    private static void sagittal(float[] plane, int ny, int nx, int pathX, int pathY, float[] values, int z) {
        for (int column = 0; column < SAGITTAL_COLUMNS; column++) {
            int y = pathY - SAGITTAL_COLUMNS / 2 + column;
            float brightest = AIR;
            float sum = 0;
            int count = 0;
            if (y >= 0 && y < ny) {
                for (int x = Math.max(0, pathX - 5); x <= Math.min(nx - 1, pathX + 5); x++) {
                    float hu = plane[y * nx + x];
                    brightest = Math.max(brightest, hu);
                    if (Math.abs(x - pathX) <= 3) {
                        sum += hu;
                        count++;
                    }
                }
            }
            int at = (z * WIDTH + CORONAL_COLUMNS + column) * CHANNELS;
            values[at] = scaled(count == 0 ? AIR : sum / count, -150, 450);
            values[at + 1] = scaled(brightest, 50, 750);
        }
    }

    private static float scaled(float hu, float low, float high) {
        return Math.max(-1, Math.min(1, 2 * (hu - low) / (high - low) - 1));
    }

    private static float bone(float hu) {
        return hu <= BONE_HU ? 0 : Math.min(hu - BONE_HU, 500);
    }

    /** Middle of everything denser than fat, over the whole volume, as a column. */
    private static double bodyCentre(float[][] cells, int ny, int nx) {
        double sum = 0;
        double weight = 0;
        for (float[] plane : cells) {
            for (int y = 0; y < ny; y++) {
                for (int x = 0; x < nx; x++) {
                    if (plane[y * nx + x] > -200) {
                        sum += x;
                        weight++;
                    }
                }
            }
        }
        return weight == 0 ? nx / 2.0 : sum / weight;
    }

    /**
     * The path through {@code [steps][places]} that collects most weight in a window, moves at most one place a step
     * and is drawn gently to a place expected beforehand.
     */
    private static int[] path(float[][] weight, double expected) {
        int steps = weight.length;
        int places = weight[0].length;
        double[][] best = new double[steps][places];
        int[][] from = new int[steps][places];
        for (int step = 0; step < steps; step++) {
            double[] windowed = windowed(weight[step]);
            double scale = Math.max(1, Arrays.stream(windowed).max().orElse(1));
            for (int place = 0; place < places; place++) {
                double off = (place - expected) * ROW_MM / PULL_MM;
                double here = windowed[place] / scale - off * off;
                if (step == 0) {
                    best[step][place] = here;
                    continue;
                }
                int chosen = place;
                for (int before = Math.max(0, place - 1); before <= Math.min(places - 1, place + 1); before++) {
                    double moved = best[step - 1][before] - (before == place ? 0 : TURN);
                    double stayed = best[step - 1][chosen] - (chosen == place ? 0 : TURN);
                    if (moved > stayed) {
                        chosen = before;
                    }
                }
                from[step][place] = chosen;
                best[step][place] = here + best[step - 1][chosen] - (chosen == place ? 0 : TURN);
            }
        }
        int[] path = new int[steps];
        for (int place = 1; place < places; place++) {
            if (best[steps - 1][place] > best[steps - 1][path[steps - 1]]) {
                path[steps - 1] = place;
            }
        }
        for (int step = steps - 1; step > 0; step--) {
            path[step - 1] = from[step][path[step]];
        }
        return path;
    }

    private static double[] windowed(float[] weight) {
        double[] cumulative = new double[weight.length + 1];
        for (int i = 0; i < weight.length; i++) {
            cumulative[i + 1] = cumulative[i] + weight[i];
        }
        double[] windowed = new double[weight.length];
        for (int i = 0; i < weight.length; i++) {
            int low = Math.max(0, i - BONE_WINDOW);
            int high = Math.min(weight.length, i + BONE_WINDOW + 1);
            windowed[i] = cumulative[high] - cumulative[low];
        }
        return windowed;
    }

    /** A volume averaged in plane and interpolated along z to {@value #ROW_MM} mm. */
    private record Grid(float[][] cells, int ny, int nx) {

        static Grid of(CtVolume volume) {
            int ny = Math.max(1, (int) (volume.rows() * volume.rowSpacingMm() / ROW_MM));
            int nx = Math.max(1, (int) (volume.columns() * volume.columnSpacingMm() / ROW_MM));
            float[][] averaged = new float[volume.depth()][];
            for (int k = 0; k < volume.depth(); k++) {
                averaged[k] = averaged(volume, k, ny, nx);
            }
            double first = volume.zMm(0);
            int nz = (int) ((volume.zMm(volume.depth() - 1) - first) / ROW_MM) + 1;
            float[][] cells = new float[nz][];
            int below = 0;
            for (int z = 0; z < nz; z++) {
                double at = first + z * ROW_MM;
                while (below + 2 < volume.depth() && volume.zMm(below + 1) <= at) {
                    below++;
                }
                int above = Math.min(volume.depth() - 1, below + 1);
                double distance = volume.zMm(above) - volume.zMm(below);
                double t = distance == 0 ? 0 : Math.max(0, Math.min(1, (at - volume.zMm(below)) / distance));
                cells[z] = mixed(averaged[below], averaged[above], (float) t);
            }
            return new Grid(cells, ny, nx);
        }

        private static float[] mixed(float[] below, float[] above, float t) {
            float[] mixed = new float[below.length];
            for (int i = 0; i < mixed.length; i++) {
                mixed[i] = below[i] + t * (above[i] - below[i]);
            }
            return mixed;
        }

        private static float[] averaged(CtVolume volume, int k, int ny, int nx) {
            short[] hu = volume.hu()[k];
            float[] sum = new float[ny * nx];
            int[] count = new int[ny * nx];
            int[] column = new int[volume.columns()];
            for (int c = 0; c < column.length; c++) {
                column[c] = Math.min(nx - 1, (int) (c * volume.columnSpacingMm() / ROW_MM));
            }
            for (int r = 0; r < volume.rows(); r++) {
                int y = Math.min(ny - 1, (int) (r * volume.rowSpacingMm() / ROW_MM));
                for (int c = 0; c < volume.columns(); c++) {
                    int cell = y * nx + column[c];
                    sum[cell] += hu[r * volume.columns() + c];
                    count[cell]++;
                }
            }
            for (int i = 0; i < sum.length; i++) {
                sum[i] = count[i] == 0 ? AIR : sum[i] / count[i];
            }
            return sum;
        }
    }
}
