package org.myonode.crossvalidation.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Attr;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** What every report must be, read back from its files by an XML parser. */
final class ReportFiles {

    private final Path folder;
    private final Document page;
    private final List<Element> elements = new ArrayList<>();

    ReportFiles(Path folder) throws Exception {
        this.folder = folder;
        this.page = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(folder.resolve("report.html").toFile());
        collect(page.getDocumentElement());
    }

    private void collect(Element element) {
        elements.add(element);
        for (Node child = element.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (child instanceof Element inner) {
                collect(inner);
            }
        }
    }

    List<Element> all(String name) {
        return elements.stream().filter(e -> e.getTagName().equals(name)).toList();
    }

    String title() {
        return all("title").get(0).getTextContent();
    }

    String text() {
        return Objects.requireNonNull(page.getDocumentElement()).getTextContent();
    }

    /** Nothing is loaded from elsewhere, nothing runs, and the page's own policy would let nothing else through. */
    void needNothingElse() throws Exception {
        for (Element element : elements) {
            assertThat(element.getTagName())
                    .isNotIn("script", "link", "iframe", "object", "embed", "base", "form", "image", "use");
            for (int i = 0; i < element.getAttributes().getLength(); i++) {
                Attr attribute = (Attr) element.getAttributes().item(i);
                String name = attribute.getName();
                assertThat(name)
                        .as("a strict policy refuses it")
                        .doesNotStartWith("on")
                        .isNotEqualTo("style");
                if (name.equals("src")) {
                    assertThat(attribute.getValue()).startsWith("data:image/png;base64,");
                } else if (name.equals("href")) {
                    assertThat(folder.resolve(attribute.getValue()).normalize())
                            .startsWith(folder)
                            .isRegularFile();
                }
            }
        }
        String sheet = all("style").get(0).getTextContent();
        assertThat(all("style")).hasSize(1);
        assertThat(sheet).doesNotContain("url(").doesNotContain("@import");
        String digest = Base64.getEncoder()
                .encodeToString(MessageDigest.getInstance("SHA-256").digest(sheet.getBytes(StandardCharsets.UTF_8)));
        assertThat(Style.contentSecurityPolicy()).contains("'sha256-" + digest + "'");
        assertThat(all("meta").stream().map(meta -> meta.getAttribute("content")))
                .contains(Style.contentSecurityPolicy());
    }

    /** Every drawing and picture says what it is to those who do not see it. */
    void speak() {
        for (Element svg : all("svg")) {
            if (!svg.getAttribute("aria-hidden").equals("true")) {
                assertThat(svg.getAttribute("role")).isEqualTo("img");
                for (String id : svg.getAttribute("aria-labelledby").split(" ", -1)) {
                    assertThat(elements.stream()
                                    .filter(e -> e.getAttribute("id").equals(id)))
                            .singleElement()
                            .satisfies(e -> assertThat(e.getTextContent()).isNotBlank());
                }
            }
        }
        all("img").forEach(picture -> assertThat(picture.getAttribute("alt")).isNotBlank());
        assertThat(all("figcaption")).hasSameSizeAs(all("figure"));
        all("figcaption")
                .forEach(caption -> assertThat(caption.getTextContent()).isNotBlank());
        assertThat(all("h1")).hasSize(1);
    }

    /**
     * Each mark names a row of the CSV, carries its cells, and lies where the numbers beside the axes say that they lie.
     *
     * @return how many marks there are
     */
    int drawWhatTheFilesSay(String figure, String xColumn, String yColumn) throws IOException {
        List<List<String>> csv = csv(folder.resolve("figures/" + figure + ".csv"));
        int marks = 0;
        for (Element mark : all("path")) {
            if (!mark.hasAttribute("data-row")
                    || !figureOf(mark).getAttribute("id").equals(figure)) {
                continue;
            }
            marks++;
            List<String> row = csv.get(1 + Integer.parseInt(mark.getAttribute("data-row")));
            String[] place = mark.getAttribute("transform")
                    .replaceAll("[^0-9. -]", "")
                    .strip()
                    .split(" ");
            agrees(mark, 'x', xColumn, csv.get(0), row, Double.parseDouble(place[0]));
            agrees(mark, 'y', yColumn, csv.get(0), row, Double.parseDouble(place[1]));
        }
        return marks;
    }

    private void agrees(Element mark, char axis, String column, List<String> head, List<String> row, double place) {
        if (column.isEmpty()) {
            return;
        }
        String cell = row.get(head.indexOf(column));
        assertThat(mark.getAttribute("data-" + axis)).isEqualTo(cell);
        TreeMap<Double, Double> ticks = new TreeMap<>();
        Element panel = panelOf(mark);
        for (Element text : all("text")) {
            if (text.getAttribute("data-axis").equals(String.valueOf(axis)) && panelOf(text) == panel) {
                // A number at the left stands 4 below its line.
                ticks.put(
                        Double.valueOf(text.getAttribute("data-value")),
                        Double.parseDouble(text.getAttribute(String.valueOf(axis))) - (axis == 'y' ? 4 : 0));
            }
        }
        if (ticks.isEmpty()) {
            return;
        }
        double value = Double.parseDouble(cell);
        if (value < ticks.firstKey()) {
            assertThat(place)
                    .as("in the lane below the axis")
                    .isGreaterThan(ticks.firstEntry().getValue());
            return;
        }
        double share = (value - ticks.firstKey()) / (ticks.lastKey() - ticks.firstKey());
        double expected = ticks.firstEntry().getValue()
                + share * (ticks.lastEntry().getValue() - ticks.firstEntry().getValue());
        assertThat(place).as(cell).isCloseTo(expected, within(0.6));
    }

    private static Element panelOf(Element element) {
        for (Node node = element; node instanceof Element one; node = node.getParentNode()) {
            if (one.getAttribute("class").equals("panel") || one.getTagName().equals("svg")) {
                return one;
            }
        }
        throw new AssertionError("outside of any drawing");
    }

    private static Element figureOf(Element element) {
        for (Node node = element; node instanceof Element one; node = node.getParentNode()) {
            if (one.getTagName().equals("figure")) {
                return one;
            }
        }
        throw new AssertionError("outside of any figure");
    }

    /** By RFC 4180. */
    static List<List<String>> csv(Path file) throws IOException {
        List<List<String>> rows = new ArrayList<>();
        List<String> row = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean quoted = false;
        String text = Files.readString(file);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted && c == '"' && i + 1 < text.length() && text.charAt(i + 1) == '"') {
                cell.append('"');
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && (c == ',' || c == '\n')) {
                row.add(cell.toString());
                cell.setLength(0);
                if (c == '\n') {
                    rows.add(row);
                    row = new ArrayList<>();
                }
            } else {
                cell.append(c);
            }
        }
        assertThat(row).as("the last line ends").isEmpty();
        return rows;
    }
}
