package org.myonode.workers.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models of a site: those that came with the program, those that were imported, and which of them is in use for each
 * task.
 *
 * <h2>Layout</h2>
 *
 * {@code packages/ID-VERSION-DIGEST} holds one imported package each, never changed after it appeared.
 * {@code activations.jsonl} is a journal with a line for every promotion and roll-back: when, what, by whom and why. The
 * model in use follows from it: a promotion puts a package on top, a roll-back takes the top away, and below the last one
 * lie the models that came with the program. So the history cannot disagree with what is used, and nodes that share the
 * folder agree without a message.
 *
 * <p>Writers lock the journal; a line that a crash cut short is ignored. Safe for use by several threads and processes.
 */
public final class ModelStore {

    private static final Logger log = LoggerFactory.getLogger(ModelStore.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CARD = "model.json";

    private final Path shipped;
    private final Path packages;
    private final Path journal;
    private final Clock clock;

    /** Where a package came from. */
    public enum Origin {
        SHIPPED,
        IMPORTED
    }

    /** One package that can be used. */
    public record Entry(ModelPackage model, Origin origin, boolean active) {}

    /**
     * A line of the journal.
     *
     * @param action what was done
     * @param sha256 digest of the package that was in use from then on
     * @param by who did it
     * @param reason in their words, may be empty
     * @param comparison what was known of it beside the model before, in sentences; empty for a roll-back
     */
    public record Activation(
            Instant at,
            String task,
            Action action,
            String id,
            String version,
            String sha256,
            String by,
            String reason,
            String comparison) {

        @Override
        public String toString() {
            return action.name().toLowerCase(Locale.ROOT) + " to " + id + " " + version + " by " + by
                    + (reason.isEmpty() ? "" : ": " + reason);
        }
    }

    /** What can happen to the model of a task. */
    public enum Action {
        PROMOTE,
        ROLLBACK
    }

    /**
     * @param shipped folder of the packages that came with the program, one folder each
     * @param directory where imported packages and the journal lie; made when something is first written
     */
    public ModelStore(Path shipped, Path directory, Clock clock) {
        this.shipped = shipped;
        this.packages = directory.resolve("packages");
        this.journal = directory.resolve("activations.jsonl");
        this.clock = clock;
    }

    /** Every usable package, by task, id and version; a damaged one is logged and left out. */
    public List<Entry> list() {
        List<Entry> entries = new ArrayList<>();
        for (Origin origin : Origin.values()) {
            for (Path folder : folders(origin == Origin.SHIPPED ? shipped : packages)) {
                try {
                    entries.add(new Entry(ModelPackage.load(folder), origin, false));
                } catch (ModelException e) {
                    log.error("model package left out: {}", e.getMessage());
                }
            }
        }
        List<Entry> marked = new ArrayList<>();
        for (Entry entry : entries) {
            String task = entry.model().task();
            boolean active = activeIn(task, entries)
                    .filter(model -> model.sha256().equals(entry.model().sha256()))
                    .isPresent();
            marked.add(new Entry(entry.model(), entry.origin(), active));
        }
        marked.sort(Comparator.comparing((Entry entry) -> entry.model().task())
                .thenComparing(entry -> entry.model().id())
                .thenComparing(entry -> entry.model().version()));
        return marked;
    }

    /**
     * The package in use for a task.
     *
     * @throws ModelException when there is none, or the one that was promoted is gone or damaged
     */
    public ModelPackage active(String task) {
        Optional<Activation> top = top(task);
        if (top.isPresent()) {
            return ModelPackage.load(folderOf(top.get()));
        }
        return shippedFor(task)
                .orElseThrow(() -> new ModelException("no model for " + task + " came with the program in " + shipped));
    }

    /** Digest of the package in use without reading the package itself; empty when it is the shipped one. */
    public Optional<String> promoted(String task) {
        return top(task).map(Activation::sha256);
    }

    private Optional<ModelPackage> activeIn(String task, List<Entry> entries) {
        Optional<Activation> top = top(task);
        return entries.stream()
                .filter(entry -> entry.model().task().equals(task))
                .filter(entry -> top.map(activation ->
                                activation.sha256().equals(entry.model().sha256()))
                        .orElse(entry.origin() == Origin.SHIPPED))
                .map(Entry::model)
                .findFirst();
    }

    private Optional<ModelPackage> shippedFor(String task) {
        for (Path folder : folders(shipped)) {
            ModelPackage model = ModelPackage.load(folder);
            if (model.task().equals(task)) {
                return Optional.of(model);
            }
        }
        return Optional.empty();
    }

    /**
     * The one package that a name means.
     *
     * @param name {@code id}, {@code id@version}, or the first characters of a digest
     * @throws ModelException when none or several are meant
     */
    public Entry find(String name) {
        List<Entry> found = list().stream()
                .filter(entry -> name.equals(entry.model().id())
                        || name.equals(entry.model().id() + "@" + entry.model().version())
                        || name.length() >= 6 && entry.model().sha256().startsWith(name.toLowerCase(Locale.ROOT)))
                .toList();
        if (found.isEmpty()) {
            throw new ModelException("no model is called " + name);
        }
        if (found.size() > 1) {
            throw new ModelException(name + " can mean " + found.size() + " models: "
                    + String.join(
                            ", ",
                            found.stream()
                                    .map(entry -> entry.model().id() + "@"
                                            + entry.model().version() + " ("
                                            + entry.model().sha256().substring(0, 12) + ")")
                                    .toList()));
        }
        return found.get(0);
    }

    /**
     * Takes a package in: a folder or a zip of one. It is verified before it appears under its name; a second import of
     * the same package changes nothing.
     *
     * @throws ModelException when the package is damaged, or another package of the same id and version is there
     */
    public ModelPackage take(Path source) throws IOException {
        Files.createDirectories(packages);
        Path arriving = Files.createTempDirectory(packages, ".arriving-");
        try {
            Path folder = Files.isDirectory(source) ? source : ZippedPackage.unpack(source, arriving.resolve("zip"));
            ModelPackage offered = ModelPackage.load(folder);
            for (Entry entry : list()) {
                ModelPackage here = entry.model();
                if (here.sha256().equals(offered.sha256())) {
                    return here;
                }
                if (here.id().equals(offered.id()) && here.version().equals(offered.version())) {
                    throw new ModelException(offered + " is here already with other content (digest "
                            + here.sha256().substring(0, 12) + ", offered "
                            + offered.sha256().substring(0, 12) + "): give the new one another version");
                }
            }
            Path copy = arriving.resolve("package");
            copy(offered, copy);
            Path home = packages.resolve(folderName(offered.id(), offered.version(), offered.sha256()));
            Files.move(copy, home, StandardCopyOption.ATOMIC_MOVE);
            return ModelPackage.load(home);
        } finally {
            deleteTree(arriving);
        }
    }

    /** Only the card and what it lists is copied, so that nothing unverified comes along. */
    private static void copy(ModelPackage model, Path to) throws IOException {
        List<String> names = new ArrayList<>(List.of(CARD));
        model.card().get("files").fieldNames().forEachRemaining(names::add);
        for (String name : names) {
            Path file = to.resolve(name);
            Files.createDirectories(file.getParent());
            Files.copy(model.folder().resolve(name), file);
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
        }
    }

    /**
     * Puts a package into use for its task.
     *
     * @param by who decides, not empty
     * @param reason why, in their words
     * @param comparison what is known of it beside the model in use, in sentences
     */
    public Activation promote(ModelPackage model, String by, String reason, String comparison) throws IOException {
        if (by.isBlank()) {
            throw new ModelException("a promotion needs the name of the person who decides");
        }
        return append(model.task(), Action.PROMOTE, model, by, reason, comparison);
    }

    /** Without a word about how it compares. */
    public Activation promote(ModelPackage model, String by, String reason) throws IOException {
        return promote(model, by, reason, "");
    }

    /**
     * Goes back to the model that was in use before the last promotion.
     *
     * @return the line of the journal; empty when the shipped model is in use already
     */
    public Optional<Activation> rollback(String task, String by, String reason) throws IOException {
        if (by.isBlank()) {
            throw new ModelException("a roll-back needs the name of the person who decides");
        }
        Deque<Activation> stack = stack(task);
        if (stack.isEmpty()) {
            return Optional.empty();
        }
        stack.pop();
        ModelPackage before = stack.isEmpty()
                ? shippedFor(task).orElseThrow(() -> new ModelException("no model for " + task + " in " + shipped))
                : ModelPackage.load(folderOf(stack.peek()));
        return Optional.of(append(task, Action.ROLLBACK, before, by, reason, ""));
    }

    /** Every promotion and roll-back of all tasks, oldest first. */
    public List<Activation> history() {
        return List.copyOf(journal());
    }

    /** Every promotion and roll-back of a task, oldest first. */
    public List<Activation> history(String task) {
        return journal().stream()
                .filter(activation -> activation.task().equals(task))
                .toList();
    }

    private Optional<Activation> top(String task) {
        return Optional.ofNullable(stack(task).peek());
    }

    private Deque<Activation> stack(String task) {
        Deque<Activation> stack = new ArrayDeque<>();
        for (Activation activation : history(task)) {
            if (activation.action() == Action.PROMOTE) {
                stack.push(activation);
            } else if (!stack.isEmpty()) {
                stack.pop();
            }
        }
        return stack;
    }

    private Activation append(
            String task, Action action, ModelPackage model, String by, String reason, String comparison)
            throws IOException {
        Activation activation = new Activation(
                clock.instant(),
                task,
                action,
                model.id(),
                model.version(),
                model.sha256(),
                by.strip(),
                reason.strip(),
                comparison.strip());
        ObjectNode line = JSON.createObjectNode()
                .put("at", activation.at().toString())
                .put("task", task)
                .put("action", action.name())
                .put("id", model.id())
                .put("version", model.version())
                .put("sha256", model.sha256())
                .put("by", activation.by())
                .put("reason", activation.reason())
                .put("comparison", activation.comparison());
        Files.createDirectories(journal.toAbsolutePath().getParent());
        try (FileChannel channel = FileChannel.open(
                        journal, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            // A line that was cut short gets its end, or the new one would be lost with it.
            boolean whole = channel.size() == 0 || lastByte(channel) == '\n';
            channel.position(channel.size());
            ByteBuffer bytes = ByteBuffer.wrap(
                    ((whole ? "" : "\n") + JSON.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        return activation;
    }

    private static byte lastByte(FileChannel channel) throws IOException {
        ByteBuffer last = ByteBuffer.allocate(1);
        channel.read(last, channel.size() - 1);
        return last.get(0);
    }

    private List<Activation> journal() {
        if (!Files.isRegularFile(journal)) {
            return List.of();
        }
        List<Activation> activations = new ArrayList<>();
        try {
            for (String line : Files.readString(journal).split("\n", -1)) {
                if (line.isBlank()) {
                    continue;
                }
                try {
                    JsonNode node = JSON.readTree(line);
                    activations.add(new Activation(
                            Instant.parse(node.path("at").asText()),
                            node.path("task").asText(),
                            Action.valueOf(node.path("action").asText()),
                            node.path("id").asText(),
                            node.path("version").asText(),
                            node.path("sha256").asText(),
                            node.path("by").asText(),
                            node.path("reason").asText(),
                            node.path("comparison").asText()));
                } catch (IOException | DateTimeParseException | IllegalArgumentException e) {
                    log.warn("{} holds a line that was cut short, ignored", journal);
                }
            }
        } catch (IOException e) {
            throw new ModelException(journal + " cannot be read: " + e.getMessage(), e);
        }
        return activations;
    }

    /** A promoted package lies in the store, or is one that came with the program. */
    private Path folderOf(Activation activation) {
        Path imported = packages.resolve(folderName(activation.id(), activation.version(), activation.sha256()));
        if (Files.isDirectory(imported)) {
            return imported;
        }
        for (Path folder : folders(shipped)) {
            if (ModelPackage.digest(folder.resolve(CARD)).equals(activation.sha256())) {
                return folder;
            }
        }
        throw new ModelException("the model in use for " + activation.task() + ", " + activation.id() + " "
                + activation.version() + " (digest " + activation.sha256().substring(0, 12) + "), is not there: "
                + imported);
    }

    private static String folderName(String id, String version, String sha256) {
        return (id + "-" + version).replaceAll("[^A-Za-z0-9._-]", "_") + "-" + sha256.substring(0, 12);
    }

    private static List<Path> folders(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(folder -> Files.isRegularFile(folder.resolve(CARD)))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new ModelException(directory + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static void deleteTree(Path folder) throws IOException {
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
