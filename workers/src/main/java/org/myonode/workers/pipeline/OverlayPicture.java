package org.myonode.workers.pipeline;

import static org.myonode.workers.pipeline.AxialView.FAINT_INK;
import static org.myonode.workers.pipeline.AxialView.GROUND;
import static org.myonode.workers.pipeline.AxialView.INK;
import static org.myonode.workers.pipeline.AxialView.ORANGE;
import static org.myonode.workers.pipeline.AxialView.SKY_BLUE;
import static org.myonode.workers.pipeline.AxialView.YELLOW;
import static org.myonode.workers.pipeline.AxialView.fitted;
import static org.myonode.workers.pipeline.AxialView.font;
import static org.myonode.workers.pipeline.AxialView.level;

import java.awt.BasicStroke;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.myonode.workers.locate.L3;
import org.myonode.workers.locate.LevelRange;
import org.myonode.workers.locate.SpineLevel;
import org.myonode.workers.volume.CtVolume;
import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.Mask;

/**
 * The picture of a result for people: the measured slice with the muscle drawn on it, and beside it a sagittal view of the
 * whole scan with the place of the slice. No name and no patient identifier is drawn.
 */
final class OverlayPicture {
    private static final int PANEL_HEIGHT = 640;
    private static final int MARGIN = 20;
    private static final int CAPTION_HEIGHT = 104;
    private static final int WIDEST_PANEL = 960;
    private static final double SLAB_MM = 8;
    private static final double SIDE_MARGIN_MM = 40;
    private static final int MUSCLE_OPACITY = 72;

    private OverlayPicture() {}

    /** Draws the picture and writes it as PNG. */
    static void write(Path file, CtVolume volume, L3.Found l3, Mask muscle, Optional<Mask> before, Caption caption)
            throws IOException {
        if (!ImageIO.write(draw(volume, l3, muscle, before, caption), "png", file.toFile())) {
            throw new IOException("no PNG writer in this Java runtime");
        }
    }

    static BufferedImage draw(CtVolume volume, L3.Found l3, Mask muscle, Optional<Mask> before, Caption caption) {
        HuSlice slice = volume.slice(l3.sliceIndex());
        AxialView view = new AxialView(slice, muscle, before, MUSCLE_OPACITY);
        AxialView.Window axial = view.window;
        double axialScale = Math.min(PANEL_HEIGHT / axial.heightMm(), WIDEST_PANEL / axial.widthMm());
        int axialWidth = (int) Math.round(axial.widthMm() * axialScale);

        double extentMm = volume.depth() * volume.sliceSpacingMm();
        AxialView.Window side = axial.deeper(slice, SIDE_MARGIN_MM);
        double sideScale = Math.min(PANEL_HEIGHT / extentMm, 420 / side.heightMm());
        int sideWidth = (int) Math.round(side.heightMm() * sideScale);
        int labels = 64;

        int width = Math.max(3 * MARGIN + axialWidth + sideWidth + labels, 900);
        BufferedImage picture =
                new BufferedImage(width, 2 * MARGIN + PANEL_HEIGHT + CAPTION_HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = picture.createGraphics();
        try {
            AxialView.smooth(g);
            g.setColor(GROUND);
            g.fillRect(0, 0, picture.getWidth(), picture.getHeight());

            Graphics2D left = (Graphics2D) g.create(MARGIN, MARGIN, axialWidth, PANEL_HEIGHT);
            view.draw(left, axialScale);
            left.dispose();

            Graphics2D right = (Graphics2D) g.create(2 * MARGIN + axialWidth, MARGIN, sideWidth + labels, PANEL_HEIGHT);
            drawSide(
                    right,
                    volume,
                    l3,
                    muscle,
                    side,
                    sideScale,
                    sideWidth,
                    caption.levelConfidence().isEmpty());
            right.dispose();

            drawCaption(g, MARGIN, 2 * MARGIN + PANEL_HEIGHT, width - 2 * MARGIN, caption);
        } finally {
            g.dispose();
        }
        return picture;
    }

    private static void drawSide(
            Graphics2D g,
            CtVolume volume,
            L3.Found l3,
            Mask muscle,
            AxialView.Window window,
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
        g.setFont(font(Font.BOLD, 20));
        g.setColor(INK);
        g.drawString(caption.figures(), x, y + 16);

        g.setFont(font(Font.BOLD, 15));
        g.setColor(YELLOW);
        g.drawString(caption.disclaimer(), x, y + 42);
        if (!caption.correction().isEmpty()) {
            int after = x + g.getFontMetrics().stringWidth(caption.disclaimer() + "    ");
            g.setColor(SKY_BLUE);
            g.drawString(fitted(g.getFontMetrics(), caption.correction(), x + width - after), after, y + 42);
        }

        g.setFont(font(Font.PLAIN, 13));
        g.setColor(FAINT_INK);
        g.drawString(caption.suv().isEmpty() ? caption.origin() : caption.suv() + "   " + caption.origin(), x, y + 64);
        if (!caption.check().isEmpty()) {
            g.setColor(ORANGE);
            g.drawString(fitted(g.getFontMetrics(), caption.check(), width), x, y + 84);
        }
    }
}
