package org.myonode.db;

import static java.util.Objects.requireNonNull;
import static org.myonode.db.Rows.at;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The study ledger: what was received, what is to be done, what was done. Receiving and working know only this.
 *
 * <p>Every change is one transaction that also writes its audit row. A move from one state to the next is {@code update
 * ... where state = :from}, and a worker's writes also say {@code and attempts = :mine}, so a worker that was overtaken
 * changes nothing and is told so by {@code false}.
 *
 * <p>Locks: recording holds the study's row, then its revision's; everything else holds one revision's row. No
 * transaction takes them the other way round.
 *
 * <p>Thread-safe; several processes may share one database. Methods throw {@link DatabaseException} when the database
 * cannot be asked; nothing is changed then.
 */
public final class Ledger {

    private static final Logger log = LoggerFactory.getLogger(Ledger.class);

    private static final int DELIVERY_BATCH = 100;
    private static final Duration DELIVERY_LEASE = Duration.ofMinutes(10);

    private final Jdbi jdbi;
    private final Clock clock;
    private final LedgerPolicy policy;
    private final Commitments commitments;
    private final Deliveries deliveries;

    public Ledger(Database database, Clock clock) {
        this(database, clock, LedgerPolicy.DEFAULT);
    }

    public Ledger(Database database, Clock clock, LedgerPolicy policy) {
        this.jdbi = Jdbi.create(database.dataSource());
        this.clock = clock;
        this.policy = policy;
        this.commitments = new Commitments(this, policy);
        this.deliveries = new Deliveries(this);
    }

    // ---- receiving

    /**
     * Records an instance that lies safely on disk and is to be worked on. It joins the revision that is being received,
     * or opens the next one. One of our own results coming back is kept but joins none.
     */
    public Receipt record(InstanceEntry entry) {
        return record(entry, true);
    }

    /** Records an instance that is kept but never worked on: a report, a key object, a result of a sister node. */
    public Receipt recordForKeeping(InstanceEntry entry) {
        return record(entry, false);
    }

    private Receipt record(InstanceEntry entry, boolean toWorkOn) {
        return record(List.of(new Reception(entry, toWorkOn))).get(0);
    }

    /**
     * Records a group of instances in one transaction, each as {@link #record(InstanceEntry)} or
     * {@link #recordForKeeping(InstanceEntry)} would.
     *
     * @param arrivals at least one, no two with the same SOP Instance UID
     * @return one receipt for each arrival
     */
    public List<Receipt> record(List<Reception> arrivals) {
        return record(arrivals, false, () -> {});
    }

    /**
     * As {@link #record(List)}, for a caller that has everything in a log of its own: the commit does not wait for the
     * database's disk, so a crash of the database, not of this process, may undo what was recorded a moment before. Until
     * {@link #confirm} says that it is there for good, the caller must be able to record it again.
     *
     * @param beforeCommit done after the statements and before the commit; when it throws, nothing is recorded
     */
    public List<Receipt> recordProvisionally(List<Reception> arrivals, Runnable beforeCommit) {
        return record(arrivals, true, beforeCommit);
    }

    private List<Receipt> record(List<Reception> arrivals, boolean provisional, Runnable beforeCommit) {
        InstanceEntry first = arrivals.get(0).entry();
        String what = arrivals.size() == 1
                ? "record instance " + first.sopInstanceUid() + " of study " + first.studyUid()
                : "record " + arrivals.size() + " instances, the first " + first.sopInstanceUid();
        // Whoever locks several studies does it in one order.
        List<Reception> ordered = arrivals.stream()
                .sorted(Comparator.comparing(arrival -> arrival.entry().studyUid()))
                .toList();
        return change(what, handle -> {
            ReceptionStatements.Outcome outcome;
            try {
                outcome = ReceptionStatements.run(handle.getConnection(), ordered, at(now()), provisional);
            } catch (SQLException e) {
                throw new DatabaseException("could not " + what + ": " + reason(e), e);
            }
            Map<String, Receipt> receipts = new HashMap<>();
            for (Reception arrival : ordered) {
                String uid = arrival.entry().sopInstanceUid();
                if (outcome.inserted().contains(uid)) {
                    receipts.put(uid, outcome.ours().contains(uid) ? Receipt.OURS : Receipt.NEW);
                } else {
                    receipts.put(uid, recordOne(handle, arrival.entry(), arrival.toWorkOn()));
                }
            }
            if (receipts.containsValue(Receipt.CONFLICT)) {
                // Nobody records its audit row again.
                handle.execute("set local synchronous_commit to default");
            }
            beforeCommit.run();
            return arrivals.stream()
                    .map(arrival -> requireNonNull(receipts.get(arrival.entry().sopInstanceUid())))
                    .toList();
        });
    }

    /**
     * Which of these instances are recorded so that a crash of the database cannot undo it.
     *
     * @param sopInstanceUids any number
     * @return those that are recorded; the others have to be recorded again
     */
    public Set<String> confirm(Collection<String> sopInstanceUids) {
        // Locking a row is written to the database's log, so this commit waits until everything before it is on the
        // disk;
        // reading it would not be.
        return change(
                "confirm " + sopInstanceUids.size() + " instances",
                handle -> handle.createQuery(
                                "select sop_instance_uid from instance where sop_instance_uid = any(:uids) for key share")
                        .bindArray("uids", String.class, sopInstanceUids.toArray())
                        .mapTo(String.class)
                        .set());
    }

    /** The long way: for the first instance of a study or of a revision, and for what was known before. */
    private Receipt recordOne(Handle handle, InstanceEntry entry, boolean toWorkOn) {
        Instant now = now();
        Optional<Receipt> known = compare(handle, entry);
        if (known.isPresent()) {
            return known.get();
        }
        lockStudy(handle, entry.studyUid(), now);
        // Another association may have stored it while we waited for the study.
        known = compare(handle, entry);
        if (known.isPresent()) {
            return known.get();
        }
        boolean ours = producedByUs(handle, entry.sopInstanceUid());
        Integer revision = toWorkOn && !ours ? receivingRevision(handle, entry.studyUid(), now) : null;
        int inserted = handle.createUpdate("""
                            insert into instance (sop_instance_uid, study_uid, series_uid, sop_class_uid, transfer_syntax,
                                                  path, bytes, sha256, calling_ae, called_ae, received_at, revision)
                            values (:sop, :study, :series, :class, :syntax,
                                    :path, :bytes, :sha256, :calling, :called, :now, :revision)
                            on conflict (sop_instance_uid) do nothing
                            """)
                .bind("sop", entry.sopInstanceUid())
                .bind("study", entry.studyUid())
                .bind("series", entry.seriesUid())
                .bind("class", entry.sopClassUid())
                .bind("syntax", entry.transferSyntax())
                .bind("path", entry.path().toString())
                .bind("bytes", entry.bytes())
                .bind("sha256", entry.sha256())
                .bind("calling", entry.callingAeTitle())
                .bind("called", entry.calledAeTitle())
                .bind("now", at(now))
                .bind("revision", revision)
                .execute();
        if (inserted == 0) {
            // Within a study the row lock above prevents this; another study has the same instance in hand.
            throw new DatabaseException("instance " + entry.sopInstanceUid() + " of study " + entry.studyUid()
                    + " is at this moment stored for another study");
        }
        return ours ? Receipt.OURS : Receipt.NEW;
    }

    private Optional<Receipt> compare(Handle handle, InstanceEntry entry) {
        Optional<String[]> kept = handle.createQuery(
                        "select sha256, study_uid from instance where sop_instance_uid = :sop")
                .bind("sop", entry.sopInstanceUid())
                .map((row, context) -> new String[] {row.getString(1), row.getString(2)})
                .findOne();
        if (kept.isEmpty()) {
            return Optional.empty();
        }
        String sha256 = kept.get()[0];
        if (sha256.equals(entry.sha256())) {
            return Optional.of(Receipt.DUPLICATE);
        }
        log.warn("study={} instance {} came again with other bytes; the first is kept", kept.get()[1], entry.path());
        audit(
                handle,
                kept.get()[1],
                null,
                null,
                "INSTANCE_CONFLICT",
                null,
                null,
                "instance " + entry.sopInstanceUid() + " from " + entry.callingAeTitle() + ": kept sha256 " + sha256
                        + ", refused " + entry.sha256());
        return Optional.of(Receipt.CONFLICT);
    }

    private void lockStudy(Handle handle, String studyUid, Instant now) {
        handle.createUpdate("""
                        insert into study (study_uid, first_received, last_received) values (:study, :now, :now)
                        on conflict (study_uid) do update set last_received = greatest(study.last_received, :now)
                        """).bind("study", studyUid).bind("now", at(now)).execute();
    }

    /** The number of the revision that takes new instances; the study's row is locked by the caller. */
    private int receivingRevision(Handle handle, String studyUid, Instant now) {
        Optional<Integer> open = handle.createQuery("""
                        update revision set last_instance = greatest(last_instance, :now), updated_at = :now
                        where study_uid = :study and state = 'RECEIVING'
                        returning number
                        """)
                .bind("study", studyUid)
                .bind("now", at(now))
                .mapTo(Integer.class)
                .findOne();
        if (open.isPresent()) {
            return open.get();
        }
        int number = handle.createQuery("""
                        insert into revision (study_uid, number, state, opened_at, last_instance, updated_at)
                        select :study, coalesce(max(number), 0) + 1, 'RECEIVING', :now, :now, :now
                        from revision where study_uid = :study
                        returning number
                        """)
                .bind("study", studyUid)
                .bind("now", at(now))
                .mapTo(Integer.class)
                .one();
        audit(
                handle,
                studyUid,
                number,
                null,
                "MOVED",
                null,
                StudyState.RECEIVING,
                number == 1 ? "first instance" : "late instance after revision " + (number - 1) + " was sealed");
        return number;
    }

    /** Seals what has been quiet; for callers that know of no open association. */
    public List<Revision> sealQuiet(Duration quiet) {
        return sealQuiet(quiet, studyUid -> false);
    }

    /**
     * Seals every study without a new instance for {@code quiet}, except those in flight. An instance that arrives
     * after all opens the next revision, so a wrong guess costs work and never data.
     *
     * @param inFlight says of a Study Instance UID whether an association that sent instances of it is still open in
     *     this process
     */
    public List<Revision> sealQuiet(Duration quiet, Predicate<String> inFlight) {
        return change("seal quiet studies", handle -> {
            OffsetDateTime before = at(now().minus(quiet));
            List<Revision> candidates = handle.createQuery("""
                            select study_uid, number from revision
                            where state = 'RECEIVING' and last_instance <= :before
                            order by last_instance, study_uid
                            """)
                    .bind("before", before)
                    .map((row, context) -> Rows.revision(row))
                    .list();
            List<Revision> sealed = new ArrayList<>();
            for (Revision revision : candidates) {
                if (!inFlight.test(revision.studyUid()) && seal(handle, revision, before)) {
                    sealed.add(revision);
                }
            }
            return sealed;
        });
    }

    private boolean seal(Handle handle, Revision revision, OffsetDateTime before) {
        requireLegal(StudyState.RECEIVING, StudyState.SEALED);
        // The quiet period is asked again: an instance may have been recorded since the candidates were listed.
        int changed = handle.createUpdate("""
                        update revision set state = 'SEALED', updated_at = :now
                        where study_uid = :study and number = :number
                          and state = 'RECEIVING' and last_instance <= :before
                        """)
                .bind("study", revision.studyUid())
                .bind("number", revision.number())
                .bind("before", before)
                .bind("now", at(now()))
                .execute();
        if (changed == 1) {
            moved(handle, revision, null, StudyState.RECEIVING, StudyState.SEALED, "quiet");
        }
        return changed == 1;
    }

    /** Writes an audit row for something that is no change of state, for instance a file moved to quarantine. */
    public void note(String studyUid, String event, String detail) {
        change("note " + event + " of study " + studyUid, handle -> {
            audit(handle, studyUid, null, null, event, null, null, detail);
            return true;
        });
    }

    // ---- working

    /**
     * A job for the revision exists or is about to: SEALED or FAILED becomes QUEUED.
     *
     * @return false when it is in another state, for instance because another process was faster
     */
    public boolean queued(Revision revision) {
        return change(
                "queue " + revision,
                handle -> move(handle, revision, StudyState.SEALED, StudyState.QUEUED, "")
                        || move(handle, revision, StudyState.FAILED, StudyState.QUEUED, "again"));
    }

    /**
     * Claims a revision that waits, or one whose worker has been silent for too long. The attempt is counted before the
     * work, so one that kills its process is counted too; after the last one allowed the revision is QUARANTINED.
     *
     * @return empty when there is nothing to do: claimed by another, done, or quarantined
     */
    public Optional<Attempt> claim(Revision revision, String worker) {
        return change("claim " + revision, handle -> {
            Optional<Claimable> row = handle.createQuery("""
                            select state, attempts, heartbeat from revision
                            where study_uid = :study and number = :number
                            for update
                            """)
                    .bind("study", revision.studyUid())
                    .bind("number", revision.number())
                    .map((result, context) -> new Claimable(
                            StudyState.valueOf(result.getString("state")),
                            result.getInt("attempts"),
                            Optional.ofNullable(Rows.instant(result, "heartbeat"))))
                    .findOne();
            if (row.isEmpty() || !mayClaim(row.get())) {
                return Optional.empty();
            }
            StudyState from = row.get().state();
            int attempts = row.get().attempts();
            if (from == StudyState.RUNNING) {
                endAttempt(handle, revision, attempts, "SILENT");
            }
            if (attempts >= policy.maxAttempts()) {
                move(handle, revision, from, StudyState.QUARANTINED, "after " + attempts + " attempts");
                return Optional.empty();
            }
            return Optional.of(start(handle, new Attempt(revision, attempts + 1, worker), from));
        });
    }

    private record Claimable(StudyState state, int attempts, Optional<Instant> heartbeat) {}

    private boolean mayClaim(Claimable row) {
        return switch (row.state()) {
            case QUEUED, FAILED -> true;
            case RUNNING ->
                row.heartbeat()
                        .map(beat -> beat.isBefore(now().minus(policy.heartbeatTimeout())))
                        .orElse(true);
            default -> false;
        };
    }

    private Attempt start(Handle handle, Attempt attempt, StudyState from) {
        requireLegal(from, StudyState.RUNNING);
        handle.createUpdate("""
                        update revision set state = 'RUNNING', attempts = :attempt, worker = :worker,
                                            heartbeat = :now, updated_at = :now
                        where study_uid = :study and number = :number and state = :from
                        """)
                .bind("study", attempt.revision().studyUid())
                .bind("number", attempt.revision().number())
                .bind("attempt", attempt.number())
                .bind("worker", attempt.worker())
                .bind("from", from.name())
                .bind("now", at(now()))
                .execute();
        handle.createUpdate("""
                        insert into attempt (study_uid, revision, number, worker, started_at)
                        values (:study, :revision, :number, :worker, :now)
                        """)
                .bind("study", attempt.revision().studyUid())
                .bind("revision", attempt.revision().number())
                .bind("number", attempt.number())
                .bind("worker", attempt.worker())
                .bind("now", at(now()))
                .execute();
        moved(handle, attempt.revision(), attempt.number(), from, StudyState.RUNNING, "worker " + attempt.worker());
        return attempt;
    }

    /** Says that the attempt is alive; false when it is no longer the latest and should stop. */
    public boolean heartbeat(Attempt attempt) {
        return change(
                "heartbeat of " + attempt.revision(),
                handle -> handle.createUpdate("""
                                update revision set heartbeat = :now
                                where study_uid = :study and number = :number
                                  and state = 'RUNNING' and attempts = :attempt
                                """)
                                .bind("study", attempt.revision().studyUid())
                                .bind("number", attempt.revision().number())
                                .bind("attempt", attempt.number())
                                .bind("now", at(now()))
                                .execute()
                        == 1);
    }

    /** A result without deliveries; see {@link #produced(Attempt, Product, List)}. */
    public boolean produced(Attempt attempt, String resultJson, List<OutputObject> objects) {
        return produced(attempt, new Product(resultJson, Optional.empty(), objects), List.of());
    }

    /**
     * Stores the result, its output objects and one delivery for each route that takes the object's kind, all due now.
     *
     * @return false, and nothing stored, when the attempt is no longer the latest
     */
    public boolean produced(Attempt attempt, Product product, List<Route> routes) {
        return change("store the result of " + attempt.revision(), handle -> {
            if (!finish(handle, attempt, StudyState.PRODUCED, product.resultJson(), product.picture(), null)) {
                return false;
            }
            for (OutputObject object : product.objects()) {
                long id = insertOutput(handle, attempt, object);
                for (Route route : routes) {
                    if (route.kinds().contains(object.kind())) {
                        insertDelivery(handle, id, route);
                    }
                }
            }
            return true;
        });
    }

    /**
     * There is no L3, or not surely: a result.
     *
     * @return false, and nothing stored, when the attempt is no longer the latest
     */
    public boolean noL3(Attempt attempt, String reason, String resultJson) {
        return change(
                "store NO_L3 of " + attempt.revision(),
                handle -> finish(handle, attempt, StudyState.NO_L3, resultJson, Optional.empty(), reason));
    }

    /**
     * The attempt failed. The revision may be claimed or queued again.
     *
     * @return false, and nothing stored, when the attempt is no longer the latest
     */
    public boolean failed(Attempt attempt, String reason) {
        return change(
                "store the failure of " + attempt.revision(),
                handle -> finish(handle, attempt, StudyState.FAILED, null, Optional.empty(), reason));
    }

    private boolean finish(
            Handle handle,
            Attempt attempt,
            StudyState to,
            @Nullable String resultJson,
            Optional<Path> picture,
            @Nullable String reason) {
        requireLegal(StudyState.RUNNING, to);
        int changed = handle.createUpdate("""
                        update revision set state = :to, updated_at = :now, reason = :reason,
                                            result = coalesce(:result, result), picture = coalesce(:picture, picture)
                        where study_uid = :study and number = :number
                          and state = 'RUNNING' and attempts = :attempt
                        """)
                .bind("to", to.name())
                .bind("study", attempt.revision().studyUid())
                .bind("number", attempt.revision().number())
                .bind("attempt", attempt.number())
                .bind("result", resultJson)
                .bind("picture", picture.map(Path::toString).orElse(null))
                .bind("reason", reason)
                .bind("now", at(now()))
                .execute();
        if (changed == 0) {
            log.warn("study={} attempt={} is stale; {} refused", attempt.revision(), attempt.number(), to);
            return false;
        }
        endAttempt(handle, attempt.revision(), attempt.number(), to.name());
        moved(handle, attempt.revision(), attempt.number(), StudyState.RUNNING, to, reason == null ? "" : reason);
        return true;
    }

    private void endAttempt(Handle handle, Revision revision, int attempt, String outcome) {
        handle.createUpdate("""
                        update attempt set ended_at = :now, outcome = :outcome
                        where study_uid = :study and revision = :revision and number = :number and ended_at is null
                        """)
                .bind("now", at(now()))
                .bind("outcome", outcome)
                .bind("study", revision.studyUid())
                .bind("revision", revision.number())
                .bind("number", attempt)
                .execute();
    }

    private long insertOutput(Handle handle, Attempt attempt, OutputObject object) {
        return handle.createQuery("""
                        insert into output_object (study_uid, revision, attempt, kind, sop_class_uid, sop_instance_uid,
                                                   file, sha256, created_at)
                        values (:study, :revision, :attempt, :kind, :class, :sop, :file, :sha256, :now)
                        returning id
                        """)
                .bind("study", attempt.revision().studyUid())
                .bind("revision", attempt.revision().number())
                .bind("attempt", attempt.number())
                .bind("kind", object.kind())
                .bind("class", object.sopClassUid())
                .bind("sop", object.sopInstanceUid())
                .bind("file", object.file().toString())
                .bind("sha256", object.sha256())
                .bind("now", at(now()))
                .mapTo(Long.class)
                .one();
    }

    private void insertDelivery(Handle handle, long output, Route route) {
        handle.createUpdate("""
                        insert into delivery (output_object, destination, wants_commitment, state, next_try, updated_at)
                        values (:output, :destination, :commitment, 'PENDING', :now, :now)
                        """)
                .bind("output", output)
                .bind("destination", route.destination())
                .bind("commitment", route.commitment())
                .bind("now", at(now()))
                .execute();
    }

    // ---- delivering

    /** Up to a hundred due deliveries, leased for ten minutes. */
    public List<Delivery> dueDeliveries() {
        return dueDeliveries(DELIVERY_BATCH, DELIVERY_LEASE);
    }

    /**
     * Takes due deliveries, oldest first. Each is counted as tried and comes up again when the lease ends without a
     * word, so a crashed sender loses nothing and two senders do not send the same object at once.
     */
    public List<Delivery> dueDeliveries(int limit, Duration lease) {
        return change("take due deliveries", handle -> Deliveries.due(handle, limit, lease, now()));
    }

    /**
     * The destination gets the object in another form, an older SOP class with the same content: this and every further
     * try. Called before it is sent.
     *
     * @return false when the lease had ended
     */
    public boolean deliverAs(Delivery delivery, OutputObject form) {
        return change("note form of delivery " + delivery.id(), handle -> deliveries.as(handle, delivery, form, now()));
    }

    /**
     * The destination gets another object of the same revision instead of this one, at once.
     *
     * @return false when there is no object of that kind, or the lease had ended
     */
    public boolean deliverInstead(Delivery delivery, String kind) {
        return change("replace delivery " + delivery.id(), handle -> deliveries.instead(handle, delivery, kind, now()));
    }

    /**
     * The destination has it. The last delivery of a revision makes it EXPORTED.
     *
     * @return false when the lease had ended and another sender has taken over
     */
    public boolean delivered(Delivery delivery) {
        return change("note delivery " + delivery.id(), handle -> {
            lock(handle, delivery.revision());
            if (!deliveries.end(handle, delivery, "DELIVERED", null, now(), now())) {
                return false;
            }
            deliveries.settle(handle, delivery.revision());
            return true;
        });
    }

    /** Two last deliveries at once must see each other: the revision's row puts them in a line. */
    static void lock(Handle handle, Revision revision) {
        handle.createQuery("select 1 from revision where study_uid = :study and number = :number for update")
                .bind("study", revision.studyUid())
                .bind("number", revision.number())
                .mapTo(Integer.class)
                .one();
    }

    /** Makes the moves that the deliveries of a revision, whose row is locked, now allow. */
    void settle(Handle handle, Revision revision) {
        deliveries.settle(handle, revision);
    }

    /**
     * The destination did not take it now; it is tried again with exponential back-off.
     *
     * @return when it is tried next
     */
    public Instant deliveryFailed(Delivery delivery, String reason) {
        Instant nextTry = now().plus(policy.retryAfter(delivery.attempts()));
        deliveryFailed(delivery, reason, nextTry);
        return nextTry;
    }

    /** As {@link #deliveryFailed(Delivery, String)}, with the caller's choice of time; false when the lease had ended. */
    public boolean deliveryFailed(Delivery delivery, String reason, Instant nextTry) {
        return change(
                "note failed delivery " + delivery.id(),
                handle -> deliveries.end(handle, delivery, "PENDING", reason, nextTry, now()));
    }

    /** The destination will never take it: kept for a person, the revision stays PRODUCED. */
    public boolean deadLetter(Delivery delivery, String reason) {
        return change(
                "note dead letter " + delivery.id(),
                handle -> deliveries.end(handle, delivery, "DEAD_LETTER", reason, now(), now()));
    }

    /** Is there anything for {@link #dueDeliveries()}, {@link #destinationsToAsk()} or {@link #giveUpOverdue()}? */
    public boolean exportDue() {
        return ask("look for due deliveries", handle -> {
            Instant now = now();
            return Deliveries.anyDue(handle, now)
                    || !commitments.destinations(handle, now).isEmpty()
                    || commitments.anyOverdue(handle, now);
        });
    }

    // ---- storage commitment

    /** Destinations that have been sent all of some revision, and are now to be asked to vouch for it. */
    public List<String> destinationsToAsk() {
        return ask("look for storage commitment to request", handle -> commitments.destinations(handle, now()));
    }

    /**
     * Opens a request for one revision. It is on record before it is sent, so a report can overtake the response.
     *
     * @param transactionUid a new one
     * @param patience how long to wait for the report; doubled with each further request
     * @return empty when there is nothing to ask this destination for
     */
    public Optional<CommitmentRequest> requestCommitment(String destination, String transactionUid, Duration patience) {
        return change(
                "request commitment of " + destination,
                handle -> commitments.request(handle, destination, transactionUid, patience, now()));
    }

    /**
     * The request could not be made or was refused: it is made anew, with another transaction, after a pause.
     *
     * @return when; empty when the transaction has ended
     */
    public Optional<Instant> commitmentNotRequested(String transactionUid, String reason) {
        return change(
                "note refused commitment request " + transactionUid,
                handle -> commitments.notRequested(handle, transactionUid, reason, now()));
    }

    /**
     * A report has come. What is committed is done; what is not is sent again after a pause, or left for a person. The
     * last commitment of a revision that is EXPORTED makes it COMMITTED. The same report again changes nothing.
     *
     * @return false when the transaction is none of ours
     */
    public boolean commitmentReported(CommitmentReport report) {
        return change(
                "note commitment report " + report.transactionUid(),
                handle -> commitments.reported(handle, report, now()));
    }

    /**
     * Ends the requests that got no report in time: their instances become due again.
     *
     * @return how many requests
     */
    public int giveUpOverdue() {
        return change("end overdue commitment requests", handle -> commitments.giveUpOverdue(handle, now()));
    }

    // ---- arriving

    /**
     * Takes delivered objects for which these destinations are to be asked, oldest first. Each comes up again when the
     * lease ends without a word.
     *
     * @param destinations not empty
     * @param first how long after the delivery it is asked first
     */
    public List<Arrival> dueArrivals(Collection<String> destinations, Duration first, int limit, Duration lease) {
        return change("take due arrivals", handle -> Arrivals.due(handle, destinations, first, limit, lease, now()));
    }

    /** The destination has it; false when the lease had ended. */
    public boolean arrived(Arrival arrival) {
        return change("note arrival " + arrival.delivery(), handle -> {
            boolean changed = Arrivals.end(handle, arrival, "FOUND", "", Optional.empty(), now());
            if (changed) {
                auditArrival(handle, arrival, "FOUND_AT_DESTINATION", "");
            }
            return changed;
        });
    }

    /**
     * The destination does not have it, or cannot be asked.
     *
     * @param next when it is asked again; empty: it is missing for good
     * @return false when the lease had ended
     */
    public boolean notArrived(Arrival arrival, String reason, Optional<Instant> next) {
        return change("note missing arrival " + arrival.delivery(), handle -> {
            String state = next.isPresent() ? "WAITING" : "MISSING";
            boolean changed = Arrivals.end(handle, arrival, state, reason, next, now());
            if (changed && next.isEmpty()) {
                auditArrival(handle, arrival, "MISSING_AT_DESTINATION", ": " + reason);
            }
            return changed;
        });
    }

    private void auditArrival(Handle handle, Arrival arrival, String event, String detail) {
        audit(
                handle,
                arrival.revision(),
                event,
                arrival.object().kind() + " " + arrival.object().sopInstanceUid() + " at " + arrival.destination()
                        + ", check " + arrival.checks() + detail);
    }

    // ---- asking

    /** Is this one of our own results (loop guard)? */
    public boolean producedByUs(String sopInstanceUid) {
        return ask("look for output " + sopInstanceUid, handle -> producedByUs(handle, sopInstanceUid));
    }

    private static boolean producedByUs(Handle handle, String sopInstanceUid) {
        return handle.createQuery("select exists (select 1 from output_object where sop_instance_uid = :sop)")
                .bind("sop", sopInstanceUid)
                .mapTo(Boolean.class)
                .one();
    }

    /** The SOP class in which a destination has accepted one of our results; the latest when it did so more than once. */
    public Optional<String> storedClass(String sopInstanceUid, String destination) {
        return ask(
                "look for the class of " + sopInstanceUid + " at " + destination,
                handle -> handle.createQuery("""
                        select coalesce(d.sop_class_uid, o.sop_class_uid)
                        from delivery d join output_object o on o.id = d.output_object
                        where o.sop_instance_uid = :sop and d.destination = :destination
                          and d.state in ('DELIVERED', 'COMMITTED', 'NOT_COMMITTED')
                        order by d.id desc limit 1
                        """)
                        .bind("sop", sopInstanceUid)
                        .bind("destination", destination)
                        .mapTo(String.class)
                        .findOne());
    }

    /** The instance as it was recorded, also one that is only kept. */
    public Optional<InstanceEntry> instance(String sopInstanceUid) {
        return ask(
                "look for instance " + sopInstanceUid,
                handle -> handle.createQuery("select * from instance where sop_instance_uid = :sop")
                        .bind("sop", sopInstanceUid)
                        .map((row, context) -> Rows.entry(row))
                        .findOne());
    }

    /** The AE titles that have sent instances of the study, the one that sent last first. */
    public List<String> callingAeTitles(String studyUid) {
        return ask(
                "list senders of study " + studyUid,
                handle -> handle.createQuery("""
                        select calling_ae from instance where study_uid = :study
                        group by calling_ae order by max(received_at) desc, calling_ae
                        """)
                        .bind("study", studyUid)
                        .mapTo(String.class)
                        .list());
    }

    /** How many instances of each series of the study are here, those that are only kept included. */
    public Map<String, Integer> instancesBySeries(String studyUid) {
        return ask(
                "count instances of study " + studyUid,
                handle -> handle
                        .createQuery(
                                "select series_uid, count(*) from instance where study_uid = :study group by series_uid")
                        .bind("study", studyUid)
                        .map((row, context) -> Map.entry(row.getString(1), row.getInt(2)))
                        .stream()
                        .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    /** All instances of the study up to this revision, those of earlier revisions included, by SOP Instance UID. */
    public List<InstanceEntry> instances(Revision revision) {
        return ask(
                "list instances of " + revision,
                handle -> handle.createQuery("""
                        select * from instance where study_uid = :study and revision <= :number
                        order by sop_instance_uid
                        """)
                        .bind("study", revision.studyUid())
                        .bind("number", revision.number())
                        .map((row, context) -> Rows.entry(row))
                        .list());
    }

    /** The output objects of a revision, in the order of writing. */
    public List<OutputObject> outputs(Revision revision) {
        return ask(
                "list outputs of " + revision,
                handle -> handle.createQuery(
                                "select * from output_object where study_uid = :study and revision = :number order by id")
                        .bind("study", revision.studyUid())
                        .bind("number", revision.number())
                        .map((row, context) -> Rows.output(row))
                        .list());
    }

    /** The deliveries of a revision, in the order of writing. */
    public List<DeliveryRow> deliveries(Revision revision) {
        return ask(
                "list deliveries of " + revision,
                handle -> handle.createQuery("""
                        select d.id, d.destination, d.state, d.attempts, d.next_try, d.last_error, o.kind,
                               a.state as arrival,
                               o.sop_instance_uid, coalesce(d.sop_class_uid, o.sop_class_uid) as sop_class_uid
                        from delivery d
                        join output_object o on o.id = d.output_object
                        left join arrival a on a.delivery = d.id
                        where o.study_uid = :study and o.revision = :number
                        order by d.id
                        """)
                        .bind("study", revision.studyUid())
                        .bind("number", revision.number())
                        .map((row, context) -> new DeliveryRow(
                                revision,
                                row.getString("kind"),
                                row.getString("sop_class_uid"),
                                row.getString("sop_instance_uid"),
                                row.getString("destination"),
                                row.getString("state"),
                                row.getInt("attempts"),
                                requireNonNull(Rows.instant(row, "next_try")),
                                Optional.ofNullable(row.getString("last_error")),
                                Optional.ofNullable(row.getString("arrival"))))
                        .list());
    }

    private static final String STUDY_ROWS = """
            select r.*, (select count(*) from instance i
                         where i.study_uid = r.study_uid and i.revision <= r.number) as instances,
                      (select count(*) from delivery d join output_object o on o.id = d.output_object
                         where o.study_uid = r.study_uid and o.revision = r.number
                           and d.state = 'DEAD_LETTER') as dead_letters
            from revision r
            """;

    /** The latest revision of each study, the most recently changed first. Studies that are only kept have none. */
    public List<StudyRow> studies(int limit) {
        return ask(
                "list studies",
                handle -> handle.createQuery(STUDY_ROWS + """
                        where not exists (select 1 from revision later
                                          where later.study_uid = r.study_uid and later.number > r.number)
                        order by r.updated_at desc, r.study_uid limit :limit
                        """)
                        .bind("limit", limit)
                        .map((row, context) -> Rows.studyRow(row))
                        .list());
    }

    /** The latest revision of a study. */
    public Optional<StudyRow> study(String studyUid) {
        List<StudyRow> revisions = revisions(studyUid);
        return revisions.isEmpty() ? Optional.empty() : Optional.of(revisions.get(revisions.size() - 1));
    }

    /** Every revision of a study, the first first. */
    public List<StudyRow> revisions(String studyUid) {
        return ask(
                "list revisions of study " + studyUid,
                handle -> handle.createQuery(STUDY_ROWS + " where r.study_uid = :study order by r.number")
                        .bind("study", studyUid)
                        .map((row, context) -> Rows.studyRow(row))
                        .list());
    }

    /** The audit trail of a study, oldest first. */
    public List<AuditRow> audit(String studyUid) {
        return ask(
                "read the audit of study " + studyUid,
                handle -> handle.createQuery("select * from audit where study_uid = :study order by id")
                        .bind("study", studyUid)
                        .map((row, context) -> Rows.auditRow(row))
                        .list());
    }

    /** Revisions per state; every state is present. */
    public Map<StudyState, Integer> counts() {
        return ask("count states", handle -> {
            Map<StudyState, Integer> counts = new EnumMap<>(StudyState.class);
            for (StudyState state : StudyState.values()) {
                counts.put(state, 0);
            }
            handle.createQuery("select state, count(*) from revision group by state")
                    .map((row, context) -> Map.entry(StudyState.valueOf(row.getString(1)), row.getInt(2)))
                    .forEach(count -> counts.put(count.getKey(), count.getValue()));
            return counts;
        });
    }

    /** Instances on record, those that are only kept included. */
    public long instanceCount() {
        return ask(
                "count instances",
                handle -> handle.createQuery("select count(*) from instance")
                        .mapTo(Long.class)
                        .one());
    }

    /** Sealed revisions for which no job has been promised yet, oldest first. */
    public List<Revision> sealedWithoutJob() {
        return inState(StudyState.SEALED);
    }

    /** Revisions in a state, those longest in it first. */
    public List<Revision> inState(StudyState state) {
        return ask(
                "list revisions in " + state,
                handle -> handle.createQuery("""
                        select study_uid, number from revision where state = :state
                        order by updated_at, study_uid, number
                        """)
                        .bind("state", state.name())
                        .map((row, context) -> Rows.revision(row))
                        .list());
    }

    /** Running revisions whose worker has been silent for longer than {@code heartbeat}. */
    public List<Revision> stale(Duration heartbeat) {
        return ask(
                "list silent workers",
                handle -> handle.createQuery("""
                        select study_uid, number from revision where state = 'RUNNING' and heartbeat < :before
                        order by heartbeat, study_uid, number
                        """)
                        .bind("before", at(now().minus(heartbeat)))
                        .map((row, context) -> Rows.revision(row))
                        .list());
    }

    /** The limits this ledger works with. */
    public LedgerPolicy policy() {
        return policy;
    }

    // ---- the one way to move, and its audit row

    /** Moves a revision from one state to another; false when it is not (or no longer) in {@code from}. */
    boolean move(Handle handle, Revision revision, StudyState from, StudyState to, String detail) {
        requireLegal(from, to);
        int changed = handle.createUpdate("""
                        update revision set state = :to, updated_at = :now
                        where study_uid = :study and number = :number and state = :from
                        """)
                .bind("study", revision.studyUid())
                .bind("number", revision.number())
                .bind("from", from.name())
                .bind("to", to.name())
                .bind("now", at(now()))
                .execute();
        if (changed == 1) {
            moved(handle, revision, null, from, to, detail);
        }
        return changed == 1;
    }

    private static void requireLegal(StudyState from, StudyState to) {
        if (!from.canMoveTo(to)) {
            throw new IllegalStateException(from + " may not become " + to);
        }
    }

    private void moved(
            Handle handle,
            Revision revision,
            @Nullable Integer attempt,
            StudyState from,
            StudyState to,
            String detail) {
        audit(handle, revision.studyUid(), revision.number(), attempt, "MOVED", from, to, detail);
        log.info("study={} attempt={} {} -> {} {}", revision, attempt == null ? "-" : attempt, from, to, detail);
    }

    /** What happened to a revision without moving it. */
    void audit(Handle handle, Revision revision, String event, String detail) {
        audit(handle, revision.studyUid(), revision.number(), null, event, null, null, detail);
    }

    private void audit(
            Handle handle,
            String studyUid,
            @Nullable Integer revision,
            @Nullable Integer attempt,
            String event,
            @Nullable StudyState from,
            @Nullable StudyState to,
            String detail) {
        handle.createUpdate("""
                        insert into audit (at, study_uid, revision, attempt, event, from_state, to_state, detail)
                        values (:now, :study, :revision, :attempt, :event, :from, :to, :detail)
                        """)
                .bind("now", at(now()))
                .bind("study", studyUid)
                .bind("revision", revision)
                .bind("attempt", attempt)
                .bind("event", event)
                .bind("from", from == null ? null : from.name())
                .bind("to", to == null ? null : to.name())
                .bind("detail", detail)
                .execute();
    }

    // ---- rows and times

    private <T> T change(String what, HandleCallback<T, RuntimeException> work) {
        try {
            return jdbi.inTransaction(work);
        } catch (JdbiException e) {
            throw new DatabaseException("could not " + what + ": " + reason(e), e);
        }
    }

    private <T> T ask(String what, HandleCallback<T, RuntimeException> question) {
        try {
            return jdbi.withHandle(question);
        } catch (JdbiException e) {
            throw new DatabaseException("could not " + what + ": " + reason(e), e);
        }
    }

    // The root says what the server said; Jdbi's own message is the whole statement with its arguments.
    private static String reason(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage()).lines().findFirst().orElse("");
    }

    // PostgreSQL keeps microseconds: cut here, so that what is compared is what is stored.
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
