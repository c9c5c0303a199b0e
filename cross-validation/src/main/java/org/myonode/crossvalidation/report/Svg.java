package org.myonode.crossvalidation.report;

import java.util.Locale;

/**
 * A drawing as it grows. Colours and weights come from classes of the page's style sheet, so that one drawing serves
 * light, dark and paper; nothing here is an attribute that a strict content security policy would refuse.
 */
final class Svg {

    /** How many series can be told apart, each by shape and colour. */
    static final int SERIES = 6;

    private final StringBuilder out = new StringBuilder();

    /**
     * @param id of the drawing within the page
     * @param title what it is, in a few words
     * @param description what is to be seen, for people who do not see it
     */
    Svg(String id, int width, int height, String title, String description) {
        out.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\""
                        + " aria-labelledby=\"%s-t %s-d\">%n<title id=\"%s-t\">%s</title>%n<desc id=\"%s-d\">%s</desc>%n",
                width,
                height,
                id,
                id,
                id,
                Xml.text(title),
                id,
                Xml.text(description)));
    }

    /** What a mark stands for: the tooltip, and the row and the cells of the CSV that it shows. */
    record Datum(String tooltip, int row, String x, String y) {}

    /** What follows has axes of its own. */
    Svg panel() {
        out.append("<g class=\"panel\">\n");
        return this;
    }

    Svg endPanel() {
        out.append("</g>\n");
        return this;
    }

    Svg line(String style, double x1, double y1, double x2, double y2) {
        return put("<line class=\"%s\" x1=\"%.2f\" y1=\"%.2f\" x2=\"%.2f\" y2=\"%.2f\"/>%n", style, x1, y1, x2, y2);
    }

    /** Between two corners, whichever way round. */
    Svg rect(String style, double x1, double y1, double x2, double y2) {
        return put(
                "<rect class=\"%s\" x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\"/>%n",
                style, Math.min(x1, x2), Math.min(y1, y2), Math.abs(x2 - x1), Math.abs(y2 - y1));
    }

    Svg path(String style, String d) {
        return put("<path class=\"%s\" d=\"%s\"/>%n", style, d);
    }

    /** @param style {@code start}, {@code middle} or {@code end} says which end of the text stands at the point */
    Svg text(String style, double x, double y, String text) {
        return put("<text class=\"%s\" x=\"%.2f\" y=\"%.2f\">%s</text>%n", style, x, y, Xml.text(text));
    }

    /** Standing on its side, read from the right. */
    Svg sideways(String style, double x, double y, String text) {
        return put(
                "<text class=\"%s\" transform=\"translate(%.2f %.2f) rotate(-90)\">%s</text>%n",
                style, x, y, Xml.text(text));
    }

    /** Number beside an axis. */
    Svg tick(char axis, String style, double x, double y, String label) {
        return put(
                "<text class=\"tick %s\" data-axis=\"%s\" data-value=\"%s\" x=\"%.2f\" y=\"%.2f\">%s</text>%n",
                style, axis, label, x, y, label);
    }

    Svg mark(int series, double x, double y, double size, Datum datum) {
        return mark("s" + series % SERIES, shape(series, size), x, y, datum);
    }

    /** A person's: a dash. */
    Svg observer(double x, double y, double size, Datum datum) {
        return mark("observer", format("M%.2f 0H%.2f", -size, size), x, y, datum);
    }

    private Svg mark(String style, String shape, double x, double y, Datum datum) {
        return put(
                "<path class=\"mark %s\" transform=\"translate(%.2f %.2f)\" d=\"%s\" data-row=\"%d\" data-x=\"%s\""
                        + " data-y=\"%s\"><title>%s</title></path>%n",
                style, x, y, shape, datum.row(), Xml.text(datum.x()), Xml.text(datum.y()), Xml.text(datum.tooltip()));
    }

    /** The mark of a series beside its name. */
    static String key(int series) {
        return String.format(
                Locale.ROOT,
                "<svg class=\"key\" viewBox=\"-7 -7 14 14\" aria-hidden=\"true\"><path class=\"mark s%d\" d=\"%s\"/></svg>",
                series % SERIES,
                shape(series, 5));
    }

    /** The dash of the observers beside their name. */
    static String observerKey() {
        return "<svg class=\"key\" viewBox=\"-7 -7 14 14\" aria-hidden=\"true\"><path class=\"mark observer\""
                + " d=\"M-5 0H5\"/></svg>";
    }

    private static String shape(int series, double r) {
        double q = r * 0.886;
        return switch (series % SERIES) {
            case 0 -> format("M%.2f 0A%.2f %.2f 0 1 0 %.2f 0A%.2f %.2f 0 1 0 %.2f 0Z", -r, r, r, r, r, r, -r);
            case 1 -> format("M%.2f %.2fH%.2fV%.2fH%.2fZ", -q, -q, q, q, -q);
            case 2 -> format("M0 %.2fL%.2f %.2fL%.2f %.2fZ", -r * 1.2, r * 1.1, r * 0.8, -r * 1.1, r * 0.8);
            case 3 -> format("M0 %.2fL%.2f 0L0 %.2fL%.2f 0Z", -r * 1.25, r * 1.25, r * 1.25, -r * 1.25);
            case 4 -> format("M0 %.2fL%.2f %.2fL%.2f %.2fZ", r * 1.2, r * 1.1, -r * 0.8, -r * 1.1, -r * 0.8);
            default -> format("M%.2f %.2fL%.2f %.2fM%.2f %.2fL%.2f %.2f", -q, -q, q, q, -q, q, q, -q);
        };
    }

    private Svg put(String format, Object... values) {
        out.append(String.format(Locale.ROOT, format, values));
        return this;
    }

    static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    String end() {
        return out + "</svg>\n";
    }
}
