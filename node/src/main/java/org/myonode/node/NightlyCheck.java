package org.myonode.node;

import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.function.BooleanSupplier;
import org.myonode.crossvalidation.drift.DriftReport;
import org.myonode.crossvalidation.drift.DriftWatch;
import org.myonode.crossvalidation.experiment.Candidate;
import org.myonode.db.Database;
import org.myonode.db.ExpertContours;
import org.myonode.db.Surveillance;
import org.myonode.workers.model.ModelPackage;
import org.myonode.workers.model.ModelStore;
import org.myonode.workers.segment.MuscleSegmenter;

/** The drift check with the models of the site: loads a muscle model of its own, so that no study waits for it. */
final class NightlyCheck {

    static final String NAME = "drift";

    private final NodeConfig config;
    private final Database database;
    private final Clock clock;

    NightlyCheck(NodeConfig config, Database database, Clock clock) {
        this.config = config;
        this.database = database;
        this.clock = clock;
    }

    /**
     * Checks and keeps what is found.
     *
     * @param cancelled asked before each stored slice; may wait
     */
    DriftReport run(BooleanSupplier cancelled) throws InterruptedException {
        ModelStore models = config.modelStore(clock);
        ModelPackage active = models.active(MuscleSegmenter.TASK);
        DriftWatch watch = new DriftWatch(
                new Surveillance(database, clock),
                new ExpertContours(database, clock),
                config.drift().policy(),
                config.promotion().gate().margin(),
                Version.NAME + " " + Version.number(),
                clock);
        try (MuscleSegmenter segmenter = new MuscleSegmenter(active)) {
            return watch.check(
                    since(models),
                    new Candidate(
                            active.id() + " " + active.version(),
                            active.sha256(),
                            slice -> segmenter.segment(slice).muscle()),
                    cancelled);
        }
    }

    /** When the models in use were put into use, or what the site has set if that is later. */
    private Instant since(ModelStore models) {
        Instant promoted = models.history().stream()
                .map(ModelStore.Activation::at)
                .max(Comparator.naturalOrder())
                .orElse(Instant.EPOCH);
        return config.drift().since().filter(set -> set.isAfter(promoted)).orElse(promoted);
    }
}
