package org.myonode.crossvalidation.commissioning;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** A slice, and beside it what a model and the truth have in common and where they differ, cropped to the body. */
final class ErrorPicture {

    // Okabe and Ito: told apart by people with colour blindness too.
    private static final Color COMMON = new Color(0, 158, 115);
    private static final Color MISSED = new Color(86, 180, 233);
    private static final Color WRONG = new Color(213, 94, 0);

    private static final int WINDOW_LOW = -150;
    private static final int WINDOW = 400;
    private static final int BODY_HU = -300;
    private static final int MARGIN = 6;

    private ErrorPicture() {}

    static void write(Path file, int columns, short[] hu, boolean[] truth, boolean[] found) throws IOException {
        int[] box = box(columns, hu);
        int width = box[1] - box[0] + 1;
        int height = box[3] - box[2] + 1;
        BufferedImage image = new BufferedImage(2 * width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int i = (y + box[2]) * columns + x + box[0];
                int grey = Math.max(0, Math.min(255, (hu[i] - WINDOW_LOW) * 255 / WINDOW));
                image.setRGB(x, y, grey * 0x10101);
                image.setRGB(width + x, y, colour(grey, truth[i], found[i]));
            }
        }
        ImageIO.write(image, "png", file.toFile());
    }

    private static int colour(int grey, boolean truth, boolean found) {
        if (!truth && !found) {
            return grey * 0x10101;
        }
        Color colour = truth && found ? COMMON : truth ? MISSED : WRONG;
        double share = truth && found ? 0.45 : 0.9;
        return mix(grey, colour.getRed(), share) << 16
                | mix(grey, colour.getGreen(), share) << 8
                | mix(grey, colour.getBlue(), share);
    }

    private static int mix(int grey, int colour, double share) {
        return (int) Math.round(grey * (1 - share) + colour * share);
    }

    /** Left, right, top and bottom of everything denser than air, with a margin. */
    private static int[] box(int columns, short[] hu) {
        int rows = hu.length / columns;
        int[] box = {columns - 1, 0, rows - 1, 0};
        for (int i = 0; i < hu.length; i++) {
            if (hu[i] > BODY_HU) {
                box[0] = Math.min(box[0], i % columns);
                box[1] = Math.max(box[1], i % columns);
                box[2] = Math.min(box[2], i / columns);
                box[3] = Math.max(box[3], i / columns);
            }
        }
        return new int[] {
            Math.max(0, Math.min(box[0], box[1]) - MARGIN),
            Math.min(columns - 1, Math.max(box[0], box[1]) + MARGIN),
            Math.max(0, Math.min(box[2], box[3]) - MARGIN),
            Math.min(rows - 1, Math.max(box[2], box[3]) + MARGIN)
        };
    }
}
