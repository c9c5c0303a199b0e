package org.myonode.crossvalidation.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A numbered figure of a page.
 *
 * @param id name of its files
 * @param title what it shows
 * @param graphic markup of the drawing
 * @param caption plain text: what is shown, of how many, in which unit, what bands mean, with which seed
 * @param data the rows that the drawing was made from
 */
record Figure(String id, String title, String graphic, String caption, Table data) {

    String html(int number) {
        return """
                <figure id="%s">
                <h3>Figure %d. %s</h3>
                %s\
                <figcaption>%s</figcaption>
                <details><summary>The numbers of this figure</summary>
                %s<p class="files"><a href="figures/%s.csv">%s.csv</a> <a href="figures/%s.json">%s.json</a></p>
                </details>
                </figure>
                """.formatted(id, number, Xml.text(title), graphic, Xml.text(caption), data.html(), id, id, id, id);
    }

    String json() {
        ObjectNode root = new ObjectMapper().createObjectNode();
        root.put("figure", title).put("caption", caption);
        root.set("rows", data.json());
        return root.toPrettyString() + "\n";
    }
}
