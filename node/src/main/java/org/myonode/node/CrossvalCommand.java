package org.myonode.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.myonode.crossvalidation.experiment.Benchmark;
import org.myonode.crossvalidation.experiment.BenchmarkTables;
import org.myonode.crossvalidation.experiment.Candidate;
import org.myonode.crossvalidation.experiment.Case;
import org.myonode.crossvalidation.experiment.Cohort;
import org.myonode.crossvalidation.experiment.Corrected;
import org.myonode.crossvalidation.experiment.SimulatedObserver;
import org.myonode.crossvalidation.report.BenchmarkReport;
import org.myonode.crossvalidation.report.Origin;
import org.myonode.db.Corrections;
import org.myonode.db.Database;
import org.myonode.db.DrawnSlice;
import org.myonode.workers.model.ModelPackage;
import org.myonode.workers.segment.MuscleSegmenter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "crossval",
        mixinStandardHelpOptions = true,
        description = {
            "Compares finished muscle models with the stored expert contours: Dice, distances, area, attenuation; each"
                    + " model with the first; models with observers, one observer left out in turn.",
            "Writes report.html, report.json, cases.csv and figures/*.csv and prints a summary. With --phantoms computed bodies with simulated"
                    + " observers take the place of stored contours; no database is needed then, and the figures say"
                    + " nothing about patients.",
            "With --train networks are trained in an experiment: every source task with every subset size in every fold of"
                    + " the patients, on stored contours (corrections of results left out) or on --phantoms; with --paper"
                    + " the paper's experiment (Med Phys 2022;49:3107) on 204 phantoms with ten simulated observers. What"
                    + " is finished lies in --out and is not done again: call it again to go on after a stop. A running"
                    + " node does the same beside its clinical work: see myonode experiments --help",
            "Ends with 3 when there are no contours."
        })
final class CrossvalCommand implements Callable<Integer> {

    private static final int PAPER_PHANTOMS = 204;
    private static final int OBSERVERS = 3;

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "model package; may be given several times, the others are compared with the first (default:"
                    + " the one that comes with the program)")
    private List<Path> models = List.of();

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "where the report goes")
    private Path out;

    @Option(
            names = "--structure",
            paramLabel = "NAME",
            defaultValue = "muscle",
            description = "which contours (default: ${DEFAULT-VALUE})")
    private String structure = "";

    @Option(
            names = "--margin",
            paramLabel = "DICE",
            defaultValue = "0.01",
            description = "loss of Dice that counts as no worse (default: ${DEFAULT-VALUE})")
    private double margin;

    @Option(
            names = "--phantoms",
            paramLabel = "N",
            description = "this many phantoms instead of stored contours (default with --paper: 204)")
    private @Nullable Integer phantoms;

    @Option(
            names = "--observers",
            paramLabel = "N",
            description = "simulated observers of each phantom (default: 3; in an experiment 10)")
    private @Nullable Integer observers;

    @Option(
            names = "--seed",
            paramLabel = "S",
            defaultValue = "1",
            description =
                    "of the first phantom, and of all that is random in an experiment (default: ${DEFAULT-VALUE})")
    private long seed;

    @Option(names = "--train", description = "an experiment: train and test, instead of testing finished models")
    private boolean train;

    @Option(names = "--paper", description = "the paper's experiment, on phantoms")
    private boolean paper;

    @Mixin
    private ExperimentOptions experiment = new ExperimentOptions();

    @Option(
            names = "--corrections",
            description =
                    "also contours that experts drew over those of a model (corrections of results): they agree too"
                            + " well with that model, and the report says so")
    private boolean corrections;

    private Corrected corrected = Corrected.NONE;

    @Option(names = "--config", paramLabel = "FILE", description = "configuration (default: the defaults)")
    private @Nullable Path config;

    @Override
    public Integer call() throws IOException, InterruptedException {
        int bodies = phantoms == null ? paper ? PAPER_PHANTOMS : 0 : phantoms;
        if (bodies < 0 || observers != null && observers < 1 || !(margin >= 0)) {
            throw new ConfigurationException(
                    "--phantoms and --margin must not be negative, --observers must be at least 1");
        }
        if (paper && bodies == 0) {
            throw new ConfigurationException("--paper is done on phantoms: --phantoms must be at least 1");
        }
        if (train || paper) {
            if (!models.isEmpty()) {
                throw new ConfigurationException("--model is for finished models, not for an experiment");
            }
            return ExperimentRun.run(
                    out,
                    experiment.plan(paper ? "paper" : "experiment", structure, bodies, observers, seed),
                    plan -> Cohort.stored(drawn(plan.structure(), false)),
                    margin,
                    Clock.systemUTC());
        }
        List<Case> cases = bodies > 0 ? phantomCases(bodies) : storedCases();
        if (cases.isEmpty()) {
            System.out.println("No contours of " + structure + " are stored: see myonode contours import --help");
            corrected.sentences(List.of()).forEach(System.out::println);
            return Main.EXPECTED_NO;
        }
        List<MuscleSegmenter> loaded = new ArrayList<>();
        try {
            List<Path> folders = models.isEmpty() ? List.of(Home.models(null).resolve(LoadedModels.SEGMENTER)) : models;
            List<Candidate> candidates = new ArrayList<>();
            for (Path folder : folders) {
                ModelPackage model = ModelPackage.load(folder);
                MuscleSegmenter segmenter = new MuscleSegmenter(model);
                loaded.add(segmenter);
                candidates.add(new Candidate(
                        model.id() + " " + model.version(),
                        model.sha256(),
                        slice -> segmenter.segment(slice).muscle()));
            }
            Benchmark benchmark;
            try (Bar bar = new Bar("Benchmark", (long) cases.size() * candidates.size(), "slices")) {
                benchmark = Benchmark.run(cases, candidates, bar::to, Thread::interrupted);
            }
            List<String> remarks = corrected.sentences(candidates);
            BenchmarkReport.write(benchmark, margin, origin(remarks, bodies), out);
            BenchmarkTables.text(benchmark, margin).forEach(System.out::println);
            remarks.forEach(System.out::println);
        } finally {
            loaded.forEach(MuscleSegmenter::close);
        }
        if (bodies > 0) {
            System.out.println();
            System.out.println(
                    "These are phantom results: they say nothing about patients. " + SimulatedObserver.describe());
        }
        System.out.println("Report: " + out.resolve("report.html"));
        return Main.OK;
    }

    private Origin origin(List<String> remarks, int bodies) {
        Clock clock = Clock.systemDefaultZone();
        String command = "myonode crossval --out DIR --structure " + structure + " --margin " + margin
                + (bodies > 0 ? " --phantoms " + bodies + " --observers " + observers() + " --seed " + seed : "")
                + (corrections ? " --corrections" : "")
                + (models.isEmpty() ? "" : " --model DIR".repeat(models.size()));
        return new Origin(
                Version.NAME + " " + Version.number(),
                clock.instant(),
                clock.getZone(),
                command,
                bodies > 0 ? List.of(SimulatedObserver.describe()) : remarks);
    }

    private int observers() {
        return observers == null ? OBSERVERS : observers;
    }

    private List<Case> phantomCases(int bodies) {
        List<SimulatedObserver> who = SimulatedObserver.panel(observers());
        List<Case> cases = new ArrayList<>();
        try (Bar bar = new Bar("Phantoms", bodies, "bodies")) {
            for (int i = 0; i < bodies; i++) {
                cases.add(Case.ofPhantom(seed + i, who));
                bar.step();
            }
        }
        return cases;
    }

    private List<Case> storedCases() throws IOException {
        return drawn(structure, corrections).stream().map(Case::of).toList();
    }

    private List<DrawnSlice> drawn(String what, boolean withCorrections) throws IOException {
        NodeConfig node = config == null ? NodeConfig.ofDefaults() : NodeConfig.read(config);
        Files.createDirectories(node.storage().directory());
        Clock clock = Clock.systemUTC();
        try (Database database = Database.openBeside(Node.databaseConfig(node), clock)) {
            Corrections stored = new Corrections(database, clock);
            corrected = new Corrected(stored.correctedContours(what), withCorrections);
            return stored.contours().drawn(what, withCorrections);
        }
    }
}
