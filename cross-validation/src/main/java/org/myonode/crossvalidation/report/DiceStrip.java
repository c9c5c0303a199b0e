package org.myonode.crossvalidation.report;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.myonode.crossvalidation.agreement.Sample;

/**
 * One place for each patient, one mark for each model: a Dice strip, in the order of the first model. With observers: a
 * dash for each of them, and behind all a band with the middle 90 % of their values.
 *
 * <p>A few patients on whom a model failed, or a model that fails on all, would press all others into a line: values far
 * below the rest (six quartile ranges under the lower quartile) lie in a lane of their own under the axis, with their
 * number beside them where there is room.
 */
final class DiceStrip {

    private static final int PLOT = 272;
    private static final int TOP = 10;
    private static final int NAMES = 42;
    private static final int FOOT = 34;
    private static final int LANE = 28;
    private static final int NAMED = 34;
    private static final double FAR = 6;
    private static final double LEAST_RANGE = 0.02;
    private static final double POOR = 0.6;
    private static final int FEW_IN_LANE = 8;

    private final String unit;
    private final Map<String, Map<String, Double>> models = new LinkedHashMap<>();
    private final Map<String, Map<String, Double>> observers = new LinkedHashMap<>();

    /** @param unit what the places are, in the plural: patients or phantoms */
    DiceStrip(String unit) {
        this.unit = unit;
    }

    /** Values of a model by patient. */
    DiceStrip model(String name, Map<String, Double> byPatient) {
        models.put(name, byPatient);
        return this;
    }

    /** Values of a person by patient. */
    DiceStrip observer(String name, Map<String, Double> byPatient) {
        observers.put(name, byPatient);
        return this;
    }

    /** The observers' 5th percentile, median and 95th percentile; empty without observers. */
    double[] band() {
        double[] values = all(observers.values());
        return values.length == 0
                ? values
                : new double[] {
                    Sample.quantile(values, 0.05), Sample.quantile(values, 0.5), Sample.quantile(values, 0.95)
                };
    }

    private static double[] all(Collection<Map<String, Double>> series) {
        double[] values = series.stream()
                .flatMap(map -> map.values().stream())
                .mapToDouble(Double::doubleValue)
                .toArray();
        Arrays.sort(values);
        return values;
    }

    private List<String> patients() {
        TreeSet<String> names = new TreeSet<>();
        models.values().forEach(map -> names.addAll(map.keySet()));
        Map<String, Double> first = models.values().iterator().next();
        return names.stream()
                .sorted(Comparator.comparingDouble((String name) -> first.getOrDefault(name, 2.0))
                        .thenComparing(Comparator.naturalOrder()))
                .toList();
    }

    /**
     * Draws.
     *
     * @param axisName what the values are
     * @param caption plain text
     */
    Figure draw(String id, String title, String axisName, String caption) {
        List<String> patients = patients();
        double[] marks = all(models.values());
        double[] persons = all(observers.values());
        double low = lowest();
        double least = persons.length == 0 ? low : Math.min(low, persons[0]);
        boolean lane = marks[0] < low;
        boolean named = patients.size() <= NAMED;
        int height = TOP + PLOT + (lane ? LANE : 0) + (named ? NAMES : 0) + FOOT;
        double floor = TOP + PLOT + (lane ? LANE : 0);
        double bottom = TOP + PLOT;
        Axis y = Axis.around(least, least > 0.5 ? 1 : Math.max(1, marks[marks.length - 1]), bottom, TOP);
        double slot = (Frame.WIDTH - Frame.RIGHT - Frame.LEFT - 8) / (double) patients.size();
        Table data = new Table("rank", "patient", "kind", "name", "dice");
        Svg svg = new Svg(
                id,
                Frame.WIDTH,
                height,
                title,
                patients.size() + " " + unit + " from left to right, Dice upwards from " + y.label(y.low()) + " to "
                        + y.label(y.high()) + "; the numbers are in the table below the figure.");
        double[] band = band();
        if (band.length > 0) {
            svg.rect("band", Frame.LEFT, y.at(band[0]), Frame.WIDTH - Frame.RIGHT, y.at(band[2]));
        }
        Frame.vertical(svg, y, axisName);
        if (band.length > 0) {
            svg.line("middle-line", Frame.LEFT, y.at(band[1]), Frame.WIDTH - Frame.RIGHT, y.at(band[1]));
        }
        if (lane) {
            svg.rect("lane", Frame.LEFT, y.from() + 4, Frame.WIDTH - Frame.RIGHT, floor);
            svg.text("note end", Frame.LEFT - 7, floor - 5, "< " + y.label(y.low()));
        }
        svg.line("axis", Frame.LEFT, floor, Frame.WIDTH - Frame.RIGHT, floor);
        int prefix = commonWords(patients);
        double size = Math.max(1.8, Math.min(4.5, slot / 2.2));
        for (int i = 0; i < patients.size(); i++) {
            String patient = patients.get(i);
            double middle = Frame.LEFT + 4 + (i + 0.5) * slot;
            for (Map.Entry<String, Map<String, Double>> observer : observers.entrySet()) {
                Double value = observer.getValue().get(patient);
                if (value != null) {
                    Svg.Datum datum = datum(data, i, patient, "observer", observer.getKey(), value);
                    svg.observer(middle, y.at(value), Math.max(1.2, Math.min(7, slot * 0.4)), datum);
                }
            }
            int series = 0;
            double spread = Math.min(9, slot * 0.7 / models.size());
            for (Map.Entry<String, Map<String, Double>> model : models.entrySet()) {
                Double value = model.getValue().get(patient);
                if (value != null) {
                    Svg.Datum datum = datum(data, i, patient, "model", model.getKey(), value);
                    double x = middle + (series - (models.size() - 1) / 2.0) * spread;
                    boolean far = value < y.low();
                    svg.mark(series, x, far ? floor - LANE / 2.0 + 2 : y.at(value), size, datum);
                    if (far && countBelow(marks, y.low()) <= FEW_IN_LANE && slot > 24) {
                        svg.text("small", x + 6, floor - LANE / 2.0 + 6, Table.cell(value, 2));
                    }
                }
                series++;
            }
            if (named) {
                svg.sideways("small end", middle + 3, floor + 6, Xml.shortened(patient.substring(prefix), 9));
            }
        }
        svg.text(
                "middle",
                (Frame.LEFT + Frame.WIDTH - Frame.RIGHT) / 2.0,
                height - 8,
                patients.size() == 1
                        ? "the only case"
                        : patients.size() + " " + unit + ", lowest " + axisWord() + " at the left");
        return new Figure(id, title, legend() + svg.end(), caption + lane(marks, y), data);
    }

    /** How much of the names is the same for all, in whole words: it would fill the little space below the axis. */
    private static int commonWords(List<String> names) {
        String first = names.get(0);
        int common = first.length();
        for (String name : names) {
            int i = 0;
            while (i < Math.min(common, name.length()) && name.charAt(i) == first.charAt(i)) {
                i++;
            }
            common = i;
        }
        return names.size() < 2 ? 0 : first.lastIndexOf(' ', Math.max(0, common - 1)) + 1;
    }

    private String axisWord() {
        return models.size() == 1 ? "Dice" : "Dice of the first model";
    }

    private static String lane(double[] marks, Axis y) {
        long below = countBelow(marks, y.low());
        return below == 0
                ? ""
                : " " + below + (below == 1 ? " value lies" : " values lie") + " below the axis, in the lane under it.";
    }

    private static long countBelow(double[] values, double bound) {
        return Arrays.stream(values).filter(value -> value < bound).count();
    }

    /** The least value that the axis has to show. */
    private double lowest() {
        double best = models.values().stream()
                .mapToDouble(map -> Sample.of(map.values()).median())
                .max()
                .orElseThrow();
        double bound = Double.MAX_VALUE;
        for (Map<String, Double> map : models.values()) {
            Sample sample = Sample.of(map.values());
            if (sample.median() >= POOR * best) {
                double range = Math.max(LEAST_RANGE, sample.upperQuartile() - sample.lowerQuartile());
                bound = Math.min(bound, sample.lowerQuartile() - FAR * range);
            }
        }
        double least = bound;
        return Arrays.stream(all(models.values()))
                .filter(value -> value >= least)
                .min()
                .orElseThrow();
    }

    private static Svg.Datum datum(Table data, int rank, String patient, String kind, String name, double value) {
        String cell = Table.cell(value, 4);
        data.row(Integer.toString(rank + 1), patient, kind, name, cell);
        return new Svg.Datum(patient + ", " + name + ": Dice " + cell, data.last(), Integer.toString(rank + 1), cell);
    }

    private String legend() {
        StringBuilder legend = new StringBuilder("<ul class=\"legend\">");
        int series = 0;
        for (String name : models.keySet()) {
            legend.append("<li>")
                    .append(Svg.key(series++))
                    .append(Xml.text(name))
                    .append("</li>");
        }
        if (!observers.isEmpty()) {
            legend.append("<li>")
                    .append(Svg.observerKey())
                    .append(Xml.text(
                            observers.size() == 1 ? "the observer" : "each of " + observers.size() + " observers"))
                    .append("</li>");
        }
        return legend.append("</ul>\n").toString();
    }

    /** What the dashes and the band are, for the caption. */
    String bandWords(String dash) {
        double[] band = band();
        return band.length == 0
                ? ""
                : Svg.format(
                        "Dashes: %s. Band: middle 90 %% of them (%.4f to %.4f, n = %d), line: their median (%.4f).",
                        dash, band[0], band[2], all(observers.values()).length, band[1]);
    }
}
