package org.myonode.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.myonode.db.DatabaseException;
import org.myonode.db.InstanceEntry;
import org.myonode.db.Ledger;
import org.myonode.db.Receipt;
import org.myonode.dicom.DicomException;
import org.myonode.dicom.Part10;
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
 * <p><b>Order.</b> Data set from the socket to a temporary file, hashed on the way; fsync; rename to {@code
 * study/series/instance.dcm}; fsync of the directory; ledger commit; only then 0000. Whatever breaks the order is
 * answered with something else, so the sender keeps its copy.
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
 *   <li>0110: ledger or file system failed. The file may lie in place already; sent again it is taken over, and what is
 *       never sent again is quarantined at the next start. Quarantined and not deleted: after the ledger was restored
 *       from a back-up, instances that were acknowledged look just the same.
 * </ul>
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

    private static final int BUFFER = 1 << 16;
    // Clocks of a network file system may be a little off; looking at too much is harmless.
    private static final Duration MARKER_TOLERANCE = Duration.ofMinutes(10);

    private final StorageConfig config;
    private final Ledger ledger;
    private final Path studies;
    private final Path incoming;
    private final Quarantine quarantine;
    private final FileChannel owner;
    private final Map<Long, Set<String>> studiesByAssociation = new ConcurrentHashMap<>();
    // Two associations may bring the same UID at once; the one that comes second must see what the first did.
    private final List<Lock> locks =
            IntStream.range(0, 64).<Lock>mapToObj(i -> new ReentrantLock()).toList();

    /**
     * Opens the store: removes what was being received when the last process died, and quarantines files that it had
     * renamed but not recorded.
     *
     * @throws StorageException when the directory cannot be used or belongs to another process
     * @throws DatabaseException when the ledger cannot be asked
     */
    public StorageScp(StorageConfig config, Ledger ledger, Clock clock) {
        this.config = config;
        this.ledger = ledger;
        try {
            Path directory = Files.createDirectories(config.directory()).toRealPath();
            owner = lock(directory);
            studies = Files.createDirectories(directory.resolve("studies"));
            incoming = Files.createDirectories(directory.resolve("incoming"));
            quarantine = new Quarantine(directory.resolve("quarantine"), clock);
            removeUnfinished();
            quarantineUnrecorded(directory.resolve("last-start"));
        } catch (IOException e) {
            throw new StorageException("the storage directory " + config.directory() + " cannot be used: " + e, e);
        }
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

    /** Is an association open that has brought instances of this study? */
    public boolean isInFlight(String studyUid) {
        return studiesByAssociation.values().stream().anyMatch(uids -> uids.contains(studyUid));
    }

    // ---- instances

    @Override
    public DimseStatus store(StoreRequest request, InputStream dataSet) throws IOException {
        return store(
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
        return store(instance, dataSet, ConcurrentHashMap.newKeySet());
    }

    private DimseStatus store(Incoming request, InputStream dataSet, Set<String> inFlight) throws IOException {
        Path file = incoming.resolve(UUID.randomUUID() + ".part");
        try {
            if (!enoughSpace()) {
                return DimseStatus.OUT_OF_RESOURCES.with("less free space than configured");
            }
            Received received = receive(request, dataSet, file);
            try {
                return keep(request, received, inFlight);
            } catch (IOException e) {
                // The socket is done with: what fails now is our own, and the peer must be told rather than dropped.
                throw new DiskException(e);
            }
        } catch (DiskException e) {
            log.error("instance {} could not be written: {}", request.sopInstanceUid(), e.getMessage());
            return DimseStatus.OUT_OF_RESOURCES.with("the file could not be written");
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private boolean enoughSpace() throws DiskException {
        try {
            long free = Files.getFileStore(incoming).getUsableSpace();
            if (free < config.minimumFreeBytes()) {
                log.error("only {} bytes are free for {}: instances are refused", free, studies);
                return false;
            }
            return true;
        } catch (IOException e) {
            throw new DiskException(e);
        }
    }

    /** The received file, not yet synced. */
    private record Received(Path file, long bytes, String sha256) {}

    /** A failure of our own file system, as opposed to one of the socket. */
    private static final class DiskException extends Exception {
        private static final long serialVersionUID = 1L;

        DiskException(IOException cause) {
            super(cause);
        }
    }

    private static Received receive(Incoming request, InputStream dataSet, Path file)
            throws IOException, DiskException {
        MessageDigest digest = sha256();
        byte[] header = MetaHeader.of(request);
        long bytes = 0;
        try (FileChannel channel = create(file)) {
            write(channel, header, header.length);
            byte[] buffer = new byte[BUFFER];
            for (int read = dataSet.read(buffer); read >= 0; read = dataSet.read(buffer)) {
                digest.update(buffer, 0, read);
                write(channel, buffer, read);
                bytes += read;
            }
        }
        return new Received(file, bytes, HexFormat.of().formatHex(digest.digest()));
    }

    private static FileChannel create(Path file) throws DiskException {
        try {
            return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new DiskException(e);
        }
    }

    private static void write(FileChannel channel, byte[] bytes, int length) throws DiskException {
        try {
            ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, length);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        } catch (IOException e) {
            throw new DiskException(e);
        }
    }

    private DimseStatus keep(Incoming request, Received received, Set<String> inFlight) throws IOException {
        Header header;
        try {
            // Reads every element to the last byte: a truncated data set is noticed, not only a wrong beginning.
            header = Header.of(Part10.read(received.file()).dataSet());
        } catch (DicomException e) {
            return refuse(request, received, DimseStatus.CANNOT_UNDERSTAND, String.valueOf(e.getMessage()));
        }
        Optional<String> wrongUid = header.wrongUid();
        if (wrongUid.isPresent()) {
            return refuse(request, received, DimseStatus.CANNOT_UNDERSTAND, wrongUid.get());
        }
        if (!header.sopInstanceUid().equals(request.sopInstanceUid())
                || !header.sopClassUid().equals(request.sopClassUid())) {
            return refuse(
                    request,
                    received,
                    DimseStatus.DATA_SET_DOES_NOT_MATCH,
                    "the data set is " + header.sopInstanceUid() + " of class " + header.sopClassUid()
                            + ", the command names " + request.sopInstanceUid() + " of class "
                            + request.sopClassUid());
        }
        inFlight.add(header.studyUid());
        Path target = studies.resolve(header.studyUid())
                .resolve(header.seriesUid())
                .resolve(header.sopInstanceUid() + ".dcm");
        InstanceEntry entry = new InstanceEntry(
                header.studyUid(),
                header.seriesUid(),
                header.sopInstanceUid(),
                header.sopClassUid(),
                request.transferSyntax(),
                target,
                received.bytes(),
                received.sha256(),
                request.sourceAeTitle(),
                request.receivingAeTitle());
        Lock lock = locks.get(Math.floorMod(header.sopInstanceUid().hashCode(), locks.size()));
        lock.lock();
        try {
            return file(request, received, entry, isWorkedOn(header));
        } catch (DatabaseException e) {
            log.error(
                    "study={} instance {} is not recorded: {}",
                    entry.studyUid(),
                    entry.sopInstanceUid(),
                    e.getMessage());
            return DimseStatus.PROCESSING_FAILURE.with("the ledger cannot be written");
        } finally {
            lock.unlock();
        }
    }

    private static boolean isWorkedOn(Header header) {
        return WORKED_ON.contains(header.sopClassUid()) && !header.model().equals(OUR_MODEL);
    }

    /** Puts the file in place and into the ledger. The caller holds the lock of this SOP Instance UID. */
    private DimseStatus file(Incoming request, Received received, InstanceEntry entry, boolean workedOn)
            throws IOException {
        Optional<InstanceEntry> known = ledger.instance(entry.sopInstanceUid());
        if (known.isPresent() && !known.get().sha256().equals(entry.sha256())) {
            return conflict(request, received, entry);
        }
        if (known.isPresent() && Files.exists(known.get().path())) {
            return DimseStatus.SUCCESS;
        }
        // Also when it is known but its file has vanished: the sender has just brought it back.
        Path target = known.map(InstanceEntry::path).orElse(entry.path());
        sync(received.file());
        Path series = target.getParent();
        if (series != null) {
            Durable.createDirectories(studies, series);
        }
        Durable.rename(received.file(), target);
        Receipt receipt = workedOn ? ledger.record(entry) : ledger.recordForKeeping(entry);
        log.debug("study={} instance {} {}", entry.studyUid(), entry.sopInstanceUid(), receipt);
        return switch (receipt) {
            case NEW, DUPLICATE, OURS -> DimseStatus.SUCCESS;
            // Another process on the same ledger was faster; its file lies in its own directory.
            case CONFLICT -> {
                Path kept = quarantine.take(target, entry.sopInstanceUid(), OTHER_BYTES.comment());
                log.warn("study={} conflicting instance kept as {}", entry.studyUid(), kept);
                yield OTHER_BYTES;
            }
        };
    }

    private DimseStatus conflict(Incoming request, Received received, InstanceEntry entry) throws IOException {
        // The ledger compares again and writes the audit row.
        ledger.record(entry);
        return refuse(request, received, OTHER_BYTES, OTHER_BYTES.comment());
    }

    private DimseStatus refuse(Incoming request, Received received, DimseStatus status, String reason)
            throws IOException {
        quarantine.take(
                received.file(),
                request.sopInstanceUid(),
                String.format(
                        "%s%nfrom %s at %s%nSHA-256 of the data set %s",
                        reason, request.sourceAeTitle(), request.remoteAddress(), received.sha256()));
        return status.with(reason);
    }

    private static void sync(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    // ---- after a crash

    private void removeUnfinished() throws IOException {
        for (Path file : list(incoming)) {
            log.info("{} was being received when the last process ended; removed", file.getFileName());
            Files.delete(file);
        }
    }

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
            quarantine.take(file, uid, "renamed but not in the ledger when the last process ended");
        }
    }

    private static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    /** Gives the directory free for another process. Close the listener first. */
    @Override
    public void close() {
        try {
            owner.close();
        } catch (IOException e) {
            log.warn("could not release the storage directory", e);
        }
    }
}
