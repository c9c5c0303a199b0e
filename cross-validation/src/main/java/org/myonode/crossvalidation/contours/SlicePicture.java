package org.myonode.crossvalidation.contours;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import javax.imageio.ImageIO;
import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.Mask;

/**
 * A slice in a soft tissue window (level 50, width 400 HU) with outlines drawn on it, as seen from the feet, for people
 * to check. Colours are those of Okabe and Ito. No name and no identifier of a patient is drawn.
 */
public final class SlicePicture {

    /** First and second outline. */
    public static final Color ORANGE = new Color(230, 159, 0);

    public static final Color SKY_BLUE = new Color(86, 180, 233);

    private static final Color GROUND = new Color(16, 18, 22);
    private static final Color INK = new Color(235, 237, 240);
    private static final int BODY_HU = -300;
    private static final int MARGIN_PIXELS = 8;
    private static final int LEAST_PIXELS = 6;
    private static final int CAPTION = 22;
    private static final float STROKE_PIXELS = 1.4f;

    private SlicePicture() {}

    /**
     * An outline.
     *
     * @param name said in the caption in the outline's colour
     * @param strokePixels width of the line: a thin outline on a wide one shows where both run together
     */
    public record Layer(String name, Mask mask, Color colour, float strokePixels) {
        /** A line of common width. */
        public Layer(String name, Mask mask, Color colour) {
            this(name, mask, colour, STROKE_PIXELS);
        }
    }

    /**
     * Draws the part of the slice that holds the body.
     *
     * @param width of the picture in pixels
     * @param captions lines below the picture
     * @return a PNG
     */
    public static byte[] png(HuSlice slice, List<Layer> layers, List<String> captions, int width) throws IOException {
        int[] box = box(slice);
        double scale = width / (box[3] * slice.columnSpacingMm());
        double dx = slice.columnSpacingMm() * scale;
        double dy = slice.rowSpacingMm() * scale;
        int height = (int) Math.round(box[2] * dy);
        BufferedImage grey = new BufferedImage(box[3], box[2], BufferedImage.TYPE_BYTE_GRAY);
        for (int row = 0; row < box[2]; row++) {
            for (int column = 0; column < box[3]; column++) {
                int level = (slice.at(box[0] + row, box[1] + column) + 150) * 255 / 400;
                grey.getRaster().setSample(column, row, 0, Math.max(0, Math.min(255, level)));
            }
        }
        boolean named = layers.stream().anyMatch(layer -> !layer.name().isEmpty());
        int lines = captions.size() + (named ? 1 : 0);
        int foot = lines == 0 ? 0 : lines * CAPTION + 6;
        BufferedImage picture = new BufferedImage(width, height + foot, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = picture.createGraphics();
        try {
            g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            g.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
            g.setColor(GROUND);
            g.fillRect(0, 0, picture.getWidth(), picture.getHeight());
            g.drawImage(grey, 0, 0, width, height, null);
            for (Layer layer : layers) {
                g.setStroke(new BasicStroke(layer.strokePixels(), BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
                g.setColor(layer.colour());
                g.draw(edges(layer.mask(), box, dx, dy));
            }
            g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 14));
            int y = height + 16;
            int x = 8;
            for (Layer layer : named ? layers : List.<Layer>of()) {
                g.setColor(layer.colour());
                String name = "\u25a0 " + layer.name();
                g.drawString(name, x, y);
                x += g.getFontMetrics().stringWidth(name) + 18;
            }
            y += named ? CAPTION : 0;
            g.setColor(INK);
            for (String caption : captions) {
                g.drawString(caption, 8, y);
                y += CAPTION;
            }
        } finally {
            g.dispose();
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (!ImageIO.write(picture, "png", out)) {
            throw new IOException("no PNG writer in this Java runtime");
        }
        return out.toByteArray();
    }

    /** Edges of pixels between inside and outside, in picture coordinates. */
    private static Path2D edges(Mask mask, int[] box, double dx, double dy) {
        Path2D edges = new Path2D.Double();
        for (int row = 0; row <= box[2]; row++) {
            for (int column = 0; column <= box[3]; column++) {
                boolean here = at(mask, box[0] + row, box[1] + column);
                if (here != at(mask, box[0] + row - 1, box[1] + column)) {
                    edges.moveTo(column * dx, row * dy);
                    edges.lineTo((column + 1) * dx, row * dy);
                }
                if (here != at(mask, box[0] + row, box[1] + column - 1)) {
                    edges.moveTo(column * dx, row * dy);
                    edges.lineTo(column * dx, (row + 1) * dy);
                }
            }
        }
        return edges;
    }

    private static boolean at(Mask mask, int row, int column) {
        return row >= 0 && column >= 0 && row < mask.rows() && column < mask.columns() && mask.at(row, column);
    }

    /** First row, first column, rows and columns of the part that holds the body; the table under it is cut off. */
    private static int[] box(HuSlice slice) {
        int[] inRow = new int[slice.rows()];
        for (int i = 0; i < slice.hu().length; i++) {
            inRow[i / slice.columns()] += slice.hu()[i] > BODY_HU ? 1 : 0;
        }
        int[] rows = longestRun(inRow);
        int[] inColumn = new int[slice.columns()];
        for (int row = rows[0]; row <= rows[1]; row++) {
            for (int column = 0; column < slice.columns(); column++) {
                inColumn[column] += slice.at(row, column) > BODY_HU ? 1 : 0;
            }
        }
        int[] columns = longestRun(inColumn);
        int top = Math.max(0, rows[0] - MARGIN_PIXELS);
        int left = Math.max(0, columns[0] - MARGIN_PIXELS);
        int bottom = Math.min(slice.rows() - 1, rows[1] + MARGIN_PIXELS);
        int right = Math.min(slice.columns() - 1, columns[1] + MARGIN_PIXELS);
        return new int[] {top, left, bottom - top + 1, right - left + 1};
    }

    /** First and last place of the longest run of places that hold more than a few pixels; all of it without one. */
    private static int[] longestRun(int[] counts) {
        int[] longest = {0, counts.length - 1};
        int best = 0;
        int start = -1;
        for (int i = 0; i <= counts.length; i++) {
            boolean body = i < counts.length && counts[i] >= LEAST_PIXELS;
            if (body && start < 0) {
                start = i;
            } else if (!body && start >= 0) {
                if (i - start > best) {
                    best = i - start;
                    longest = new int[] {start, i - 1};
                }
                start = -1;
            }
        }
        return longest;
    }
}
