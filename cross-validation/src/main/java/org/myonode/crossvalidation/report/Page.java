package org.myonode.crossvalidation.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A page as it grows: paragraphs, tables and numbered figures, then written with the files of its figures. */
final class Page {

    private final String title;
    private final StringBuilder body = new StringBuilder();
    private final List<Figure> figures = new ArrayList<>();

    Page(String title) {
        this.title = title;
        body.append("<h1>").append(Xml.text(title)).append("</h1>\n");
    }

    Page quiet(String text) {
        return put("<p class=\"quiet\">" + Xml.text(text) + "</p>\n");
    }

    Page paragraph(String text) {
        return put("<p>" + Xml.text(text) + "</p>\n");
    }

    /** Something that must not be overlooked. */
    Page notice(String head, String text) {
        return put("<p class=\"notice\"><b>" + Xml.text(head) + "</b> " + Xml.text(text) + "</p>\n");
    }

    Page heading(String text) {
        return put("<h2>" + Xml.text(text) + "</h2>\n");
    }

    Page list(List<String> sentences) {
        put("<ul>\n");
        sentences.forEach(sentence -> put("<li>" + Xml.text(sentence) + "</li>\n"));
        return put("</ul>\n");
    }

    Page table(Table table) {
        return put(table.html());
    }

    Page figure(Figure figure) {
        figures.add(figure);
        return put(figure.html(figures.size()));
    }

    private Page put(String markup) {
        body.append(markup);
        return this;
    }

    String html() {
        return """
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8"/>
                <meta http-equiv="Content-Security-Policy" content="%s"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <title>%s</title>
                <style>%s</style>
                </head>
                <body>
                <main>
                %s\
                </main>
                </body>
                </html>
                """.formatted(Xml.text(Style.contentSecurityPolicy()), Xml.text(title), Style.SHEET, body);
    }

    /** {@code report.html}, and {@code figures} with a CSV and a JSON file for each figure. */
    void write(Path folder) throws IOException {
        Path files = Files.createDirectories(folder.resolve("figures"));
        for (Figure figure : figures) {
            Files.writeString(files.resolve(figure.id() + ".csv"), figure.data().csv(), StandardCharsets.UTF_8);
            Files.writeString(files.resolve(figure.id() + ".json"), figure.json(), StandardCharsets.UTF_8);
        }
        Files.writeString(folder.resolve("report.html"), html(), StandardCharsets.UTF_8);
    }
}
