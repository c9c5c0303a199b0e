package org.myonode.db;

import static org.myonode.db.Rows.at;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Deliveries in the ledger: PENDING, leased to a sender at each try, then DELIVERED or DEAD_LETTER. What a delivery was
 * leased under, its count of tries, is what ends it: a sender whose lease has ended changes nothing.
 *
 * <p>Everything here runs inside a transaction of the {@link Ledger}. Thread-safe: it has no state.
 */
final class Deliveries {

    private final Ledger ledger;

    Deliveries(Ledger ledger) {
        this.ledger = ledger;
    }

    /** Is there anything for {@link #due}? */
    static boolean anyDue(Handle handle, Instant now) {
        return handle.createQuery("select exists (select 1 from delivery where state = 'PENDING' and next_try <= :now)")
                .bind("now", at(now))
                .mapTo(Boolean.class)
                .one();
    }

    /** Takes due deliveries, oldest first, for as long as the lease. */
    static List<Delivery> due(Handle handle, int limit, Duration lease, Instant now) {
        return handle.createQuery("""
                        with due as (
                            select id from delivery where state = 'PENDING' and next_try <= :now
                            order by next_try, id limit :limit for update skip locked),
                        taken as (
                            update delivery set attempts = attempts + 1, next_try = :until, updated_at = :now
                            from due where delivery.id = due.id returning delivery.*)
                        select taken.id, taken.destination, taken.attempts, o.study_uid, o.revision as number, o.kind,
                               coalesce(taken.sop_class_uid, o.sop_class_uid) as sop_class_uid, o.sop_instance_uid,
                               coalesce(taken.file, o.file) as file, coalesce(taken.sha256, o.sha256) as sha256
                        from taken join output_object o on o.id = taken.output_object
                        order by taken.id
                        """)
                .bind("now", at(now))
                .bind("until", at(now.plus(lease)))
                .bind("limit", limit)
                .map((row, context) -> new Delivery(
                        row.getLong("id"),
                        Rows.revision(row),
                        Rows.output(row),
                        row.getString("destination"),
                        row.getInt("attempts")))
                .list();
    }

    /** In another form, from this try on. */
    boolean as(Handle handle, Delivery delivery, OutputObject form, Instant now) {
        int changed = handle.createUpdate("""
                        update delivery set sop_class_uid = :class, file = :file, sha256 = :sha256, updated_at = :now
                        where id = :id and state = 'PENDING' and attempts = :attempts
                        """)
                .bind("class", form.sopClassUid())
                .bind("file", form.file().toString())
                .bind("sha256", form.sha256())
                .bind("now", at(now))
                .bind("id", delivery.id())
                .bind("attempts", delivery.attempts())
                .execute();
        if (changed == 1) {
            auditDelivery(handle, delivery, "DELIVERY_FORM", "as " + form.sopClassUid());
        }
        return changed == 1;
    }

    /** Another object of the revision in its place, at once. */
    boolean instead(Handle handle, Delivery delivery, String kind, Instant now) {
        int changed = handle.createUpdate("""
                        update delivery d
                        set output_object = other.id, next_try = :now, updated_at = :now,
                            sop_class_uid = null, file = null, sha256 = null
                        from output_object o join output_object other
                            on other.study_uid = o.study_uid and other.revision = o.revision and other.kind = :kind
                        where d.id = :id and o.id = d.output_object and d.state = 'PENDING' and d.attempts = :attempts
                        """)
                .bind("kind", kind)
                .bind("now", at(now))
                .bind("id", delivery.id())
                .bind("attempts", delivery.attempts())
                .execute();
        if (changed == 1) {
            auditDelivery(handle, delivery, "DELIVERY_REPLACED", "by " + kind);
        }
        return changed == 1;
    }

    /** Ends the lease: with success, for good, or until {@code nextTry}; false when it had ended before. */
    boolean end(Handle handle, Delivery delivery, String state, @Nullable String error, Instant nextTry, Instant now) {
        int changed = handle.createUpdate("""
                        update delivery set state = :state, last_error = :error, next_try = :next, updated_at = :now
                        where id = :id and state = 'PENDING' and attempts = :attempts
                        """)
                .bind("state", state)
                .bind("error", error)
                .bind("next", at(nextTry))
                .bind("now", at(now))
                .bind("id", delivery.id())
                .bind("attempts", delivery.attempts())
                .execute();
        if (changed == 1) {
            auditDelivery(
                    handle,
                    delivery,
                    state.equals("PENDING") ? "DELIVERY_FAILED" : state,
                    "try " + delivery.attempts() + (error == null ? "" : ": " + error));
        }
        return changed == 1;
    }

    /** Makes the moves that the deliveries of a revision, whose row is locked, now allow. */
    void settle(Handle handle, Revision revision) {
        int open = handle.createQuery("""
                        select count(*) from delivery d join output_object o on o.id = d.output_object
                        where o.study_uid = :study and o.revision = :number and d.state in ('PENDING', 'DEAD_LETTER')
                        """)
                .bind("study", revision.studyUid())
                .bind("number", revision.number())
                .mapTo(Integer.class)
                .one();
        if (open == 0) {
            ledger.move(handle, revision, StudyState.PRODUCED, StudyState.EXPORTED, "all delivered");
            if (Commitments.allCommitted(handle, revision)) {
                ledger.move(handle, revision, StudyState.EXPORTED, StudyState.COMMITTED, "all committed");
            }
        }
    }

    private void auditDelivery(Handle handle, Delivery delivery, String event, String detail) {
        ledger.audit(
                handle,
                delivery.revision(),
                event,
                delivery.object().kind() + " " + delivery.object().sopInstanceUid() + " to " + delivery.destination()
                        + ", " + detail);
    }
}
