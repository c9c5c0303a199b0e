package org.myonode.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.myonode.db.Entries.entry;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** From DELIVERED to COMMITTED, and every way in which that does not happen at once. */
final class CommitmentsTest {

    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final String ARCHIVE = "archive";

    private static TestDatabase test;
    private static int studies;

    private final MutableClock clock = new MutableClock();
    private final Ledger ledger = new Ledger(test.database(), clock);
    private String study;
    private Revision revision;
    private int transactions;

    @BeforeAll
    static void open() {
        test = TestDatabase.create();
    }

    @AfterAll
    static void close() {
        test.close();
    }

    /** What is due is asked over all studies, so what another test has left must go. */
    @BeforeEach
    void newStudy() throws SQLException {
        try (Connection connection = test.database().dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("truncate delivery, commitment cascade");
        }
        study = "1.2.9." + ++studies;
    }

    @Test
    void nothingIsAskedForBeforeEverythingIsDelivered() {
        produce(new Route(ARCHIVE, Set.of("SEG", "SR"), true));
        List<Delivery> deliveries = due();
        ledger.delivered(deliveries.get(0));

        assertThat(ledger.destinationsToAsk()).isEmpty();
        assertThat(request()).isEmpty();

        ledger.deliverAs(
                deliveries.get(1),
                new OutputObject("SR", "1.2.840.10008.5.1.4.1.1.88.33", sop("SR"), Path.of("older.dcm"), "bb"));
        ledger.delivered(deliveries.get(1));
        assertThat(ledger.destinationsToAsk()).containsExactly(ARCHIVE);
        CommitmentRequest request = request().orElseThrow();
        assertThat(request.revision()).isEqualTo(revision);
        assertThat(request.instances())
                .containsExactly(
                        new CommitmentRequest.Instance("1.2.840.10008.5.1.4.1.1.66.4", sop("SEG")),
                        new CommitmentRequest.Instance("1.2.840.10008.5.1.4.1.1.88.33", sop("SR")));
        assertThat(request()).as("asked once").isEmpty();
        assertThat(state()).isEqualTo(StudyState.EXPORTED);
    }

    @Test
    void aDestinationWithoutCommitmentIsNeverAsked() {
        produce(new Route("viewer", Set.of("SEG", "SR")));
        due().forEach(ledger::delivered);

        assertThat(ledger.destinationsToAsk()).isEmpty();
        assertThat(ledger.requestCommitment("viewer", "1.2", PATIENCE)).isEmpty();
        assertThat(state()).isEqualTo(StudyState.EXPORTED);
    }

    @Test
    void theLastReportCommits() {
        produce(new Route(ARCHIVE, Set.of("SEG", "SR"), true), new Route("viewer", Set.of("SEG")));
        due().stream()
                .filter(delivery -> delivery.destination().equals(ARCHIVE))
                .forEach(ledger::delivered);
        String transaction = request().orElseThrow().transactionUid();
        assertThat(report(transaction, List.of(sop("SEG"), sop("SR")))).isTrue();
        assertThat(state()).as("the viewer has not got it yet").isEqualTo(StudyState.PRODUCED);

        clock.advance(Duration.ofMinutes(11));
        due().forEach(ledger::delivered);
        assertThat(state()).isEqualTo(StudyState.COMMITTED);
        assertThat(report(transaction, List.of(sop("SEG"), sop("SR"))))
                .as("again")
                .isTrue();
        assertThat(events()).containsSubsequence("COMMITMENT_REQUESTED", "COMMITMENT_REPORTED", "MOVED");
    }

    @Test
    void anUnknownTransactionIsToldSo() {
        assertThat(report("1.2.3.4.5", List.of("1.2"))).isFalse();
    }

    @Test
    void whatFailedIsSentAgainAndAskedForAgain() {
        produce(new Route(ARCHIVE, Set.of("SEG", "SR"), true));
        due().forEach(ledger::delivered);
        String first = request().orElseThrow().transactionUid();
        assertThat(report(
                        first,
                        List.of(sop("SEG")),
                        new CommitmentReport.Refusal(sop("SR"), "0112 no such object instance", false)))
                .isTrue();

        assertThat(state()).isEqualTo(StudyState.EXPORTED);
        assertThat(due()).as("after a pause").isEmpty();
        clock.advance(Duration.ofSeconds(10));
        List<Delivery> again = due();
        assertThat(again).extracting(delivery -> delivery.object().kind()).containsExactly("SR");
        ledger.delivered(again.get(0));
        CommitmentRequest second = request().orElseThrow();
        assertThat(second.transactionUid()).isNotEqualTo(first);
        assertThat(second.instances())
                .extracting(CommitmentRequest.Instance::sopInstanceUid)
                .containsExactly(sop("SR"));
        report(second.transactionUid(), List.of(sop("SR")));
        assertThat(state()).isEqualTo(StudyState.COMMITTED);
    }

    @Test
    void whatIsRefusedForGoodIsLeftForAPerson() {
        produce(new Route(ARCHIVE, Set.of("SEG", "SR"), true));
        due().forEach(ledger::delivered);
        report(
                request().orElseThrow().transactionUid(),
                List.of(sop("SR")),
                new CommitmentReport.Refusal(sop("SEG"), "0122 referenced SOP class not supported", true));

        assertThat(ledger.deliveries(revision))
                .extracting(DeliveryRow::state)
                .containsExactly("NOT_COMMITTED", "COMMITTED");
        assertThat(ledger.deliveries(revision).get(0).lastError().orElseThrow()).contains("0122");
        assertThat(state()).isEqualTo(StudyState.EXPORTED);
        assertThat(ledger.exportDue()).isFalse();
        assertThat(events()).contains("COMMITMENT_REFUSED");
    }

    @Test
    void withoutAReportTheSameFilesAreSentAgainAndWaitedForLonger() {
        produce(new Route(ARCHIVE, Set.of("SEG", "SR"), true));
        due().forEach(ledger::delivered);
        String first = request().orElseThrow().transactionUid();
        clock.advance(PATIENCE.minusSeconds(1));
        assertThat(ledger.giveUpOverdue()).isZero();
        assertThat(ledger.exportDue()).isFalse();
        clock.advance(Duration.ofSeconds(1));
        assertThat(ledger.exportDue()).isTrue();
        assertThat(ledger.giveUpOverdue()).isEqualTo(1);
        assertThat(ledger.giveUpOverdue()).isZero();

        List<Delivery> again = due();
        assertThat(again).extracting(delivery -> delivery.object().sha256()).containsExactly("aa", "aa");
        again.forEach(ledger::delivered);
        request().orElseThrow();
        clock.advance(PATIENCE);
        assertThat(ledger.giveUpOverdue()).as("twice as long").isZero();
        assertThat(report(first, List.of(sop("SEG"), sop("SR"))))
                .as("a late promise is a promise")
                .isTrue();
        assertThat(state()).isEqualTo(StudyState.COMMITTED);
        assertThat(events()).contains("COMMITMENT_TIMEOUT");
    }

    @Test
    void aRequestThatCouldNotBeMadeIsMadeAgainWithoutSending() {
        produce(new Route(ARCHIVE, Set.of("SEG", "SR"), true));
        due().forEach(ledger::delivered);
        String first = request().orElseThrow().transactionUid();
        assertThat(ledger.commitmentNotRequested(first, "rejected"))
                .contains(clock.instant().plusSeconds(10));
        assertThat(ledger.commitmentNotRequested(first, "rejected")).isEmpty();

        assertThat(request()).isEmpty();
        clock.advance(Duration.ofSeconds(10));
        assertThat(due()).isEmpty();
        assertThat(request()).isPresent();
    }

    private void produce(Route... routes) {
        ledger.record(entry(study, 1));
        clock.advance(Duration.ofMinutes(2));
        ledger.sealQuiet(Duration.ofMinutes(1));
        revision = new Revision(study, 1);
        ledger.queued(revision);
        Attempt attempt = ledger.claim(revision, "worker").orElseThrow();
        List<OutputObject> objects = Stream.of("SEG", "SR")
                .map(kind -> new OutputObject(
                        kind,
                        kind.equals("SEG") ? "1.2.840.10008.5.1.4.1.1.66.4" : "1.2.840.10008.5.1.4.1.1.88.34",
                        sop(kind),
                        Path.of(kind + ".dcm"),
                        "aa"))
                .toList();
        assertThat(ledger.produced(attempt, new Product("{}", Optional.empty(), objects), List.of(routes)))
                .isTrue();
    }

    private String sop(String kind) {
        return study + (kind.equals("SEG") ? ".1.1" : ".1.2");
    }

    private List<Delivery> due() {
        return ledger.dueDeliveries();
    }

    private Optional<CommitmentRequest> request() {
        return ledger.requestCommitment(ARCHIVE, study + ".7." + ++transactions, PATIENCE);
    }

    private boolean report(String transaction, List<String> committed, CommitmentReport.Refusal... refused) {
        return ledger.commitmentReported(new CommitmentReport(transaction, committed, List.of(refused)));
    }

    private StudyState state() {
        return ledger.study(study).orElseThrow().state();
    }

    private List<String> events() {
        return ledger.audit(study).stream().map(AuditRow::event).toList();
    }
}
