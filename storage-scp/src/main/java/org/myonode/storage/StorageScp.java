package org.myonode.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.myonode.db.DatabaseException;
import org.myonode.db.InstanceEntry;
import org.myonode.db.Ledger;
import org.myonode.db.Receipt;
import org.myonode.db.Reception;
import org.myonode.dicom.DicomException;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.net.AssociationInfo;
import org.myonode.dicom.net.AssociationPolicy;
import org.myonode.dicom.net.DimseStatus;
import org.myonode.dicom.net.Rejection;
import org.myonode.dicom.net.StoreHandler;
import org.myonode.dicom.net.StoreRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Storage service class provider (PS3.4 annex B): takes instances so that 0000 means "survives a power cut".
 *
 * <p><b>Order.</b> Data set from the socket to the {@link Journal}, hashed and its header read on the way; sync of the
 * journal; ledger commit; only then 0000. The journal is what makes both durable: where a crash takes the last commits
 * from the database, they are made again from it. All instances that wait at the same time, on many associations or on one with
 * asynchronous operations, share the sync and the transaction ({@link GroupCommit}). {@link Filing} then makes
 * {@code study/series/instance.dcm} of it, and after a crash {@link Recovery} does. Whatever breaks the order is answered with
 * something else, so the sender keeps its copy.
 *
 * <p><b>Answers</b> (PS3.4 section B.2.3):
 *
 * <ul>
 *   <li>0000: stored now, or stored before with the same bytes (no-op);
 *   <li>A700: less free space than configured, or the disk is full: try again later;
 *   <li>A900: SOP class or instance in the data set is not that of the command; kept in quarantine;
 *   <li>C000: not a whole data set, or a UID is missing or none; kept in quarantine;
 *   <li>C001: same SOP Instance UID, other bytes. The first stays, the second is quarantined and audited. A failure,
 *       because the sender's object is not what a reader of this UID will get; none that invites to try again, because
 *       that cannot help;
 *   <li>0110: the ledger failed; nothing is kept.
 * </ul>
 *
 * <p><b>Files that the ledger does not know</b> are quarantined at the start. Quarantined and not deleted: after the
 * ledger was restored from a back-up, instances that were acknowledged look like that.
 *
 * <p><b>What is worked on.</b> CT and PET images. Everything else (reports, structures, our own results coming back) is
 * stored and recorded, but opens no revision.
 *
 * <p>Thread-safe. One process per storage directory, held by a lock.
 */
public final class StorageScp implements StoreHandler, AssociationPolicy, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(StorageScp.class);

    /** Same UID, other bytes. */
    static final DimseStatus OTHER_BYTES = new DimseStatus(0xC001, "other bytes are stored under this UID");

    private static final String IMAGES = "1.2.840.10008.5.1.4.1.1.";
    private static final Set<String> WORKED_ON = Set.of(
            IMAGES + "2", // CT
            IMAGES + "2.1", // Enhanced CT
            IMAGES + "2.2", // Legacy Converted Enhanced CT
            IMAGES + "128", // PET
            IMAGES + "128.1", // Legacy Converted Enhanced PET
            IMAGES + "130"); // Enhanced PET
    private static final String OUR_MODEL = "MyoNode";

    /** 512 MiB of journal: a whole study fits in. */
    private static final int SEGMENTS = 8;

    private static final int SLOTS_PER_SEGMENT = 512;

    /** Everything that is looked at in a data set. */
    static final Set<Integer> HEADER = Set.of(
            Tag.SOPClassUID,
            Tag.SOPInstanceUID,
            Tag.StudyInstanceUID,
            Tag.SeriesInstanceUID,
            Tag.ManufacturerModelName);

    // Clocks of a network file system may be a little off; looking at too much is harmless.
    private static final Duration MARKER_TOLERANCE = Duration.ofMinutes(10);

    private final StorageConfig config;
    private final Ledger ledger;
    private final Path studies;
    private final Path incoming;
    private final Quarantine quarantine;
    private final FileChannel owner;
    private final Map<Long, Set<String>> studiesByAssociation = new ConcurrentHashMap<>();
    private final Journal journal;
    private final GroupCommit commits;
    private final Filing filing;

    /**
     * Opens the store: files what had been acknowledged when the last process died, removes what had not, and quarantines
     * files that the ledger does not know.
     *
     * @throws StorageException when the directory cannot be used or belongs to another process
     * @throws DatabaseException when the ledger cannot be asked
     */
    public StorageScp(StorageConfig config, Ledger ledger, Clock clock) {
        this(config, ledger, clock, Filing.IDLE);
    }

    StorageScp(StorageConfig config, Ledger ledger, Clock clock, Duration filingIdle) {
        this.config = config;
        this.ledger = ledger;
        try {
            Path directory = Files.createDirectories(config.directory()).toRealPath();
            owner = lock(directory);
            studies = Files.createDirectories(directory.resolve("studies"));
            incoming = Files.createDirectories(directory.resolve("incoming"));
            quarantine = new Quarantine(directory.resolve("quarantine"), clock);
            journal = Journal.open(directory.resolve("journal"), SEGMENTS, SLOTS_PER_SEGMENT);
            new Recovery(ledger, studies, incoming).run(journal);
            quarantineUnrecorded(directory.resolve("last-start"));
        } catch (IOException e) {
            throw new StorageException("the storage directory " + config.directory() + " cannot be used: " + e, e);
        }
        commits = new GroupCommit(ledger);
        filing = new Filing(studies, journal, ledger, filingIdle);
    }

    private static FileChannel lock(Path directory) throws IOException {
        FileChannel channel =
                FileChannel.open(directory.resolve("owner.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException sameProcess) {
            log.debug("{} is locked by this process", directory);
        }
        channel.close();
        throw new StorageException("the storage directory " + directory + " is in use by a running process");
    }

    // ---- associations

    @Override
    public Optional<Rejection> check(AssociationInfo request) {
        if (!request.calledAeTitle().strip().equals(config.aeTitle())) {
            return Optional.of(Rejection.CALLED_AE_NOT_RECOGNIZED);
        }
        if (!config.callingAeTitles().isEmpty()
                && !config.callingAeTitles().contains(request.callingAeTitle().strip())) {
            return Optional.of(Rejection.CALLING_AE_NOT_RECOGNIZED);
        }
        return Optional.empty();
    }

    @Override
    public void associationOpened(AssociationInfo association) {
        studiesByAssociation.put(association.id(), ConcurrentHashMap.newKeySet());
    }

    @Override
    public void associationClosed(AssociationInfo association, boolean aborted) {
        studiesByAssociation.remove(association.id());
    }

    /** Is an association open that has brought instances of this study, or is one of them not yet a file? */
    public boolean isInFlight(String studyUid) {
        return filing.isPending(studyUid)
                || studiesByAssociation.values().stream().anyMatch(uids -> uids.contains(studyUid));
    }

    // ---- instances

    @Override
    public DimseStatus store(StoreRequest request, InputStream dataSet) throws IOException {
        return begin(request, dataSet).complete();
    }

    @Override
    public Completion begin(StoreRequest request, InputStream dataSet) throws IOException {
        return begin(
                Incoming.of(request),
                dataSet,
                studiesByAssociation.getOrDefault(request.association().id(), ConcurrentHashMap.newKeySet()));
    }

    /**
     * Takes one instance, whatever brought it; what the returned status means is told at the head of this class.
     *
     * @param dataSet exactly the bytes of the data set, without file meta information; read as a stream, not closed. When
     *     it fails, nothing remains of the instance
     * @throws IOException only when {@code dataSet} fails
     */
    public DimseStatus store(Incoming instance, InputStream dataSet) throws IOException {
        return begin(instance, dataSet, ConcurrentHashMap.newKeySet()).complete();
    }

    private Completion begin(Incoming instance, InputStream dataSet, Set<String> inFlight) throws IOException {
        if (incoming.toFile().getUsableSpace() < config.minimumFreeBytes()) {
            log.error("less than {} bytes are free for {}: instances are refused", config.minimumFreeBytes(), studies);
            return () -> DimseStatus.OUT_OF_RESOURCES.with("less free space than configured");
        }
        Intake intake = new Intake(journal, incoming, instance, dataSet);
        boolean goesOn = false;
        try {
            Content content = read(instance, intake);
            if (content instanceof Refused refused) {
                DimseStatus status = refuse(instance, intake, refused.status());
                return () -> status;
            }
            if (!Files.isDirectory(studies)) {
                throw new DiskException(new NoSuchFileException(studies.toString()));
            }
            Reception reception =
                    reception(instance, ((Accepted) content).header(), intake.length(), intake.sha256(), studies);
            inFlight.add(reception.entry().studyUid());
            filing.expect(reception.entry().studyUid());
            GroupCommit.Commit commit = commits.submit(reception, intake.segments());
            goesOn = true;
            return () -> record(instance, intake, reception, commit);
        } catch (DiskException e) {
            DimseStatus status = notWritten(instance, e);
            return () -> status;
        } finally {
            if (!goesOn) {
                intake.release();
            }
        }
    }

    private static DimseStatus notWritten(Incoming instance, DiskException e) {
        log.error("instance {} could not be written: {}", instance.sopInstanceUid(), e.getMessage());
        return DimseStatus.OUT_OF_RESOURCES.with("the file could not be written");
    }

    private DimseStatus record(Incoming instance, Intake intake, Reception reception, GroupCommit.Commit commit) {
        boolean handedOver = false;
        try {
            Taken taken = take(instance, intake, reception, commit);
            if (taken.toFile() != null) {
                filing.submit(intake, taken.toFile());
                handedOver = true;
            }
            return taken.status();
        } catch (DatabaseException e) {
            log.error("instance {} is not recorded: {}", instance.sopInstanceUid(), e.getMessage());
            return DimseStatus.PROCESSING_FAILURE.with("the ledger cannot be written");
        } catch (DiskException e) {
            return notWritten(instance, e);
        } finally {
            if (!handedOver) {
                filing.dismiss(reception.entry().studyUid());
                intake.release();
            }
        }
    }

    /** What was found in a data set. */
    private sealed interface Content permits Accepted, Refused {}

    private record Accepted(Header header) implements Content {}

    private record Refused(DimseStatus status) implements Content {}

    /** Takes the whole data set; afterwards the intake is complete, whatever is in it. */
    private static Content read(Incoming instance, Intake intake) throws IOException {
        Content content;
        try {
            // Looks at every element to the last byte: a truncated data set is noticed, not only a wrong beginning.
            content = check(Header.of(Part10.scanDataSet(intake, instance.transferSyntax(), HEADER)), instance);
        } catch (DicomException e) {
            // To the parser a source that breaks may look like the end of the data.
            if (intake.sourceFailure().isPresent()) {
                throw intake.sourceFailure().get();
            }
            content = new Refused(DimseStatus.CANNOT_UNDERSTAND.with(String.valueOf(e.getMessage())));
        }
        intake.drain();
        intake.complete(content instanceof Accepted);
        return content;
    }

    private static Content check(Header header, Incoming instance) {
        Optional<String> wrongUid = header.wrongUid();
        if (wrongUid.isPresent()) {
            return new Refused(DimseStatus.CANNOT_UNDERSTAND.with(wrongUid.get()));
        }
        if (!header.sopInstanceUid().equals(instance.sopInstanceUid())
                || !header.sopClassUid().equals(instance.sopClassUid())) {
            return new Refused(DimseStatus.DATA_SET_DOES_NOT_MATCH.with(
                    "the data set is " + header.sopInstanceUid() + " of class " + header.sopClassUid()
                            + ", the command names " + instance.sopInstanceUid() + " of class "
                            + instance.sopClassUid()));
        }
        return new Accepted(header);
    }

    /** @param toFile of what a file is to be made; null when there is nothing to do */
    private record Taken(DimseStatus status, @Nullable Reception toFile) {}

    private Taken take(Incoming instance, Intake intake, Reception reception, GroupCommit.Commit commit)
            throws DiskException {
        InstanceEntry entry = reception.entry();
        Receipt receipt;
        try {
            receipt = commit.await();
        } catch (DatabaseException e) {
            intake.withdraw();
            throw e;
        }
        log.debug("study={} instance {} {}", entry.studyUid(), entry.sopInstanceUid(), receipt);
        return switch (receipt) {
            case NEW, OURS -> new Taken(DimseStatus.SUCCESS, reception);
            // When its file has vanished, the sender has just brought it back. It may also not be made yet: twice does
            // no harm.
            case DUPLICATE ->
                new Taken(
                        DimseStatus.SUCCESS,
                        ledger.instance(entry.sopInstanceUid())
                                .filter(known -> !Files.exists(known.path()))
                                .map(known -> new Reception(known, reception.toWorkOn()))
                                .orElse(null));
            case CONFLICT -> {
                intake.withdraw();
                yield new Taken(refuse(instance, intake, OTHER_BYTES), null);
            }
        };
    }

    /** What the ledger is told of an instance; its file lies at {@code study/series/instance.dcm}. */
    static Reception reception(Incoming instance, Header header, long length, String sha256, Path studies) {
        InstanceEntry entry = new InstanceEntry(
                header.studyUid(),
                header.seriesUid(),
                header.sopInstanceUid(),
                header.sopClassUid(),
                instance.transferSyntax(),
                studies.resolve(header.studyUid())
                        .resolve(header.seriesUid())
                        .resolve(header.sopInstanceUid() + ".dcm"),
                length,
                sha256,
                instance.sourceAeTitle(),
                instance.receivingAeTitle());
        return new Reception(entry, isWorkedOn(header));
    }

    private static boolean isWorkedOn(Header header) {
        return WORKED_ON.contains(header.sopClassUid()) && !header.model().equals(OUR_MODEL);
    }

    private DimseStatus refuse(Incoming instance, Intake intake, DimseStatus status) throws DiskException {
        try {
            quarantine.take(
                    intake::moveTo,
                    instance.sopInstanceUid(),
                    String.format(
                            "%s%nfrom %s at %s%nSHA-256 of the data set %s",
                            status.comment(), instance.sourceAeTitle(), instance.remoteAddress(), intake.sha256()));
        } catch (IOException e) {
            throw new DiskException(e);
        }
        return status;
    }

    int waitingForCommit() {
        return commits.waiting();
    }

    /** Waits until every acknowledged instance is a file. */
    void awaitFiles() throws InterruptedException {
        filing.awaitFiles();
    }

    // ---- after a crash

    /** Looks only into series that changed since the last start: what is older was looked at then. */
    private void quarantineUnrecorded(Path marker) throws IOException {
        Instant since = Files.exists(marker)
                ? Files.getLastModifiedTime(marker).toInstant().minus(MARKER_TOLERANCE)
                : Instant.EPOCH;
        for (Path study : list(studies)) {
            for (Path series : list(study)) {
                if (!Files.getLastModifiedTime(series).toInstant().isBefore(since)) {
                    for (Path file : list(series)) {
                        quarantineUnlessRecorded(file);
                    }
                }
            }
        }
        // Only now: a crash while looking must not hide what was not looked at.
        Files.write(marker, new byte[] {'\n'});
    }

    private void quarantineUnlessRecorded(Path file) throws IOException {
        String name = String.valueOf(file.getFileName());
        String uid = name.endsWith(".dcm") ? name.substring(0, name.length() - 4) : name;
        // The whole store may have been moved to another disk: only the part below it is compared.
        boolean recorded = ledger.instance(uid)
                .map(entry -> entry.path().endsWith(studies.relativize(file)))
                .orElse(false);
        if (!recorded) {
            quarantine.take(
                    kept -> Files.move(file, kept, StandardCopyOption.ATOMIC_MOVE),
                    uid,
                    "a file that the ledger does not know");
        }
    }

    static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    /** Files what is left and gives the directory free for another process. Close the listener first. */
    @Override
    public void close() {
        filing.close();
        try {
            if (filing.isClean()) {
                journal.clear();
            }
        } catch (IOException e) {
            log.warn("the journal could not be emptied; the next start does it", e);
        }
        commits.close();
        journal.close();
        try {
            owner.close();
        } catch (IOException e) {
            log.warn("could not release the storage directory", e);
        }
    }
}
