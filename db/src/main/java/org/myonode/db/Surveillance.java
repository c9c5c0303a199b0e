package org.myonode.db;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/**
 * Studies in the order in which they came, and what the nightly checks of them found. A study counts once, with its last
 * revision that no expert has corrected. Thread-safe.
 */
public final class Surveillance {

    private static final String WORKED_ON = """
            select r.opened_at, r.state, r.result from revision r
            where r.opened_at >= :since
              and r.state in ('PRODUCED', 'EXPORTED', 'COMMITTED', 'NO_L3', 'FAILED', 'QUARANTINED')
              and (r.result is null or not jsonb_exists(r.result::jsonb, 'correction'))
              and not exists (select 1 from revision later
                              where later.study_uid = r.study_uid and later.number > r.number
                                and later.state in ('PRODUCED', 'EXPORTED', 'COMMITTED', 'NO_L3', 'FAILED', 'QUARANTINED')
                                and (later.result is null or not jsonb_exists(later.result::jsonb, 'correction')))
            """;

    private final Jdbi jdbi;
    private final Clock clock;

    public Surveillance(Database database, Clock clock) {
        this.jdbi = Jdbi.create(database.dataSource());
        this.clock = clock;
    }

    /**
     * One check.
     *
     * @param alerts how many
     * @param reportJson all of it
     */
    public record Check(Instant at, int alerts, String reportJson) {}

    /** The first studies since a time, the first first. */
    public List<MeasuredStudy> first(Instant since, int limit) {
        return studies(since, limit, "order by r.opened_at, r.study_uid limit :limit");
    }

    /** The last studies since a time, the first first. */
    public List<MeasuredStudy> last(Instant since, int limit) {
        List<MeasuredStudy> last =
                new ArrayList<>(studies(since, limit, "order by r.opened_at desc, r.study_uid desc limit :limit"));
        Collections.reverse(last);
        return last;
    }

    private List<MeasuredStudy> studies(Instant since, int limit, String order) {
        return ask(
                "list measured studies",
                handle -> handle.createQuery(WORKED_ON + order)
                        .bind("since", Rows.at(since))
                        .bind("limit", limit)
                        .map((row, context) -> study(row))
                        .list());
    }

    private static MeasuredStudy study(ResultSet row) throws SQLException {
        return new MeasuredStudy(
                row.getObject("opened_at", OffsetDateTime.class).toInstant(),
                StudyState.valueOf(row.getString("state")),
                Optional.ofNullable(row.getString("result")));
    }

    /** Keeps what a check found, with a row in the audit trail when it alerts. */
    public void record(int alerts, String reportJson, String words) {
        OffsetDateTime now = Rows.at(clock.instant());
        ask("keep a check", handle -> {
            handle.createUpdate("insert into surveillance (at, alerts, report) values (:at, :alerts, :report)")
                    .bind("at", now)
                    .bind("alerts", alerts)
                    .bind("report", reportJson)
                    .execute();
            if (alerts > 0) {
                handle.createUpdate(
                                "insert into audit (at, study_uid, event, detail) values (:at, '', 'DRIFT', :detail)")
                        .bind("at", now)
                        .bind("detail", words)
                        .execute();
            }
            return true;
        });
    }

    /** The latest checks, the newest first. */
    public List<Check> checks(int limit) {
        return ask(
                "list checks",
                handle -> handle.createQuery(
                                "select at, alerts, report from surveillance order by id desc limit :limit")
                        .bind("limit", limit)
                        .map((row, context) -> new Check(
                                row.getObject("at", OffsetDateTime.class).toInstant(),
                                row.getInt("alerts"),
                                row.getString("report")))
                        .list());
    }

    private <T> T ask(String what, HandleCallback<T, RuntimeException> question) {
        try {
            return jdbi.inTransaction(question);
        } catch (JdbiException e) {
            throw new DatabaseException("could not " + what + ": " + e.getMessage(), e);
        }
    }
}
