package org.myonode.crossvalidation.report;

/** Text that may stand between tags and in attributes of HTML and SVG. */
final class Xml {

    private Xml() {}

    /** Escaped; characters that XML does not know at all become a replacement character. */
    static String text(String raw) {
        StringBuilder safe = new StringBuilder(raw.length() + 16);
        raw.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> safe.appendCodePoint(isKnown(c) ? c : 0xFFFD);
            }
        });
        return safe.toString();
    }

    private static boolean isKnown(int c) {
        return c == '\t'
                || c == '\n'
                || c == '\r'
                || c >= 0x20 && c < 0xD800
                || c >= 0xE000 && c != 0xFFFE && c != 0xFFFF;
    }

    /** Cut to a length that fits a place, with an ellipsis. */
    static String shortened(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length - 1).stripTrailing() + "\u2026";
    }
}
