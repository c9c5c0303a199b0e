package org.myonode.node;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.myonode.crossvalidation.experiment.Benchmark;
import org.myonode.crossvalidation.experiment.Candidate;
import org.myonode.crossvalidation.experiment.Case;
import org.myonode.crossvalidation.experiment.PromotionGate;
import org.myonode.db.Database;
import org.myonode.db.DatabaseException;
import org.myonode.db.ExpertContours;
import org.myonode.workers.model.ModelPackage;
import org.myonode.workers.segment.MuscleSegmenter;

/**
 * May a package take the place of the one in use? A muscle model must not be worse on the stored contours. Patients whom
 * one of the two models has learnt from, as their cards say, are left out: on them a model knows the answer.
 *
 * @param allowed whether it may
 * @param lines what was found, for people and for the record
 */
record PromotionCheck(boolean allowed, List<String> lines) {

    private static final String STRUCTURE = "muscle";

    /** In one text. */
    String text() {
        return String.join("\n", lines);
    }

    static PromotionCheck of(NodeConfig config, ModelPackage active, ModelPackage candidate)
            throws IOException, InterruptedException {
        if (!candidate.task().equals(MuscleSegmenter.TASK)) {
            return new PromotionCheck(
                    true,
                    List.of("not compared: stored contours are of muscle, and this model is for " + candidate.task()));
        }
        List<Case> all;
        try {
            all = stored(config);
        } catch (DatabaseException e) {
            return new PromotionCheck(
                    false, List.of("not compared: the stored contours cannot be read: " + e.getMessage()));
        }
        Set<String> learnt = learntFrom(active);
        learnt.addAll(learntFrom(candidate));
        List<Case> cases =
                all.stream().filter(one -> !learnt.contains(one.patient())).toList();
        List<String> lines = new ArrayList<>();
        long leftOut = patients(all) - patients(cases);
        if (leftOut > 0) {
            lines.add(leftOut + " patients are left out: one of the two models has learnt from them");
        }
        long judging = cases.stream()
                .map(Case::patient)
                .distinct()
                .filter(patient -> judgedBy(candidate, patient) != judgedBy(active, patient))
                .count();
        if (judging > 0) {
            lines.add(judging
                    + " patients decided when the training of one of the two models stopped: somewhat flattering"
                    + " for that one");
        }
        int minimum = config.promotion().gate().minimumPatients();
        if (patients(cases) < minimum) {
            lines.add("not compared: contours of " + patients(cases) + " patients are stored that can be used, "
                    + minimum + " are needed (promotion.minimumPatients)");
            return new PromotionCheck(config.promotion().allowUncompared(), lines);
        }
        PromotionGate.Verdict verdict = compare(config.promotion().gate(), cases, active, candidate);
        lines.addAll(verdict.lines());
        return new PromotionCheck(verdict instanceof PromotionGate.Verdict.Pass, lines);
    }

    private static PromotionGate.Verdict compare(
            PromotionGate gate, List<Case> cases, ModelPackage active, ModelPackage candidate)
            throws InterruptedException {
        try (MuscleSegmenter before = new MuscleSegmenter(active);
                MuscleSegmenter after = new MuscleSegmenter(candidate);
                Bar bar = new Bar("Comparison", 2L * cases.size(), "slices")) {
            return gate.judge(Benchmark.run(
                    cases, List.of(named(active, before), named(candidate, after)), bar::to, Thread::interrupted));
        }
    }

    private static Candidate named(ModelPackage model, MuscleSegmenter segmenter) {
        return new Candidate(
                model.id() + " " + model.version(),
                model.sha256(),
                slice -> segmenter.segment(slice).muscle());
    }

    private static List<Case> stored(NodeConfig config) throws IOException {
        Files.createDirectories(config.storage().directory());
        Clock clock = Clock.systemUTC();
        try (Database database = Database.openBeside(Node.databaseConfig(config), clock)) {
            return new ExpertContours(database, clock)
                    .drawn(STRUCTURE).stream().map(Case::of).toList();
        }
    }

    private static long patients(List<Case> cases) {
        return cases.stream().map(Case::patient).distinct().count();
    }

    private static Set<String> learntFrom(ModelPackage model) {
        Set<String> names = new TreeSet<>();
        model.card()
                .path("training")
                .path("data")
                .forEach(pool -> names.add(pool.path("name").asText()));
        return names;
    }

    private static boolean judgedBy(ModelPackage model, String patient) {
        return model.card().path("validation").path("dice").has(patient);
    }
}
