package org.myonode.db;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** What the rows of the ledger's tables are in Java. */
final class Rows {

    private Rows() {}

    static OffsetDateTime at(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    static Revision revision(ResultSet row) throws SQLException {
        return new Revision(row.getString("study_uid"), row.getInt("number"));
    }

    static OutputObject output(ResultSet row) throws SQLException {
        return new OutputObject(
                row.getString("kind"),
                row.getString("sop_class_uid"),
                row.getString("sop_instance_uid"),
                Path.of(row.getString("file")),
                row.getString("sha256"));
    }

    static InstanceEntry entry(ResultSet row) throws SQLException {
        return new InstanceEntry(
                row.getString("study_uid"),
                row.getString("series_uid"),
                row.getString("sop_instance_uid"),
                row.getString("sop_class_uid"),
                row.getString("transfer_syntax"),
                Path.of(row.getString("path")),
                row.getLong("bytes"),
                row.getString("sha256"),
                row.getString("calling_ae"),
                row.getString("called_ae"));
    }

    static StudyRow studyRow(ResultSet row) throws SQLException {
        return new StudyRow(
                revision(row),
                StudyState.valueOf(row.getString("state")),
                row.getInt("instances"),
                requireNonNull(instant(row, "opened_at")),
                requireNonNull(instant(row, "last_instance")),
                requireNonNull(instant(row, "updated_at")),
                row.getInt("attempts"),
                Optional.ofNullable(row.getString("worker")),
                Optional.ofNullable(instant(row, "heartbeat")),
                Optional.ofNullable(row.getString("result")),
                Optional.ofNullable(row.getString("picture")).map(Path::of),
                Optional.ofNullable(row.getString("reason")),
                row.getInt("dead_letters"));
    }

    static AuditRow auditRow(ResultSet row) throws SQLException {
        return new AuditRow(
                row.getLong("id"),
                requireNonNull(instant(row, "at")),
                row.getString("study_uid"),
                optionalInt(row, "revision"),
                optionalInt(row, "attempt"),
                row.getString("event"),
                Optional.ofNullable(row.getString("from_state")).map(StudyState::valueOf),
                Optional.ofNullable(row.getString("to_state")).map(StudyState::valueOf),
                row.getString("detail"));
    }

    private static OptionalInt optionalInt(ResultSet row, String column) throws SQLException {
        int value = row.getInt(column);
        return row.wasNull() ? OptionalInt.empty() : OptionalInt.of(value);
    }
}
