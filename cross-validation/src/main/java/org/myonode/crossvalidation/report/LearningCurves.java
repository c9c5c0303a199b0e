package org.myonode.crossvalidation.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.myonode.crossvalidation.agreement.Interval;

/**
 * A figure against the number of patients that were learnt from: one curve for each source task, its band, and small
 * marks for the folds. Sizes stand at equal distances, as the steps between them are ratios rather than differences.
 */
final class LearningCurves {

    private static final int TOP = 10;
    private static final int PLOT = 300;
    private static final int FOOT = 46;
    private static final int SPREAD = 9;

    /**
     * One point of a curve.
     *
     * @param n patients learnt from
     * @param mean over the test patients
     * @param interval its confidence interval; not a number where there is none
     * @param patients test patients
     * @param folds mean of each fold, by its name
     */
    record Point(int n, double mean, Interval interval, int patients, Map<String, Double> folds) {}

    private final Map<String, List<Point>> curves = new LinkedHashMap<>();
    private double personMean = Double.NaN;
    private Interval personInterval = new Interval(Double.NaN, Double.NaN);

    LearningCurves curve(String name, List<Point> points) {
        if (!points.isEmpty()) {
            curves.put(name, points);
        }
        return this;
    }

    /** What people reach on the same patients. */
    LearningCurves observers(double mean, Interval interval) {
        personMean = mean;
        personInterval = interval;
        return this;
    }

    boolean isEmpty() {
        return curves.isEmpty();
    }

    Figure draw(String id, String title, String axisName, String caption) {
        TreeSet<Integer> sizes = new TreeSet<>();
        List<Double> seen = new ArrayList<>();
        curves.values()
                .forEach(points -> points.forEach(point -> {
                    sizes.add(point.n());
                    seen.add(point.mean());
                    seen.addAll(point.folds().values());
                    seen.add(point.interval().lower());
                    seen.add(point.interval().upper());
                }));
        seen.addAll(List.of(personMean, personInterval.lower(), personInterval.upper()));
        double[] finite = seen.stream()
                .filter(Double::isFinite)
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        Axis y = Axis.around(finite[0], Math.min(1, finite[finite.length - 1]), TOP + PLOT, TOP);
        Table data =
                new Table("source", "n", "kind", "fold", "dice", "ci_lower_dice", "ci_upper_dice", "test_patients");
        Svg svg = new Svg(
                id,
                Frame.WIDTH,
                TOP + PLOT + FOOT,
                title,
                curves.size() + " curves of Dice upwards against " + sizes.size()
                        + " numbers of patients learnt from; the numbers are in the table below the figure.");
        if (Double.isFinite(personInterval.lower())) {
            svg.rect(
                    "band",
                    Frame.LEFT,
                    y.at(personInterval.lower()),
                    Frame.WIDTH - Frame.RIGHT,
                    y.at(personInterval.upper()));
        }
        Frame.vertical(svg, y, axisName);
        if (Double.isFinite(personMean)) {
            svg.line("middle-line", Frame.LEFT, y.at(personMean), Frame.WIDTH - Frame.RIGHT, y.at(personMean));
            data.row(
                    "observers",
                    "",
                    "mean",
                    "",
                    Table.cell(personMean, 4),
                    Table.cell(personInterval.lower(), 4),
                    Table.cell(personInterval.upper(), 4),
                    "");
        }
        svg.line("axis", Frame.LEFT, TOP + PLOT, Frame.WIDTH - Frame.RIGHT, TOP + PLOT);
        double slot = (Frame.WIDTH - Frame.RIGHT - Frame.LEFT) / (double) sizes.size();
        List<Integer> order = List.copyOf(sizes);
        for (int i = 0; i < order.size(); i++) {
            svg.text("tick middle", at(slot, i), TOP + PLOT + 18, Integer.toString(order.get(i)));
        }
        svg.text("middle", (Frame.LEFT + Frame.WIDTH - Frame.RIGHT) / 2.0, TOP + PLOT + 38, "patients learnt from (n)");
        int series = 0;
        for (Map.Entry<String, List<Point>> curve : curves.entrySet()) {
            double shift = (series - (curves.size() - 1) / 2.0) * Math.min(SPREAD, slot / (2 * curves.size()));
            draw(svg, data, curve.getKey(), curve.getValue(), series, y, order, slot, shift);
            series++;
        }
        return new Figure(id, title, legend() + svg.end(), caption, data);
    }

    private static double at(double slot, int index) {
        return Frame.LEFT + (index + 0.5) * slot;
    }

    private static void draw(
            Svg svg,
            Table data,
            String name,
            List<Point> points,
            int series,
            Axis y,
            List<Integer> order,
            double slot,
            double shift) {
        StringBuilder upper = new StringBuilder();
        StringBuilder lower = new StringBuilder();
        StringBuilder line = new StringBuilder();
        for (Point point : points) {
            double x = at(slot, order.indexOf(point.n())) + shift;
            line.append(Svg.format("%s%.2f %.2f", line.isEmpty() ? "M" : "L", x, y.at(point.mean())));
            if (Double.isFinite(point.interval().lower())) {
                upper.append(Svg.format(
                        "%s%.2f %.2f",
                        upper.isEmpty() ? "M" : "L", x, y.at(point.interval().upper())));
                lower.insert(
                        0, Svg.format("L%.2f %.2f", x, y.at(point.interval().lower())));
            }
        }
        String style = " s" + series % Svg.SERIES;
        if (!upper.isEmpty()) {
            svg.path("area" + style, upper + "" + lower + "Z");
        }
        svg.path("curve" + style, line.toString());
        for (Point point : points) {
            double x = at(slot, order.indexOf(point.n())) + shift;
            String n = Integer.toString(point.n());
            point.folds().forEach((fold, value) -> {
                String cell = Table.cell(value, 4);
                data.row(name, n, "fold", fold, cell, "", "", "");
                svg.mark(
                        series,
                        x,
                        y.at(value),
                        1.8,
                        new Svg.Datum(name + ", n = " + n + ", " + fold + ": " + cell, data.last(), n, cell));
            });
            String cell = Table.cell(point.mean(), 4);
            data.row(
                    name,
                    n,
                    "mean",
                    "",
                    cell,
                    Table.cell(point.interval().lower(), 4),
                    Table.cell(point.interval().upper(), 4),
                    Integer.toString(point.patients()));
            svg.line("whisker" + style, x, y.at(low(point)), x, y.at(high(point)));
            svg.mark(
                    series,
                    x,
                    y.at(point.mean()),
                    5,
                    new Svg.Datum(name + ", n = " + n + ": " + cell, data.last(), n, cell));
        }
    }

    private static double low(Point point) {
        return Double.isFinite(point.interval().lower()) ? point.interval().lower() : point.mean();
    }

    private static double high(Point point) {
        return Double.isFinite(point.interval().upper()) ? point.interval().upper() : point.mean();
    }

    private String legend() {
        StringBuilder legend = new StringBuilder("<ul class=\"legend\">");
        int series = 0;
        for (String name : curves.keySet()) {
            legend.append("<li>")
                    .append(Svg.key(series++))
                    .append(Xml.text(name))
                    .append("</li>");
        }
        if (Double.isFinite(personMean)) {
            legend.append("<li>").append(Svg.observerKey()).append("observers</li>");
        }
        return legend.append("</ul>\n").toString();
    }
}
