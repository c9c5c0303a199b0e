package org.myonode.db;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/**
 * Expert contours by slice, observer and structure, with versions: a contour that comes again changed is the next
 * version, one that comes again unchanged is none. Nothing is overwritten or removed.
 *
 * <p>Every change is one transaction that also writes its audit row. Thread-safe; several processes may share one
 * database. Methods throw {@link DatabaseException} when the database cannot be asked; nothing is changed then.
 */
public final class ExpertContours {

    private final Jdbi jdbi;
    private final Clock clock;

    /** Brings the tables up to date. */
    public ExpertContours(Database database, Clock clock) {
        database.migrate("classpath:org/myonode/db/contours", "contour_history");
        this.jdbi = Jdbi.create(database.dataSource());
        this.clock = clock;
    }

    /**
     * Stores a contour, and its slice when it is the first on it.
     *
     * @throws IllegalArgumentException when the mask does not lie on the slice
     */
    public ContourReceipt add(ContourSlice slice, ExpertContour contour) {
        if (!contour.sopInstanceUid().equals(slice.sopInstanceUid()) || contour.mask().length != slice.hu().length) {
            throw new IllegalArgumentException(
                    "the contour of " + contour.observer() + " does not lie on the slice " + slice.sopInstanceUid());
        }
        try {
            return jdbi.inTransaction(handle -> add(handle, slice, contour));
        } catch (JdbiException e) {
            throw new DatabaseException(
                    "could not store the contour of " + contour.observer() + " on " + contour.sopInstanceUid() + ": "
                            + e.getMessage(),
                    e);
        }
    }

    /** As {@link #add(ContourSlice, ExpertContour)}, within a transaction of the caller's. */
    ContourReceipt add(Handle handle, ContourSlice slice, ExpertContour contour) {
        byte[] values = values(slice.hu());
        String valuesSha = sha256(values);
        byte[] bits = bits(contour.mask());
        String maskSha = sha256(bits);
        insertSlice(handle, slice, values, valuesSha);
        // The slice's row serialises those who add to it.
        String known = handle.createQuery("""
                        select hu_sha256 from contour_slice where sop_instance_uid = :sop for update
                        """)
                .bind("sop", slice.sopInstanceUid())
                .mapTo(String.class)
                .one();
        if (!known.equals(valuesSha)) {
            return new ContourReceipt.Refused(
                    "the image " + slice.sopInstanceUid() + " is stored with other values than it now has");
        }
        Optional<Latest> latest = latest(handle, contour);
        if (latest.isPresent() && latest.get().maskSha256().equals(maskSha)) {
            return new ContourReceipt.Unchanged(latest.get().version());
        }
        int version = latest.map(Latest::version).orElse(0) + 1;
        insertContour(handle, contour, version, bits, maskSha);
        audit(
                handle,
                slice.studyUid(),
                "contour of " + contour.structure() + " by " + contour.observer() + " on " + contour.sopInstanceUid()
                        + ", version " + version + ", from " + contour.kind() + " " + contour.sourceUid());
        return new ContourReceipt.Stored(version);
    }

    private record Latest(int version, String maskSha256) {}

    private static Optional<Latest> latest(Handle handle, ExpertContour contour) {
        return handle.createQuery("""
                        select version, mask_sha256 from expert_contour
                        where sop_instance_uid = :sop and observer = :observer and structure = :structure
                        order by version desc limit 1
                        """)
                .bind("sop", contour.sopInstanceUid())
                .bind("observer", contour.observer())
                .bind("structure", contour.structure())
                .map((row, context) -> new Latest(row.getInt(1), row.getString(2)))
                .findOne();
    }

    private void insertSlice(Handle handle, ContourSlice slice, byte[] values, String sha256) {
        handle.createUpdate("""
                        insert into contour_slice (sop_instance_uid, study_uid, series_uid, frame_of_reference_uid,
                            patient_key, z_mm, rows, columns, row_mm, column_mm, slice_thickness_mm, kernel, provenance,
                            hu, hu_sha256, added_at)
                        values (:sop, :study, :series, :frame, :patient, :z, :rows, :columns, :rowMm, :columnMm,
                            :thickness, :kernel, :provenance, :hu, :sha, :now)
                        on conflict (sop_instance_uid) do nothing
                        """)
                .bind("sop", slice.sopInstanceUid())
                .bind("study", slice.studyUid())
                .bind("series", slice.seriesUid())
                .bind("frame", slice.frameOfReferenceUid())
                .bind("patient", slice.patientKey())
                .bind("z", slice.zMm())
                .bind("rows", slice.rows())
                .bind("columns", slice.columns())
                .bind("rowMm", slice.rowMm())
                .bind("columnMm", slice.columnMm())
                .bind(
                        "thickness",
                        slice.sliceThicknessMm().isPresent()
                                ? (Double) slice.sliceThicknessMm().getAsDouble()
                                : null)
                .bind("kernel", slice.kernel())
                .bind("provenance", slice.provenance())
                .bind("hu", deflate(values))
                .bind("sha", sha256)
                .bind("now", now())
                .execute();
    }

    private void insertContour(Handle handle, ExpertContour contour, int version, byte[] bits, String sha256) {
        handle.createUpdate("""
                        insert into expert_contour (sop_instance_uid, observer, structure, version, mask, mask_sha256,
                            area_cm2, source_kind, source_uid, source_sha256, added_at)
                        values (:sop, :observer, :structure, :version, :mask, :sha, :area, :kind, :source, :sourceSha, :now)
                        """)
                .bind("sop", contour.sopInstanceUid())
                .bind("observer", contour.observer())
                .bind("structure", contour.structure())
                .bind("version", version)
                .bind("mask", deflate(bits))
                .bind("sha", sha256)
                .bind("area", contour.areaCm2())
                .bind("kind", contour.kind())
                .bind("source", contour.sourceUid())
                .bind("sourceSha", contour.sourceSha256())
                .bind("now", now())
                .execute();
    }

    private void audit(Handle handle, String studyUid, String detail) {
        handle.createUpdate("""
                        insert into audit (at, study_uid, event, detail) values (:now, :study, 'CONTOUR_ADDED', :detail)
                        """)
                .bind("now", now())
                .bind("study", studyUid)
                .bind("detail", detail)
                .execute();
    }

    /** All versions, by patient, slice, structure, observer and version. */
    public List<ContourRow> list() {
        return asked(
                "list the contours",
                handle -> handle.createQuery("""
                        select c.*, s.patient_key, s.z_mm, s.provenance,
                               c.version = max(c.version) over (partition by c.sop_instance_uid, c.observer, c.structure)
                                   as latest
                        from expert_contour c join contour_slice s using (sop_instance_uid)
                        order by s.patient_key, c.sop_instance_uid, c.structure, c.observer, c.version
                        """)
                        .map((row, context) -> new ContourRow(
                                row.getString("sop_instance_uid"),
                                row.getString("patient_key"),
                                row.getDouble("z_mm"),
                                row.getString("observer"),
                                row.getString("structure"),
                                row.getInt("version"),
                                row.getBoolean("latest"),
                                row.getDouble("area_cm2"),
                                row.getString("source_kind"),
                                row.getString("source_uid"),
                                row.getString("provenance"),
                                row.getObject("added_at", OffsetDateTime.class).toInstant()))
                        .list());
    }

    /** A slice that contours are drawn on. */
    public ContourSlice slice(String sopInstanceUid) {
        return asked(
                "read the slice " + sopInstanceUid,
                handle -> handle.createQuery("select * from contour_slice where sop_instance_uid = :sop")
                        .bind("sop", sopInstanceUid)
                        .map((row, context) -> slice(row))
                        .one());
    }

    /**
     * Every slice on which a structure is drawn, with the latest version of each observer; by SOP Instance UID. Without
     * corrections of what a model had drawn: whoever compares models with contours wants those drawn blind.
     */
    public List<DrawnSlice> drawn(String structure) {
        return drawn(structure, false);
    }

    /**
     * As {@link #drawn(String)}.
     *
     * @param corrections also those that correct what a model had drawn; {@link Corrections#correctedContours} names them
     */
    public List<DrawnSlice> drawn(String structure, boolean corrections) {
        return asked("read the contours of " + structure, handle -> {
            Map<String, List<ExpertContour>> contours = new LinkedHashMap<>();
            handle.createQuery("""
                            select distinct on (e.sop_instance_uid, e.observer) e.* from expert_contour e
                            where e.structure = :structure and (:corrections or not exists (
                                select 1 from correction k
                                where k.sop_instance_uid = e.sop_instance_uid and k.observer = e.observer
                                  and k.structure = e.structure))
                            order by e.sop_instance_uid, e.observer, e.version desc
                            """)
                    .bind("structure", structure)
                    .bind("corrections", corrections)
                    .map((row, context) -> contour(row))
                    .forEach(contour -> contours.computeIfAbsent(contour.sopInstanceUid(), sop -> new ArrayList<>())
                            .add(contour));
            List<DrawnSlice> slices = new ArrayList<>();
            contours.forEach((sop, list) -> {
                ContourSlice slice = handle.createQuery("select * from contour_slice where sop_instance_uid = :sop")
                        .bind("sop", sop)
                        .map((row, context) -> slice(row))
                        .one();
                slices.add(new DrawnSlice(
                        slice,
                        list.stream()
                                .map(contour -> withShape(contour, slice.hu().length))
                                .toList()));
            });
            return slices;
        });
    }

    /** The mask has up to seven pixels more than the slice: see {@link #withShape}. */
    static ExpertContour contour(ResultSet row) throws SQLException {
        byte[] bits = inflate(row.getBytes("mask"));
        return new ExpertContour(
                row.getString("sop_instance_uid"),
                row.getString("observer"),
                row.getString("structure"),
                pixels(bits, bits.length * 8),
                row.getDouble("area_cm2"),
                row.getString("source_kind"),
                row.getString("source_uid"),
                row.getString("source_sha256"));
    }

    static ExpertContour withShape(ExpertContour contour, int pixels) {
        return new ExpertContour(
                contour.sopInstanceUid(),
                contour.observer(),
                contour.structure(),
                java.util.Arrays.copyOf(contour.mask(), pixels),
                contour.areaCm2(),
                contour.kind(),
                contour.sourceUid(),
                contour.sourceSha256());
    }

    private static ContourSlice slice(ResultSet row) throws SQLException {
        ByteBuffer values = ByteBuffer.wrap(inflate(row.getBytes("hu")));
        short[] hu = new short[values.remaining() / 2];
        values.asShortBuffer().get(hu);
        double thickness = row.getDouble("slice_thickness_mm");
        return new ContourSlice(
                row.getString("sop_instance_uid"),
                row.getString("study_uid"),
                row.getString("series_uid"),
                row.getString("frame_of_reference_uid"),
                row.getString("patient_key"),
                row.getDouble("z_mm"),
                row.getInt("rows"),
                row.getInt("columns"),
                row.getDouble("row_mm"),
                row.getDouble("column_mm"),
                thickness > 0 ? OptionalDouble.of(thickness) : OptionalDouble.empty(),
                row.getString("kernel"),
                row.getString("provenance"),
                hu);
    }

    // ---- what the listener received

    /**
     * Objects of some SOP classes that were received, are none of our own results, and are not settled: new ones, and
     * those that wait for images of a study that has grown since.
     */
    public List<KeptObject> unsettled(Collection<String> sopClassUids, int limit) {
        return asked(
                "look for received contours",
                handle -> handle.createQuery("""
                        select i.sop_instance_uid, i.sop_class_uid, i.study_uid, i.path, i.calling_ae, i.sha256
                        from instance i left join contour_intake t on t.source_uid = i.sop_instance_uid
                        where i.sop_class_uid in (<classes>)
                          and (t.source_uid is null
                               or t.outcome = 'WAITING' and exists (
                                   select 1 from study s where s.study_uid = i.study_uid and s.last_received > t.at))
                          and not exists (
                              select 1 from output_object o where o.sop_instance_uid = i.sop_instance_uid)
                        order by i.received_at limit :limit
                        """)
                        .bindList("classes", List.copyOf(sopClassUids))
                        .bind("limit", limit)
                        .map((row, context) -> new KeptObject(
                                row.getString(1),
                                row.getString(2),
                                row.getString(3),
                                Path.of(row.getString(4)),
                                row.getString(5),
                                row.getString(6)))
                        .list());
    }

    /** Files of the images of a study. */
    public List<Path> images(String studyUid, String sopClassUid) {
        return asked(
                "list the images of study " + studyUid,
                handle -> handle.createQuery("""
                        select path from instance where study_uid = :study and sop_class_uid = :class
                        order by sop_instance_uid
                        """)
                        .bind("study", studyUid)
                        .bind("class", sopClassUid)
                        .map((row, context) -> Path.of(row.getString(1)))
                        .list());
    }

    /**
     * Remembers what became of a received object.
     *
     * @param studyUid the study with which that is to be seen
     * @param outcome {@code TAKEN}, {@code REFUSED}, {@code IGNORED} or {@code WAITING}
     * @param asOf when its images were looked up: what arrives later makes a waiting one due again
     */
    public void settle(String sourceUid, String studyUid, String outcome, String detail, Instant asOf) {
        asked("settle the contours of " + sourceUid, handle -> {
            settle(handle, sourceUid, studyUid, outcome, detail, asOf);
            return true;
        });
    }

    static void settle(Handle handle, String sourceUid, String studyUid, String outcome, String detail, Instant asOf) {
        handle.createUpdate("""
                        insert into contour_intake (source_uid, study_uid, outcome, detail, at)
                        values (:source, :study, :outcome, :detail, :at)
                        on conflict (source_uid)
                        do update set study_uid = :study, outcome = :outcome, detail = :detail, at = :at
                        """)
                .bind("source", sourceUid)
                .bind("study", studyUid)
                .bind("outcome", outcome)
                .bind("detail", detail)
                .bind("at", Rows.at(asOf.truncatedTo(ChronoUnit.MICROS)))
                .execute();
    }

    /** What became of the objects that are to be seen with a study, the first first. */
    public List<IntakeRow> settledWith(String studyUid) {
        return asked(
                "list what became of the contours received with study " + studyUid,
                handle -> handle.createQuery("""
                        select t.source_uid, i.sop_class_uid, i.calling_ae, t.outcome, t.detail, t.at
                        from contour_intake t join instance i on i.sop_instance_uid = t.source_uid
                        where t.study_uid = :study order by i.received_at, t.source_uid
                        """)
                        .bind("study", studyUid)
                        .map((row, context) -> new IntakeRow(
                                row.getString(1),
                                row.getString(2),
                                row.getString(3).strip(),
                                row.getString(4),
                                row.getString(5),
                                row.getObject(6, OffsetDateTime.class).toInstant()))
                        .list());
    }

    /** What became of received objects, the latest first. */
    public List<String> settled(int limit) {
        return asked(
                "list what became of received contours",
                handle -> handle.createQuery("""
                        select outcome, source_uid, detail from contour_intake order by at desc, source_uid limit :limit
                        """)
                        .bind("limit", limit)
                        .map((row, context) -> row.getString(1) + " " + row.getString(2) + ": " + row.getString(3))
                        .list());
    }

    private <T> T asked(String what, org.jdbi.v3.core.HandleCallback<T, RuntimeException> question) {
        try {
            return jdbi.withHandle(question);
        } catch (JdbiException e) {
            throw new DatabaseException("could not " + what + ": " + e.getMessage(), e);
        }
    }

    private OffsetDateTime now() {
        return Rows.at(clock.instant().truncatedTo(ChronoUnit.MICROS));
    }

    // ---- bytes

    private static byte[] values(short[] hu) {
        ByteBuffer bytes = ByteBuffer.allocate(2 * hu.length);
        bytes.asShortBuffer().put(hu);
        return bytes.array();
    }

    static byte[] bits(boolean[] mask) {
        byte[] bits = new byte[(mask.length + 7) / 8];
        for (int i = 0; i < mask.length; i++) {
            if (mask[i]) {
                bits[i >> 3] |= (byte) (1 << (i & 7));
            }
        }
        return bits;
    }

    static boolean[] pixels(byte[] bits, int count) {
        boolean[] pixels = new boolean[count];
        for (int i = 0; i < count; i++) {
            pixels[i] = ((bits[i >> 3] >> (i & 7)) & 1) == 1;
        }
        return pixels;
    }

    static byte[] deflate(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(out)) {
            deflater.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    static byte[] inflate(byte[] bytes) {
        try (InflaterInputStream in = new InflaterInputStream(new ByteArrayInputStream(bytes))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
