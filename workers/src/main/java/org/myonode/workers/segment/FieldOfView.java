package org.myonode.workers.segment;

import org.myonode.workers.volume.CtVolume;
import org.myonode.workers.volume.HuSlice;

/**
 * Where a slice ends: at the edge of its picture, or at the circle of the reconstruction when everything outside the
 * inscribed circle is padding.
 */
final class FieldOfView {

    /** A cut shorter than this is skin that touches the edge, in millimetres. */
    private static final double CUT_MM = 20;

    private static final int RING = 2;

    private FieldOfView() {}

    /** Whether the body reaches the end of the field of view over more than {@value #CUT_MM} mm. */
    static boolean cutsBody(HuSlice slice) {
        return (edge(slice) + circle(slice)) * Math.sqrt(slice.pixelAreaMm2()) > CUT_MM;
    }

    /** Pixels of the body on the edge of the picture. */
    private static int edge(HuSlice slice) {
        int touching = 0;
        for (int x = 0; x < slice.columns(); x++) {
            touching += body(slice.at(0, x)) + body(slice.at(slice.rows() - 1, x));
        }
        for (int y = 0; y < slice.rows(); y++) {
            touching += body(slice.at(y, 0)) + body(slice.at(y, slice.columns() - 1));
        }
        return touching;
    }

    /** Length in pixels over which the body touches the circle from inside; 0 when there is none. */
    private static int circle(HuSlice slice) {
        double middleX = (slice.columns() - 1) / 2.0;
        double middleY = (slice.rows() - 1) / 2.0;
        double radius = Math.min(slice.rows(), slice.columns()) / 2.0;
        int touching = 0;
        for (int y = 0; y < slice.rows(); y++) {
            for (int x = 0; x < slice.columns(); x++) {
                double r = Math.hypot(x - middleX, y - middleY);
                if (r > radius + 1 && slice.at(y, x) != CtVolume.AIR_HU) {
                    return 0;
                }
                if (r > radius - 1 - RING && r <= radius - 1) {
                    touching += body(slice.at(y, x));
                }
            }
        }
        return touching / RING;
    }

    private static int body(int hu) {
        return hu > BodyMask.SKIN_HU ? 1 : 0;
    }
}
