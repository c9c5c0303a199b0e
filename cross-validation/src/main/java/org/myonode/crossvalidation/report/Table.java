package org.myonode.crossvalidation.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.myonode.crossvalidation.experiment.Csv;

/**
 * The rows behind a figure. They are the figure: the drawing, the CSV, the JSON and the table in the page all take the
 * same cells. A number is a cell in decimal notation; what does not exist is an empty cell.
 */
final class Table {

    private final List<String> columns;
    private final List<List<String>> rows = new ArrayList<>();

    /** @param columns names with their unit at the end, such as {@code area_cm2} */
    Table(String... columns) {
        this.columns = List.of(columns);
    }

    Table row(String... cells) {
        if (cells.length != columns.size()) {
            throw new IllegalArgumentException(cells.length + " cells for " + columns);
        }
        rows.add(List.of(cells));
        return this;
    }

    List<String> columns() {
        return columns;
    }

    List<List<String>> rows() {
        return List.copyOf(rows);
    }

    /** The number of the last row. */
    int last() {
        return rows.size() - 1;
    }

    static String cell(double value, int decimals) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%." + decimals + "f", value) : "";
    }

    static String cell(OptionalDouble value, int decimals) {
        return value.isPresent() ? cell(value.getAsDouble(), decimals) : "";
    }

    String csv() {
        StringBuilder csv = new StringBuilder(Csv.line(columns)).append('\n');
        rows.forEach(row -> csv.append(Csv.line(row)).append('\n'));
        return csv.toString();
    }

    /** An object for each row, numbers as numbers, null for what does not exist. */
    ArrayNode json() {
        ArrayNode array = new ObjectMapper().createArrayNode();
        for (List<String> row : rows) {
            ObjectNode node = array.addObject();
            for (int i = 0; i < columns.size(); i++) {
                String cell = row.get(i);
                if (cell.isEmpty()) {
                    node.putNull(columns.get(i));
                } else if (Csv.isNumber(cell) && cell.length() < 16) {
                    node.put(columns.get(i), new java.math.BigDecimal(cell));
                } else {
                    node.put(columns.get(i), cell);
                }
            }
        }
        return array;
    }

    String html() {
        boolean[] numeric = new boolean[columns.size()];
        for (int i = 0; i < numeric.length; i++) {
            int column = i;
            numeric[i] = rows.stream()
                    .map(row -> row.get(column))
                    .allMatch(cell -> cell.isEmpty() || cell.length() < 16 && Csv.isNumber(cell));
        }
        StringBuilder html = new StringBuilder("<div class=\"wide\"><table>\n<thead><tr>");
        for (int i = 0; i < numeric.length; i++) {
            html.append(numeric[i] ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">")
                    .append(Xml.text(columns.get(i).replace('_', ' ').replace("cm2", "cm\u00b2")))
                    .append("</th>");
        }
        html.append("</tr></thead>\n<tbody>\n");
        for (List<String> row : rows) {
            html.append("<tr>");
            for (int i = 0; i < numeric.length; i++) {
                html.append(numeric[i] ? "<td class=\"n\">" : "<td>")
                        .append(row.get(i).isEmpty() ? "\u2013" : Xml.text(row.get(i)))
                        .append("</td>");
            }
            html.append("</tr>\n");
        }
        return html.append("</tbody></table></div>\n").toString();
    }

    @Override
    public String toString() {
        return columns + " " + Arrays.toString(rows.toArray());
    }
}
