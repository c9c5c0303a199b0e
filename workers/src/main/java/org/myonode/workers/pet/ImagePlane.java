package org.myonode.workers.pet;

import java.util.List;
import org.myonode.workers.volume.ImageHeader;

/** Where the pixels of an image lie in the patient (PS3.3 C.7.6.2.1.1). */
final class ImagePlane {
    private final int rows;
    private final int columns;
    private final double rowSpacing;
    private final double columnSpacing;
    private final double[] origin;
    private final double[] alongRow;
    private final double[] alongColumn;
    private final double[] normal;
    private final double height;

    private ImagePlane(ImageHeader image) {
        rows = image.rows();
        columns = image.columns();
        rowSpacing = image.pixelSpacing().orElseThrow().get(0);
        columnSpacing = image.pixelSpacing().orElseThrow().get(1);
        origin = image.position().orElseThrow().stream()
                .mapToDouble(Double::doubleValue)
                .toArray();
        List<Double> o = image.orientation().orElseThrow();
        alongRow = new double[] {o.get(0), o.get(1), o.get(2)};
        alongColumn = new double[] {o.get(3), o.get(4), o.get(5)};
        double[] n = image.normal().orElseThrow();
        normal = n[2] < 0 ? new double[] {-n[0], -n[1], -n[2]} : n;
        height = dot(origin, normal);
    }

    static ImagePlane of(ImageHeader image) {
        return new ImagePlane(image);
    }

    int rows() {
        return rows;
    }

    int columns() {
        return columns;
    }

    /** Of the plane along its normal, which points to the head, in millimetres. */
    double height() {
        return height;
    }

    /** The centre of a pixel in patient coordinates, in millimetres. */
    double[] at(int row, int column) {
        double[] p = new double[3];
        for (int axis = 0; axis < 3; axis++) {
            p[axis] = origin[axis] + column * columnSpacing * alongRow[axis] + row * rowSpacing * alongColumn[axis];
        }
        return p;
    }

    /** How far along the normal a point lies, in millimetres. */
    double along(double[] p) {
        return dot(p, normal);
    }

    /** Column of the foot of a point, fractional. */
    double column(double[] p) {
        return (dot(p, alongRow) - dot(origin, alongRow)) / columnSpacing;
    }

    /** Row of the foot of a point, fractional. */
    double row(double[] p) {
        return (dot(p, alongColumn) - dot(origin, alongColumn)) / rowSpacing;
    }

    private static double dot(double[] a, double[] b) {
        return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    }
}
