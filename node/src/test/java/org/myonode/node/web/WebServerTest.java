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
import org.myonode.db.Corrections;
import org.myonode.db.Delivery;
import org.myonode.db.InstanceEntry;
import org.myonode.db.Ledger;
import org.myonode.db.MutableClock;
import org.myonode.db.OutputObject;
import org.myonode.db.Product;
import org.myonode.db.Revision;
import org.myonode.db.Route;
import org.myonode.db.Surveillance;
import org.myonode.db.TestDatabase;
import org.myonode.dicom.UID;
import org.myonode.workers.measure.QualityFlag;
import org.myonode.workers.model.ModelStore;

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
        ModelStore models = new ModelStore(folder.resolve("shipped"), folder.resolve("models"), clock);
        Files.createDirectories(folder.resolve("models"));
        Files.writeString(
                folder.resolve("models/activations.jsonl"),
                "{\"at\":\"2026-01-02T03:04:05Z\",\"task\":\"muscle\",\"action\":\"PROMOTE\",\"id\":\"m\",\"version\":\"2\","
                        + "\"sha256\":\"" + "0".repeat(64) + "\",\"by\":\"Dr. <Who>\",\"reason\":\"trial\","
                        + "\"comparison\":\"m 2 less m 1 +0.01\"}\n");
        ledger.note("", "MODELS_CHANGED", "models in use: m 2");
        Path experiment = Files.createDirectories(folder.resolve("experiments/first/figures"));
        Files.writeString(
                experiment.resolveSibling("report.html"),
                "<html><head><title>Benchmark &lt;of&gt; m</title><style>p { margin: 0; }</style></head></html>");
        Files.writeString(experiment.resolve("dice.csv"), "a,b\n");
        Files.writeString(folder.resolve("secret.html"), "secret");
        Files.createSymbolicLink(experiment.resolveSibling("link.html"), folder.resolve("secret.html"));
        web = WebServer.start(
                ledger,
                clock,
                "MyoNode test",
                "127.0.0.1",
                0,
                Optional.empty(),
                Optional.of(new WebServer.Site(
                        new Corrections(database.database(), clock),
                        models,
                        folder.resolve("experiments"),
                        new Surveillance(database.database(), clock))));
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
    void the_models_page_shows_who_decided_why_and_how_the_models_compare() throws Exception {
        assertThat(get("/models").body())
                .contains("promoted to m 2", "Dr. &lt;Who&gt;", "trial", "m 2 less m 1 +0.01")
                .contains("models changed", "models in use: m 2");
    }

    @Test
    void reports_of_experiments_are_listed_and_open_with_a_policy_of_their_own() throws Exception {
        assertThat(get("/experiments").body()).contains("/experiments/first/report.html", "Benchmark &lt;of&gt; m");
        HttpResponse<String> report = get("/experiments/first/report.html");
        assertThat(report.body()).contains("<title>Benchmark");
        assertThat(report.headers().allValues("Content-Security-Policy"))
                .singleElement()
                .asString()
                .contains("default-src 'none'", "style-src 'sha256-", "frame-ancestors 'none'");
        HttpResponse<String> csv = get("/experiments/first/figures/dice.csv");
        assertThat(csv.body()).isEqualTo("a,b\n");
        assertThat(csv.headers().firstValue("Content-Type")).hasValue("text/csv; charset=utf-8");
    }

    @Test
    void nothing_outside_of_an_experiment_can_be_read() throws Exception {
        for (String path : List.of(
                "/experiments/first/link.html",
                "/experiments/first/..%2F..%2Fsecret.html",
                "/experiments/..%2F/secret.html",
                "/experiments/%2e%2e/secret.html",
                "/experiments/first/figures/..%2f..%2fsecret.html",
                "/experiments/first/figures",
                "/experiments/second/report.html")) {
            HttpResponse<String> answer = get(path);
            assertThat(answer.statusCode()).as(path).isBetween(400, 404);
            assertThat(answer.body()).as(path).doesNotContain("secret\"").isNotEqualTo("secret");
        }
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
