package org.myonode.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.myonode.crossvalidation.contours.ContourRule;
import org.myonode.crossvalidation.drift.DriftPolicy;
import org.myonode.crossvalidation.experiment.PromotionGate;
import org.myonode.dicom.net.AeAddress;
import org.myonode.dicom.net.Tls;
import org.myonode.dicom.web.DicomWebClient;
import org.myonode.storage.Completeness;
import org.myonode.workers.export.Destination;
import org.myonode.workers.export.Endpoint;
import org.myonode.workers.measure.Cutoff;
import org.myonode.workers.objects.SeriesNumbers;

class NodeConfigTest {

    @Test
    void every_key_has_the_default_that_the_manual_states() {
        NodeConfig config = of("", Map.of());

        assertThat(config.dicom()).isEqualTo(new NodeConfig.Dicom("MYONODE", 11112, "0.0.0.0", List.of(), 64, 16));
        assertThat(config.tls())
                .isEqualTo(new NodeConfig.Security(
                        false, new Tls.Settings(Optional.empty(), Optional.empty(), true, true)));
        assertThat(config.loadTls()).isEmpty();
        assertThat(config.web()).isEqualTo(new NodeConfig.Web(8080, "127.0.0.1"));
        assertThat(config.storage()).isEqualTo(new NodeConfig.Storage(Path.of("data"), 2L << 30));
        assertThat(config.database()).isEqualTo(new NodeConfig.Database(null, "myonode", "", 16));
        assertThat(config.quietPeriod()).isEqualTo(Duration.ofSeconds(60));
        assertThat(config.lanes()).isEqualTo(1);
        assertThat(config.experiments()).isEqualTo(1);
        assertThat(config.models()).isEqualTo(new NodeConfig.ModelFolders(null, null));
        assertThat(config.promotion()).isEqualTo(new NodeConfig.Promotion(new PromotionGate(0.01, 6), true));
        assertThat(config.drift())
                .isEqualTo(
                        new NodeConfig.Drift(Optional.of(LocalTime.of(3, 15)), Optional.empty(), DriftPolicy.DEFAULT));
        assertThat(config.destinations()).isEmpty();
        assertThat(config.cutoffs()).isEmpty();
        assertThat(config.commitmentTimeout()).isEqualTo(Duration.ofHours(1));
        assertThat(config.contourRules()).isEmpty();
    }

    @Test
    void every_key_can_be_set_in_a_file() {
        NodeConfig config = of("""
                dicom { aeTitle = A, port = 1, bind = "127.0.0.1", callingAeTitles = [B, C] }
                dicom { maxAssociations = 2, maxOperations = 3 }
                tls { listener = true, keyStore = "/k", keyStorePassword = kp, trustStore = "/t", trustStorePassword = tp }
                tls { clientAuth = false, verifyHostName = false }
                web { port = 3, bind = "0.0.0.0" }
                dicomweb { store = true, token = t, maximumRequest = 6 MiB, maximumRequests = 8 }
                storage { directory = "/d", minimumFree = 5 MiB }
                database { url = "jdbc:postgresql://h/d", user = u, password = p, poolSize = 7 }
                study.quietPeriod = 9 s
                sources = [ { aeTitle = S, host = sh, port = 106, complete = study, tls = true } ]
                completeness { interval = 19 s, maximumWait = 20 s }
                workers { lanes = 4, experiments = 0 }
                models { directory = "/m", store = "/ms" }
                promotion { margin = 0.02, minimumPatients = 9, uncompared = refuse }
                drift { time = off, since = "2026-01-31T00:00:00Z", baseline = 90, recent = 40, minimum = 25 }
                drift { level = 0.02, leastEffect = 0.3 }
                measures.cutoffs = [ { sex = M, index = 52.4, citation = "Prado 2008" } ]
                destinations = [ { name = n, aeTitle = P, host = h, port = 104, objects = [SR], commitment = true, tls = true } ]
                export.commitmentTimeout = 6 h
                destinations += { name = w, kind = dicomweb, url = "https://v/d/", token = t, objects = [SEG], arrival = true }
                pacs = "Q@i:105"
                contours.rules = [ { roi = "muscle_(.+)", aeTitle = TPS, observer = "$1" } ]
                """, Map.of());

        assertThat(config.dicom()).isEqualTo(new NodeConfig.Dicom("A", 1, "127.0.0.1", List.of("B", "C"), 2, 3));
        assertThat(config.tls())
                .isEqualTo(new NodeConfig.Security(
                        true, new Tls.Settings(store("/k", "kp"), store("/t", "tp"), false, false)));
        assertThat(config.web()).isEqualTo(new NodeConfig.Web(3, "0.0.0.0"));
        assertThat(config.dicomWeb()).isEqualTo(new NodeConfig.DicomWeb(true, "t", 6L << 20, 8));
        assertThat(config.storage()).isEqualTo(new NodeConfig.Storage(Path.of("/d"), 5L << 20));
        assertThat(config.database()).isEqualTo(new NodeConfig.Database("jdbc:postgresql://h/d", "u", "p", 7));
        assertThat(config.quietPeriod()).isEqualTo(Duration.ofSeconds(9));
        assertThat(config.sources())
                .containsExactly(new NodeConfig.Source(new AeAddress("S", "sh", 106), Completeness.Scope.STUDY, true));
        assertThat(config.completeness())
                .isEqualTo(new Completeness.Policy(Duration.ofSeconds(19), Duration.ofSeconds(20)));
        assertThat(config.lanes()).isEqualTo(4);
        assertThat(config.experiments()).isZero();
        assertThat(config.models()).isEqualTo(new NodeConfig.ModelFolders(Path.of("/m"), Path.of("/ms")));
        assertThat(config.promotion()).isEqualTo(new NodeConfig.Promotion(new PromotionGate(0.02, 9), false));
        assertThat(config.drift())
                .isEqualTo(new NodeConfig.Drift(
                        Optional.empty(),
                        Optional.of(Instant.parse("2026-01-31T00:00:00Z")),
                        new DriftPolicy(90, 40, 25, 0.02, 0.3)));
        assertThat(config.cutoffs()).containsExactly(new Cutoff("M", 52.4, "Prado 2008"));
        assertThat(config.commitmentTimeout()).isEqualTo(Duration.ofHours(6));
        assertThat(config.destinations())
                .containsExactly(
                        new Destination("n", new AeAddress("P", "h", 104), Set.of("SR"), true, true),
                        new Destination(
                                "w",
                                new Endpoint.Web(new DicomWebClient.Service(
                                        URI.create("https://v/d"),
                                        Optional.of("Bearer t"),
                                        Duration.ofSeconds(10),
                                        Duration.ofMinutes(1))),
                                Set.of("SEG"),
                                false,
                                true),
                        new Destination("pacs", new AeAddress("Q", "i", 105), Set.of("SEG", "SR", "SC"), false, false));
        assertThat(config.contourRules())
                .singleElement()
                .satisfies(rule -> assertThat(rule.assign(new ContourRule.Drawn("Muscle_B", "any", "TPS")))
                        .contains(new ContourRule.Assigned("B", "muscle")));
    }

    @Test
    void every_variable_named_in_the_manual_wins_over_the_file() {
        Map<String, String> environment = new HashMap<>();
        environment.put("MYONODE_AE_TITLE", "E");
        environment.put("MYONODE_DICOM_PORT", "11");
        environment.put("MYONODE_DICOM_BIND", "127.0.0.2");
        environment.put("MYONODE_CALLING_AE_TITLES", "X, Y");
        environment.put("MYONODE_MAX_ASSOCIATIONS", "12");
        environment.put("MYONODE_MAX_OPERATIONS", "19");
        environment.put("MYONODE_TLS_LISTENER", "true");
        environment.put("MYONODE_TLS_KEY_STORE", "/ek");
        environment.put("MYONODE_TLS_KEY_STORE_PASSWORD", "ekp");
        environment.put("MYONODE_TLS_TRUST_STORE", "/et");
        environment.put("MYONODE_TLS_TRUST_STORE_PASSWORD", "etp");
        environment.put("MYONODE_TLS_CLIENT_AUTH", "false");
        environment.put("MYONODE_TLS_VERIFY_HOST_NAME", "false");
        environment.put("MYONODE_WEB_PORT", "13");
        environment.put("MYONODE_WEB_BIND", "127.0.0.3");
        environment.put("MYONODE_DICOMWEB_STORE", "true");
        environment.put("MYONODE_DICOMWEB_TOKEN", "et");
        environment.put("MYONODE_DICOMWEB_MAX_REQUEST", "2 KiB");
        environment.put("MYONODE_DICOMWEB_MAX_REQUESTS", "18");
        environment.put("MYONODE_STORAGE", "/e");
        environment.put("MYONODE_MIN_FREE", "1 KiB");
        environment.put("MYONODE_DATABASE_URL", "jdbc:postgresql://e/e");
        environment.put("MYONODE_DATABASE_USER", "eu");
        environment.put("MYONODE_DATABASE_PASSWORD", "ep");
        environment.put("MYONODE_DATABASE_POOL", "14");
        environment.put("MYONODE_QUIET_PERIOD", "15 s");
        environment.put("MYONODE_COMPLETENESS_INTERVAL", "21 s");
        environment.put("MYONODE_COMPLETENESS_WAIT", "22 s");
        environment.put("MYONODE_WORKERS", "16");
        environment.put("MYONODE_EXPERIMENTS", "2");
        environment.put("MYONODE_MODELS", "/em");
        environment.put("MYONODE_MODEL_STORE", "/es");
        environment.put("MYONODE_PACS", "Z@z:17");
        environment.put("MYONODE_COMMITMENT_TIMEOUT", "18 h");
        environment.put("MYONODE_CORRECTIONS", "false");
        environment.put("MYONODE_CORRECTIONS_FROM", "TPS, VIEWER");
        environment.put("MYONODE_CORRECTIONS_TRAINING", "true");
        environment.put("MYONODE_PROMOTION_MARGIN", "0.03");
        environment.put("MYONODE_PROMOTION_MINIMUM_PATIENTS", "10");
        environment.put("MYONODE_PROMOTION_UNCOMPARED", "refuse");
        environment.put("MYONODE_DRIFT_TIME", "04:05");
        environment.put("MYONODE_DRIFT_SINCE", "2026-02-01T00:00:00Z");
        environment.put("MYONODE_DRIFT_BASELINE", "91");
        environment.put("MYONODE_DRIFT_RECENT", "41");
        environment.put("MYONODE_DRIFT_MINIMUM", "26");
        environment.put("MYONODE_DRIFT_LEVEL", "0.03");
        environment.put("MYONODE_DRIFT_LEAST_EFFECT", "0.4");
        environment.put("MYONODE_SERIES_SEG", "801");
        environment.put("MYONODE_SERIES_SR", "802");
        environment.put("MYONODE_SERIES_RTSTRUCT", "803");
        environment.put("MYONODE_SERIES_SC", "804");
        environment.put("MYONODE_SERIES_LABELMAP", "805");
        assertThat(variablesInManual()).containsExactlyInAnyOrderElementsOf(environment.keySet());

        NodeConfig config = of("dicom { aeTitle = FILE, port = 1 }\nweb.port = 2", environment);

        assertThat(config)
                .isEqualTo(new NodeConfig(
                        new NodeConfig.Dicom("E", 11, "127.0.0.2", List.of("X", "Y"), 12, 19),
                        new NodeConfig.Security(
                                true, new Tls.Settings(store("/ek", "ekp"), store("/et", "etp"), false, false)),
                        new NodeConfig.Web(13, "127.0.0.3"),
                        new NodeConfig.DicomWeb(true, "et", 2048, 18),
                        new NodeConfig.Storage(Path.of("/e"), 1024),
                        new NodeConfig.Database("jdbc:postgresql://e/e", "eu", "ep", 14),
                        Duration.ofSeconds(15),
                        List.of(),
                        new Completeness.Policy(Duration.ofSeconds(21), Duration.ofSeconds(22)),
                        16,
                        2,
                        new NodeConfig.ModelFolders(Path.of("/em"), Path.of("/es")),
                        new NodeConfig.Promotion(new PromotionGate(0.03, 10), false),
                        new NodeConfig.Drift(
                                Optional.of(LocalTime.of(4, 5)),
                                Optional.of(Instant.parse("2026-02-01T00:00:00Z")),
                                new DriftPolicy(91, 41, 26, 0.03, 0.4)),
                        List.of(),
                        List.of(new Destination(
                                "pacs", new AeAddress("Z", "z", 17), Set.of("SEG", "SR", "SC"), false, false)),
                        Duration.ofHours(18),
                        List.of(),
                        new NodeConfig.Corrections(false, List.of("TPS", "VIEWER"), true),
                        new SeriesNumbers(801, 802, 803, 804, 805)));
    }

    @Test
    void the_example_in_the_manual_is_a_valid_destination() throws IOException {
        String example = manual().lines()
                .dropWhile(line -> !line.startsWith("# destinations = ["))
                .limit(4)
                .map(line -> line.substring(1))
                .reduce("", (a, b) -> a + b + "\n");

        assertThat(of(example, Map.of()).destinations()).hasSize(1);
    }

    @Test
    void refusals_name_the_key() {
        refused("dicom.aeTitel = X", "unknown key dicom.aeTitel");
        refused("dicom.aeTitle = THIS_IS_TOO_LONG_FOR_ONE", "dicom.aeTitle");
        refused("dicom.port = 70000", "dicom.port: 70000");
        refused("dicom.port = many", "dicom.port");
        refused("workers.lanes = 0", "workers.lanes: 0");
        refused("workers.experiments = -1", "workers.experiments: -1");
        refused("series.sr = 9001", "series: series numbers [9001, 9001");
        refused("corrections.callingAeTitles = [THIS_IS_TOO_LONG_FOR_ONE]", "corrections.callingAeTitles");
        refused("study.quietPeriod = soon", "study.quietPeriod");
        refused("measures.cutoffs = [ { sex = X, index = 50, citation = c } ]", "neither M nor F");
        refused("measures.cutoffs = [ { sex = M, index = 50 } ]", "citation");
        refused("destinations = [ { name = n, aeTitle = P, host = h } ]", "port");
        refused("destinations = [ { name = n, aeTitle = P, host = h, port = 1, objekts = [] } ]", "objekts");
        refused("destinations = [ { name = n, aeTitle = P, host = h, port = 1, objects = [PDF] } ]", "PDF");
        refused(
                "destinations = [ { name = n, aeTitle = P, host = h, port = 1, objects = [SEG, LABELMAP] } ]",
                "both SEG and LABELMAP");
        refused("destinations = [ { name = n, aeTitle = P, host = h, port = 1, commitment = maybe } ]", "commitment");
        refused("export.commitmentTimeout = soon", "export.commitmentTimeout");
        refused("pacs = \"no address\"", "pacs");
        refused("destinations = [ { name = n, kind = fax } ]", "neither dimse nor dicomweb");
        refused("destinations = [ { name = n, kind = dicomweb, url = \"ftp://h\" } ]", "ftp://h");
        refused("destinations = [ { name = n, kind = dicomweb, url = \"http://h\", port = 1 } ]", "unknown key port");
        refused("sources = [ { aeTitle = P, host = h, port = 1, complete = all } ]", "neither series nor study");
        refused("sources = [ { aeTitle = P, host = h, port = 1, comlete = study } ]", "comlete");
        refused("tls.listener = true", "tls.keyStore");
        refused("tls { listener = true, keyStore = k }", "tls.trustStore");
        refused("dicomweb.store = true\nweb.bind = \"0.0.0.0\"", "dicomweb.token");
        refused("dicomweb.maximumRequests = 0", "dicomweb.maximumRequests");
    }

    @Test
    void a_missing_or_broken_file_is_named(@TempDir Path folder) throws IOException {
        Path missing = folder.resolve("missing.conf");
        assertThatThrownBy(() -> NodeConfig.read(missing)).hasMessageContaining(missing.toString());
        Path broken = Files.writeString(folder.resolve("broken.conf"), "dicom { port = ");
        assertThatThrownBy(() -> NodeConfig.read(broken))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("broken.conf");
    }

    @Test
    void keys_that_cannot_be_read_are_named() {
        NodeConfig config = of("tls { listener = true, keyStore = \"/absent.p12\", clientAuth = false }", Map.of());
        assertThatThrownBy(config::loadTls)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("/absent.p12");
    }

    private static Optional<Tls.Store> store(String file, String password) {
        return Optional.of(new Tls.Store(Path.of(file), password));
    }

    private static void refused(String text, String reason) {
        assertThatThrownBy(() -> of(text, Map.of()))
                .as(text)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(reason);
    }

    private static NodeConfig of(String text, Map<String, String> environment) {
        Config own = ConfigFactory.parseString(text);
        return NodeConfig.of(own, environment, "test");
    }

    private static Set<String> variablesInManual() {
        return Pattern.compile("\\$\\{\\?(MYONODE_[A-Z_]+)}")
                .matcher(manual())
                .results()
                .map(result -> result.group(1))
                .collect(java.util.stream.Collectors.toSet());
    }

    private static String manual() {
        try (InputStream in = NodeConfig.class.getResourceAsStream("/reference.conf")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
