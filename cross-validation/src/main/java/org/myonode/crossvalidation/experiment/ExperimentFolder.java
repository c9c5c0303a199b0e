package org.myonode.crossvalidation.experiment;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.myonode.crossvalidation.training.SourceTask;

/**
 * Where an experiment's files lie.
 *
 * <pre>
 * plan.json                        what was asked for ({@link ExperimentPlan})
 * cohort.json, cases/              who was learnt from and tested on ({@link CohortFacts}), slices and references
 * sources/TASK.json, TASK.weights  a source task that is learnt ({@link SourceOutcome})
 * runs/NAME.json, runs/NAME/       a finished run ({@link TrainedRun}) and what it found on each test case
 * progress.json                    what is being done ({@link ExperimentProgress})
 * work/                            checkpoints; empty when all is done
 * </pre>
 *
 * <p>Each file is written beside its name, forced to disk and moved there: it is whole or it is not there. A run's masks
 * are written before its JSON file, which says that it is finished.
 */
final class ExperimentFolder {

    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .setSerializationInclusion(JsonInclude.Include.NON_NULL);

    private final Path folder;

    ExperimentFolder(Path folder) {
        this.folder = folder;
    }

    /** The plan and the program that works on it. */
    record Planned(String program, ExperimentPlan plan) {}

    Path path() {
        return folder;
    }

    Path plan() {
        return folder.resolve("plan.json");
    }

    Path cohort() {
        return folder.resolve("cohort.json");
    }

    Path source(SourceTask task) {
        return folder.resolve("sources").resolve(RunKey.name(task) + ".json");
    }

    Path weights(SourceTask task) {
        return folder.resolve("sources").resolve(RunKey.name(task) + ".weights");
    }

    Path run(RunKey key) {
        return folder.resolve("runs").resolve(key.name() + ".json");
    }

    Path masks(RunKey key) {
        return folder.resolve("runs").resolve(key.name());
    }

    Path work() {
        return folder.resolve("work");
    }

    Path progress() {
        return folder.resolve("progress.json");
    }

    Optional<Planned> planned() throws IOException {
        return Files.isRegularFile(plan()) ? Optional.of(read(plan(), Planned.class)) : Optional.empty();
    }

    ExperimentResult result() throws IOException {
        Planned planned = planned().orElseThrow(() -> new IOException(folder + " holds no experiment: no plan.json"));
        ExperimentPlan plan = planned.plan();
        CohortFacts facts = Files.isRegularFile(cohort()) ? read(cohort(), CohortFacts.class) : null;
        List<SourceOutcome> sources = new ArrayList<>();
        for (SourceTask task : plan.sources()) {
            if (Files.isRegularFile(source(task))) {
                sources.add(read(source(task), SourceOutcome.class));
            }
        }
        List<TrainedRun> runs = new ArrayList<>();
        for (RunKey key : plan.runs()) {
            if (Files.isRegularFile(run(key))) {
                runs.add(read(run(key), TrainedRun.class));
            }
        }
        return new ExperimentResult(folder, planned.program(), plan, facts, sources, runs, impossible(plan, facts));
    }

    private static List<String> impossible(ExperimentPlan plan, @Nullable CohortFacts facts) {
        if (facts == null) {
            return List.of();
        }
        int most = Folds.smallestTraining(facts.patients(), plan.folds());
        TreeMap<Integer, String> words = new TreeMap<>();
        for (int n : plan.sizes()) {
            if (n > most) {
                words.put(
                        n,
                        "n = " + n + " is not possible: of " + facts.patients() + " "
                                + (facts.provenance().equals("phantoms") ? "phantoms " : "patients ") + most
                                + " remain to learn from in " + plan.folds() + " folds");
            }
        }
        return List.copyOf(words.values());
    }

    static <T> T read(Path file, Class<T> type) throws IOException {
        try {
            return JSON.readValue(file.toFile(), type);
        } catch (JacksonException e) {
            throw new IOException(file + " cannot be read: " + e.getOriginalMessage(), e);
        }
    }

    static void write(Path file, Object value) throws IOException {
        write(file, JSON.writeValueAsBytes(value));
    }

    static void write(Path file, byte[] bytes) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Path temporary = file.resolveSibling(file.getFileName() + ".part");
        Files.write(temporary, bytes);
        try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
