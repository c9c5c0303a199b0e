package org.myonode.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigValueType;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.myonode.crossvalidation.contours.ContourRule;
import org.myonode.crossvalidation.drift.DriftPolicy;
import org.myonode.crossvalidation.experiment.PromotionGate;
import org.myonode.dicom.net.AeAddress;
import org.myonode.dicom.net.Tls;
import org.myonode.dicom.web.DicomWebClient;
import org.myonode.storage.Completeness;
import org.myonode.workers.export.Deliverer;
import org.myonode.workers.export.Destination;
import org.myonode.workers.export.Endpoint;
import org.myonode.workers.measure.Cutoff;
import org.myonode.workers.model.ModelStore;
import org.myonode.workers.objects.SeriesNumbers;

/**
 * Everything a site can set. {@code reference.conf} in this module is the manual: each key, its default, its meaning
 * and its environment variable. A key that is not in the manual is refused, so that a typing error is not silently a
 * default.
 *
 * @param dicom the listener
 * @param tls TLS for the listener and for destinations
 * @param web the pages
 * @param dicomWeb instances over HTTP
 * @param storage where files lie
 * @param database where the ledger lies
 * @param quietPeriod a study is complete when no instance has arrived for this long
 * @param sources PACS that are asked whether a study is complete
 * @param completeness how long to wait for what is missing
 * @param lanes studies measured at the same time
 * @param experiments training experiments at the same time; 0 leaves them to other nodes
 * @param models which models are there
 * @param promotion what models promote asks for
 * @param drift the nightly check
 * @param cutoffs limits that the index is compared with
 * @param destinations where results go
 * @param commitmentTimeout without a storage commitment report for this long, results are sent again
 * @param contourRules whose contours received structure sets and segmentations are; empty: none are taken
 * @param corrections whether and from whom experts' corrections of results are taken
 * @param seriesNumbers of the series that results lie in
 */
record NodeConfig(
        Dicom dicom,
        Security tls,
        Web web,
        DicomWeb dicomWeb,
        Storage storage,
        Database database,
        Duration quietPeriod,
        List<Source> sources,
        Completeness.Policy completeness,
        int lanes,
        int experiments,
        ModelFolders models,
        Promotion promotion,
        Drift drift,
        List<Cutoff> cutoffs,
        List<Destination> destinations,
        Duration commitmentTimeout,
        List<ContourRule> contourRules,
        Corrections corrections,
        SeriesNumbers seriesNumbers) {

    /**
     * What experts may do to results; no calling titles means that everybody may, {@code training} that models may learn
     * from it.
     */
    record Corrections(boolean accept, List<String> callingAeTitles, boolean training) {}

    /** The DICOM listener; port 0 takes a free one, no calling titles means that everybody may call. */
    record Dicom(
            String aeTitle,
            int port,
            String bind,
            List<String> callingAeTitles,
            int maxAssociations,
            int maxOperations) {}

    /** TLS: whether the listener speaks it, and with which keys it and the destinations are spoken to. */
    record Security(boolean listener, Tls.Settings settings) {}

    /** The web pages. */
    record Web(int port, String bind) {}

    /** DICOMweb Store on the web server; an empty token means that everybody may. */
    record DicomWeb(boolean store, String token, long maximumRequestBytes, int maximumRequests) {}

    /** Received and produced files; below {@code minimumFreeBytes} of free space instances are refused. */
    record Storage(Path directory, long minimumFreeBytes) {}

    /** A PACS that sends studies; it is asked at the same title as it calls with. */
    record Source(AeAddress address, Completeness.Scope scope, boolean tls) {}

    /** PostgreSQL by URL; without one an embedded server is started. */
    record Database(@Nullable String url, String user, String password, int poolSize) {}

    /**
     * Where models lie.
     *
     * @param directory packages that come with the program; null: those of the installation
     * @param store packages that the site imports; null: below the storage directory
     */
    record ModelFolders(@Nullable Path directory, @Nullable Path store) {}

    /**
     * The gate before a muscle model is put into use.
     *
     * @param gate how much worse it may be, and on how many patients that must be known
     * @param allowUncompared whether one that cannot be compared may be used all the same
     */
    record Promotion(PromotionGate gate, boolean allowUncompared) {}

    /**
     * The nightly check of studies and model.
     *
     * @param at local time; empty: there is none
     * @param since studies before are never looked at; empty: those since the models in use were put into use
     * @param policy when a difference is an alert
     */
    record Drift(Optional<LocalTime> at, Optional<Instant> since, DriftPolicy policy) {}

    /** The models of this site. */
    ModelStore modelStore(Clock clock) {
        Path store = models.store();
        return new ModelStore(
                Home.models(models.directory()),
                store == null ? storage.directory().resolve("models") : store,
                clock);
    }

    /** What can be sent to a destination. */
    static final Set<String> ALL_OBJECTS = Set.of("SEG", "SR", "RTSTRUCT", "SC");

    /** What a destination gets that names nothing: no structure set, which is for planning systems that ask for it. */
    static final Set<String> DEFAULT_OBJECTS = Set.of("SEG", "SR", "SC");

    private static final Set<String> SOURCE_KEYS = Set.of("aeTitle", "host", "port", "complete", "tls");

    private static final Set<String> CUTOFF_KEYS = Set.of("sex", "index", "citation");

    private static final Set<String> DESTINATION_KEYS =
            Set.of("name", "kind", "aeTitle", "host", "port", "objects", "commitment", "arrival", "tls");

    private static final Set<String> WEB_DESTINATION_KEYS =
            Set.of("name", "kind", "url", "token", "user", "password", "objects", "arrival");

    private static final Set<String> CONTOUR_RULE_KEYS =
            Set.of("roi", "seriesDescription", "aeTitle", "observer", "structure");

    /** The defaults and the environment, without a file. */
    static NodeConfig ofDefaults() {
        return of(ConfigFactory.empty(), System.getenv(), "the defaults");
    }

    /**
     * Reads a file over the defaults; the environment wins over both.
     *
     * @throws ConfigurationException naming the key and the reason
     */
    static NodeConfig read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new ConfigurationException("configuration file " + file + " does not exist");
        }
        try {
            return of(
                    ConfigFactory.parseFile(
                            file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false)),
                    System.getenv(),
                    file.toString());
        } catch (ConfigException e) {
            throw new ConfigurationException("configuration file " + file + ": " + e.getMessage(), e);
        }
    }

    /**
     * @param own what the site has set
     * @param environment variables that win over it
     * @param origin named in errors
     */
    static NodeConfig of(Config own, Map<String, String> environment, String origin) {
        Config manual = ConfigFactory.parseResources(NodeConfig.class.getClassLoader(), "reference.conf");
        // The manual names the variables as ${?MYONODE_...}: it is resolved against the environment, and what that
        // changes is laid over the site's file.
        Config withoutEnvironment = resolved(manual, Map.of());
        Config fromEnvironment = resolved(manual, environment);
        refuseUnknownKeys(own, withoutEnvironment, origin);
        Config merged = changed(fromEnvironment, withoutEnvironment)
                .withFallback(own)
                .withFallback(withoutEnvironment)
                .resolve();
        try {
            return new NodeConfig(
                    new Dicom(
                            aeTitle(merged.getString("dicom.aeTitle"), "dicom.aeTitle"),
                            port(merged, "dicom.port"),
                            merged.getString("dicom.bind"),
                            list(merged, "dicom.callingAeTitles").stream()
                                    .map(title -> aeTitle(title, "dicom.callingAeTitles"))
                                    .toList(),
                            positive(merged, "dicom.maxAssociations"),
                            operations(merged, "dicom.maxOperations")),
                    security(merged),
                    new Web(port(merged, "web.port"), merged.getString("web.bind")),
                    dicomWeb(merged),
                    new Storage(Path.of(merged.getString("storage.directory")), merged.getBytes("storage.minimumFree")),
                    new Database(
                            blankToNull(merged.getString("database.url")),
                            merged.getString("database.user"),
                            merged.getString("database.password"),
                            positive(merged, "database.poolSize")),
                    merged.getDuration("study.quietPeriod"),
                    sources(merged),
                    new Completeness.Policy(
                            merged.getDuration("completeness.interval"),
                            merged.getDuration("completeness.maximumWait")),
                    positive(merged, "workers.lanes"),
                    notNegative(merged, "workers.experiments"),
                    new ModelFolders(
                            path(merged.getString("models.directory")), path(merged.getString("models.store"))),
                    promotion(merged),
                    drift(merged),
                    cutoffs(merged),
                    destinations(merged),
                    merged.getDuration("export.commitmentTimeout"),
                    contourRules(merged),
                    new Corrections(
                            merged.getBoolean("corrections.accept"),
                            list(merged, "corrections.callingAeTitles").stream()
                                    .map(title -> aeTitle(title, "corrections.callingAeTitles"))
                                    .toList(),
                            merged.getBoolean("corrections.training")),
                    seriesNumbers(merged));
        } catch (ConfigException e) {
            throw new ConfigurationException(origin + ": " + e.getMessage(), e);
        }
    }

    private static Drift drift(Config config) {
        String time = config.getString("drift.time").strip();
        String since = config.getString("drift.since").strip();
        try {
            return new Drift(
                    time.isEmpty() || time.equalsIgnoreCase("off")
                            ? Optional.empty()
                            : Optional.of(LocalTime.parse(time)),
                    since.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(since)),
                    new DriftPolicy(
                            config.getInt("drift.baseline"),
                            config.getInt("drift.recent"),
                            config.getInt("drift.minimum"),
                            config.getDouble("drift.level"),
                            config.getDouble("drift.leastEffect")));
        } catch (DateTimeParseException e) {
            throw new ConfigurationException(
                    "drift: " + e.getParsedString() + " is neither a time such as 03:15 (drift.time) nor one such as"
                            + " 2026-01-31T00:00:00Z (drift.since)",
                    e);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("drift: " + e.getMessage(), e);
        }
    }

    private static Promotion promotion(Config config) {
        String uncompared = config.getString("promotion.uncompared").toLowerCase(Locale.ROOT);
        if (!Set.of("allow", "refuse").contains(uncompared)) {
            throw new ConfigurationException("promotion.uncompared: " + uncompared + " is neither allow nor refuse");
        }
        try {
            return new Promotion(
                    new PromotionGate(config.getDouble("promotion.margin"), config.getInt("promotion.minimumPatients")),
                    uncompared.equals("allow"));
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("promotion: " + e.getMessage(), e);
        }
    }

    private static Security security(Config config) {
        Security security = new Security(
                config.getBoolean("tls.listener"),
                new Tls.Settings(
                        store(config, "tls.keyStore"),
                        store(config, "tls.trustStore"),
                        config.getBoolean("tls.clientAuth"),
                        config.getBoolean("tls.verifyHostName")));
        if (security.listener() && security.settings().identity().isEmpty()) {
            throw new ConfigurationException("tls.keyStore: needed when tls.listener = true");
        }
        if (security.listener()
                && security.settings().clientCertificateRequired()
                && security.settings().trusted().isEmpty()) {
            throw new ConfigurationException(
                    "tls.trustStore: needed when tls.listener = true and tls.clientAuth = true, or every client with a"
                            + " certificate of a public authority would be let in");
        }
        return security;
    }

    private static Optional<Tls.Store> store(Config config, String key) {
        return Optional.ofNullable(path(config.getString(key)))
                .map(file -> new Tls.Store(file, config.getString(key + "Password")));
    }

    /**
     * Reads the keys, if the listener, a destination or a source speaks TLS.
     *
     * @throws ConfigurationException naming the file that cannot be used
     */
    Optional<Tls> loadTls() {
        if (!tls.listener()
                && destinations.stream().noneMatch(Destination::tls)
                && sources.stream().noneMatch(Source::tls)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Tls.load(tls.settings()));
        } catch (IOException e) {
            throw new ConfigurationException("tls: " + e.getMessage(), e);
        }
    }

    private static DicomWeb dicomWeb(Config config) {
        DicomWeb dicomWeb = new DicomWeb(
                config.getBoolean("dicomweb.store"),
                config.getString("dicomweb.token"),
                config.getBytes("dicomweb.maximumRequest"),
                positive(config, "dicomweb.maximumRequests"));
        String bind = config.getString("web.bind");
        if (dicomWeb.store() && dicomWeb.token().isBlank() && !isLoopback(bind)) {
            throw new ConfigurationException("dicomweb.token: needed when dicomweb.store = true and web.bind is " + bind
                    + ", not an address of this machine alone");
        }
        return dicomWeb;
    }

    private static boolean isLoopback(String bind) {
        return bind.startsWith("127.") || bind.equals("localhost") || bind.equals("::1");
    }

    private static Config resolved(Config manual, Map<String, String> environment) {
        Map<String, String> variables = new HashMap<>(environment);
        variables.keySet().removeIf(name -> !name.startsWith("MYONODE_"));
        Config resolved = manual.withFallback(ConfigFactory.parseMap(variables, "environment"))
                .resolve(ConfigResolveOptions.noSystem());
        for (String name : variables.keySet()) {
            resolved = resolved.withoutPath(name);
        }
        return resolved;
    }

    private static Config changed(Config fromEnvironment, Config plain) {
        Config changed = ConfigFactory.empty();
        for (var entry : fromEnvironment.entrySet()) {
            if (!plain.hasPath(entry.getKey())
                    || !plain.getValue(entry.getKey())
                            .unwrapped()
                            .equals(entry.getValue().unwrapped())) {
                changed = changed.withValue(entry.getKey(), entry.getValue());
            }
        }
        return changed;
    }

    private static void refuseUnknownKeys(Config own, Config manual, String origin) {
        Set<String> known = new HashSet<>();
        manual.root().forEach((section, value) -> {
            if (value.valueType() == ConfigValueType.OBJECT) {
                ((Map<?, ?>) value).keySet().forEach(key -> known.add(section + "." + key));
            } else {
                known.add(section);
            }
        });
        Set<String> unknown = new TreeSet<>();
        own.entrySet().forEach(entry -> unknown.add(entry.getKey()));
        unknown.removeAll(known);
        if (!unknown.isEmpty()) {
            throw new ConfigurationException(origin + ": unknown key " + String.join(", ", unknown));
        }
    }

    private static SeriesNumbers seriesNumbers(Config config) {
        try {
            return new SeriesNumbers(
                    config.getInt("series.seg"),
                    config.getInt("series.sr"),
                    config.getInt("series.rtstruct"),
                    config.getInt("series.sc"),
                    config.getInt("series.labelmap"));
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("series: " + e.getMessage(), e);
        }
    }

    private static List<Source> sources(Config config) {
        List<Source> sources = new ArrayList<>();
        for (Config entry : config.getConfigList("sources")) {
            String title = aeTitle(entry.getString("aeTitle"), "sources.aeTitle");
            for (String key : entry.root().keySet()) {
                if (!SOURCE_KEYS.contains(key)) {
                    throw new ConfigurationException("source " + title + ": unknown key " + key);
                }
            }
            if (sources.stream().anyMatch(source -> source.address().aeTitle().equals(title))) {
                throw new ConfigurationException("source " + title + " comes twice");
            }
            sources.add(new Source(
                    new AeAddress(title, entry.getString("host"), port(entry, "port")),
                    scope(title, entry.hasPath("complete") ? entry.getString("complete") : "series"),
                    entry.hasPath("tls") && entry.getBoolean("tls")));
        }
        return List.copyOf(sources);
    }

    private static Completeness.Scope scope(String source, String name) {
        for (Completeness.Scope scope : Completeness.Scope.values()) {
            if (scope.name().equalsIgnoreCase(name)) {
                return scope;
            }
        }
        throw new ConfigurationException("source " + source + ": complete = " + name + " is neither series nor study");
    }

    private static List<Cutoff> cutoffs(Config config) {
        List<Cutoff> cutoffs = new ArrayList<>();
        for (Config entry : config.getConfigList("measures.cutoffs")) {
            for (String key : entry.root().keySet()) {
                if (!CUTOFF_KEYS.contains(key)) {
                    throw new ConfigurationException("measures.cutoffs: unknown key " + key);
                }
            }
            try {
                cutoffs.add(new Cutoff(entry.getString("sex"), entry.getDouble("index"), entry.getString("citation")));
            } catch (IllegalArgumentException e) {
                throw new ConfigurationException("measures.cutoffs: " + e.getMessage(), e);
            }
        }
        return List.copyOf(cutoffs);
    }

    private static List<Destination> destinations(Config config) {
        List<Destination> destinations = new ArrayList<>();
        for (Config entry : config.getConfigList("destinations")) {
            String name = entry.getString("name");
            boolean web = entry.hasPath("kind") && isWeb(name, entry.getString("kind"));
            for (String key : entry.root().keySet()) {
                if (!(web ? WEB_DESTINATION_KEYS : DESTINATION_KEYS).contains(key)) {
                    throw new ConfigurationException("destination " + name + ": unknown key " + key);
                }
            }
            destinations.add(new Destination(
                    name,
                    web ? webEndpoint(name, entry) : dimseEndpoint(entry),
                    entry.hasPath("objects") ? objects(name, entry.getStringList("objects")) : DEFAULT_OBJECTS,
                    entry.hasPath("commitment") && entry.getBoolean("commitment"),
                    entry.hasPath("arrival") && entry.getBoolean("arrival")));
        }
        String pacs = config.getString("pacs");
        if (!pacs.isBlank()) {
            try {
                destinations.add(new Destination("pacs", AeAddress.parse(pacs), DEFAULT_OBJECTS, false, false));
            } catch (IllegalArgumentException e) {
                throw new ConfigurationException("pacs: " + e.getMessage(), e);
            }
        }
        return List.copyOf(destinations);
    }

    private static boolean isWeb(String destination, String kind) {
        return switch (kind.toLowerCase(Locale.ROOT)) {
            case "dimse" -> false;
            case "dicomweb" -> true;
            default ->
                throw new ConfigurationException(
                        "destination " + destination + ": kind " + kind + " is neither dimse nor dicomweb");
        };
    }

    private static Endpoint dimseEndpoint(Config entry) {
        return new Endpoint.Dimse(
                new AeAddress(
                        aeTitle(entry.getString("aeTitle"), "destinations.aeTitle"),
                        entry.getString("host"),
                        port(entry, "port")),
                entry.hasPath("tls") && entry.getBoolean("tls"));
    }

    private static Endpoint webEndpoint(String destination, Config entry) {
        Optional<String> authorization = Optional.empty();
        if (entry.hasPath("token")) {
            authorization = Optional.of("Bearer " + entry.getString("token"));
        } else if (entry.hasPath("user")) {
            String both = entry.getString("user") + ":" + entry.getString("password");
            authorization =
                    Optional.of("Basic " + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8)));
        }
        try {
            return new Endpoint.Web(new DicomWebClient.Service(
                    URI.create(entry.getString("url")),
                    authorization,
                    Deliverer.Timeouts.DEFAULT.connect(),
                    Deliverer.Timeouts.DEFAULT.response()));
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("destination " + destination + ": url " + e.getMessage(), e);
        }
    }

    private static List<ContourRule> contourRules(Config config) {
        List<ContourRule> rules = new ArrayList<>();
        for (Config entry : config.getConfigList("contours.rules")) {
            for (String key : entry.root().keySet()) {
                if (!CONTOUR_RULE_KEYS.contains(key)) {
                    throw new ConfigurationException("contours.rules: unknown key " + key);
                }
            }
            try {
                rules.add(ContourRule.of(
                        entry.getString("roi"),
                        entry.hasPath("seriesDescription") ? entry.getString("seriesDescription") : "",
                        entry.hasPath("aeTitle") ? entry.getString("aeTitle") : "",
                        entry.getString("observer"),
                        entry.hasPath("structure") ? entry.getString("structure") : "muscle"));
            } catch (IllegalArgumentException e) {
                throw new ConfigurationException("contours.rules: " + e.getMessage(), e);
            }
        }
        return List.copyOf(rules);
    }

    private static Set<String> objects(String destination, List<String> names) {
        Set<String> known = new TreeSet<>(ALL_OBJECTS);
        known.add(Destination.LABELMAP);
        Set<String> kinds = new HashSet<>();
        for (String name : names) {
            String kind = name.toUpperCase(Locale.ROOT);
            if (!known.contains(kind)) {
                throw new ConfigurationException(
                        "destination " + destination + ": object " + name + " is not one of " + known);
            }
            kinds.add(kind);
        }
        if (kinds.contains("SEG") && kinds.contains(Destination.LABELMAP)) {
            throw new ConfigurationException("destination " + destination
                    + ": objects has both SEG and LABELMAP; the report can reference only one of them");
        }
        return kinds;
    }

    /** A list in a file, or comma-separated text from a variable. */
    private static List<String> list(Config config, String key) {
        if (config.getValue(key).valueType() != ConfigValueType.STRING) {
            return config.getStringList(key);
        }
        return Arrays.stream(config.getString(key).split(","))
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .toList();
    }

    private static String aeTitle(String title, String key) {
        String stripped = title.strip();
        if (stripped.isEmpty()
                || stripped.length() > 16
                || stripped.chars().anyMatch(c -> c < ' ' || c > '~' || c == '\\')) {
            throw new ConfigurationException(
                    key + ": \"" + title + "\" is not an AE title (1 to 16 printable ASCII characters, no backslash)");
        }
        return stripped;
    }

    private static int port(Config config, String key) {
        int port = config.getInt(key);
        if (port < 0 || port > 65535) {
            throw new ConfigurationException(key + ": " + port + " is not a port (0 to 65535)");
        }
        return port;
    }

    private static int notNegative(Config config, String key) {
        int value = config.getInt(key);
        if (value < 0) {
            throw new ConfigurationException(key + ": " + value + " must not be negative");
        }
        return value;
    }

    private static int positive(Config config, String key) {
        int value = config.getInt(key);
        if (value < 1) {
            throw new ConfigurationException(key + ": " + value + " must be at least 1");
        }
        return value;
    }

    /** A number of operations, as the negotiation of associations can name it. */
    private static int operations(Config config, String key) {
        int value = positive(config, key);
        if (value > 65535) {
            throw new ConfigurationException(key + ": " + value + " must be at most 65535");
        }
        return value;
    }

    private static @Nullable String blankToNull(String text) {
        return text.isBlank() ? null : text;
    }

    private static @Nullable Path path(String text) {
        return text.isBlank() ? null : Path.of(text);
    }
}
