package org.myonode.node.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.myonode.db.Attempt;
import org.myonode.db.Delivery;
import org.myonode.db.InstanceEntry;
import org.myonode.db.Ledger;
import org.myonode.db.MutableClock;
import org.myonode.db.OutputObject;
import org.myonode.db.Product;
import org.myonode.db.Revision;
import org.myonode.db.Route;
import org.myonode.db.TestDatabase;
import org.myonode.dicom.UID;
import org.myonode.workers.measure.QualityFlag;

/** Pages over a real ledger, fetched over HTTP. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WebServerTest {

    private static final String MEASURED = "1.2.3";
    private static final String REFUSED = "1.2.4";

    private static final List<String> QUALITY =
            Arrays.stream(QualityFlag.values()).map(QualityFlag::name).toList();

    @TempDir
    static Path folder;

    private TestDatabase database;
    private WebServer web;

    @BeforeAll
    void start() throws IOException {
        database = TestDatabase.create();
        MutableClock clock = new MutableClock(Instant.parse("2026-01-02T03:04:05Z"));
        Ledger ledger = new Ledger(database.database(), clock);
        Path picture = Files.write(folder.resolve("overlay.png"), new byte[] {(byte) 0x89, 'P', 'N', 'G'});
        Revision measured = sealed(ledger, clock, MEASURED);
        Attempt attempt = ledger.claim(measured, "w").orElseThrow();
        ledger.produced(
                attempt,
                new Product(
                        "{\"muscle\":{\"areaCm2\":152.61},\"quality\":[\"" + String.join("\",\"", QUALITY) + "\"]}",
                        Optional.of(picture),
                        List.of(
                                new OutputObject("SEG", "1.2", "2.25.1", picture, "0".repeat(64)),
                                new OutputObject(
                                        "SR", UID.Comprehensive3DSRStorage, "2.25.2", picture, "0".repeat(64)))),
                List.of(new Route("pacs", java.util.Set.of("SEG", "SR"))));
        for (Delivery delivery : ledger.dueDeliveries()) {
            if (delivery.object().kind().equals("SR")) {
                ledger.deliverAs(
                        delivery, new OutputObject("SR", UID.EnhancedSRStorage, "2.25.2", picture, "0".repeat(64)));
                ledger.deadLetter(delivery, "A900 (data set does not match SOP class)");
            }
        }
        Revision refused = sealed(ledger, clock, REFUSED);
        ledger.failed(ledger.claim(refused, "w").orElseThrow(), "a <script> in the reason");
        web = WebServer.start(ledger, clock, "MyoNode test", "127.0.0.1", 0);
    }

    @AfterAll
    void stop() throws Exception {
        web.close();
        database.close();
    }

    @Test
    void the_list_shows_states_measures_with_units_and_reasons() throws Exception {
        String page = get("/").body();

        assertThat(page)
                .contains("152.6 cm²", "to be sent", "failed", "no body height", "/studies/" + MEASURED)
                .contains("a &lt;script&gt; in the reason")
                .doesNotContain("<script>");
    }

    @Test
    void a_study_shows_its_picture_objects_and_timeline() throws Exception {
        String page = get("/studies/" + MEASURED).body();

        assertThat(page).contains("overlay.png", "2.25.1", "pacs", "pending", "Timeline", "queued → measuring");
        HttpResponse<String> picture = get("/studies/" + MEASURED + "/overlay.png");
        assertThat(picture.headers().firstValue("Content-Type")).hasValue("image/png");
        assertThat(get("/studies/" + MEASURED + "/result.json").body()).contains("areaCm2");
    }

    @ParameterizedTest
    @EnumSource(QualityFlag.class)
    void every_quality_flag_stands_on_the_page_in_words_and_in_the_interface_by_name(QualityFlag flag)
            throws Exception {
        String page = get("/studies/" + MEASURED).body();

        assertThat(page).contains(flag.text().replace("'", "&#39;"));
        assertThat(get("/studies/" + MEASURED + "/result.json").body()).contains('"' + flag.name() + '"');
        assertThat(get("/studies/" + REFUSED).body()).doesNotContain(flag.text().replace("'", "&#39;"));
    }

    @Test
    void what_a_destination_will_never_take_stands_out_on_both_pages() throws Exception {
        assertThat(get("/").body()).contains("1 object refused for good");
        assertThat(get("/studies/" + MEASURED).body())
                .contains("<tr class=\"DEAD_LETTER\">", "dead letter", "A900", "SR as Enhanced SR Storage");
    }

    @Test
    void what_is_not_there_is_not_found_and_says_so() throws Exception {
        assertThat(get("/studies/9.9").statusCode()).isEqualTo(404);
        assertThat(get("/studies/9.9").body()).contains("no study 9.9");
        assertThat(get("/studies/" + REFUSED + "/overlay.png").statusCode()).isEqualTo(404);
        assertThat(get("/health").body()).isEqualTo("ok\n");
    }

    @Test
    void pages_allow_nothing_from_elsewhere() throws Exception {
        assertThat(get("/").headers().firstValue("Content-Security-Policy").orElse(""))
                .contains("default-src 'self'");
    }

    private HttpResponse<String> get(String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + web.port() + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    private static Revision sealed(Ledger ledger, MutableClock clock, String study) {
        ledger.record(new InstanceEntry(
                study,
                study + ".1",
                study + ".1.1",
                "1.2.840.10008.5.1.4.1.1.2",
                "1.2.840.10008.1.2.1",
                Path.of(study),
                1,
                "0".repeat(64),
                "CALLING",
                "CALLED"));
        clock.advance(Duration.ofMinutes(2));
        Revision revision = ledger.sealQuiet(Duration.ofMinutes(1)).get(0);
        ledger.queued(revision);
        return revision;
    }
}
