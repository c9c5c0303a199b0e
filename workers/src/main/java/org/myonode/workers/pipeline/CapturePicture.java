package org.myonode.workers.pipeline;

import static org.myonode.workers.pipeline.AxialView.font;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

    /** A line of text below the picture. */
    private record Line(String text, Font font, Color colour) {}

    /** Each pixel of the slice becomes a whole number of pixels, so that the outline follows them exactly. */
    static Picture draw(HuSlice slice, Mask muscle, Optional<Mask> before, Caption caption) {
        AxialView view = new AxialView(slice, muscle, before, MUSCLE_OPACITY);
        double finest = Math.min(slice.rowSpacingMm(), slice.columnSpacingMm());
        int enlarged = (int) Math.ceil(LEAST_WIDTH * finest / view.window.widthMm());
        double pixelMm = finest / enlarged;
        int width = (int) Math.round(view.window.widthMm() / pixelMm);
        int height = (int) Math.round(view.window.heightMm() / pixelMm);
        List<Line> lines = lines(caption, width - 2 * MARGIN);
        BufferedImage image =
                new BufferedImage(width, HEAD + height + lines.size() * LINE + MARGIN, BufferedImage.TYPE_3BYTE_BGR);
        Graphics2D g = image.createGraphics();
        try {
            AxialView.smooth(g);
            Graphics2D body = (Graphics2D) g.create(0, HEAD, width, height);
            view.draw(body, 1 / pixelMm);
            body.dispose();
            draw(g, new Line(caption.disclaimer(), font(Font.BOLD, 22), AxialView.YELLOW), 30);
            int y = HEAD + height;
            for (Line line : lines) {
                y += LINE;
                draw(g, line, y);
            }
        } finally {
            g.dispose();
        }
        return new Picture(image.getHeight(), width, pixelMm, rgb(image));
    }

    private static void draw(Graphics2D g, Line line, int y) {
        g.setFont(line.font());
        g.setColor(line.colour());
        g.drawString(line.text(), MARGIN, y);
    }

    /** No figure is ever cut off: what is too long goes on in the next line. */
    private static List<Line> lines(Caption caption, int width) {
        Font plain = font(Font.PLAIN, 18);
        List<Line> lines = new ArrayList<>();
        add(lines, caption.figures(), font(Font.BOLD, 22), AxialView.INK, width);
        add(lines, caption.correction(), plain, AxialView.SKY_BLUE, width);
        add(lines, caption.suv(), plain, AxialView.INK, width);
        add(lines, caption.level(), plain, AxialView.INK, width);
        add(lines, caption.origin(), plain, AxialView.FAINT_INK, width);
        add(lines, caption.dates(), plain, AxialView.FAINT_INK, width);
        add(lines, caption.check(), plain, AxialView.ORANGE, width);
        return lines;
    }

    private static void add(List<Line> lines, String text, Font font, Color colour, int width) {
        Graphics2D scratch = new BufferedImage(1, 1, BufferedImage.TYPE_3BYTE_BGR).createGraphics();
        FontMetrics metrics = scratch.getFontMetrics(font);
        scratch.dispose();
        StringBuilder line = new StringBuilder();
        for (String word : text.isEmpty() ? new String[0] : text.split(" ")) {
            if (!line.isEmpty() && metrics.stringWidth(line + " " + word) > width) {
                lines.add(new Line(line.toString(), font, colour));
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        if (!line.isEmpty()) {
            lines.add(new Line(line.toString(), font, colour));
        }
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
