package org.myonode.crossvalidation.report;

import java.util.ArrayList;
import java.util.List;
import org.myonode.crossvalidation.agreement.Interval;

/** Mean differences with their confidence intervals, one below the other, around zero and a margin. */
final class DifferencePlot {

    private static final int ROW = 46;
    private static final int TOP = 8;
    private static final int FOOT = 48;
    private static final int NAME = 92;
    private static final int INSET = 24;

    private record Entry(String name, String said, double mean, Interval interval, int series) {}

    private final List<Entry> entries = new ArrayList<>();
    private final double margin;

    /** @param margin where a loss begins that is not put up with; NaN without one */
    DifferencePlot(double margin) {
        this.margin = margin;
    }

    /**
     * @param name what is compared
     * @param said what follows, in a few words
     */
    DifferencePlot entry(String name, String said, double mean, Interval interval, int series) {
        entries.add(new Entry(name, said, mean, interval, series));
        return this;
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    Figure draw(String id, String title, String axisName, String caption) {
        double low = 0;
        double high = 0;
        for (Entry entry : entries) {
            low = Math.min(low, Math.min(entry.mean(), entry.interval().lower()));
            high = Math.max(high, Math.max(entry.mean(), entry.interval().upper()));
        }
        if (!Double.isNaN(margin)) {
            low = Math.min(low, -margin);
        }
        double bottom = TOP + entries.size() * ROW;
        Axis x = Axis.around(low, high, INSET, Frame.WIDTH - INSET);
        Table data = new Table("compared", "mean_difference_dice", "ci_lower_dice", "ci_upper_dice", "conclusion");
        Svg svg = new Svg(
                id,
                Frame.WIDTH,
                (int) bottom + FOOT,
                title,
                entries.size()
                        + " mean differences of Dice with 95 % confidence intervals from left to right; zero and the"
                        + " margin are upright lines. The numbers are in the table below the figure.");
        for (double tick : x.ticks()) {
            svg.line("grid", x.at(tick), TOP, x.at(tick), bottom);
        }
        svg.line("zero", x.at(0), TOP, x.at(0), bottom);
        if (!Double.isNaN(margin)) {
            svg.line("margin", x.at(-margin), TOP, x.at(-margin), bottom + 5);
            svg.text("alarm start", x.at(-margin) + 4, bottom - 3, "margin");
        }
        Frame.horizontal(svg, x, bottom, axisName);
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            double y = TOP + i * ROW + 30;
            String mean = Table.cell(entry.mean(), 4);
            data.row(
                    entry.name(),
                    mean,
                    Table.cell(entry.interval().lower(), 4),
                    Table.cell(entry.interval().upper(), 4),
                    entry.said());
            svg.text("start", INSET, y - 14, Xml.shortened(entry.name() + ": " + entry.said(), NAME));
            svg.line(
                    "bar",
                    x.at(entry.interval().lower()),
                    y,
                    x.at(entry.interval().upper()),
                    y);
            svg.line(
                    "bar",
                    x.at(entry.interval().lower()),
                    y - 5,
                    x.at(entry.interval().lower()),
                    y + 5);
            svg.line(
                    "bar",
                    x.at(entry.interval().upper()),
                    y - 5,
                    x.at(entry.interval().upper()),
                    y + 5);
            svg.mark(
                    entry.series(),
                    x.at(entry.mean()),
                    y,
                    5.5,
                    new Svg.Datum(entry.name() + ": " + mean, data.last(), mean, ""));
        }
        return new Figure(id, title, svg.end(), caption, data);
    }
}
