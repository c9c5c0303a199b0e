package org.myonode.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.myonode.db.Entries.entry;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class LedgerTest {

    private static final Duration QUIET = Duration.ofSeconds(60);
    private static final Route PACS = new Route("pacs", Set.of("SEG", "SR"));

    private static TestDatabase test;
    private static int studies;

    private final MutableClock clock = new MutableClock();
    private final Ledger ledger = new Ledger(test.database(), clock);
    private String study;

    @BeforeAll
    static void open() {
        test = TestDatabase.create();
    }

    @AfterAll
    static void close() {
        test.close();
    }

    @BeforeEach
    void newStudy() {
        study = "1.2.3." + ++studies;
    }

    // ---- receiving

    @Test
    void firstInstanceOpensTheFirstRevision() {
        assertThat(ledger.record(entry(study, 1))).isEqualTo(Receipt.NEW);

        StudyRow row = ledger.study(study).orElseThrow();
        assertThat(row.revision()).isEqualTo(new Revision(study, 1));
        assertThat(row.state()).isEqualTo(StudyState.RECEIVING);
        assertThat(row.instances()).isEqualTo(1);
        assertThat(row.opened()).isEqualTo(clock.instant());
        assertThat(ledger.instances(row.revision())).containsExactly(entry(study, 1));
    }

    @Test
    void sameBytesAgainChangeNothing() {
        ledger.record(entry(study, 1));
        StudyRow before = ledger.study(study).orElseThrow();
        clock.advance(Duration.ofSeconds(10));

        assertThat(ledger.record(entry(study, 1))).isEqualTo(Receipt.DUPLICATE);

        assertThat(ledger.study(study)).contains(before);
        assertThat(ledger.audit(study)).hasSize(1);
    }

    @Test
    void sameUidWithOtherBytesKeepsTheFirstAndIsAudited() {
        ledger.record(entry(study, 1));

        assertThat(ledger.record(entry(study, 1, "other bytes"))).isEqualTo(Receipt.CONFLICT);

        assertThat(ledger.instances(new Revision(study, 1))).containsExactly(entry(study, 1));
        assertThat(ledger.audit(study)).extracting(AuditRow::event).containsExactly("MOVED", "INSTANCE_CONFLICT");
    }

    @Test
    void studyIsSealedAfterTheQuietPeriodAndNotBefore() {
        ledger.record(entry(study, 1));
        clock.advance(QUIET.minusSeconds(1));
        ledger.record(entry(study, 2));
        clock.advance(QUIET.minusNanos(1_000));
        assertThat(sealed()).isEmpty();

        clock.advance(Duration.of(1, ChronoUnit.MICROS));
        assertThat(sealed()).containsExactly(new Revision(study, 1));
        assertThat(sealed()).isEmpty();
        assertThat(ledger.sealedWithoutJob()).contains(new Revision(study, 1));
    }

    @Test
    void studyInFlightIsNotSealed() {
        ledger.record(entry(study, 1));
        clock.advance(QUIET.multipliedBy(10));

        assertThat(ledger.sealQuiet(QUIET, study::equals)).doesNotContain(new Revision(study, 1));
        assertThat(sealed()).containsExactly(new Revision(study, 1));
    }

    @Test
    void lateInstanceOpensTheNextRevisionWithEverythingSoFar() {
        ledger.record(entry(study, 1));
        ledger.record(entry(study, 2));
        clock.advance(QUIET);
        sealed();

        assertThat(ledger.record(entry(study, 3))).isEqualTo(Receipt.NEW);
        assertThat(ledger.record(entry(study, 1))).isEqualTo(Receipt.DUPLICATE);
        clock.advance(QUIET);
        assertThat(sealed()).containsExactly(new Revision(study, 2));

        assertThat(ledger.instances(new Revision(study, 1))).containsExactly(entry(study, 1), entry(study, 2));
        assertThat(ledger.instances(new Revision(study, 2)))
                .containsExactly(entry(study, 1), entry(study, 2), entry(study, 3));
        assertThat(ledger.revisions(study)).extracting(StudyRow::instances).containsExactly(2, 3);
        assertThat(ledger.study(study).orElseThrow().revision().number()).isEqualTo(2);
    }

    @Test
    void whatIsOnlyKeptOpensNoRevision() {
        assertThat(ledger.recordForKeeping(entry(study, 1))).isEqualTo(Receipt.NEW);

        assertThat(ledger.revisions(study)).isEmpty();
        assertThat(ledger.instance(entry(study, 1).sopInstanceUid())).contains(entry(study, 1));
        assertThat(ledger.recordForKeeping(entry(study, 1))).isEqualTo(Receipt.DUPLICATE);
    }

    @Test
    void whatFailsBeforeTheCommitIsNotRecorded() {
        ledger.record(entry(study, 1));
        List<Reception> group =
                List.of(new Reception(entry(study, 2), true), new Reception(entry(study + ".9", 1), true));

        assertThatThrownBy(() -> ledger.recordProvisionally(group, () -> {
                    throw new IllegalStateException("the bytes are not on the disk");
                }))
                .hasMessage("the bytes are not on the disk");
        assertThat(ledger.instance(entry(study, 2).sopInstanceUid())).isEmpty();
        assertThat(ledger.study(study + ".9")).isEmpty();

        assertThat(ledger.recordProvisionally(group, () -> {})).containsExactly(Receipt.NEW, Receipt.NEW);
        assertThat(ledger.confirm(List.of(
                        entry(study, 2).sopInstanceUid(), entry(study + ".9", 1).sopInstanceUid(), "1.2.3.4.5.6")))
                .containsExactlyInAnyOrder(
                        entry(study, 2).sopInstanceUid(), entry(study + ".9", 1).sopInstanceUid());
        assertThat(ledger.confirm(List.of())).isEmpty();
    }

    @Test
    void ourOwnResultComingBackIsKeptButOpensNoRevision() {
        Attempt attempt = running();
        InstanceEntry back = entry(study, 77);
        ledger.produced(attempt, "{}", List.of(output("SEG", back.sopInstanceUid())));

        assertThat(ledger.producedByUs(back.sopInstanceUid())).isTrue();
        assertThat(ledger.producedByUs("1.2.3.4.5.6")).isFalse();
        assertThat(ledger.record(back)).isEqualTo(Receipt.OURS);
        assertThat(ledger.revisions(study)).hasSize(1);
        assertThat(ledger.instance(back.sopInstanceUid())).isPresent();
    }

    // ---- working

    @Test
    void theWholeWayIsAuditedMoveByMove() {
        Attempt attempt = running();
        OutputObject seg = output("SEG", study + ".9.1");
        OutputObject sr = output("SR", study + ".9.2");
        Product product = new Product("{\"l3\":1}", Optional.of(Path.of("overlay.png")), List.of(seg, sr));
        Route archive = new Route("pacs", Set.of("SEG", "SR"), true);
        assertThat(ledger.produced(attempt, product, List.of(archive))).isTrue();
        for (Delivery delivery : due()) {
            assertThat(ledger.delivered(delivery)).isTrue();
        }
        String transaction = study + ".8";
        assertThat(ledger.requestCommitment("pacs", transaction, Duration.ofMinutes(1)))
                .isPresent();
        assertThat(ledger.commitmentReported(new CommitmentReport(
                        transaction, List.of(seg.sopInstanceUid(), sr.sopInstanceUid()), List.of())))
                .isTrue();

        assertThat(ledger.audit(study).stream()
                        .filter(row -> row.event().equals("MOVED"))
                        .map(row -> row.to().orElseThrow()))
                .containsExactly(
                        StudyState.RECEIVING,
                        StudyState.SEALED,
                        StudyState.QUEUED,
                        StudyState.RUNNING,
                        StudyState.PRODUCED,
                        StudyState.EXPORTED,
                        StudyState.COMMITTED);
        StudyRow row = ledger.study(study).orElseThrow();
        assertThat(row.resultJson()).contains("{\"l3\":1}");
        assertThat(row.picture()).contains(Path.of("overlay.png"));
        assertThat(ledger.outputs(row.revision())).containsExactly(seg, sr);
    }

    @Test
    void noL3IsAResultWithAReason() {
        Attempt attempt = running();
        assertThat(ledger.noL3(attempt, "the scan ends above the pelvis", "{}")).isTrue();

        StudyRow row = ledger.study(study).orElseThrow();
        assertThat(row.state()).isEqualTo(StudyState.NO_L3);
        assertThat(row.reason()).contains("the scan ends above the pelvis");
        assertThat(ledger.claim(attempt.revision(), "w")).isEmpty();
    }

    @Test
    void onlyASealedOrFailedRevisionIsQueued() {
        ledger.record(entry(study, 1));
        Revision revision = new Revision(study, 1);
        assertThat(ledger.queued(revision)).isFalse();
        clock.advance(QUIET);
        sealed();
        assertThat(ledger.claim(revision, "w")).isEmpty();
        assertThat(ledger.queued(revision)).isTrue();
        assertThat(ledger.queued(revision)).isFalse();
    }

    @Test
    void staleAttemptWritesNothing() {
        Attempt first = running();
        clock.advance(ledger.policy().heartbeatTimeout().plusMillis(1));
        assertThat(ledger.stale(ledger.policy().heartbeatTimeout())).contains(first.revision());
        Attempt second = ledger.claim(first.revision(), "other").orElseThrow();

        assertThat(second.number()).isEqualTo(2);
        assertThat(ledger.heartbeat(first)).isFalse();
        assertThat(ledger.produced(first, "{\"stale\":true}", List.of(output("SEG", study + ".9.1"))))
                .isFalse();
        assertThat(ledger.noL3(first, "stale", "{}")).isFalse();
        assertThat(ledger.failed(first, "stale")).isFalse();
        assertThat(ledger.outputs(first.revision())).isEmpty();

        StudyRow row = ledger.study(study).orElseThrow();
        assertThat(row.state()).isEqualTo(StudyState.RUNNING);
        assertThat(row.worker()).contains("other");
        assertThat(ledger.heartbeat(second)).isTrue();
        assertThat(ledger.produced(second, "{}", List.of())).isTrue();
        assertThat(ledger.failed(second, "too late")).isFalse();
    }

    @Test
    void runningAttemptWithAHeartbeatIsNotTakenOver() {
        Attempt attempt = running();
        for (int i = 0; i < 5; i++) {
            clock.advance(ledger.policy().heartbeatTimeout());
            assertThat(ledger.claim(attempt.revision(), "other")).isEmpty();
            assertThat(ledger.heartbeat(attempt)).isTrue();
        }
    }

    @Test
    void theClaimAfterTheThirdFailedAttemptQuarantines() {
        Attempt attempt = running();
        for (int number = 1; number <= 3; number++) {
            assertThat(attempt.number()).isEqualTo(number);
            assertThat(ledger.failed(attempt, "out of memory")).isTrue();
            if (number < 3) {
                attempt = ledger.claim(attempt.revision(), "w").orElseThrow();
            }
        }
        assertThat(ledger.queued(attempt.revision())).isTrue();
        assertThat(ledger.claim(attempt.revision(), "w")).isEmpty();

        StudyRow row = ledger.study(study).orElseThrow();
        assertThat(row.state()).isEqualTo(StudyState.QUARANTINED);
        assertThat(row.reason()).contains("out of memory");
        assertThat(ledger.claim(attempt.revision(), "w")).isEmpty();
        assertThat(ledger.queued(attempt.revision())).isFalse();
    }

    @Test
    void theClaimAfterTheThirdCrashQuarantines() {
        Attempt attempt = running();
        for (int number = 2; number <= 3; number++) {
            clock.advance(ledger.policy().heartbeatTimeout().plusMillis(1));
            attempt = ledger.claim(attempt.revision(), "w").orElseThrow();
        }
        clock.advance(ledger.policy().heartbeatTimeout().plusMillis(1));
        assertThat(ledger.claim(attempt.revision(), "w")).isEmpty();
        assertThat(ledger.study(study).orElseThrow().state()).isEqualTo(StudyState.QUARANTINED);
        assertThat(ledger.heartbeat(attempt)).isFalse();
    }

    @ParameterizedTest
    @EnumSource(StudyState.class)
    void illegalMovesAreRefusedBeforeTheDatabaseIsAsked(StudyState from) {
        ledger.record(entry(study, 1));
        for (StudyState to : StudyState.values()) {
            if (!from.canMoveTo(to)) {
                assertThatThrownBy(() -> Jdbi.create(test.database().dataSource())
                                .useTransaction(handle -> ledger.move(handle, new Revision(study, 1), from, to, "")))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage(from + " may not become " + to);
            }
        }
    }

    // ---- delivering

    @Test
    void failedDeliveriesBackOffExponentiallyUpToALimit() {
        Attempt attempt = running();
        produce(attempt, "SEG");
        Instant start = clock.instant();
        long[] waits = IntStream.range(0, 12)
                .mapToLong(i -> {
                    Delivery delivery = due().get(0);
                    Instant next = ledger.deliveryFailed(delivery, "connection refused");
                    long wait = Duration.between(clock.instant(), next).toSeconds();
                    clock.advance(Duration.ofSeconds(wait).minusMillis(1));
                    assertThat(due()).isEmpty();
                    clock.advance(Duration.ofMillis(1));
                    return wait;
                })
                .toArray();

        assertThat(waits).containsExactly(10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600, 3600);
        assertThat(start).isBefore(clock.instant());
        DeliveryRow row = ledger.deliveries(attempt.revision()).get(0);
        assertThat(row.lastError()).contains("connection refused");
        assertThat(row.attempts()).isEqualTo(12);
    }

    @Test
    void exportedOnlyWhenEveryDeliveryIsAccepted() {
        Attempt attempt = running();
        produce(attempt, "SEG", "SR", "SC");
        List<Delivery> deliveries = due();
        assertThat(deliveries).extracting(delivery -> delivery.object().kind()).containsExactly("SEG", "SR");

        ledger.delivered(deliveries.get(0));
        assertThat(ledger.study(study).orElseThrow().state()).isEqualTo(StudyState.PRODUCED);
        ledger.delivered(deliveries.get(1));
        assertThat(ledger.study(study).orElseThrow().state()).isEqualTo(StudyState.EXPORTED);
    }

    @Test
    void deadLetterKeepsTheRevisionProduced() {
        Attempt attempt = running();
        produce(attempt, "SEG", "SR");
        List<Delivery> deliveries = due();
        assertThat(ledger.deadLetter(deliveries.get(0), "A900")).isTrue();
        assertThat(ledger.delivered(deliveries.get(1))).isTrue();

        assertThat(ledger.study(study).orElseThrow().state()).isEqualTo(StudyState.PRODUCED);
        assertThat(ledger.deliveries(attempt.revision()))
                .extracting(DeliveryRow::state)
                .containsExactly("DEAD_LETTER", "DELIVERED");
        clock.advance(Duration.ofDays(1));
        assertThat(due()).isEmpty();
    }

    @Test
    void deliveryOfACrashedSenderComesUpAgainAndItsLateAnswerIsRefused() {
        Attempt attempt = running();
        produce(attempt, "SEG");
        Delivery lost = due().get(0);
        assertThat(due()).isEmpty();
        clock.advance(Duration.ofMinutes(10));
        Delivery again = due().get(0);

        assertThat(again.id()).isEqualTo(lost.id());
        assertThat(ledger.delivered(lost)).isFalse();
        assertThat(ledger.deliveryFailed(lost, "late", clock.instant())).isFalse();
        assertThat(ledger.delivered(again)).isTrue();
        assertThat(ledger.study(study).orElseThrow().state()).isEqualTo(StudyState.EXPORTED);
    }

    // ---- audit and lists

    @Test
    void auditTrailCannotBeChanged() throws SQLException {
        ledger.record(entry(study, 1));
        ledger.note(study, "QUARANTINED_FILE", "kept for a person");
        try (Connection connection = test.database().dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : List.of("update audit set detail = ''", "delete from audit", "truncate audit")) {
                assertThatThrownBy(() -> statement.execute(sql)).hasMessageContaining("append-only");
            }
        }
        assertThat(ledger.audit(study)).extracting(AuditRow::event).containsExactly("MOVED", "QUARANTINED_FILE");
        assertThat(ledger.audit(study).get(0).at()).isEqualTo(clock.instant());
    }

    @Test
    void auditRowIsRolledBackWithItsChange() {
        ledger.record(entry(study, 1));
        Revision revision = new Revision(study, 1);
        assertThatThrownBy(() -> Jdbi.create(test.database().dataSource()).useTransaction(handle -> {
                    assertThat(ledger.move(handle, revision, StudyState.RECEIVING, StudyState.SEALED, ""))
                            .isTrue();
                    throw new IllegalStateException("crash");
                }))
                .hasMessage("crash");
        assertThat(ledger.study(study).orElseThrow().state()).isEqualTo(StudyState.RECEIVING);
        assertThat(ledger.audit(study)).hasSize(1);
    }

    @Test
    void errorSaysWhatWasWantedAndWhyItFailedInOneLine() {
        TestDatabase lost = TestDatabase.create();
        Ledger without = new Ledger(lost.database(), clock);
        lost.close();
        assertThatThrownBy(() -> without.record(entry(study, 1)))
                .isInstanceOf(DatabaseException.class)
                .hasMessageStartingWith("could not record instance " + study + ".1.1 of study " + study + ": ")
                .hasMessageEndingWith("has been closed.");
    }

    @Test
    void countsHaveEveryStateAndStudiesAreListedLatestFirst() {
        running();
        String older = study;
        newStudy();
        clock.advance(Duration.ofDays(1));
        ledger.record(entry(study, 1));

        assertThat(ledger.counts()).containsOnlyKeys(StudyState.values());
        assertThat(ledger.counts().get(StudyState.RUNNING)).isPositive();
        List<String> listed =
                ledger.studies(1000).stream().map(StudyRow::studyUid).toList();
        assertThat(listed.indexOf(study)).isLessThan(listed.indexOf(older));
        assertThat(ledger.studies(1)).hasSize(1);
    }

    // ---- steps

    private List<Revision> sealed() {
        return ledger.sealQuiet(QUIET).stream()
                .filter(revision -> revision.studyUid().equals(study))
                .toList();
    }

    private Attempt running() {
        ledger.record(entry(study, 1));
        clock.advance(QUIET);
        sealed();
        Revision revision = new Revision(study, 1);
        assertThat(ledger.queued(revision)).isTrue();
        return ledger.claim(revision, "worker").orElseThrow();
    }

    private void produce(Attempt attempt, String... kinds) {
        List<OutputObject> objects = IntStream.range(0, kinds.length)
                .mapToObj(i -> output(kinds[i], study + ".9." + i))
                .toList();
        assertThat(ledger.produced(attempt, new Product("{}", Optional.empty(), objects), List.of(PACS)))
                .isTrue();
    }

    private static OutputObject output(String kind, String sopInstanceUid) {
        return new OutputObject(kind, "1.2.840.10008.5.1.4.1.1.66.4", sopInstanceUid, Path.of("out.dcm"), "ab");
    }

    private List<Delivery> due() {
        return ledger.dueDeliveries().stream()
                .filter(delivery -> delivery.revision().studyUid().equals(study))
                .toList();
    }
}
