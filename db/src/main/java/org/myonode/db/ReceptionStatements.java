package org.myonode.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What every received instance passes through: one statement for each, those of a group sent to the database in one go.
 * Plain JDBC, because here the way to the database costs more than the work in it. Confined to one transaction.
 *
 * <p>One statement for the whole group was tried and costs less with many (0.08 ms of the server's CPU time an instance
 * instead of 0.17), but its plan reads the whole table until the server has statistics of it, and a group of one costs
 * three times as much.
 */
final class ReceptionStatements {

    // What was seen before touches nothing. The study's row is locked before its revision's. Only into a revision that
    // is being received: what opens one goes the long way. The setting lasts until the end of the transaction; where
    // the planner has no reason to look at it, it stays as it was, and that is the safe way.
    private static final String SQL = """
            with commit_mode as materialized (
              select set_config('synchronous_commit', 'off', true) where ?
            ), touched as (
              update study set last_received = greatest(last_received, ?)
              where study_uid = ?
                and (select count(*) from commit_mode) >= 0
                and not exists (select 1 from instance where sop_instance_uid = ?)
              returning study_uid
            ), ours as (
              select 1 from output_object where sop_instance_uid = ?
            ), receiving as (
              update revision r set last_instance = greatest(r.last_instance, ?), updated_at = ?
              from touched t
              where r.study_uid = t.study_uid and r.state = 'RECEIVING' and ? and not exists (select 1 from ours)
              returning r.number
            )
            insert into instance (sop_instance_uid, study_uid, series_uid, sop_class_uid, transfer_syntax,
                                  path, bytes, sha256, calling_ae, called_ae, received_at, revision)
            select ?, study_uid, ?, ?, ?, ?, ?, ?, ?, ?, ?, (select number from receiving)
            from touched
            where exists (select 1 from receiving) or exists (select 1 from ours) or not ?
            on conflict (sop_instance_uid) do nothing
            returning sop_instance_uid, (select count(*) from ours)
            """;

    private ReceptionStatements() {}

    /**
     * What became of a group.
     *
     * @param inserted SOP Instance UIDs of those recorded now; the others were known before, or their study is new or not
     *     being received
     * @param ours SOP Instance UIDs of those inserted that we have made
     */
    record Outcome(Set<String> inserted, Set<String> ours) {}

    /**
     * @param arrivals in the order in which their studies are to be locked, the same whoever locks them
     * @param provisional whether the commit need not wait for the server's disk
     */
    static Outcome run(Connection connection, List<Reception> arrivals, OffsetDateTime now, boolean provisional)
            throws SQLException {
        Set<String> ours = new HashSet<>();
        Set<String> inserted = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(SQL, Statement.RETURN_GENERATED_KEYS)) {
            for (Reception arrival : arrivals) {
                bind(statement, arrival, now, provisional);
                statement.addBatch();
            }
            statement.executeBatch();
            try (ResultSet row = statement.getGeneratedKeys()) {
                while (row.next()) {
                    inserted.add(row.getString(1));
                    if (row.getInt(2) > 0) {
                        ours.add(row.getString(1));
                    }
                }
            }
        }
        return new Outcome(inserted, ours);
    }

    private static void bind(PreparedStatement statement, Reception arrival, OffsetDateTime now, boolean provisional)
            throws SQLException {
        InstanceEntry entry = arrival.entry();
        int at = 0;
        statement.setBoolean(++at, provisional);
        statement.setObject(++at, now);
        statement.setString(++at, entry.studyUid());
        statement.setString(++at, entry.sopInstanceUid());
        statement.setString(++at, entry.sopInstanceUid());
        statement.setObject(++at, now);
        statement.setObject(++at, now);
        statement.setBoolean(++at, arrival.toWorkOn());
        statement.setString(++at, entry.sopInstanceUid());
        statement.setString(++at, entry.seriesUid());
        statement.setString(++at, entry.sopClassUid());
        statement.setString(++at, entry.transferSyntax());
        statement.setString(++at, entry.path().toString());
        statement.setLong(++at, entry.bytes());
        statement.setString(++at, entry.sha256());
        statement.setString(++at, entry.callingAeTitle());
        statement.setString(++at, entry.calledAeTitle());
        statement.setObject(++at, now);
        statement.setBoolean(++at, arrival.toWorkOn());
    }
}
