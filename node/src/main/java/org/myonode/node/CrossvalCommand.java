package org.myonode.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.myonode.crossvalidation.experiment.Benchmark;
import org.myonode.crossvalidation.experiment.BenchmarkTables;
import org.myonode.crossvalidation.experiment.Candidate;
import org.myonode.crossvalidation.experiment.Case;
import org.myonode.crossvalidation.experiment.Corrected;
import org.myonode.crossvalidation.experiment.SimulatedObserver;
import org.myonode.crossvalidation.report.BenchmarkReport;
import org.myonode.crossvalidation.report.Origin;
import org.myonode.db.Corrections;
import org.myonode.db.Database;
import org.myonode.workers.model.ModelPackage;
import org.myonode.workers.segment.MuscleSegmenter;
import picocli.CommandLine.Command;
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
            "Ends with 3 when there are no contours."
        })
final class CrossvalCommand implements Callable<Integer> {

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

    @Option(names = "--phantoms", paramLabel = "N", description = "this many phantoms instead of stored contours")
    private int phantoms;

    @Option(
            names = "--observers",
            paramLabel = "N",
            defaultValue = "3",
            description = "simulated observers of each phantom (default: ${DEFAULT-VALUE})")
    private int observers;

    @Option(
            names = "--seed",
            paramLabel = "S",
            defaultValue = "1",
            description = "of the first phantom (default: ${DEFAULT-VALUE})")
    private long seed;

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
        if (phantoms < 0 || observers < 1 || !(margin >= 0)) {
            throw new ConfigurationException(
                    "--phantoms and --margin must not be negative, --observers must be at least 1");
        }
        List<Case> cases = phantoms > 0 ? phantomCases() : storedCases();
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
            BenchmarkReport.write(benchmark, margin, origin(remarks), out);
            BenchmarkTables.text(benchmark, margin).forEach(System.out::println);
            remarks.forEach(System.out::println);
        } finally {
            loaded.forEach(MuscleSegmenter::close);
        }
        if (phantoms > 0) {
            System.out.println();
            System.out.println(
                    "These are phantom results: they say nothing about patients. " + SimulatedObserver.describe());
        }
        System.out.println("Report: " + out.resolve("report.html"));
        return Main.OK;
    }

    private Origin origin(List<String> remarks) {
        Clock clock = Clock.systemDefaultZone();
        String command = "myonode crossval --out DIR --structure " + structure + " --margin " + margin
                + (phantoms > 0 ? " --phantoms " + phantoms + " --observers " + observers + " --seed " + seed : "")
                + (corrections ? " --corrections" : "")
                + (models.isEmpty() ? "" : " --model DIR".repeat(models.size()));
        return new Origin(
                Version.NAME + " " + Version.number(),
                clock.instant(),
                clock.getZone(),
                command,
                phantoms > 0 ? List.of(SimulatedObserver.describe()) : remarks);
    }

    private List<Case> phantomCases() {
        List<SimulatedObserver> who = IntStream.rangeClosed(1, observers)
                .mapToObj(number -> new SimulatedObserver("simulated " + number, number))
                .toList();
        List<Case> cases = new ArrayList<>();
        try (Bar bar = new Bar("Phantoms", phantoms, "bodies")) {
            for (int i = 0; i < phantoms; i++) {
                cases.add(Case.ofPhantom(seed + i, who));
                bar.step();
            }
        }
        return cases;
    }

    private List<Case> storedCases() throws IOException {
        NodeConfig node = config == null ? NodeConfig.ofDefaults() : NodeConfig.read(config);
        Files.createDirectories(node.storage().directory());
        Clock clock = Clock.systemUTC();
        try (Database database = Database.open(Node.databaseConfig(node), clock)) {
            Corrections stored = new Corrections(database, clock);
            corrected = new Corrected(stored.correctedContours(structure), corrections);
            return stored.contours().drawn(structure, corrections).stream()
                    .map(Case::of)
                    .toList();
        }
    }
}
