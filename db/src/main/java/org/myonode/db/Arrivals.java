package org.myonode.db;

import static org.myonode.db.Rows.at;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * Whether delivered objects are there, in the ledger: WAITING, then FOUND or, after the last question, MISSING. That is
 * less than a storage commitment, so it changes the state neither of the delivery nor of the revision.
 *
 * <p>Everything here runs inside a transaction of the {@link Ledger}. Thread-safe: it has no state.
 */
final class Arrivals {

    private Arrivals() {}

    static List<Arrival> due(
            Handle handle, Collection<String> destinations, Duration first, int limit, Duration lease, Instant now) {
        handle.createUpdate("""
                        insert into arrival (delivery, state, checks, next_check, updated_at)
                        select d.id, 'WAITING', 0, d.updated_at + :seconds * interval '1 second', :now from delivery d
                        where d.state = 'DELIVERED' and d.destination in (<names>)
                          and not exists (select 1 from arrival a where a.delivery = d.id)
                        on conflict (delivery) do nothing
                        """)
                .bindList("names", List.copyOf(destinations))
                .bind("seconds", first.toSeconds())
                .bind("now", at(now))
                .execute();
        return handle.createQuery("""
                        with due as (
                            select a.delivery from arrival a join delivery d on d.id = a.delivery
                            where a.state = 'WAITING' and a.next_check <= :now and d.destination in (<names>)
                            order by a.next_check, a.delivery limit :limit for update of a skip locked),
                        taken as (
                            update arrival set checks = checks + 1, next_check = :until, updated_at = :now
                            from due where arrival.delivery = due.delivery returning arrival.*)
                        select taken.delivery, taken.checks, d.destination, o.study_uid, o.revision as number, o.kind,
                               o.sop_class_uid, o.sop_instance_uid, o.file, o.sha256
                        from taken join delivery d on d.id = taken.delivery join output_object o on o.id = d.output_object
                        order by taken.delivery
                        """)
                .bindList("names", List.copyOf(destinations))
                .bind("now", at(now))
                .bind("until", at(now.plus(lease)))
                .bind("limit", limit)
                .map((row, context) -> new Arrival(
                        row.getLong("delivery"),
                        Rows.revision(row),
                        Rows.output(row),
                        row.getString("destination"),
                        row.getInt("checks")))
                .list();
    }

    /** False when the lease had ended. */
    static boolean end(
            Handle handle, Arrival arrival, String state, String detail, Optional<Instant> next, Instant now) {
        return handle.createUpdate("""
                        update arrival set state = :state, detail = :detail, next_check = coalesce(:next, next_check),
                                           updated_at = :now
                        where delivery = :delivery and state = 'WAITING' and checks = :checks
                        """)
                        .bind("state", state)
                        .bind("detail", detail)
                        .bind("next", next.map(Rows::at).orElse(null))
                        .bind("now", at(now))
                        .bind("delivery", arrival.delivery())
                        .bind("checks", arrival.checks())
                        .execute()
                == 1;
    }
}
