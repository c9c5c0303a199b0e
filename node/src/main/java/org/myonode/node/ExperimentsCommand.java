package org.myonode.node;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.myonode.crossvalidation.experiment.ExperimentTables;
import org.myonode.crossvalidation.experiment.Experiments;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "experiments",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = {
            "Training experiments of the node, beside its clinical work: between two steps they wait while studies are to"
                    + " be measured. A stop of the node, or its death, loses no more than the steps since the last"
                    + " checkpoint.",
            "They lie in the folder experiments below storage.directory; a running node takes up what is submitted within"
                    + " a few seconds, and shows it at /experiments. Without a node: myonode crossval --train"
        },
        subcommands = {
            ExperimentsCommand.Submit.class,
            ExperimentsCommand.ListExperiments.class,
            ExperimentsCommand.Show.class,
            ExperimentsCommand.Cancel.class,
            ExperimentsCommand.GoOn.class
        })
final class ExperimentsCommand implements Callable<Integer> {

    @Override
    public Integer call() {
        CommandLine.usage(this, System.err);
        return Main.USAGE;
    }

    /** Where the experiments lie. */
    static final class Site {

        @Option(
                names = "--config",
                paramLabel = "FILE",
                description = "configuration of the node (default: the defaults)")
        private @Nullable Path file;

        Experiments experiments() {
            NodeConfig config = file == null ? NodeConfig.ofDefaults() : NodeConfig.read(file);
            return of(config, Clock.systemUTC());
        }
    }

    static Experiments of(NodeConfig config, Clock clock) {
        return new Experiments(config.storage().directory().resolve("experiments"), ExperimentRun.program(), clock);
    }

    /** What a command does with one of them; a name that is not there is wrong usage. */
    @FunctionalInterface
    private interface Action {
        int run() throws IOException;
    }

    private static int named(Action action) throws IOException {
        try {
            return action.run();
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(e.getMessage() == null ? e.toString() : e.getMessage(), e);
        }
    }

    @Command(
            name = "submit",
            mixinStandardHelpOptions = true,
            description = {
                "Asks the node for an experiment on its stored contours, or on phantoms: every source task with every"
                        + " subset size in every fold of the patients.",
                "Submitted again under the same name, sources, sizes and repeats are added; what is done stays done."
            })
    static final class Submit implements Callable<Integer> {
        @Mixin
        private Site site = new Site();

        @Mixin
        private ExperimentOptions options = new ExperimentOptions();

        @Parameters(paramLabel = "NAME", description = "of the experiment, and of its folder")
        private String name;

        @Option(
                names = "--structure",
                paramLabel = "NAME",
                defaultValue = "muscle",
                description = "which contours (default: ${DEFAULT-VALUE})")
        private String structure;

        @Option(names = "--phantoms", paramLabel = "N", description = "this many phantoms instead of stored contours")
        private int phantoms;

        @Option(
                names = "--observers",
                paramLabel = "N",
                description = "simulated observers of each phantom (default: 10)")
        private @Nullable Integer observers;

        @Option(
                names = "--seed",
                paramLabel = "S",
                defaultValue = "1",
                description = "of all that is random, and of the first phantom (default: ${DEFAULT-VALUE})")
        private long seed;

        @Override
        public Integer call() throws IOException {
            return named(() -> {
                site.experiments().submit(name, options.plan(name, structure, phantoms, observers, seed));
                System.out.println("Experiment " + name + " is planned; a running node takes it up. See: myonode"
                        + " experiments show " + name);
                return Main.OK;
            });
        }
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Every experiment and how it stands.")
    static final class ListExperiments implements Callable<Integer> {
        @Mixin
        private Site site = new Site();

        @Override
        public Integer call() {
            List<Experiments.Entry> all = site.experiments().list();
            if (all.isEmpty()) {
                System.out.println("No experiments: see myonode experiments submit --help");
            }
            for (Experiments.Entry entry : all) {
                System.out.printf(
                        Locale.ROOT,
                        "%-20s %-10s %d of %d runs, %s%s%n",
                        entry.name(),
                        entry.progress().state().name().toLowerCase(Locale.ROOT),
                        entry.runsDone(),
                        entry.runsInAll(),
                        entry.progress().doing(),
                        ExperimentRun.left(entry.progress()));
            }
            return Main.OK;
        }
    }

    @Command(name = "show", mixinStandardHelpOptions = true, description = "How one stands, and the figures so far.")
    static final class Show implements Callable<Integer> {
        @Mixin
        private Site site = new Site();

        @Parameters(paramLabel = "NAME", description = "which")
        private String name;

        @Option(
                names = "--margin",
                paramLabel = "DICE",
                defaultValue = "0.01",
                description = "loss of Dice that counts as no worse (default: ${DEFAULT-VALUE})")
        private double margin;

        @Override
        public Integer call() throws IOException {
            return named(() -> {
                Experiments experiments = site.experiments();
                ExperimentTables.text(experiments.result(name), margin).forEach(System.out::println);
                experiments.list().stream()
                        .filter(entry -> entry.name().equals(name))
                        .forEach(entry -> System.out.println(
                                entry.progress().state().name().toLowerCase(Locale.ROOT) + ": "
                                        + entry.progress().doing() + ExperimentRun.left(entry.progress())));
                return Main.OK;
            });
        }
    }

    @Command(
            name = "cancel",
            mixinStandardHelpOptions = true,
            description = {"Ends one between two steps; it can go on later. Ends with 3 when it was done already."})
    static final class Cancel implements Callable<Integer> {
        @Mixin
        private Site site = new Site();

        @Parameters(paramLabel = "NAME", description = "which")
        private String name;

        @Override
        public Integer call() throws IOException {
            return named(() -> {
                if (!site.experiments().cancel(name)) {
                    System.out.println("Experiment " + name + " is done already");
                    return Main.EXPECTED_NO;
                }
                System.out.println(
                        "Experiment " + name + " ends after this step. On with: myonode experiments resume " + name);
                return Main.OK;
            });
        }
    }

    @Command(
            name = "resume",
            mixinStandardHelpOptions = true,
            description = "Lets one go on that was cancelled or ended by an error.")
    static final class GoOn implements Callable<Integer> {
        @Mixin
        private Site site = new Site();

        @Parameters(paramLabel = "NAME", description = "which")
        private String name;

        @Override
        public Integer call() throws IOException {
            return named(() -> {
                site.experiments().goOn(name);
                System.out.println("Experiment " + name + " goes on when a node is running");
                return Main.OK;
            });
        }
    }
}
