package org.myonode.crossvalidation.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.myonode.crossvalidation.agreement.BlandAltman;
import org.myonode.crossvalidation.agreement.Interval;

/** Area of each model against the reference by Bland and Altman: one panel for each model, all on the same axes. */
final class AgreementPlot {

    private static final int PANEL = 290;
    private static final int HEAD = 26;
    private static final int FOOT = 52;
    private static final int NAME = 80;
    private static final int ROOM = 56;
    private static final int TEXT = 13;
    private static final double AIR = 0.15;
    private static final double NEAR = 4;

    private record Model(
            String name, Map<String, Double> reference, Map<String, Double> found, Optional<BlandAltman> limits) {}

    /** What has to be seen of a model. */
    private record Ranges(double left, double right, double low, double high) {
        static Ranges of(Model model) {
            Ranges all = new Ranges(Double.MAX_VALUE, -Double.MAX_VALUE, 0, 0);
            for (String patient : model.reference().keySet()) {
                double[] point = point(model, patient);
                all = all.and(new Ranges(point[0], point[0], point[1], point[1]));
            }
            return model.limits()
                    .map(limits ->
                            new Ranges(Double.MAX_VALUE, -Double.MAX_VALUE, limits.lowerLimit(), limits.upperLimit()))
                    .map(all::and)
                    .orElse(all);
        }

        Ranges and(Ranges other) {
            return new Ranges(
                    Math.min(left, other.left),
                    Math.max(right, other.right),
                    Math.min(low, other.low),
                    Math.max(high, other.high));
        }

        boolean isNear(Ranges other) {
            return high - low <= NEAR * (other.high - other.low);
        }
    }

    private final List<Model> models = new ArrayList<>();

    AgreementPlot model(
            String name, Map<String, Double> reference, Map<String, Double> found, Optional<BlandAltman> limits) {
        models.add(new Model(name, new LinkedHashMap<>(reference), new LinkedHashMap<>(found), limits));
        return this;
    }

    Figure draw(String id, String title, String caption) {
        List<Ranges> each = models.stream().map(Ranges::of).toList();
        Ranges all = each.stream().reduce(Ranges::and).orElseThrow();
        // A model that finds nothing would press the others into a line: then each has axes of its own.
        boolean shared = each.stream().allMatch(one -> all.isNear(one));
        Table data = new Table(
                "model", "kind", "patient", "mean_area_cm2", "difference_cm2", "ci_lower_cm2", "ci_upper_cm2");
        int height = models.size() * (PANEL + HEAD) + 12;
        Svg svg = new Svg(
                id,
                Frame.WIDTH,
                height,
                title,
                "For each model the difference of areas upwards, against the mean of both areas; lines for bias and limits"
                        + " of agreement. The numbers are in the table below the figure.");
        for (int i = 0; i < models.size(); i++) {
            panel(svg, data, models.get(i), i, shared ? all : each.get(i), i * (PANEL + HEAD));
        }
        String axes =
                models.size() < 2 ? "" : shared ? " All panels have the same axes." : " Each panel has its own axes.";
        return new Figure(id, title, svg.end(), caption + axes, data);
    }

    private static void panel(Svg svg, Table data, Model model, int series, Ranges ranges, int top) {
        double bottom = top + HEAD + PANEL - FOOT;
        Axis across = Axis.around(ranges.left(), ranges.right(), Frame.LEFT + 8, Frame.WIDTH - Frame.RIGHT - ROOM);
        // An interval may be wider than all else with few patients: it is cut at the frame, as the caption says.
        double air = AIR * (ranges.high() - ranges.low());
        Axis y = Axis.around(ranges.low() - air, ranges.high() + air, bottom, top + HEAD);
        String name = model.name();
        svg.panel();
        svg.text("start", Frame.LEFT, top + 16, Xml.shortened(name, NAME));
        int n = model.reference().size();
        svg.text("note end", Frame.WIDTH - Frame.RIGHT, top + 16, "n = " + n);
        double end = across.to();
        model.limits().ifPresent(limits -> {
            ci(svg, "ci", y, end, limits.lowerLimitInterval());
            ci(svg, "ci", y, end, limits.upperLimitInterval());
            ci(svg, "band", y, end, limits.biasInterval());
        });
        Frame.vertical(svg, y, "model less reference, cm\u00b2");
        svg.line("zero", Frame.LEFT, y.at(0), end, y.at(0));
        Frame.horizontal(svg, across, bottom, "mean of model and reference, cm\u00b2");
        model.limits().ifPresent(limits -> {
            double bias = y.at(limits.bias()) + 4;
            line(svg, data, name, "bias", limits.bias(), limits.biasInterval(), y, end, bias);
            line(
                    svg,
                    data,
                    name,
                    "lower limit",
                    limits.lowerLimit(),
                    limits.lowerLimitInterval(),
                    y,
                    end,
                    Math.max(bias + TEXT, y.at(limits.lowerLimit()) + 4));
            line(
                    svg,
                    data,
                    name,
                    "upper limit",
                    limits.upperLimit(),
                    limits.upperLimitInterval(),
                    y,
                    end,
                    Math.min(bias - TEXT, y.at(limits.upperLimit()) + 4));
        });
        double size = n > 60 ? 3 : 4.5;
        for (String patient : model.reference().keySet()) {
            double[] point = point(model, patient);
            String mean = Table.cell(point[0], 2);
            String difference = Table.cell(point[1], 2);
            data.row(name, "patient", patient, mean, difference, "", "");
            svg.mark(
                    series,
                    across.at(point[0]),
                    y.at(point[1]),
                    size,
                    new Svg.Datum(
                            patient + ": model less reference " + difference + " cm\u00b2 at " + mean + " cm\u00b2",
                            data.last(),
                            mean,
                            difference));
        }
        svg.endPanel();
    }

    private static void ci(Svg svg, String style, Axis y, double end, Interval interval) {
        double lower = Math.max(y.low(), interval.lower());
        double upper = Math.min(y.high(), interval.upper());
        if (upper > lower) {
            svg.rect(style, Frame.LEFT, y.at(lower), end, y.at(upper));
        }
    }

    private static void line(
            Svg svg,
            Table data,
            String model,
            String kind,
            double value,
            Interval interval,
            Axis y,
            double end,
            double textAt) {
        data.row(
                model,
                kind,
                "",
                "",
                Table.cell(value, 2),
                Table.cell(interval.lower(), 2),
                Table.cell(interval.upper(), 2));
        svg.line(kind.equals("bias") ? "bar" : "limit", Frame.LEFT, y.at(value), end, y.at(value));
        svg.text("note start", end + 5, textAt, Svg.format("%+.2f", value));
    }

    private static double[] point(Model model, String patient) {
        double reference = model.reference().getOrDefault(patient, Double.NaN);
        double found = model.found().getOrDefault(patient, Double.NaN);
        return new double[] {(reference + found) / 2, found - reference};
    }
}
