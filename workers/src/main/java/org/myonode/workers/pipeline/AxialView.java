package org.myonode.workers.pipeline;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.util.Optional;
import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.Mask;

/**
 * The measured slice in a soft tissue window with the muscle drawn on it, as seen from the feet (the patient's right is on
 * the left), cut to the body. Colours are those of Okabe and Ito, which people with colour blindness tell apart.
 */
final class AxialView {
    static final Color GROUND = new Color(16, 18, 22);
    static final Color INK = new Color(235, 237, 240);
    static final Color FAINT_INK = new Color(160, 166, 174);
    static final Color ORANGE = new Color(230, 159, 0);
    static final Color SKY_BLUE = new Color(86, 180, 233);
    static final Color YELLOW = new Color(240, 228, 66);

    /** Soft tissue, as muscle is read at this level. */
    private static final int WINDOW_CENTRE = 50;

    private static final int WINDOW_WIDTH = 400;
    private static final int BODY_HU = -300;
    private static final double BODY_MARGIN_MM = 12;

    private final HuSlice slice;
    private final Mask muscle;
    private final Optional<Mask> before;
    private final int fillOpacity;
    final Window window;

    /**
     * @param before what was drawn before it was corrected: an outline alone, below the other
     * @param fillOpacity of the colour over the muscle, 0 to 255
     */
    AxialView(HuSlice slice, Mask muscle, Optional<Mask> before, int fillOpacity) {
        this.slice = slice;
        this.muscle = muscle;
        this.before = before;
        this.fillOpacity = fillOpacity;
        this.window = Window.aroundBody(slice, muscle);
    }

    /** Draws it with its upper left corner at the origin, {@code scale} pixels for a millimetre. */
    void draw(Graphics2D g, double scale) {
        BufferedImage grey = new BufferedImage(window.columns(), window.rows(), BufferedImage.TYPE_BYTE_GRAY);
        for (int row = 0; row < window.rows(); row++) {
            for (int column = 0; column < window.columns(); column++) {
                int level = level(slice.at(window.top() + row, window.left() + column), WINDOW_CENTRE, WINDOW_WIDTH);
                grey.getRaster().setSample(column, row, 0, level);
            }
        }
        double dx = slice.columnSpacingMm() * scale;
        double dy = slice.rowSpacingMm() * scale;
        int width = (int) Math.round(window.columns() * dx);
        int height = (int) Math.round(window.rows() * dy);
        g.drawImage(grey, 0, 0, width, height, null);

        BufferedImage tint = new BufferedImage(window.columns(), window.rows(), BufferedImage.TYPE_INT_ARGB);
        int colour = fillOpacity << 24 | ORANGE.getRGB() & 0xFFFFFF;
        int takenOut = fillOpacity << 24 | SKY_BLUE.getRGB() & 0xFFFFFF;
        for (int row = window.top(); row < window.top() + window.rows(); row++) {
            for (int column = window.left(); column < window.left() + window.columns(); column++) {
                boolean was = before.isPresent() && before.get().at(row, column);
                if (muscle.at(row, column) || was) {
                    tint.setRGB(column - window.left(), row - window.top(), muscle.at(row, column) ? colour : takenOut);
                }
            }
        }
        g.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
        g.drawImage(tint, 0, 0, width, height, null);
        before.ifPresent(earlier -> {
            g.setColor(SKY_BLUE);
            g.setStroke(new BasicStroke(1.8f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
            g.draw(edges(earlier, Optional.of(muscle), dx, dy));
        });
        g.setColor(ORANGE);
        g.setStroke(new BasicStroke(1.3f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        g.draw(edges(muscle, Optional.empty(), dx, dy));

        int letters = Math.max(16, width / 50);
        g.setFont(font(Font.BOLD, letters));
        g.setColor(INK);
        g.drawString("R", 8, height / 2);
        g.drawString("L", width - 8 - g.getFontMetrics().stringWidth("L"), height / 2);
        g.setFont(font(Font.PLAIN, letters * 4 / 5));
        drawScaleBar(g, 14, height - 16, scale);
        String shown = "W " + WINDOW_WIDTH + " / L " + WINDOW_CENTRE + " HU";
        g.drawString(shown, width - 8 - g.getFontMetrics().stringWidth(shown), height - 11);
    }

    /**
     * The outer edges of the pixels of a mask, in the coordinates of the picture.
     *
     * @param other edges that this one has too are left out: two colours one over the other are neither
     */
    private Path2D edges(Mask mask, Optional<Mask> other, double dx, double dy) {
        Path2D edges = new Path2D.Double();
        for (int row = window.top(); row < window.top() + window.rows(); row++) {
            for (int column = window.left(); column < window.left() + window.columns(); column++) {
                double x = (column - window.left()) * dx;
                double y = (row - window.top()) * dy;
                edge(edges, mask, other, row, column, -1, 0, new Line2D.Double(x, y, x + dx, y));
                edge(edges, mask, other, row, column, 1, 0, new Line2D.Double(x, y + dy, x + dx, y + dy));
                edge(edges, mask, other, row, column, 0, -1, new Line2D.Double(x, y, x, y + dy));
                edge(edges, mask, other, row, column, 0, 1, new Line2D.Double(x + dx, y, x + dx, y + dy));
            }
        }
        return edges;
    }

    private static void edge(
            Path2D edges, Mask mask, Optional<Mask> other, int row, int column, int down, int right, Line2D line) {
        if (isEdge(mask, row, column, down, right)
                && !(other.isPresent() && isEdge(other.get(), row, column, down, right))) {
            edges.append(line, false);
        }
    }

    /** Whether a mask has this pixel and not the one beside it. */
    private static boolean isEdge(Mask mask, int row, int column, int down, int right) {
        int beside = row + down;
        int next = column + right;
        return mask.at(row, column)
                && !(beside >= 0
                        && next >= 0
                        && beside < mask.rows()
                        && next < mask.columns()
                        && mask.at(beside, next));
    }

    private static void drawScaleBar(Graphics2D g, int x, int y, double scale) {
        int length = (int) Math.round(50 * scale);
        g.setColor(INK);
        g.setStroke(new BasicStroke(2.5f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER));
        g.draw(new Line2D.Double(x, y, x + length, y));
        g.draw(new Line2D.Double(x, y - 5, x, y + 5));
        g.draw(new Line2D.Double(x + length, y - 5, x + length, y + 5));
        g.drawString("5 cm", x + length + 8, y + 5);
    }

    /** Smooth lines, letters and images. */
    static void smooth(Graphics2D g) {
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
    }

    static Font font(int style, int size) {
        return new Font(Font.SANS_SERIF, style, size);
    }

    /** The grey of a value in a window of Hounsfield units. */
    static int level(int hu, int centre, int width) {
        int level = (hu - centre + width / 2) * 255 / width;
        return Math.max(0, Math.min(255, level));
    }

    /** The text, or as much of it as fits. */
    static String fitted(FontMetrics metrics, String text, int width) {
        if (metrics.stringWidth(text) <= width) {
            return text;
        }
        int length = text.length();
        while (length > 0 && metrics.stringWidth(text.substring(0, length) + " ...") > width) {
            length--;
        }
        return text.substring(0, length) + " ...";
    }

    /** The part of a slice around the body: whole pixels, with a margin. */
    record Window(int top, int left, int rows, int columns, double heightMm, double widthMm) {

        /** Around the largest connected region denser than air and mattress, not the table below it, and the muscle. */
        static Window aroundBody(HuSlice slice, Mask muscle) {
            int[] box = largestRegion(slice);
            for (int row = 0; row < slice.rows(); row++) {
                for (int column = 0; column < slice.columns(); column++) {
                    if (muscle.at(row, column)) {
                        extend(box, row, column);
                    }
                }
            }
            if (box[1] < box[0]) {
                box = new int[] {0, slice.rows() - 1, 0, slice.columns() - 1};
            }
            int marginRows = (int) Math.ceil(BODY_MARGIN_MM / slice.rowSpacingMm());
            int marginColumns = (int) Math.ceil(BODY_MARGIN_MM / slice.columnSpacingMm());
            int top = Math.max(0, box[0] - marginRows);
            int left = Math.max(0, box[2] - marginColumns);
            int rows = Math.min(slice.rows() - 1, box[1] + marginRows) - top + 1;
            int columns = Math.min(slice.columns() - 1, box[3] + marginColumns) - left + 1;
            return new Window(top, left, rows, columns, rows * slice.rowSpacingMm(), columns * slice.columnSpacingMm());
        }

        /** With more rows before and behind, for slices that reach further than this one. */
        Window deeper(HuSlice slice, double mm) {
            int more = (int) Math.round(mm / slice.rowSpacingMm());
            int first = Math.max(0, top - more);
            int count = Math.min(slice.rows(), top + rows + more) - first;
            return new Window(first, left, count, columns, count * slice.rowSpacingMm(), widthMm);
        }

        private static int[] nothing() {
            return new int[] {Integer.MAX_VALUE, -1, Integer.MAX_VALUE, -1};
        }

        private static void extend(int[] box, int row, int column) {
            box[0] = Math.min(box[0], row);
            box[1] = Math.max(box[1], row);
            box[2] = Math.min(box[2], column);
            box[3] = Math.max(box[3], column);
        }

        /** First and last row, first and last column. */
        private static int[] largestRegion(HuSlice slice) {
            int columns = slice.columns();
            boolean[] seen = new boolean[slice.rows() * columns];
            int[] open = new int[seen.length];
            int[] largest = nothing();
            int largestSize = 0;
            for (int start = 0; start < seen.length; start++) {
                if (seen[start] || slice.hu()[start] <= BODY_HU) {
                    continue;
                }
                int[] box = nothing();
                int taken = 0;
                int found = 0;
                open[found++] = start;
                seen[start] = true;
                while (taken < found) {
                    int pixel = open[taken++];
                    int column = pixel % columns;
                    extend(box, pixel / columns, column);
                    int[] neighbours = {
                        pixel - columns,
                        pixel + columns,
                        column > 0 ? pixel - 1 : -1,
                        column < columns - 1 ? pixel + 1 : -1
                    };
                    for (int next : neighbours) {
                        if (next >= 0 && next < seen.length && !seen[next] && slice.hu()[next] > BODY_HU) {
                            seen[next] = true;
                            open[found++] = next;
                        }
                    }
                }
                if (found > largestSize) {
                    largestSize = found;
                    largest = box;
                }
            }
            return largest;
        }
    }
}
