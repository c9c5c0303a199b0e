package org.myonode.node.web;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Text that is safe to stand in a page, and numbers and times as every page shows them. */
final class Html {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

    private Html() {}

    static String escape(String text) {
        StringBuilder safe = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> safe.append(c);
            }
        }
        return safe.toString();
    }

    static String time(Instant instant, ZoneId zone) {
        return "<time datetime=\"" + instant + "\">" + TIME.format(instant.atZone(zone)) + "</time>";
    }

    /** Such as {@code 3.2 s}, {@code 4 min 10 s} or {@code 2 h 5 min}. */
    static String duration(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        if (seconds < 60) {
            return String.format(Locale.ROOT, "%.1f s", Math.max(0, duration.toMillis()) / 1000.0);
        }
        if (seconds < 3600) {
            return seconds / 60 + " min " + seconds % 60 + " s";
        }
        return seconds / 3600 + " h " + seconds / 60 % 60 + " min";
    }

    /** A page around its content. */
    static String page(String title, String version, String content) {
        return """
                <!doctype html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <title>%s</title>
                <link rel="stylesheet" href="/style.css">
                </head>
                <body>
                <header>
                <a class="brand" href="/">MyoNode</a>
                <nav><a href="/">Studies</a> <a href="/models">Models</a> <a href="/experiments">Experiments</a>\
                 <a href="/drift">Drift</a></nav>
                <span class="banner">Not for primary diagnosis. Results are unverified.</span>
                <span class="version">%s</span>
                </header>
                <main>
                %s
                </main>
                </body>
                </html>
                """.formatted(escape(title), escape(version), content);
    }
}
