package org.myonode.workers.pipeline;

import static org.myonode.workers.pipeline.AxialView.fitted;
import static org.myonode.workers.pipeline.AxialView.font;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import org.myonode.workers.objects.Picture;
import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.Mask;

/**
 * The picture that goes to the archive: the measured slice with the outline of the muscle, on black, the disclaimer above
 * and the figures below, so that no letter hides a part of the body and no crop of the image loses the warning unseen. No
 * name and no patient identifier is drawn.
 */
final class CapturePicture {
    private static final int LEAST_WIDTH = 960;
    private static final int MARGIN = 16;
    private static final int HEAD = 44;
    private static final int LINE = 30;
    private static final int MUSCLE_OPACITY = 40;

    private CapturePicture() {}

    /** Each pixel of the slice becomes a whole number of pixels, so that the outline follows them exactly. */
    static Picture draw(HuSlice slice, Mask muscle, Caption caption) {
        AxialView view = new AxialView(slice, muscle, MUSCLE_OPACITY);
        double finest = Math.min(slice.rowSpacingMm(), slice.columnSpacingMm());
        int enlarged = (int) Math.ceil(LEAST_WIDTH * finest / view.window.widthMm());
        double pixelMm = finest / enlarged;
        int width = (int) Math.round(view.window.widthMm() / pixelMm);
        int height = (int) Math.round(view.window.heightMm() / pixelMm);
        int lines = caption.check().isEmpty() ? 4 : 5;
        BufferedImage image =
                new BufferedImage(width, HEAD + height + lines * LINE + MARGIN, BufferedImage.TYPE_3BYTE_BGR);
        Graphics2D g = image.createGraphics();
        try {
            AxialView.smooth(g);
            Graphics2D body = (Graphics2D) g.create(0, HEAD, width, height);
            view.draw(body, 1 / pixelMm);
            body.dispose();
            line(g, 30, width, AxialView.YELLOW, font(Font.BOLD, 22), Caption.DISCLAIMER);
            int y = HEAD + height + LINE;
            line(g, y, width, AxialView.INK, font(Font.BOLD, 22), caption.figures());
            line(g, y + LINE, width, AxialView.INK, font(Font.PLAIN, 18), caption.level());
            line(g, y + 2 * LINE, width, AxialView.FAINT_INK, font(Font.PLAIN, 18), caption.origin());
            line(g, y + 3 * LINE, width, AxialView.FAINT_INK, font(Font.PLAIN, 18), caption.dates());
            if (!caption.check().isEmpty()) {
                line(g, y + 4 * LINE, width, AxialView.ORANGE, font(Font.PLAIN, 18), caption.check());
            }
        } finally {
            g.dispose();
        }
        return new Picture(image.getHeight(), width, pixelMm, rgb(image));
    }

    private static void line(Graphics2D g, int y, int width, Color colour, Font font, String text) {
        g.setFont(font);
        g.setColor(colour);
        g.drawString(fitted(g.getFontMetrics(), text, width - 2 * MARGIN), MARGIN, y);
    }

    private static byte[] rgb(BufferedImage image) {
        byte[] rgb = new byte[3 * image.getWidth() * image.getHeight()];
        int next = 0;
        for (int pixel : image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth())) {
            rgb[next++] = (byte) (pixel >> 16);
            rgb[next++] = (byte) (pixel >> 8);
            rgb[next++] = (byte) pixel;
        }
        return rgb;
    }
}
