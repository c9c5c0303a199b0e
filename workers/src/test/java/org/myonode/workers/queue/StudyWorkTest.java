package org.myonode.workers.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.myonode.db.Corrections;
import org.myonode.db.Ledger;
import org.myonode.db.MutableClock;
import org.myonode.db.OutputObject;
import org.myonode.db.Revision;
import org.myonode.db.Route;
import org.myonode.db.StudyState;
import org.myonode.db.TestDatabase;
import org.myonode.workers.pipeline.EarlierReport;
import org.myonode.workers.pipeline.Result;

final class StudyWorkTest {
    private static final List<Route> ROUTES = List.of(new Route("pacs", Set.of("SEG", "SR")));

    @TempDir
    Path folder;

    private final MutableClock clock = new MutableClock();
    private TestDatabase database;
    private Ledger ledger;

    @BeforeEach
    void open() {
        database = TestDatabase.create();
        ledger = new Ledger(database.database(), clock);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void a_measured_study_is_produced_and_due_for_delivery() {
        Revision revision = Studies.queued(ledger, clock, "1.2.3");

        assertThat(work((files, output, time, earlier, correction) -> Studies.measured(output))
                        .run(revision))
                .isTrue();

        assertThat(state(revision)).isEqualTo(StudyState.PRODUCED);
        assertThat(ledger.deliveries(revision)).hasSize(2);
    }

    @Test
    void the_analysis_gets_the_files_and_a_time_that_every_attempt_shares() {
        Revision revision = Studies.queued(ledger, clock, "1.2.3");
        List<Instant> times = new ArrayList<>();
        List<Path> outputs = new ArrayList<>();
        StudyWork.Analysis failing = (files, output, time, earlier, correction) -> {
            assertThat(files).containsExactly(Path.of("/store/1.2.3.1"));
            times.add(time);
            outputs.add(output);
            throw new IllegalStateException("disk full");
        };

        StudyWork work = work(failing);
        for (int attempt = 1; attempt <= 3; attempt++) {
            work.run(revision);
            assertThat(state(revision)).isEqualTo(StudyState.QUEUED);
            clock.advance(Duration.ofMinutes(1));
        }
        work.run(revision);

        assertThat(state(revision)).isEqualTo(StudyState.QUARANTINED);
        assertThat(times).hasSize(3);
        assertThat(Set.copyOf(times)).hasSize(1);
        assertThat(Set.copyOf(outputs)).hasSize(3);
    }

    @Test
    void a_study_without_l3_ends_as_no_l3_and_a_refused_one_fails_for_good() {
        Revision chest = Studies.queued(ledger, clock, "1.2.3");
        Revision two = Studies.queued(ledger, clock, "1.2.4");

        work((files, output, time, earlier, correction) -> new Result.NoL3("above the scan", "{}"))
                .run(chest);
        work((files, output, time, earlier, correction) -> new Result.Refused("2 slices", "{}"))
                .run(two);

        assertThat(state(chest)).isEqualTo(StudyState.NO_L3);
        assertThat(state(two)).isEqualTo(StudyState.FAILED);
        assertThat(ledger.study("1.2.4").orElseThrow().reason()).hasValue("2 slices");
    }

    @Test
    void an_attempt_that_went_silent_is_taken_over_and_its_late_result_is_refused() {
        Revision revision = Studies.queued(ledger, clock, "1.2.3");
        StudyWork second = work((files, output, time, earlier, correction) -> Studies.measured(output));
        StudyWork first = work((files, output, time, earlier, correction) -> {
            // While the first one hangs, its heartbeat grows old and the second one finishes the study.
            clock.advance(ledger.policy().heartbeatTimeout().plusSeconds(1));
            assertThat(second.run(revision)).isTrue();
            return new Result.NoL3("late", "{}");
        });

        assertThat(first.run(revision)).isFalse();

        assertThat(state(revision)).isEqualTo(StudyState.PRODUCED);
        assertThat(ledger.study("1.2.3").orElseThrow().attempts()).isEqualTo(2);
        assertThat(ledger.outputs(revision)).hasSize(2);
    }

    @Test
    void what_is_being_worked_on_cannot_be_claimed_again() {
        Revision revision = Studies.queued(ledger, clock, "1.2.3");
        StudyWork other = work((files, output, time, earlier, correction) -> {
            throw new AssertionError("worked on twice");
        });

        work((files, output, time, earlier, correction) -> {
                    assertThat(other.run(revision)).isFalse();
                    return Studies.measured(output);
                })
                .run(revision);

        assertThat(state(revision)).isEqualTo(StudyState.PRODUCED);
    }

    @Test
    void a_late_instance_brings_a_later_time_and_the_reports_of_the_result_before() throws IOException {
        Revision first = Studies.queued(ledger, clock, "1.2.3");
        work((files, output, time, earlier, correction) -> {
                    assertThat(earlier).isEmpty();
                    return Studies.measured(output);
                })
                .run(first);
        // The report is on disk as the pipeline would have left it.
        OutputObject report = ledger.outputs(first).stream()
                .filter(output -> output.kind().equals("SR"))
                .findFirst()
                .orElseThrow();
        Files.createDirectories(report.file().getParent());
        Files.writeString(report.file(), "report");
        Instant opened = ledger.study("1.2.3").orElseThrow().opened();

        Revision late = Studies.late(ledger, clock, "1.2.3");
        List<Instant> times = new ArrayList<>();
        work((files, output, time, earlier, correction) -> {
                    times.add(time);
                    assertThat(earlier).containsExactly(new EarlierReport("SR", opened, report.file()));
                    return Studies.measured(output);
                })
                .run(late);

        assertThat(late.number()).isEqualTo(2);
        assertThat(times).singleElement().satisfies(time -> assertThat(time).isAfter(opened));
    }

    private StudyWork work(StudyWork.Analysis analysis) {
        return new StudyWork(ledger, new Corrections(database.database(), clock), analysis, ROUTES, folder, "test");
    }

    private StudyState state(Revision revision) {
        return ledger.study(revision.studyUid()).orElseThrow().state();
    }
}
