package org.myonode.crossvalidation.contours;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.myonode.workers.volume.ImageHeader;
import org.myonode.workers.volume.Mask;

/**
 * Where the pixels of a planar image lie in the patient (PS3.3 C.7.6.2.1.1).
 *
 * @param rows number of rows
 * @param columns number of columns
 * @param rowMm distance of neighbouring rows, in millimetres
 * @param columnMm distance of neighbouring columns, in millimetres
 * @param position patient x, y, z of the centre of the first pixel, in millimetres
 * @param orientation direction cosines of a row, then of a column
 */
public record ImagePlane(
        int rows, int columns, double rowMm, double columnMm, List<Double> position, List<Double> orientation) {

    /** Pixels of two grids are the same when their centres are this close, in pixels. */
    private static final double SAME_PIXEL = 0.05;

    /** Refuses what is no plane. */
    public ImagePlane {
        position = List.copyOf(position);
        orientation = List.copyOf(orientation);
        if (rows < 1 || columns < 1 || !(rowMm > 0) || !(columnMm > 0)) {
            throw new IllegalArgumentException(
                    rows + "x" + columns + " pixels of " + rowMm + "x" + columnMm + " mm are no image");
        }
        if (position.size() != 3 || orientation.size() != 6) {
            throw new IllegalArgumentException("position " + position + ", orientation " + orientation);
        }
    }

    /** The plane of an image; nothing when its header does not say where it lies. */
    public static Optional<ImagePlane> of(ImageHeader image) {
        if (image.position().isEmpty()
                || image.orientation().isEmpty()
                || image.pixelSpacing().isEmpty()
                || image.rows() < 1
                || image.columns() < 1) {
            return Optional.empty();
        }
        List<Double> spacing = image.pixelSpacing().get();
        return Optional.of(new ImagePlane(
                image.rows(),
                image.columns(),
                spacing.get(0),
                spacing.get(1),
                image.position().get(),
                image.orientation().get()));
    }

    /** Column, row (pixel centres at whole numbers) and distance from the plane in millimetres of a patient point. */
    public double[] pixelOf(double x, double y, double z) {
        double dx = x - position.get(0);
        double dy = y - position.get(1);
        double dz = z - position.get(2);
        double[] normal = normal();
        return new double[] {
            dot(0, dx, dy, dz) / columnMm, dot(3, dx, dy, dz) / rowMm, normal[0] * dx + normal[1] * dy + normal[2] * dz
        };
    }

    private double dot(int from, double dx, double dy, double dz) {
        return orientation.get(from) * dx + orientation.get(from + 1) * dy + orientation.get(from + 2) * dz;
    }

    /** Patient coordinates of a pixel's centre. */
    public double[] patientOf(double column, double row) {
        double[] point = new double[3];
        for (int i = 0; i < 3; i++) {
            point[i] = position.get(i) + column * columnMm * orientation.get(i) + row * rowMm * orientation.get(3 + i);
        }
        return point;
    }

    /** Unit vector across the plane. */
    public double[] normal() {
        List<Double> o = orientation;
        return new double[] {
            o.get(1) * o.get(5) - o.get(2) * o.get(4),
            o.get(2) * o.get(3) - o.get(0) * o.get(5),
            o.get(0) * o.get(4) - o.get(1) * o.get(3)
        };
    }

    /** How far another plane lies from this one along its normal, in millimetres. */
    public double distanceTo(ImagePlane other) {
        return pixelOf(other.position.get(0), other.position.get(1), other.position.get(2))[2];
    }

    /** Patient z of the plane's middle, in millimetres. */
    public double zMm() {
        return patientOf((columns - 1) / 2.0, (rows - 1) / 2.0)[2];
    }

    /**
     * A mask of another grid on this one, exactly: the grids may be turned over, transposed or cut to another size, but
     * their pixels must be the same.
     *
     * @param mask in the pixel order of {@code grid}
     * @return the mask in the pixel order of this plane, or why it cannot be
     */
    public Placed place(Mask mask, ImagePlane grid) {
        double[] corner = grid.pixel(this, 0, 0);
        double[] alongColumns = grid.pixel(this, 1, 0);
        double[] alongRows = grid.pixel(this, 0, 1);
        double[] far = grid.pixel(this, columns - 1, rows - 1);
        for (double[] pixel : List.of(corner, alongColumns, alongRows, far)) {
            if (Math.abs(pixel[0] - Math.rint(pixel[0])) > SAME_PIXEL
                    || Math.abs(pixel[1] - Math.rint(pixel[1])) > SAME_PIXEL) {
                return new Placed.Refused(String.format(
                        Locale.ROOT,
                        "its grid is another one than the image's: %dx%d pixels of %.4f x %.4f mm from (%.2f, %.2f),"
                                + " the image has %dx%d of %.4f x %.4f mm from (%.2f, %.2f)",
                        grid.rows,
                        grid.columns,
                        grid.rowMm,
                        grid.columnMm,
                        grid.position.get(0),
                        grid.position.get(1),
                        rows,
                        columns,
                        rowMm,
                        columnMm,
                        position.get(0),
                        position.get(1)));
            }
        }
        long[] start = {Math.round(corner[0]), Math.round(corner[1])};
        long[] perColumn = {Math.round(alongColumns[0]) - start[0], Math.round(alongColumns[1]) - start[1]};
        long[] perRow = {Math.round(alongRows[0]) - start[0], Math.round(alongRows[1]) - start[1]};
        boolean[] pixels = new boolean[rows * columns];
        int placed = 0;
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                long fromColumn = start[0] + column * perColumn[0] + row * perRow[0];
                long fromRow = start[1] + column * perColumn[1] + row * perRow[1];
                if (fromRow >= 0
                        && fromRow < grid.rows
                        && fromColumn >= 0
                        && fromColumn < grid.columns
                        && mask.at((int) fromRow, (int) fromColumn)) {
                    pixels[row * columns + column] = true;
                    placed++;
                }
            }
        }
        int lost = mask.count() - placed;
        if (lost > 0) {
            return new Placed.Refused(lost + " pixels of the mask lie outside the image");
        }
        return new Placed.On(new Mask(rows, columns, pixels));
    }

    private double[] pixel(ImagePlane other, int column, int row) {
        double[] point = other.patientOf(column, row);
        return pixelOf(point[0], point[1], point[2]);
    }

    /** A mask brought to another grid, or why not. */
    public sealed interface Placed {
        /** The mask on the grid. */
        record On(Mask mask) implements Placed {}

        /** One sentence. */
        record Refused(String reason) implements Placed {}
    }
}
