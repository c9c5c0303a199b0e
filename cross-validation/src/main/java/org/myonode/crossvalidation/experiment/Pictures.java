package org.myonode.crossvalidation.experiment;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.Mask;

/** Slices and masks as grey PNG files. */
final class Pictures {

    /** Lower end of the window in which slices are shown, HU. */
    static final int WINDOW_LOW = -160;

    /** Upper end, HU. */
    static final int WINDOW_HIGH = 240;

    private Pictures() {}

    /** 255 inside, 0 outside. */
    static byte[] png(Mask mask) {
        byte[] grey = new byte[mask.pixels().length];
        for (int i = 0; i < grey.length; i++) {
            grey[i] = (byte) (mask.pixels()[i] ? 255 : 0);
        }
        return png(grey, mask.rows(), mask.columns());
    }

    /** Black at the lower and white at the upper end of the window. */
    static byte[] png(HuSlice slice) {
        byte[] grey = new byte[slice.hu().length];
        for (int i = 0; i < grey.length; i++) {
            int inside = Math.max(0, Math.min(WINDOW_HIGH - WINDOW_LOW, slice.hu()[i] - WINDOW_LOW));
            grey[i] = (byte) Math.round(255.0 * inside / (WINDOW_HIGH - WINDOW_LOW));
        }
        return png(grey, slice.rows(), slice.columns());
    }

    private static byte[] png(byte[] grey, int rows, int columns) {
        BufferedImage image = new BufferedImage(columns, rows, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setDataElements(0, 0, columns, rows, grey);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            if (!ImageIO.write(image, "png", bytes)) {
                throw new IllegalStateException("this Java cannot write PNG");
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
