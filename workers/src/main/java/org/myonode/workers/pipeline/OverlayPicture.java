package org.myonode.workers.pipeline;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.myonode.workers.locate.L3;
import org.myonode.workers.locate.LevelRange;
import org.myonode.workers.locate.SpineLevel;
import org.myonode.workers.measure.MuscleMeasures;
import org.myonode.workers.measure.QualityFlag;
import org.myonode.workers.volume.CtVolume;
import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.Mask;

/**
 * The picture of a result for people: the measured slice in a soft tissue window with the muscle drawn on it, as seen
 * from the feet (the patient's right is on the left), and beside it a sagittal view of the whole scan with the place of
 * the slice. Colours are those of Okabe and Ito, which people with colour blindness tell apart. No name and no patient
 * identifier is drawn.
 */
final class OverlayPicture {
    private static final Color GROUND = new Color(16, 18, 22);
    private static final Color INK = new Color(235, 237, 240);
    private static final Color FAINT_INK = new Color(160, 166, 174);
    private static final Color ORANGE = new Color(230, 159, 0);
    private static final Color MUSCLE_FILL = new Color(230, 159, 0, 96);
    private static final Color SKY_BLUE = new Color(86, 180, 233);
    private static final Color YELLOW = new Color(240, 228, 66);

    private static final int PANEL_HEIGHT = 640;
    private static final int MARGIN = 20;
    private static final int CAPTION_HEIGHT = 104;
    private static final int WIDEST_PANEL = 960;
    private static final double SLAB_MM = 8;
    private static final int BODY_HU = -300;
    private static final double BODY_MARGIN_MM = 12;

    private OverlayPicture() {}

    /** What the picture shows beside the images. */
    record Caption(
            boolean levelIsChosen,
            MuscleMeasures muscle,
            List<QualityFlag> flags,
            ModelIdentity model,
            ProductInfo product) {}

    /** Draws the picture and writes it as PNG. */
    static void write(Path file, CtVolume volume, L3.Found l3, Mask muscle, Caption caption) throws IOException {
        if (!ImageIO.write(draw(volume, l3, muscle, caption), "png", file.toFile())) {
            throw new IOException("no PNG writer in this Java runtime");
        }
    }

    static BufferedImage draw(CtVolume volume, L3.Found l3, Mask muscle, Caption caption) {
        HuSlice slice = volume.slice(l3.sliceIndex());
        Window axial = Window.aroundBody(slice);
        double axialScale = Math.min(PANEL_HEIGHT / axial.heightMm(), WIDEST_PANEL / axial.widthMm());
        int axialWidth = (int) Math.round(axial.widthMm() * axialScale);

        double extentMm = volume.depth() * volume.sliceSpacingMm();
        Window side = axial;
        double sideScale = Math.min(PANEL_HEIGHT / extentMm, 420 / side.heightMm());
        int sideWidth = (int) Math.round(side.heightMm() * sideScale);
        int labels = 64;

        int width = Math.max(3 * MARGIN + axialWidth + sideWidth + labels, 900);
        BufferedImage picture =
                new BufferedImage(width, 2 * MARGIN + PANEL_HEIGHT + CAPTION_HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = picture.createGraphics();
        try {
            g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            g.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
            g.setColor(GROUND);
            g.fillRect(0, 0, picture.getWidth(), picture.getHeight());

            Graphics2D left = (Graphics2D) g.create(MARGIN, MARGIN, axialWidth, PANEL_HEIGHT);
            drawAxial(left, slice, muscle, axial, axialScale);
            left.dispose();

            Graphics2D right = (Graphics2D) g.create(2 * MARGIN + axialWidth, MARGIN, sideWidth + labels, PANEL_HEIGHT);
            drawSide(right, volume, l3, muscle, side, sideScale, sideWidth, caption.levelIsChosen());
            right.dispose();

            drawCaption(g, MARGIN, 2 * MARGIN + PANEL_HEIGHT, width - 2 * MARGIN, caption);
        } finally {
            g.dispose();
        }
        return picture;
    }

    private static void drawAxial(Graphics2D g, HuSlice slice, Mask muscle, Window window, double scale) {
        BufferedImage grey = new BufferedImage(window.columns(), window.rows(), BufferedImage.TYPE_BYTE_GRAY);
        for (int row = 0; row < window.rows(); row++) {
            for (int column = 0; column < window.columns(); column++) {
                int level = level(slice.at(window.top() + row, window.left() + column), 50, 400);
                grey.getRaster().setSample(column, row, 0, level);
            }
        }
        double dx = slice.columnSpacingMm() * scale;
        double dy = slice.rowSpacingMm() * scale;
        int width = (int) Math.round(window.columns() * dx);
        int height = (int) Math.round(window.rows() * dy);
        g.drawImage(grey, 0, 0, width, height, null);

        Path2D edges = new Path2D.Double();
        g.setColor(MUSCLE_FILL);
        Path2D filled = new Path2D.Double();
        for (int row = window.top(); row < window.top() + window.rows(); row++) {
            for (int column = window.left(); column < window.left() + window.columns(); column++) {
                if (!muscle.at(row, column)) {
                    continue;
                }
                double x = (column - window.left()) * dx;
                double y = (row - window.top()) * dy;
                filled.append(new Rectangle2D.Double(x, y, dx, dy), false);
                edge(edges, muscle, row - 1, column, x, y, x + dx, y);
                edge(edges, muscle, row + 1, column, x, y + dy, x + dx, y + dy);
                edge(edges, muscle, row, column - 1, x, y, x, y + dy);
                edge(edges, muscle, row, column + 1, x + dx, y, x + dx, y + dy);
            }
        }
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_OFF);
        g.fill(filled);
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setColor(ORANGE);
        g.setStroke(new BasicStroke(1.3f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        g.draw(edges);

        g.setFont(font(Font.BOLD, 16));
        g.setColor(INK);
        g.drawString("R", 8, height / 2);
        g.drawString("L", width - 20, height / 2);
        drawScaleBar(g, 14, height - 16, scale);
    }

    private static void edge(Path2D edges, Mask mask, int row, int column, double x0, double y0, double x1, double y1) {
        boolean inside =
                row >= 0 && column >= 0 && row < mask.rows() && column < mask.columns() && mask.at(row, column);
        if (!inside) {
            edges.append(new Line2D.Double(x0, y0, x1, y1), false);
        }
    }

    private static void drawScaleBar(Graphics2D g, int x, int y, double scale) {
        int length = (int) Math.round(50 * scale);
        g.setColor(INK);
        g.setStroke(new BasicStroke(2.5f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER));
        g.draw(new Line2D.Double(x, y, x + length, y));
        g.draw(new Line2D.Double(x, y - 5, x, y + 5));
        g.draw(new Line2D.Double(x + length, y - 5, x + length, y + 5));
        g.setFont(font(Font.PLAIN, 13));
        g.drawString("5 cm", x + length + 8, y + 5);
    }

    private static void drawSide(
            Graphics2D g,
            CtVolume volume,
            L3.Found l3,
            Mask muscle,
            Window window,
            double scale,
            int width,
            boolean chosen) {
        int centre = middleColumn(muscle);
        int reach = (int) Math.max(0, Math.round(SLAB_MM / 2 / volume.columnSpacingMm()));
        BufferedImage grey = new BufferedImage(window.rows(), volume.depth(), BufferedImage.TYPE_BYTE_GRAY);
        for (int k = 0; k < volume.depth(); k++) {
            for (int row = 0; row < window.rows(); row++) {
                int sum = 0;
                int count = 0;
                for (int column = Math.max(0, centre - reach);
                        column <= Math.min(volume.columns() - 1, centre + reach);
                        column++) {
                    sum += volume.at(k, window.top() + row, column);
                    count++;
                }
                grey.getRaster().setSample(row, volume.depth() - 1 - k, 0, level(sum / count, 100, 700));
            }
        }
        int height = (int) Math.round(volume.depth() * volume.sliceSpacingMm() * scale);
        g.drawImage(grey, 0, 0, width, height, null);

        double bottom = volume.zMm(0) - volume.sliceSpacingMm() / 2;
        g.setFont(font(Font.PLAIN, 13));
        for (LevelRange range : l3.levels()) {
            String name = nameOf(range.level());
            if (name.isEmpty()) {
                continue;
            }
            double lower = height - (range.inferiorZMm() - bottom) * scale;
            double upper = height - (range.superiorZMm() - bottom) * scale;
            boolean here = range.level() == SpineLevel.L3;
            g.setColor(here ? SKY_BLUE : FAINT_INK);
            g.setStroke(new BasicStroke(here ? 3f : 1.5f));
            g.draw(new Line2D.Double(width + 6, upper + 2, width + 6, lower - 2));
            if (lower - upper > 12) {
                g.drawString(name, width + 13, (float) ((lower + upper) / 2 + 5));
            }
        }
        double y = height - (l3.zMm() - bottom) * scale;
        g.setColor(SKY_BLUE);
        g.setStroke(new BasicStroke(2f));
        g.draw(new Line2D.Double(0, y, width + (l3.levels().isEmpty() ? 6 : 3), y));
        if (l3.levels().isEmpty()) {
            g.drawString(chosen ? "here" : "L3", width + 13, (float) y + 5);
        }
        g.setColor(INK);
        g.setFont(font(Font.BOLD, 14));
        g.drawString("A", 6, 18);
        g.drawString("P", width - 16, 18);
    }

    private static String nameOf(SpineLevel level) {
        return switch (level) {
            case BELOW, UPPER_THORACIC, NECK_AND_HEAD -> "";
            case SACRUM -> "S";
            default -> level.name();
        };
    }

    private static int middleColumn(Mask muscle) {
        long sum = 0;
        int count = 0;
        for (int row = 0; row < muscle.rows(); row++) {
            for (int column = 0; column < muscle.columns(); column++) {
                if (muscle.at(row, column)) {
                    sum += column;
                    count++;
                }
            }
        }
        return count == 0 ? muscle.columns() / 2 : (int) (sum / count);
    }

    private static void drawCaption(Graphics2D g, int x, int y, int width, Caption caption) {
        MuscleMeasures muscle = caption.muscle();
        StringBuilder figures = new StringBuilder(String.format(
                Locale.ROOT,
                "Skeletal muscle %s: %.1f cm\u00b2",
                caption.levelIsChosen() ? "on the chosen slice" : "at L3",
                muscle.areaCm2()));
        muscle.indexCm2PerM2()
                .ifPresent(
                        index -> figures.append(String.format(Locale.ROOT, "   index %.1f cm\u00b2/m\u00b2", index)));
        muscle.meanHu().ifPresent(hu -> figures.append(String.format(Locale.ROOT, "   mean %.0f HU", hu)));
        g.setFont(font(Font.BOLD, 20));
        g.setColor(INK);
        g.drawString(figures.toString(), x, y + 16);

        g.setFont(font(Font.BOLD, 15));
        g.setColor(YELLOW);
        g.drawString("AI result - not verified - not for primary diagnosis", x, y + 42);

        g.setFont(font(Font.PLAIN, 13));
        g.setColor(FAINT_INK);
        g.drawString(
                caption.product().name() + " " + caption.product().version() + ", model " + caption.model(), x, y + 64);
        if (!caption.flags().isEmpty()) {
            String flags = "Check: "
                    + String.join(
                            "; ",
                            caption.flags().stream().map(QualityFlag::text).toList());
            g.setColor(ORANGE);
            g.drawString(fitted(g.getFontMetrics(), flags, width), x, y + 84);
        }
    }

    private static String fitted(FontMetrics metrics, String text, int width) {
        if (metrics.stringWidth(text) <= width) {
            return text;
        }
        int length = text.length();
        while (length > 0 && metrics.stringWidth(text.substring(0, length) + " ...") > width) {
            length--;
        }
        return text.substring(0, length) + " ...";
    }

    private static Font font(int style, int size) {
        return new Font(Font.SANS_SERIF, style, size);
    }

    private static int level(int hu, int centre, int width) {
        int level = (hu - centre + width / 2) * 255 / width;
        return Math.max(0, Math.min(255, level));
    }

    /** The part of a slice around the body: whole pixels, with a margin. */
    private record Window(int top, int left, int rows, int columns, double heightMm, double widthMm) {

        static Window aroundBody(HuSlice slice) {
            int[] perRow = new int[slice.rows()];
            int[] perColumn = new int[slice.columns()];
            for (int row = 0; row < slice.rows(); row++) {
                for (int column = 0; column < slice.columns(); column++) {
                    if (slice.at(row, column) > BODY_HU) {
                        perRow[row]++;
                        perColumn[column]++;
                    }
                }
            }
            int[] rows = range(perRow, (int) Math.ceil(BODY_MARGIN_MM / slice.rowSpacingMm()));
            int[] columns = range(perColumn, (int) Math.ceil(BODY_MARGIN_MM / slice.columnSpacingMm()));
            return new Window(
                    rows[0],
                    columns[0],
                    rows[1] - rows[0] + 1,
                    columns[1] - columns[0] + 1,
                    (rows[1] - rows[0] + 1) * slice.rowSpacingMm(),
                    (columns[1] - columns[0] + 1) * slice.columnSpacingMm());
        }

        private static int[] range(int[] counts, int margin) {
            int least = 8;
            int first = 0;
            while (first < counts.length - 1 && counts[first] < least) {
                first++;
            }
            int last = counts.length - 1;
            while (last > 0 && counts[last] < least) {
                last--;
            }
            if (last <= first) {
                return new int[] {0, counts.length - 1};
            }
            return new int[] {Math.max(0, first - margin), Math.min(counts.length - 1, last + margin)};
        }
    }
}
