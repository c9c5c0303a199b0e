package org.myonode.workers.queue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.myonode.db.Attempt;
import org.myonode.db.ContourSlice;
import org.myonode.db.Correction;
import org.myonode.db.Corrections;
import org.myonode.db.ExpertContour;
import org.myonode.db.InstanceEntry;
import org.myonode.db.Ledger;
import org.myonode.db.OutputObject;
import org.myonode.db.Product;
import org.myonode.db.Revision;
import org.myonode.db.Route;
import org.myonode.db.StandingCorrection;
import org.myonode.db.StudyRow;
import org.myonode.workers.objects.Expert;
import org.myonode.workers.objects.InstanceReference;
import org.myonode.workers.pipeline.EarlierReport;
import org.myonode.workers.pipeline.ExpertCorrection;
import org.myonode.workers.pipeline.Result;
import org.myonode.workers.volume.Mask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt at a study revision: claim it, keep saying so, work, and write the result only if the claim still holds.
 *
 * <p>A refused study (two slices, a gap) is FAILED with its reason and stays so: the same files would be refused again.
 * An error (a full disk, an exhausted device) is FAILED too, but QUEUED again at once; the sweeper gives it a new job,
 * until the ledger's attempts are used up and it is QUARANTINED.
 *
 * <p>Thread-safe.
 */
public final class StudyWork implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(StudyWork.class);

    /** Works on the files of one study: in the node, {@code StudyPipeline::run}. */
    @FunctionalInterface
    public interface Analysis {
        /**
         * @param instances the files of the study
         * @param output where the results go, a directory of this attempt alone
         * @param contentTime the time that the produced objects carry; the same for every attempt
         * @param earlier reports of earlier revisions, the first first
         * @param correction the correction of an expert that stands for this revision
         */
        Result run(
                List<Path> instances,
                Path output,
                Instant contentTime,
                List<EarlierReport> earlier,
                Optional<ExpertCorrection> correction);
    }

    private final Ledger ledger;
    private final Corrections corrections;
    private final Analysis analysis;
    private final List<Route> routes;
    private final Path outputRoot;
    private final String worker;
    private final ScheduledExecutorService heart;

    /**
     * @param corrections what experts have corrected
     * @param routes which destination takes which kinds of object
     * @param outputRoot where results are kept: one directory for each study, revision and attempt
     * @param worker name of this process
     */
    public StudyWork(
            Ledger ledger,
            Corrections corrections,
            Analysis analysis,
            List<Route> routes,
            Path outputRoot,
            String worker) {
        this.ledger = ledger;
        this.corrections = corrections;
        this.analysis = analysis;
        this.routes = List.copyOf(routes);
        this.outputRoot = outputRoot;
        this.worker = worker;
        this.heart = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "heartbeat");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Claims the revision and works on it, if there is something to claim.
     *
     * @return whether there is something to deliver now
     */
    public boolean run(Revision revision) {
        Optional<Attempt> claimed = ledger.claim(revision, worker);
        if (claimed.isEmpty()) {
            log.info("study={} has nothing to claim", revision);
            return false;
        }
        Attempt attempt = claimed.get();
        long beat = ledger.policy().heartbeatTimeout().dividedBy(4).toMillis();
        var beating = heart.scheduleAtFixedRate(() -> beat(attempt), beat, beat, TimeUnit.MILLISECONDS);
        try {
            Result result = analysis.run(
                    files(revision),
                    directory(attempt),
                    contentTime(revision),
                    earlierReports(revision),
                    corrections.standing(revision).map(this::expert));
            return settle(attempt, result);
        } catch (RuntimeException | OutOfMemoryError e) {
            log.error("study={} attempt={} failed", revision, attempt.number(), e);
            String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            if (ledger.failed(attempt, "error: " + reason)) {
                ledger.queued(revision);
            }
            return false;
        } finally {
            beating.cancel(false);
        }
    }

    private boolean settle(Attempt attempt, Result result) {
        boolean current;
        if (result instanceof Result.Measured measured) {
            current = ledger.produced(
                    attempt,
                    new Product(measured.resultJson(), Optional.of(measured.picture()), outputs(measured)),
                    routes);
            if (current) {
                return true;
            }
        } else if (result instanceof Result.NoL3 noL3) {
            current = ledger.noL3(attempt, noL3.reason(), noL3.resultJson());
        } else {
            current = ledger.failed(attempt, ((Result.Refused) result).reason());
        }
        if (!current) {
            log.warn(
                    "study={} attempt={} came too late, its result is left aside",
                    attempt.revision(),
                    attempt.number());
        }
        return false;
    }

    private static List<OutputObject> outputs(Result.Measured measured) {
        return measured.objects().stream()
                .map(object -> new OutputObject(
                        object.kind(), object.sopClassUid(), object.sopInstanceUid(), object.file(), object.sha256()))
                .toList();
    }

    private void beat(Attempt attempt) {
        try {
            if (!ledger.heartbeat(attempt)) {
                log.warn("study={} attempt={} was taken over by another worker", attempt.revision(), attempt.number());
            }
        } catch (RuntimeException e) {
            log.warn(
                    "study={} attempt={} heartbeat not written: {}",
                    attempt.revision(),
                    attempt.number(),
                    e.getMessage());
        }
    }

    /** The correction in the words of the pipeline, with the result of the models that stands behind it. */
    private ExpertCorrection expert(StandingCorrection standing) {
        Correction known = standing.correction();
        ExpertContour contour = standing.contour();
        ContourSlice slice = corrections.contours().slice(contour.sopInstanceUid());
        String automatic = ledger.revisions(standing.revision().studyUid()).stream()
                .filter(row -> row.revision().number() == known.automatic().revision())
                .flatMap(row -> row.resultJson().stream())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("revision "
                        + known.automatic().revision() + " of study "
                        + standing.revision().studyUid()
                        + ", which was corrected, has no result"));
        return new ExpertCorrection(
                contour.sopInstanceUid(),
                new Mask(slice.rows(), slice.columns(), contour.mask()),
                new Mask(slice.rows(), slice.columns(), known.automatic().mask()),
                automatic,
                new Expert(
                        new InstanceReference(
                                known.source().sopClassUid(), known.source().sopInstanceUid()),
                        known.source().seriesUid(),
                        known.person(),
                        known.approval()
                                .map(approval -> new Expert.Approval(
                                        approval.reviewer(), approval.organization(), approval.at())),
                        known.automatic().areaCm2()),
                new ExpertCorrection.Origin(
                        standing.revision().number(),
                        known.corrects().number(),
                        known.automatic().revision(),
                        contour.observer(),
                        standing.version(),
                        known.source().callingAeTitle().strip(),
                        known.recognisedBy()));
    }

    private List<Path> files(Revision revision) {
        return ledger.instances(revision).stream().map(InstanceEntry::path).toList();
    }

    private Path directory(Attempt attempt) {
        return outputRoot
                .resolve(attempt.revision().studyUid())
                .resolve("r" + attempt.revision().number() + "-a" + attempt.number());
    }

    /** When the first instance of the revision came: the same for every attempt, so that a repeated one writes the same. */
    private Instant contentTime(Revision revision) {
        return ledger.revisions(revision.studyUid()).stream()
                .filter(row -> row.revision().equals(revision))
                .findFirst()
                .map(StudyRow::opened)
                .orElseThrow();
    }

    private List<EarlierReport> earlierReports(Revision revision) {
        List<EarlierReport> reports = new ArrayList<>();
        for (StudyRow row : ledger.revisions(revision.studyUid())) {
            if (row.revision().number() < revision.number()) {
                for (OutputObject output : ledger.outputs(row.revision())) {
                    if (output.kind().startsWith("SR") && Files.isRegularFile(output.file())) {
                        reports.add(new EarlierReport(output.kind(), row.opened(), output.file()));
                    }
                }
            }
        }
        return reports;
    }

    @Override
    public void close() {
        heart.shutdownNow();
    }
}
