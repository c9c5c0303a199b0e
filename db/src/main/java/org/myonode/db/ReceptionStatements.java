package org.myonode.db;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * What every received instance passes through: three statements for a whole group of instances, sent to the database in
 * one go. Plain JDBC, because here the way to the database costs more than the work in it. Confined to one transaction.
 */
final class ReceptionStatements {

    // What was seen before touches nothing. Rows of several studies are locked in one order, whoever locks them. Only
    // into revisions that are being received: what opens one goes the long way.
    private static final String SQL = """
            select sop_instance_uid from output_object where sop_instance_uid = any(?);
            update study set last_received = greatest(last_received, ?)
            where study_uid in (
              select s.study_uid from study s
              where s.study_uid in (
                select a.study from unnest(?, ?) as a(sop, study)
                where not exists (select 1 from instance i where i.sop_instance_uid = a.sop))
              order by s.study_uid for update);
            with arrived as (
              select a.*, a.wanted and not exists (
                  select 1 from output_object o where o.sop_instance_uid = a.sop) as joins
              from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                as a(sop, study, series, class, syntax, path, bytes, sha256, calling, called, wanted)
              where not exists (select 1 from instance i where i.sop_instance_uid = a.sop)
            ), receiving as (
              update revision set last_instance = greatest(last_instance, ?), updated_at = ?
              where state = 'RECEIVING' and study_uid in (select study from arrived where joins)
              returning study_uid, number
            )
            insert into instance (sop_instance_uid, study_uid, series_uid, sop_class_uid, transfer_syntax,
                                  path, bytes, sha256, calling_ae, called_ae, received_at, revision)
            select a.sop, a.study, a.series, a.class, a.syntax, a.path, a.bytes, a.sha256, a.calling, a.called, ?, r.number
            from arrived a join study s on s.study_uid = a.study
              left join receiving r on a.joins and r.study_uid = a.study
            where not a.joins or r.number is not null
            on conflict (sop_instance_uid) do nothing
            returning sop_instance_uid
            """;

    private ReceptionStatements() {}

    /**
     * What became of a group.
     *
     * @param inserted SOP Instance UIDs of those recorded now; the others were known before, or their study is new or not
     *     being received
     * @param ours SOP Instance UIDs of those that we have made
     */
    record Outcome(Set<String> inserted, Set<String> ours) {}

    static Outcome run(Connection connection, List<Reception> arrivals, OffsetDateTime now) throws SQLException {
        Set<String> ours = new HashSet<>();
        Set<String> inserted = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(SQL)) {
            Array uids = texts(connection, arrivals, InstanceEntry::sopInstanceUid);
            Array studies = texts(connection, arrivals, InstanceEntry::studyUid);
            int at = 0;
            statement.setArray(++at, uids);
            statement.setObject(++at, now);
            statement.setArray(++at, uids);
            statement.setArray(++at, studies);
            statement.setArray(++at, uids);
            statement.setArray(++at, studies);
            statement.setArray(++at, texts(connection, arrivals, InstanceEntry::seriesUid));
            statement.setArray(++at, texts(connection, arrivals, InstanceEntry::sopClassUid));
            statement.setArray(++at, texts(connection, arrivals, InstanceEntry::transferSyntax));
            statement.setArray(
                    ++at, texts(connection, arrivals, entry -> entry.path().toString()));
            statement.setArray(
                    ++at,
                    array(
                            connection,
                            "int8",
                            arrivals,
                            arrival -> arrival.entry().bytes()));
            statement.setArray(++at, texts(connection, arrivals, InstanceEntry::sha256));
            statement.setArray(++at, texts(connection, arrivals, InstanceEntry::callingAeTitle));
            statement.setArray(++at, texts(connection, arrivals, InstanceEntry::calledAeTitle));
            statement.setArray(++at, array(connection, "bool", arrivals, Reception::toWorkOn));
            statement.setObject(++at, now);
            statement.setObject(++at, now);
            statement.setObject(++at, now);
            statement.execute();
            readTexts(statement, ours);
            statement.getMoreResults();
            statement.getMoreResults();
            readTexts(statement, inserted);
        }
        return new Outcome(inserted, ours);
    }

    private static void readTexts(PreparedStatement statement, Set<String> target) throws SQLException {
        try (ResultSet row = statement.getResultSet()) {
            while (row.next()) {
                target.add(row.getString(1));
            }
        }
    }

    private static Array texts(Connection connection, List<Reception> arrivals, Function<InstanceEntry, String> column)
            throws SQLException {
        return array(connection, "text", arrivals, arrival -> column.apply(arrival.entry()));
    }

    private static Array array(
            Connection connection, String type, List<Reception> arrivals, Function<Reception, Object> column)
            throws SQLException {
        return connection.createArrayOf(type, arrivals.stream().map(column).toArray());
    }
}
