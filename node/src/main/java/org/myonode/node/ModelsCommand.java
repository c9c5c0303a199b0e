package org.myonode.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.myonode.crossvalidation.commissioning.MusclePhantoms;
import org.myonode.crossvalidation.commissioning.RealReport;
import org.myonode.crossvalidation.commissioning.SpinePhantoms;
import org.myonode.db.Database;
import org.myonode.db.DatabaseException;
import org.myonode.db.Ledger;
import org.myonode.workers.locate.L3Locator;
import org.myonode.workers.model.ModelException;
import org.myonode.workers.model.ModelPackage;
import org.myonode.workers.model.ModelStore;
import org.myonode.workers.segment.MuscleSegmenter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "models",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = {
            "The model packages of this site, and which of them is in use.",
            "A running node takes up a promotion or roll-back by itself within a few seconds; studies that are being"
                    + " measured end with the model they began with. Each result names its models and their digests."
        },
        subcommands = {
            ModelsCommand.ListModels.class,
            ModelsCommand.Show.class,
            ModelsCommand.Import.class,
            ModelsCommand.Promote.class,
            ModelsCommand.Rollback.class,
            ModelsCommand.Evaluate.class,
            ModelsCommand.History.class
        })
final class ModelsCommand implements Callable<Integer> {

    /** Audit rows that belong to no study. */
    private static final String SITE = "";

    @Override
    public Integer call() {
        CommandLine.usage(this, System.err);
        return Main.USAGE;
    }

    /** Where the models lie. */
    static final class Site {

        @Option(
                names = "--config",
                paramLabel = "FILE",
                description = "configuration of the node (default: the defaults)")
        private @Nullable Path file;

        NodeConfig config() {
            return file == null ? NodeConfig.ofDefaults() : NodeConfig.read(file);
        }

        ModelStore store() {
            return config().modelStore(Clock.systemUTC());
        }
    }

    /** Who decides, and why; both are kept in the journal. */
    static final class Decision {

        @Option(names = "--by", required = true, paramLabel = "NAME", description = "who decides")
        private String by;

        @Option(names = "--reason", paramLabel = "TEXT", defaultValue = "", description = "why")
        private String reason;
    }

    /** Which of the tasks. */
    enum Task {
        L3(L3Locator.TASK),
        MUSCLE(MuscleSegmenter.TASK);

        private final String task;

        Task(String task) {
            this.task = task;
        }
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Every package; * marks those in use.")
    static final class ListModels implements Callable<Integer> {
        @Mixin
        private Site site = new Site();

        @Override
        public Integer call() {
            System.out.printf(
                    "  %-20s %-16s %-10s %-13s %-9s %-11s%n", "task", "id", "version", "digest", "origin", "created");
            for (ModelStore.Entry entry : site.store().list()) {
                ModelPackage model = entry.model();
                System.out.printf(
                        "%s %-20s %-16s %-10s %-13s %-9s %-11s%n",
                        entry.active() ? "*" : " ",
                        model.task(),
                        model.id(),
                        model.version(),
                        model.sha256().substring(0, 12),
                        entry.origin().name().toLowerCase(Locale.ROOT),
                        model.card().path("created").asText("-"));
            }
            return Main.OK;
        }
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "The card of one package: what it was trained on, how it was checked, its digests.")
    static final class Show implements Callable<Integer> {
        @Mixin
        private Site site = new Site();

        @Parameters(paramLabel = "MODEL", description = "id, id@version or the first characters of a digest")
        private String name;

        @Override
        public Integer call() throws IOException {
            ModelStore.Entry entry = site.store().find(name);
            ModelPackage model = entry.model();
            System.out.println(model.id() + " " + model.version() + ", " + model.task()
                    + (entry.active() ? ", in use" : ", not in use"));
            System.out.println("digest " + model.sha256());
            System.out.println("folder " + model.folder());
            JsonNode card = model.card();
            System.out.println(new ObjectMapper()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .writeValueAsString(card));
            return Main.OK;
        }
    }

    @Command(
            name = "import",
            mixinStandardHelpOptions = true,
            description = {
                "Takes a package in, from a folder or a zip. Every file is checked against the digests of its card.",
                "It is not used before it is promoted."
            })
    static final class Import implements Callable<Integer> {
        @Mixin
        private Site site = new Site();

        @Parameters(paramLabel = "PACKAGE", description = "folder or zip")
        private Path source;

        @Override
        public Integer call() throws IOException {
            ModelPackage model = site.store().take(source);
            System.out.println(model.id() + "@" + model.version() + " is in the store, digest "
                    + model.sha256().substring(0, 12) + ". Use it with: myonode models promote " + model.id() + "@"
                    + model.version() + " --by NAME");
            return Main.OK;
        }
    }

    /** Writes the decision into the audit trail too; the journal of the models is what counts. */
    private static void audit(NodeConfig config, String event, String detail) {
        Clock clock = Clock.systemUTC();
        try {
            Files.createDirectories(config.storage().directory());
            try (Database database = Database.openBeside(Node.databaseConfig(config), clock)) {
                new Ledger(database, clock).note(SITE, event, detail);
            }
        } catch (IOException | DatabaseException e) {
            System.err.println(
                    "The audit trail could not be written, the journal of the models was: " + e.getMessage());
        }
    }

    @Command(
            name = "promote",
            mixinStandardHelpOptions = true,
            description = {
                "Puts a package into use for its task. Who, why and how it compares are kept in the journal and the audit"
                        + " trail.",
                "A muscle model is first compared with the one in use on the stored contours (section promotion of the"
                        + " configuration). One that is not shown to be as good is refused: exit code 3 with the figures."
                        + " --override puts it into use all the same, and needs a reason."
            })
    static final class Promote implements Callable<Integer> {
        @Mixin
        private Site site = new Site();

        @Parameters(paramLabel = "MODEL", description = "id, id@version or the first characters of a digest")
        private String name;

        @Mixin
        private Decision decision = new Decision();

        @Option(
                names = "--override",
                description = "use it although the comparison refuses it; needs --reason, and is recorded")
        private boolean override;

        @Override
        public Integer call() throws IOException, InterruptedException {
            if (override && decision.reason.isBlank()) {
                throw new ConfigurationException("--override needs a reason: --reason TEXT");
            }
            if (decision.by.isBlank()) {
                throw new ConfigurationException("--by: a promotion needs the name of the person who decides");
            }
            ModelStore store = site.store();
            ModelStore.Entry entry = store.find(name);
            if (entry.active()) {
                System.out.println(entry.model() + " is in use already");
                return Main.OK;
            }
            ModelPackage before = store.active(entry.model().task());
            // A package that this machine cannot run must not take the place of one that it can.
            tryOut(entry.model());
            PromotionCheck check = PromotionCheck.of(site.config(), before, entry.model());
            check.lines().forEach(System.out::println);
            String what = entry.model() + " for " + entry.model().task() + " in place of " + before + ", by "
                    + decision.by.strip() + (decision.reason.isBlank() ? "" : ": " + decision.reason.strip());
            if (!check.allowed() && !override) {
                audit(site.config(), "PROMOTION_REFUSED", what + "\n" + check.text());
                System.out.println(
                        entry.model() + " is refused, " + before + " stays in use. With a reason it can be put into"
                                + " use all the same: --override --by NAME --reason TEXT");
                return Main.EXPECTED_NO;
            }
            String comparison = (check.allowed() ? "" : "refused by the comparison and OVERRIDDEN\n") + check.text();
            store.promote(entry.model(), decision.by, decision.reason, comparison);
            audit(
                    site.config(),
                    check.allowed() ? "MODEL_PROMOTED" : "MODEL_PROMOTED_BY_OVERRIDE",
                    what + "\n" + comparison);
            System.out.println(entry.model() + " takes the place of " + before + " for "
                    + entry.model().task() + ". Back with: myonode models rollback "
                    + taskOf(entry.model()).name().toLowerCase(Locale.ROOT) + " --by NAME");
            return Main.OK;
        }

        private static void tryOut(ModelPackage model) {
            if (taskOf(model) == Task.L3) {
                new L3Locator(model).close();
            } else {
                new MuscleSegmenter(model).close();
            }
        }
    }

    @Command(
            name = "rollback",
            mixinStandardHelpOptions = true,
            description = {
                "Goes back to the model that was in use before the last promotion. Nothing is compared: it is always allowed.",
                "Ends with 3 when the model that came with the program is in use already."
            })
    static final class Rollback implements Callable<Integer> {
        @Mixin
        private Site site = new Site();

        @Parameters(paramLabel = "TASK", description = "${COMPLETION-CANDIDATES}")
        private Task task;

        @Mixin
        private Decision decision = new Decision();

        @Override
        public Integer call() throws IOException {
            Optional<ModelStore.Activation> done = site.store().rollback(task.task, decision.by, decision.reason);
            done.ifPresent(activation ->
                    audit(site.config(), "MODEL_ROLLED_BACK", activation.task() + ": " + activation.toString()));
            System.out.println(done.map(activation ->
                            activation.id() + " " + activation.version() + " is in use again for " + task.task)
                    .orElse("the model that came with the program is in use for " + task.task
                            + ": there is nothing to go back to"));
            return done.isPresent() ? Main.OK : Main.EXPECTED_NO;
        }
    }

    @Command(
            name = "history",
            mixinStandardHelpOptions = true,
            description = "Every promotion and roll-back, oldest first: who, why, and what the comparison said.")
    static final class History implements Callable<Integer> {
        @Mixin
        private Site site = new Site();

        @Override
        public Integer call() {
            ModelStore store = site.store();
            DateTimeFormatter local =
                    DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());
            for (Task task : Task.values()) {
                List<ModelStore.Activation> history = store.history(task.task);
                System.out.println(task.task + (history.isEmpty() ? ": the model that came with the program" : ""));
                for (ModelStore.Activation activation : history) {
                    System.out.println("  " + local.format(activation.at()) + " " + activation + " (digest "
                            + activation.sha256().substring(0, 12) + ")");
                    activation.comparison().lines().forEach(line -> System.out.println("      " + line));
                }
            }
            return Main.OK;
        }
    }

    @Command(
            name = "evaluate",
            mixinStandardHelpOptions = true,
            description = {
                "What a model does on phantoms that no training has seen. A muscle model at L3: Dice and area error against"
                        + " the known truth. A model that finds L3: how far from its middle, what was refused, and"
                        + " confidence against truth.",
                "Writes cases.csv with --out, and pictures of the worst cases or the reliability figure. These are phantom"
                        + " results."
            })
    static final class Evaluate implements Callable<Integer> {
        @Mixin
        private Site site = new Site();

        @Parameters(
                paramLabel = "MODEL",
                description = "id, id@version, the first characters of a digest, or the folder of a package")
        private String name;

        @Option(
                names = "--phantoms",
                paramLabel = "N",
                defaultValue = "100",
                description = "bodies to draw (default: ${DEFAULT-VALUE})")
        private int phantoms;

        @Option(
                names = "--seed",
                paramLabel = "S",
                defaultValue = "1000001",
                description = "seed of the first body (default: ${DEFAULT-VALUE})")
        private long seed;

        @Option(
                names = "--variants",
                description =
                        "for a model that finds L3: four or six lumbar vertebrae, scoliosis, metal, prone patients and"
                                + " partial fields of view, far more frequent than among patients")
        private boolean variants;

        @Option(
                names = "--real",
                paramLabel = "DIR",
                description =
                        "instead of phantoms: every public CT in this folder for which contours or levels come with the"
                                + " program; says what the model learnt from and where there is no truth")
        private @Nullable Path real;

        @Option(names = "--out", paramLabel = "DIR", description = "where cases.csv and the pictures go")
        private @Nullable Path out;

        @Override
        public Integer call() throws IOException {
            if (phantoms < 1) {
                throw new ConfigurationException("--phantoms: " + phantoms + " must be at least 1");
            }
            Path folder = Path.of(name);
            ModelPackage model = Files.isDirectory(folder)
                    ? ModelPackage.load(folder)
                    : site.store().find(name).model();
            boolean spine = model.task().equals(L3Locator.TASK);
            if (real != null) {
                System.out.print(spine ? RealReport.spines(model, real) : RealReport.muscle(model, real, out));
                return Main.OK;
            }
            return spine ? spine(model) : muscle(model);
        }

        private int spine(ModelPackage model) throws IOException {
            SpinePhantoms result;
            try (Bar bar = new Bar("Phantoms", phantoms, "bodies")) {
                result = SpinePhantoms.of(model, seed, phantoms, variants, bar::to);
            }
            System.out.print(result.summary());
            if (out != null) {
                Files.createDirectories(out);
                Files.writeString(out.resolve("cases.csv"), result.csv());
                Files.writeString(out.resolve("reliability.svg"), result.reliabilitySvg());
                System.out.println("Cases in " + out.resolve("cases.csv") + ", confidence against truth in "
                        + out.resolve("reliability.svg"));
            }
            return Main.OK;
        }

        private int muscle(ModelPackage model) throws IOException {
            if (variants) {
                throw new ConfigurationException("--variants is for models that find L3");
            }
            MusclePhantoms result;
            try (Bar bar = new Bar("Phantoms", phantoms, "bodies")) {
                result = MusclePhantoms.of(
                        model.require(MuscleSegmenter.TASK),
                        seed,
                        phantoms,
                        out == null ? null : out.resolve("worst"),
                        bar::to);
            }
            System.out.print(result.summary());
            if (out != null) {
                Files.writeString(out.resolve("cases.csv"), result.csv());
                System.out.println(
                        "Cases in " + out.resolve("cases.csv") + ", the worst as pictures in " + out.resolve("worst"));
            }
            return Main.OK;
        }
    }

    private static Task taskOf(ModelPackage model) {
        for (Task task : Task.values()) {
            if (task.task.equals(model.task())) {
                return task;
            }
        }
        throw new ModelException(model + " is for " + model.task() + ", which nothing here uses");
    }
}
