package org.myonode.storage;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.myonode.db.Ledger;
import org.myonode.dicom.DicomException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds a quiet study back until the PACS that sent it says that nothing is missing: by C-FIND it is asked how many
 * instances each series has (NumberOfSeriesRelatedInstances, PS3.4 table C.6-5), and the ledger how many have come.
 *
 * <p>A study waits at most for the configured time: then it goes on as it is, and the audit trail and the log say so. A
 * PACS that cannot be asked is asked again until then. Each verdict is an audit row (COMPLETE, INCOMPLETE,
 * COMPLETENESS_UNKNOWN). What has been found out is in memory only: after a restart it is found out again.
 *
 * <p>Thread-safe. {@link #mustWait} never blocks: questions are asked on the executor.
 */
public final class Completeness {
    private static final Logger log = LoggerFactory.getLogger(Completeness.class);

    private static final Set<String> MEASURED = Set.of("CT", "PT");

    private final Ledger ledger;
    private final Map<String, Source> sources;
    private final Policy policy;
    private final Executor executor;
    private final Clock clock;
    private final Map<String, Waiting> studies = new ConcurrentHashMap<>();

    /** Which series of a study have to be whole. */
    public enum Scope {
        /** Those of which at least one instance has come: for routers that send a choice of series. */
        SERIES,
        /** Every CT and PET series that the PACS has of the study. */
        STUDY
    }

    /** A series as a PACS has it. */
    public record Series(String seriesUid, String modality, int instances) {}

    /** Asks a PACS. */
    @FunctionalInterface
    public interface Archive {
        /** The series that it has of a study. */
        List<Series> seriesOf(String studyUid) throws IOException;
    }

    /**
     * A PACS whose studies are checked.
     *
     * @param aeTitle the calling AE title of what it sends
     */
    public record Source(String aeTitle, Scope scope, Archive archive) {}

    /**
     * How long to wait.
     *
     * @param interval between two questions about a study
     * @param maximumWait from the first question on; afterwards the study goes on incomplete
     */
    public record Policy(Duration interval, Duration maximumWait) {}

    /** @param executor where the PACS is asked */
    public Completeness(Ledger ledger, List<Source> sources, Policy policy, Executor executor, Clock clock) {
        this.ledger = ledger;
        this.sources = sources.stream().collect(Collectors.toUnmodifiableMap(Source::aeTitle, Function.identity()));
        this.policy = policy;
        this.executor = executor;
        this.clock = clock;
    }

    /** What is known of a study that waits; guarded by itself. */
    private static final class Waiting {
        private final Instant since;
        private Instant next;
        private boolean asking;
        private boolean released;
        private @Nullable String said;

        Waiting(Instant now) {
            this.since = now;
            this.next = now;
        }
    }

    /** True while the study, which is quiet, must not be sealed; asks when it is time to. */
    public boolean mustWait(String studyUid) {
        if (sources.isEmpty()) {
            return false;
        }
        Waiting study = studies.computeIfAbsent(studyUid, uid -> new Waiting(clock.instant()));
        synchronized (study) {
            if (study.released) {
                studies.remove(studyUid);
                return false;
            }
            if (study.asking || clock.instant().isBefore(study.next)) {
                return true;
            }
            study.asking = true;
        }
        executor.execute(() -> ask(studyUid, study));
        return true;
    }

    private void ask(String studyUid, Waiting study) {
        try {
            Optional<Source> source = ledger.callingAeTitles(studyUid).stream()
                    .filter(sources::containsKey)
                    .map(sources::get)
                    .findFirst();
            boolean released = source.isEmpty() || verdict(studyUid, study, source.get());
            synchronized (study) {
                study.released = released;
            }
        } catch (RuntimeException e) {
            log.error("study={} completeness could not be checked now", studyUid, e);
        } finally {
            synchronized (study) {
                study.asking = false;
                study.next = clock.instant().plus(policy.interval());
            }
        }
    }

    /** True when the study need not wait any more. */
    private boolean verdict(String studyUid, Waiting study, Source source) {
        String event;
        String detail;
        try {
            Missing missing = missing(studyUid, source);
            if (missing.instances() == 0) {
                ledger.note(studyUid, "COMPLETE", source.aeTitle() + ": " + missing);
                log.info("study={} is complete at {}: {}", studyUid, source.aeTitle(), missing);
                return true;
            }
            event = "INCOMPLETE";
            detail = source.aeTitle() + ": " + missing;
        } catch (IOException | DicomException e) {
            event = "COMPLETENESS_UNKNOWN";
            detail = source.aeTitle() + ": " + e.getMessage();
        }
        boolean over = !clock.instant().isBefore(study.since.plus(policy.maximumWait()));
        if (over) {
            ledger.note(studyUid, event, detail + "; not waited for any longer");
            log.error("ALARM study={} goes on although {} {}", studyUid, event, detail);
        } else if (!detail.equals(study.said)) {
            // One row for each thing that is new, not one for each question.
            study.said = detail;
            ledger.note(studyUid, event, detail + "; waiting");
            log.warn("study={} waits: {} {}", studyUid, event, detail);
        }
        return over;
    }

    private record Missing(int instances, int expected, int series) {
        @Override
        public String toString() {
            String all = expected + " instances in " + series + " series";
            return instances == 0 ? "all of " + all + " are here" : instances + " of " + all + " are missing";
        }
    }

    private Missing missing(String studyUid, Source source) throws IOException {
        List<Series> there = source.archive().seriesOf(studyUid);
        Map<String, Integer> here = ledger.instancesBySeries(studyUid);
        int missing = 0;
        int expected = 0;
        int counted = 0;
        for (Series series : there) {
            int received = here.getOrDefault(series.seriesUid(), 0);
            if (source.scope() == Scope.STUDY ? MEASURED.contains(series.modality()) : received > 0) {
                counted++;
                expected += series.instances();
                missing += Math.max(0, series.instances() - received);
            }
        }
        if (counted == 0) {
            throw new IOException("it does not know the study");
        }
        return new Missing(missing, expected, counted);
    }
}
