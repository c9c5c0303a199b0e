package org.myonode.db;

import static java.util.Objects.requireNonNull;
import static org.myonode.db.Rows.at;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Storage commitment in the ledger: the requests, what was reported, and what follows for the deliveries. A delivery goes
 * from DELIVERED to COMMITTED, or to NOT_COMMITTED for good, or back to PENDING so that the same bytes are sent again.
 *
 * <p>Everything here runs inside a transaction of the {@link Ledger} that holds the revision's row. Thread-safe: it has
 * no state.
 */
final class Commitments {

    /** A request of the ledger. */
    private record Open(String transactionUid, Revision revision, String destination, boolean ended) {}

    private final Ledger ledger;
    private final LedgerPolicy policy;

    Commitments(Ledger ledger, LedgerPolicy policy) {
        this.ledger = ledger;
        this.policy = policy;
    }

    /** Deliveries d with their objects o that a destination could be asked for at once. */
    private static final String TO_ASK_FOR = """
            from delivery d join output_object o on o.id = d.output_object
            where d.state = 'DELIVERED' and d.wants_commitment and d.commitment is null and d.next_try <= :now
              and not exists (select 1 from delivery p join output_object q on q.id = p.output_object
                              where p.destination = d.destination and p.state = 'PENDING'
                                and q.study_uid = o.study_uid and q.revision = o.revision)
            """;

    List<String> destinations(Handle handle, Instant now) {
        return handle.createQuery("select distinct d.destination " + TO_ASK_FOR + " order by d.destination")
                .bind("now", at(now))
                .mapTo(String.class)
                .list();
    }

    boolean anyOverdue(Handle handle, Instant now) {
        return handle.createQuery(
                        "select exists (select 1 from commitment where ended_at is null and deadline <= :now)")
                .bind("now", at(now))
                .mapTo(Boolean.class)
                .one();
    }

    Optional<CommitmentRequest> request(
            Handle handle, String destination, String transactionUid, Duration patience, Instant now) {
        Optional<Revision> candidate = handle.createQuery("select o.study_uid, o.revision " + TO_ASK_FOR
                        + " and d.destination = :destination order by d.next_try, d.id limit 1")
                .bind("now", at(now))
                .bind("destination", destination)
                .map((row, context) -> new Revision(row.getString(1), row.getInt(2)))
                .findOne();
        if (candidate.isEmpty()) {
            return Optional.empty();
        }
        Revision revision = candidate.get();
        Ledger.lock(handle, revision);
        // Asked again: another sender may have been faster.
        List<Long> deliveries = handle.createQuery("select d.id " + TO_ASK_FOR
                        + " and d.destination = :destination and o.study_uid = :study and o.revision = :number"
                        + " order by d.id")
                .bind("now", at(now))
                .bind("destination", destination)
                .bind("study", revision.studyUid())
                .bind("number", revision.number())
                .mapTo(Long.class)
                .list();
        if (deliveries.isEmpty()) {
            return Optional.empty();
        }
        int tries = handle.createQuery("select max(commitment_tries) from delivery where id in (<ids>)")
                .bindList("ids", deliveries)
                .mapTo(Integer.class)
                .one();
        handle.createUpdate("""
                        insert into commitment (transaction_uid, study_uid, revision, destination, requested_at, deadline)
                        values (:transaction, :study, :number, :destination, :now, :deadline)
                        """)
                .bind("transaction", transactionUid)
                .bind("study", revision.studyUid())
                .bind("number", revision.number())
                .bind("destination", destination)
                .bind("now", at(now))
                .bind("deadline", at(now.plus(LedgerPolicy.doubled(patience, tries, Duration.ofDays(1)))))
                .execute();
        handle.createUpdate("""
                        update delivery set commitment = :transaction, commitment_tries = commitment_tries + 1,
                                            updated_at = :now
                        where id in (<ids>)
                        """)
                .bind("transaction", transactionUid)
                .bind("now", at(now))
                .bindList("ids", deliveries)
                .execute();
        List<CommitmentRequest.Instance> instances = handle.createQuery("""
                        select coalesce(d.sop_class_uid, o.sop_class_uid), o.sop_instance_uid
                        from delivery d join output_object o on o.id = d.output_object
                        where d.id in (<ids>) order by d.id
                        """)
                .bindList("ids", deliveries)
                .map((row, context) -> new CommitmentRequest.Instance(row.getString(1), row.getString(2)))
                .list();
        ledger.audit(
                handle,
                revision,
                "COMMITMENT_REQUESTED",
                instances.size() + " instances at " + destination + ", transaction " + transactionUid);
        return Optional.of(new CommitmentRequest(transactionUid, revision, destination, instances));
    }

    /** When it is asked again; empty when the transaction had ended already. */
    Optional<Instant> notRequested(Handle handle, String transactionUid, String reason, Instant now) {
        Optional<Open> open = locked(handle, transactionUid);
        if (open.isEmpty() || open.get().ended()) {
            return Optional.empty();
        }
        int tries = handle.createQuery(
                        "select coalesce(max(commitment_tries), 1) from delivery where commitment = :transaction")
                .bind("transaction", transactionUid)
                .mapTo(Integer.class)
                .one();
        Instant again = now.plus(policy.retryAfter(tries));
        handle.createUpdate("""
                        update delivery set commitment = null, next_try = :again, last_error = :reason, updated_at = :now
                        where commitment = :transaction and state = 'DELIVERED'
                        """)
                .bind("again", at(again))
                .bind("reason", reason)
                .bind("now", at(now))
                .bind("transaction", transactionUid)
                .execute();
        end(handle, open.get(), "NOT_REQUESTED", reason, now);
        return Optional.of(again);
    }

    /** False when the transaction is none of ours. */
    boolean reported(Handle handle, CommitmentReport report, Instant now) {
        Optional<Open> known = locked(handle, report.transactionUid());
        if (known.isEmpty()) {
            return false;
        }
        Open transaction = known.get();
        // By instance and not by transaction: a promise that comes after the time-out is a promise all the same.
        for (String sopInstanceUid : report.committed()) {
            settle(
                    handle,
                    transaction,
                    sopInstanceUid,
                    "COMMITTED",
                    "state in ('PENDING', 'DELIVERED')",
                    null,
                    now,
                    now);
        }
        for (CommitmentReport.Refusal refusal : report.refused()) {
            int tries = handle.createQuery(
                            "select coalesce(max(commitment_tries), 1) from delivery where commitment = :transaction")
                    .bind("transaction", report.transactionUid())
                    .mapTo(Integer.class)
                    .one();
            boolean changed = settle(
                    handle,
                    transaction,
                    refusal.sopInstanceUid(),
                    refusal.forGood() ? "NOT_COMMITTED" : "PENDING",
                    "state = 'DELIVERED' and commitment = :transaction",
                    "not committed: " + refusal.reason(),
                    now.plus(policy.retryAfter(tries)),
                    now);
            if (changed) {
                ledger.audit(
                        handle,
                        transaction.revision(),
                        refusal.forGood() ? "COMMITMENT_REFUSED" : "COMMITMENT_FAILED",
                        refusal.sopInstanceUid() + " at " + transaction.destination() + ": " + refusal.reason()
                                + (refusal.forGood() ? "" : "; it is sent again"));
            }
        }
        boolean open = handle.createQuery("""
                        select exists (select 1 from delivery where commitment = :transaction and state = 'DELIVERED')
                        """)
                .bind("transaction", report.transactionUid())
                .mapTo(Boolean.class)
                .one();
        if (!open && !transaction.ended()) {
            end(
                    handle,
                    transaction,
                    report.refused().isEmpty() ? "COMMITTED" : "FAILURES",
                    report.committed().size() + " committed, "
                            + report.refused().size() + " refused",
                    now);
        }
        ledger.settle(handle, transaction.revision());
        return true;
    }

    /** Instances of requests without a report in time go back to PENDING. */
    int giveUpOverdue(Handle handle, Instant now) {
        List<String> overdue =
                handle.createQuery("""
                        select transaction_uid from commitment where ended_at is null and deadline <= :now
                        order by study_uid, revision, transaction_uid
                        """).bind("now", at(now)).mapTo(String.class).list();
        int given = 0;
        for (String transactionUid : overdue) {
            Open open = locked(handle, transactionUid).orElseThrow();
            if (open.ended()) {
                continue;
            }
            handle.createUpdate("""
                            update delivery set state = 'PENDING', commitment = null, next_try = :now, updated_at = :now,
                                                last_error = 'no commitment report in time'
                            where commitment = :transaction and state = 'DELIVERED'
                            """)
                    .bind("transaction", transactionUid)
                    .bind("now", at(now))
                    .execute();
            end(handle, open, "TIMEOUT", "no report in time; the instances are sent again", now);
            given++;
        }
        return given;
    }

    /** True when the revision waits for nothing but promises that have all come. */
    static boolean allCommitted(Handle handle, Revision revision) {
        return handle.createQuery("""
                        select count(*) filter (where d.wants_commitment) > 0
                               and count(*) filter (where d.state <> 'COMMITTED' and d.wants_commitment) = 0
                        from delivery d join output_object o on o.id = d.output_object
                        where o.study_uid = :study and o.revision = :number
                        """)
                .bind("study", revision.studyUid())
                .bind("number", revision.number())
                .mapTo(Boolean.class)
                .one();
    }

    /** Moves one delivery of a transaction's revision and destination on; false when it is not in that condition. */
    private static boolean settle(
            Handle handle,
            Open transaction,
            String sopInstanceUid,
            String state,
            String condition,
            @Nullable String error,
            Instant nextTry,
            Instant now) {
        return handle.createUpdate("""
                        update delivery set state = :state, commitment = null, last_error = :error, next_try = :next,
                                            updated_at = :now
                        where destination = :destination and wants_commitment and %s
                          and output_object in (select id from output_object
                                                where study_uid = :study and revision = :number
                                                  and sop_instance_uid = :sop)
                        """.formatted(condition))
                        .bind("transaction", transaction.transactionUid())
                        .bind("state", state)
                        .bind("error", error)
                        .bind("next", at(nextTry))
                        .bind("now", at(now))
                        .bind("destination", transaction.destination())
                        .bind("study", transaction.revision().studyUid())
                        .bind("number", transaction.revision().number())
                        .bind("sop", sopInstanceUid)
                        .execute()
                > 0;
    }

    private Optional<Open> locked(Handle handle, String transactionUid) {
        Optional<Open> found = find(handle, transactionUid);
        found.ifPresent(open -> Ledger.lock(handle, open.revision()));
        // Read again under the lock: whether it has ended is decided there.
        return found.isEmpty() ? found : find(handle, transactionUid);
    }

    private static Optional<Open> find(Handle handle, String transactionUid) {
        return handle.createQuery("select * from commitment where transaction_uid = :transaction")
                .bind("transaction", transactionUid)
                .map((row, context) -> new Open(
                        transactionUid,
                        new Revision(row.getString("study_uid"), row.getInt("revision")),
                        requireNonNull(row.getString("destination")),
                        row.getObject("ended_at") != null))
                .findOne();
    }

    private void end(Handle handle, Open transaction, String outcome, String detail, Instant now) {
        handle.createUpdate("""
                        update commitment set ended_at = :now, outcome = :outcome where transaction_uid = :transaction
                        """)
                .bind("now", at(now))
                .bind("outcome", outcome)
                .bind("transaction", transaction.transactionUid())
                .execute();
        ledger.audit(
                handle,
                transaction.revision(),
                "COMMITMENT_" + (outcome.equals("COMMITTED") || outcome.equals("FAILURES") ? "REPORTED" : outcome),
                "transaction " + transaction.transactionUid() + " at " + transaction.destination() + ": " + detail);
    }
}
