package org.myonode.crossvalidation.experiment;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** Lines of comma-separated values by RFC 4180. */
public final class Csv {

    private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?");

    private Csv() {}

    /** Whether a cell is a number in decimal notation. */
    public static boolean isNumber(String cell) {
        return NUMBER.matcher(cell).matches();
    }

    /** One line, without its end. Names come from received objects: what a spreadsheet would run gets an apostrophe. */
    public static String line(List<String> cells) {
        return String.join(",", cells.stream().map(Csv::quoted).toList());
    }

    static String line(String... cells) {
        return line(Arrays.asList(cells));
    }

    private static String quoted(String cell) {
        String safe = !cell.isEmpty() && "=+-@\t\r".indexOf(cell.charAt(0)) >= 0 && !isNumber(cell) ? "'" + cell : cell;
        return safe.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r')
                ? "\"" + safe.replace("\"", "\"\"") + "\""
                : safe;
    }
}
