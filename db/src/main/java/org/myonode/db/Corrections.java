package org.myonode.db;

import static org.myonode.db.Rows.at;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Corrections of results by experts. Taking one is a single transaction: the contour is stored, a revision is opened that
 * measures it, the received object is settled and all of it is in the audit trail, or nothing is. An object is taken once,
 * whoever asks and however often.
 *
 * <p>From then on the correction stands: it is what every later revision of the study is measured with, until the next one
 * (deploy/adr/0011). Nothing is overwritten or removed.
 *
 * <p>Thread-safe; several processes may share one database. Methods throw {@link DatabaseException} when the database
 * cannot be asked; nothing is changed then.
 */
public final class Corrections {

    private static final Logger log = LoggerFactory.getLogger(Corrections.class);

    /** Its result is still to come. */
    private static final Set<StudyState> OPEN =
            Set.of(StudyState.RECEIVING, StudyState.SEALED, StudyState.QUEUED, StudyState.RUNNING);

    private static final String STANDING = """
            select k.*, k.at as taken_at, e.mask, e.area_cm2, e.source_kind, e.source_sha256, s.rows * s.columns as pixels
            from correction k
              join expert_contour e using (sop_instance_uid, observer, structure, version)
              join contour_slice s using (sop_instance_uid)
            """;

    private final Jdbi jdbi;
    private final Clock clock;
    private final ExpertContours contours;

    /** Brings the tables up to date. */
    public Corrections(Database database, Clock clock) {
        this.contours = new ExpertContours(database, clock);
        this.jdbi = Jdbi.create(database.dataSource());
        this.clock = clock;
    }

    /** The contours that corrections are stored among. */
    public ExpertContours contours() {
        return contours;
    }

    /**
     * Takes a correction: see the class.
     *
     * @param slice the image it was drawn on
     * @param contour what was drawn
     * @param detail what is remembered of the object when it is taken, in words
     */
    public CorrectionReceipt take(ContourSlice slice, ExpertContour contour, Correction correction, String detail) {
        String studyUid = correction.corrects().studyUid();
        String sourceUid = correction.source().sopInstanceUid();
        return changed("take the correction " + sourceUid, handle -> {
            // The study's row, then its revisions: the order in which the ledger locks them.
            handle.createQuery("select 1 from study where study_uid = :study for update")
                    .bind("study", studyUid)
                    .mapTo(Integer.class)
                    .one();
            Optional<Integer> known = handle.createQuery("select revision from correction where source_uid = :source")
                    .bind("source", sourceUid)
                    .mapTo(Integer.class)
                    .findOne();
            if (known.isPresent()) {
                return new CorrectionReceipt.Known(new Revision(studyUid, known.get()));
            }
            Latest latest = latest(handle, studyUid);
            if (OPEN.contains(latest.state())) {
                return new CorrectionReceipt.Later("revision " + latest.number() + " is " + latest.state());
            }
            Optional<StandingCorrection> stands = standing(handle, new Revision(studyUid, latest.number()));
            if (stands.isPresent()
                    && stands.get().contour().sopInstanceUid().equals(contour.sopInstanceUid())
                    && Arrays.equals(stands.get().contour().mask(), contour.mask())) {
                return new CorrectionReceipt.Unchanged(stands.get().revision());
            }
            ContourReceipt stored = contours.add(handle, slice, contour);
            if (stored instanceof ContourReceipt.Refused refused) {
                return new CorrectionReceipt.Refused(refused.reason());
            }
            int version = stored instanceof ContourReceipt.Stored added
                    ? added.version()
                    : ((ContourReceipt.Unchanged) stored).version();
            Revision opened = new Revision(studyUid, latest.number() + 1);
            Instant now = now();
            open(handle, opened, now);
            insert(handle, opened, contour, version, correction, now);
            ExpertContours.settle(handle, sourceUid, studyUid, "TAKEN", detail, now);
            audit(handle, opened, "CORRECTION_TAKEN", null, detail, now);
            audit(
                    handle,
                    opened,
                    "MOVED",
                    StudyState.SEALED,
                    "corrects revision " + correction.corrects().number(),
                    now);
            log.info(
                    "study={} - -> SEALED corrects revision {}",
                    opened,
                    correction.corrects().number());
            return new CorrectionReceipt.Taken(opened, version);
        });
    }

    private record Latest(int number, StudyState state) {}

    private static Latest latest(Handle handle, String studyUid) {
        return handle.createQuery("""
                        select number, state from revision where study_uid = :study order by number desc limit 1 for update
                        """)
                .bind("study", studyUid)
                .map((row, context) -> new Latest(row.getInt(1), StudyState.valueOf(row.getString(2))))
                .one();
    }

    /** Sealed from the start: nothing is to arrive for it, and the sweeper gives every sealed revision a job. */
    private static void open(Handle handle, Revision revision, Instant now) {
        handle.createUpdate("""
                        insert into revision (study_uid, number, state, opened_at, last_instance, updated_at)
                        values (:study, :number, 'SEALED', :now, :now, :now)
                        """)
                .bind("study", revision.studyUid())
                .bind("number", revision.number())
                .bind("now", at(now))
                .execute();
    }

    private static void insert(
            Handle handle, Revision opened, ExpertContour contour, int version, Correction correction, Instant now) {
        Correction.Automatic automatic = correction.automatic();
        handle.createUpdate("""
                        insert into correction (source_uid, source_class_uid, source_series_uid, calling_ae, study_uid,
                            revision, corrects, sop_instance_uid, observer, structure, version, person, reviewer,
                            organization, reviewed_at, recognised_by, automatic, automatic_mask, automatic_area_cm2,
                            model_id, model_version, model_sha256, at)
                        values (:source, :class, :series, :calling, :study, :revision, :corrects, :sop, :observer,
                            :structure, :version, :person, :reviewer, :organization, :reviewedAt, :recognised, :automatic,
                            :mask, :area, :model, :modelVersion, :modelSha, :now)
                        """)
                .bind("source", correction.source().sopInstanceUid())
                .bind("class", correction.source().sopClassUid())
                .bind("series", correction.source().seriesUid())
                .bind("calling", correction.source().callingAeTitle())
                .bind("study", opened.studyUid())
                .bind("revision", opened.number())
                .bind("corrects", correction.corrects().number())
                .bind("sop", contour.sopInstanceUid())
                .bind("observer", contour.observer())
                .bind("structure", contour.structure())
                .bind("version", version)
                .bind("person", correction.person().orElse(null))
                .bind(
                        "reviewer",
                        correction.approval().map(Correction.Approval::reviewer).orElse(null))
                .bind(
                        "organization",
                        correction
                                .approval()
                                .map(Correction.Approval::organization)
                                .orElse(null))
                .bind(
                        "reviewedAt",
                        correction.approval().map(Correction.Approval::at).orElse(null))
                .bind("recognised", correction.recognisedBy())
                .bind("automatic", automatic.revision())
                .bind("mask", ExpertContours.deflate(ExpertContours.bits(automatic.mask())))
                .bind("area", automatic.areaCm2())
                .bind("model", automatic.modelId())
                .bind("modelVersion", automatic.modelVersion())
                .bind("modelSha", automatic.modelSha256())
                .bind("now", at(now))
                .execute();
    }

    private static void audit(
            Handle handle, Revision revision, String event, @Nullable StudyState to, String detail, Instant now) {
        handle.createUpdate("""
                        insert into audit (at, study_uid, revision, event, to_state, detail)
                        values (:now, :study, :revision, :event, :to, :detail)
                        """)
                .bind("now", at(now))
                .bind("study", revision.studyUid())
                .bind("revision", revision.number())
                .bind("event", event)
                .bind("to", to == null ? null : to.name())
                .bind("detail", detail)
                .execute();
    }

    /** The correction that stands for a revision: the latest one that it or an earlier revision was opened by. */
    public Optional<StandingCorrection> standing(Revision revision) {
        return asked("look for a correction of " + revision, handle -> standing(handle, revision));
    }

    private static Optional<StandingCorrection> standing(Handle handle, Revision revision) {
        return handle.createQuery(STANDING + """
                        where k.study_uid = :study and k.revision <= :revision order by k.revision desc limit 1
                        """)
                .bind("study", revision.studyUid())
                .bind("revision", revision.number())
                .map((row, context) -> correction(row))
                .findOne();
    }

    /** All corrections of a study, the first first. */
    public List<StandingCorrection> ofStudy(String studyUid) {
        return asked(
                "list the corrections of study " + studyUid,
                handle -> handle.createQuery(STANDING + " where k.study_uid = :study order by k.revision")
                        .bind("study", studyUid)
                        .map((row, context) -> correction(row))
                        .list());
    }

    /** Whether an object was taken as a correction before, and which revision it opened. */
    public Optional<Revision> takenFrom(String sourceUid) {
        return asked(
                "look for the correction " + sourceUid,
                handle -> handle.createQuery("select study_uid, revision from correction where source_uid = :source")
                        .bind("source", sourceUid)
                        .map((row, context) -> new Revision(row.getString(1), row.getInt(2)))
                        .findOne());
    }

    /** The study of the first of these instances that is one of our own results. */
    public Optional<String> studyOfResult(Collection<String> sopInstanceUids) {
        return sopInstanceUids.isEmpty()
                ? Optional.empty()
                : asked(
                        "look for results among " + sopInstanceUids.size() + " instances",
                        handle -> handle.createQuery("""
                                select study_uid from output_object where sop_instance_uid in (<uids>) order by id limit 1
                                """)
                                .bindList("uids", List.copyOf(sopInstanceUids))
                                .mapTo(String.class)
                                .findOne());
    }

    /** Which of the latest contours of a structure are corrections, and of what model. */
    public List<CorrectedContour> correctedContours(String structure) {
        return asked(
                "list the corrections of " + structure,
                handle -> handle.createQuery("""
                        select k.sop_instance_uid, k.observer, k.model_id, k.model_version, k.model_sha256
                        from correction k
                        where k.structure = :structure and k.version = (
                            select max(version) from expert_contour e
                            where e.sop_instance_uid = k.sop_instance_uid and e.observer = k.observer
                              and e.structure = k.structure)
                        order by k.sop_instance_uid, k.observer, k.at
                        """)
                        .bind("structure", structure)
                        .map((row, context) -> new CorrectedContour(
                                row.getString(1),
                                row.getString(2),
                                row.getString(3),
                                row.getString(4),
                                row.getString(5)))
                        .list());
    }

    private static StandingCorrection correction(ResultSet row) throws SQLException {
        int pixels = row.getInt("pixels");
        String studyUid = row.getString("study_uid");
        byte[] automatic = ExpertContours.inflate(row.getBytes("automatic_mask"));
        Optional<String> reviewer = Optional.ofNullable(row.getString("reviewer"));
        String organization = row.getString("organization");
        String reviewedAt = row.getString("reviewed_at");
        return new StandingCorrection(
                new Revision(studyUid, row.getInt("revision")),
                new Correction(
                        new Correction.Source(
                                row.getString("source_class_uid"),
                                row.getString("source_series_uid"),
                                row.getString("source_uid"),
                                row.getString("calling_ae")),
                        new Revision(studyUid, row.getInt("corrects")),
                        new Correction.Automatic(
                                row.getInt("automatic"),
                                Arrays.copyOf(ExpertContours.pixels(automatic, automatic.length * 8), pixels),
                                row.getDouble("automatic_area_cm2"),
                                row.getString("model_id"),
                                row.getString("model_version"),
                                row.getString("model_sha256")),
                        Optional.ofNullable(row.getString("person")),
                        reviewer.map(name -> new Correction.Approval(name, organization, reviewedAt)),
                        row.getString("recognised_by")),
                ExpertContours.withShape(ExpertContours.contour(row), pixels),
                row.getInt("version"),
                row.getObject("taken_at", OffsetDateTime.class).toInstant());
    }

    private <T> T changed(String what, HandleCallback<T, RuntimeException> work) {
        try {
            return jdbi.inTransaction(work);
        } catch (JdbiException e) {
            throw new DatabaseException("could not " + what + ": " + e.getMessage(), e);
        }
    }

    private <T> T asked(String what, HandleCallback<T, RuntimeException> question) {
        try {
            return jdbi.withHandle(question);
        } catch (JdbiException e) {
            throw new DatabaseException("could not " + what + ": " + e.getMessage(), e);
        }
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
