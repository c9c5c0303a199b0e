package org.myonode.crossvalidation.contours;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * A NIfTI-1 volume brought to the orientation of {@link org.myonode.workers.volume.CtVolume}: slices from feet to head,
 * rows to posterior, columns to the patient's left. Oblique volumes are taken by their dominant axes.
 *
 * @param columns columns of every slice
 * @param rows rows of every slice
 * @param depth slices
 * @param columnSpacingMm as the header says
 * @param rowSpacingMm as the header says
 * @param sliceSpacingMm as the header says
 * @param origin patient x, y, z in DICOM's sense (to the left, to posterior, to the head) of the first value of {@code
 *     values}, in millimetres
 * @param axisAligned whether the axes of the file are the patient's within 1 degree, so that {@code origin} and the
 *     spacings say where every value lies
 * @param values slice by slice, row by row
 */
public record Nifti(
        int columns,
        int rows,
        int depth,
        double columnSpacingMm,
        double rowSpacingMm,
        double sliceSpacingMm,
        List<Double> origin,
        boolean axisAligned,
        float[] values) {

    private static final int HEADER = 348;
    private static final double ONE_DEGREE = 0.0175;

    /**
     * Reads a {@code .nii} or {@code .nii.gz} file of one volume.
     *
     * @throws IOException when the file is no NIfTI-1 volume of a known type, or is cut short
     */
    public static Nifti read(Path file) throws IOException {
        byte[] bytes;
        try (InputStream raw = new BufferedInputStream(Files.newInputStream(file));
                InputStream in = file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw) {
            bytes = in.readAllBytes();
        }
        if (bytes.length < HEADER + 4) {
            throw new IOException(file + " is too short for a NIfTI-1 header");
        }
        ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (header.getInt(0) != HEADER) {
            header.order(ByteOrder.BIG_ENDIAN);
        }
        if (header.getInt(0) != HEADER || bytes[344] != 'n') {
            throw new IOException(file + " is no NIfTI-1 file");
        }
        int[] size = {header.getShort(42), header.getShort(44), Math.max(1, header.getShort(46))};
        double[] spacing = new double[3];
        for (int a = 0; a < 3; a++) {
            double stated = Math.abs(header.getFloat(80 + 4 * a));
            spacing[a] = stated > 0 ? stated : 1;
        }
        int type = header.getShort(70);
        int offset = Math.max(HEADER + 4, (int) header.getFloat(108));
        float slope = header.getFloat(112);
        float intercept = header.getFloat(116);
        if (slope == 0 || Float.isNaN(slope)) {
            slope = 1;
            intercept = 0;
        }
        double[][] matrix = matrix(header, spacing);
        // axis[d]: which data axis runs along right-left, posterior-anterior, inferior-superior; sign: its direction.
        int[] axis = new int[3];
        boolean[] ascending = new boolean[3];
        boolean[] taken = new boolean[3];
        for (int d = 2; d >= 0; d--) {
            int best = -1;
            for (int a = 0; a < 3; a++) {
                if (!taken[a]
                        && (best < 0
                                || Math.abs(matrix[d][a] / spacing[a]) > Math.abs(matrix[d][best] / spacing[best]))) {
                    best = a;
                }
            }
            taken[best] = true;
            axis[d] = best;
            ascending[d] = matrix[d][best] > 0;
        }
        int columns = size[axis[0]];
        int rows = size[axis[1]];
        int depth = size[axis[2]];
        float[] values = new float[columns * rows * depth];
        int[] at = new int[3];
        for (int z = 0; z < depth; z++) {
            at[axis[2]] = ascending[2] ? z : depth - 1 - z;
            for (int y = 0; y < rows; y++) {
                // NIfTI's y grows to anterior, ours to posterior; its x grows to the right, ours to the left.
                at[axis[1]] = ascending[1] ? rows - 1 - y : y;
                for (int x = 0; x < columns; x++) {
                    at[axis[0]] = ascending[0] ? columns - 1 - x : x;
                    int index = at[0] + size[0] * (at[1] + size[1] * at[2]);
                    values[(z * rows + y) * columns + x] = slope * value(header, type, offset, index, file) + intercept;
                }
            }
        }
        int[] first = {ascending[0] ? columns - 1 : 0, ascending[1] ? rows - 1 : 0, ascending[2] ? 0 : depth - 1};
        double[] origin = new double[3];
        boolean aligned = true;
        for (int d = 0; d < 3; d++) {
            origin[d] = matrix[d][3];
            for (int e = 0; e < 3; e++) {
                origin[d] += matrix[d][axis[e]] * first[e];
                aligned &= e == d || Math.abs(matrix[d][axis[e]]) < ONE_DEGREE * spacing[axis[e]];
            }
        }
        return new Nifti(
                columns,
                rows,
                depth,
                spacing[axis[0]],
                spacing[axis[1]],
                spacing[axis[2]],
                List.of(-origin[0], -origin[1], origin[2]),
                aligned,
                values);
    }

    private static float value(ByteBuffer bytes, int type, int offset, int index, Path file) throws IOException {
        try {
            return switch (type) {
                case 2 -> bytes.get(offset + index) & 0xff;
                case 256 -> bytes.get(offset + index);
                case 4 -> bytes.getShort(offset + 2 * index);
                case 512 -> bytes.getShort(offset + 2 * index) & 0xffff;
                case 8 -> bytes.getInt(offset + 4 * index);
                case 16 -> bytes.getFloat(offset + 4 * index);
                case 64 -> (float) bytes.getDouble(offset + 8 * index);
                default -> throw new IOException(file + " holds values of NIfTI type " + type + ", which is not read");
            };
        } catch (IndexOutOfBoundsException e) {
            throw new IOException(file + " is cut short", e);
        }
    }

    /** Rows: patient x (to the right), y (to anterior), z (to the head); a column for each data axis, then the origin. */
    private static double[][] matrix(ByteBuffer header, double[] spacing) {
        double[][] matrix = new double[3][4];
        if (header.getShort(254) > 0) {
            for (int d = 0; d < 3; d++) {
                for (int a = 0; a < 4; a++) {
                    matrix[d][a] = header.getFloat(280 + 16 * d + 4 * a);
                }
            }
        } else if (header.getShort(252) > 0) {
            double b = header.getFloat(256);
            double c = header.getFloat(260);
            double d = header.getFloat(264);
            double a = Math.sqrt(Math.max(0, 1 - b * b - c * c - d * d));
            double factor = header.getFloat(76) < 0 ? -1 : 1;
            double[][] rotation = {
                {a * a + b * b - c * c - d * d, 2 * (b * c - a * d), factor * 2 * (b * d + a * c)},
                {2 * (b * c + a * d), a * a + c * c - b * b - d * d, factor * 2 * (c * d - a * b)},
                {2 * (b * d - a * c), 2 * (c * d + a * b), factor * (a * a + d * d - b * b - c * c)}
            };
            for (int row = 0; row < 3; row++) {
                for (int axis = 0; axis < 3; axis++) {
                    matrix[row][axis] = rotation[row][axis] * spacing[axis];
                }
                matrix[row][3] = header.getFloat(268 + 4 * row);
            }
        } else {
            for (int a = 0; a < 3; a++) {
                matrix[a][a] = spacing[a];
            }
        }
        return matrix;
    }

    /** Where a slice lies in the patient; 0 is the most inferior. Right only for axis-aligned volumes. */
    public ImagePlane plane(int z) {
        return new ImagePlane(
                rows,
                columns,
                rowSpacingMm,
                columnSpacingMm,
                List.of(origin.get(0), origin.get(1), origin.get(2) + z * sliceSpacingMm),
                List.of(1.0, 0.0, 0.0, 0.0, 1.0, 0.0));
    }

    /** One slice of values; 0 is the most inferior. */
    public float[] slice(int z) {
        return java.util.Arrays.copyOfRange(values, z * rows * columns, (z + 1) * rows * columns);
    }
}
