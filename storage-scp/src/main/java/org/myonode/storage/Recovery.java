package org.myonode.storage;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.myonode.db.InstanceEntry;
import org.myonode.db.Ledger;
import org.myonode.db.Reception;
import org.myonode.dicom.DicomException;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Part10;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a start does after a crash: what stands whole in the journal, or in a file of its own beside it, becomes a file,
 * checked against its SHA-256.
 *
 * <p>An instance in the journal that the ledger does not know is recorded, unless it was refused: it may have been
 * acknowledged and then lost by a crash of the database, and if it was not, its sender will bring it again and be told
 * that it is there. A file of its own counts only if the ledger knows it. The rest was never acknowledged and is dropped.
 * Everything can be done twice, so a crash in here does no harm.
 */
final class Recovery {

    private static final Logger log = LoggerFactory.getLogger(Recovery.class);

    private final Ledger ledger;
    private final Path studies;
    private final Path incoming;
    private final Set<Path> changed = new LinkedHashSet<>();
    private final Set<String> recorded = new HashSet<>();
    private int filed;
    private int recordedAgain;

    Recovery(Ledger ledger, Path studies, Path incoming) {
        this.ledger = ledger;
        this.studies = studies;
        this.incoming = incoming;
    }

    /** Afterwards all that was acknowledged is a synced file, the journal is empty and so is the folder beside it. */
    void run(Journal journal) throws IOException {
        fileFromJournal(journal);
        fileFromIncoming();
        Durable.sync(changed);
        if (!ledger.confirm(recorded).containsAll(recorded)) {
            throw new StorageException("the database has forgotten instances while the journal was read: start again");
        }
        journal.clear();
        if (filed > 0) {
            log.info(
                    "{} instances were in the journal when the last process ended and are filed now; {} of them the"
                            + " ledger did not know",
                    filed,
                    recordedAgain);
        }
    }

    // ---- from the journal

    /** A run with the segment it stands in. */
    private record Found(Segment segment, Segment.Run run) {}

    private void fileFromJournal(Journal journal) throws IOException {
        // In the order of their arrival: of two with the same UID the first was taken.
        Map<Long, List<Found>> instances = new TreeMap<>();
        for (Segment segment : journal.segments()) {
            for (Segment.Run run : segment.runs()) {
                instances
                        .computeIfAbsent(run.instance(), number -> new ArrayList<>())
                        .add(new Found(segment, run));
            }
        }
        for (List<Found> runs : instances.values()) {
            runs.sort(Comparator.comparingInt(found -> found.run().sequence()));
            Segment.Last last = runs.get(runs.size() - 1).run().last();
            if (last != null && isGapless(runs)) {
                file(runs, last);
            }
        }
    }

    private static boolean isGapless(List<Found> runs) {
        for (int i = 0; i < runs.size(); i++) {
            if (runs.get(i).run().sequence() != i) {
                return false;
            }
        }
        return true;
    }

    private void file(List<Found> runs, Segment.Last last) throws IOException {
        String sha256 = HexFormat.of().formatHex(last.sha256());
        Optional<InstanceEntry> known = ledger.instance(last.sopInstanceUid());
        boolean wanted = known.map(entry -> entry.sha256().equals(sha256)).orElse(last.stands());
        if (!wanted) {
            return;
        }
        Path copy = incoming.resolve(UUID.randomUUID() + ".part");
        try (FileChannel channel = FileChannel.open(copy, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (Found found : runs) {
                found.segment().copy(found.run().slot(), found.run().length(), channel);
            }
        }
        if (!sha256(copy, last.dataSetOffset()).equals(sha256)) {
            // It may well be filed and synced already; then there is nothing to mend.
            log.warn("the journal's bytes of instance {} are damaged and not used", last.sopInstanceUid());
            Files.delete(copy);
            return;
        }
        InstanceEntry entry = known.isPresent() ? known.get() : record(copy, last, sha256);
        recorded.add(entry.sopInstanceUid());
        move(copy, entry.path());
    }

    private InstanceEntry record(Path copy, Segment.Last last, String sha256) throws IOException {
        DicomFile file = Part10.readHeader(copy);
        Incoming instance = new Incoming(
                file.sopClassUid(),
                last.sopInstanceUid(),
                file.transferSyntax(),
                last.sourceAeTitle(),
                last.receivingAeTitle(),
                "");
        Reception reception = StorageScp.reception(
                instance, Header.of(file.dataSet()), Files.size(copy) - last.dataSetOffset(), sha256, studies);
        ledger.record(List.of(reception));
        recordedAgain++;
        return reception.entry();
    }

    // ---- from files of their own

    private void fileFromIncoming() throws IOException {
        for (Path file : StorageScp.list(incoming)) {
            Optional<InstanceEntry> recorded =
                    String.valueOf(file.getFileName()).endsWith(".dcm")
                            ? recorded(file).filter(entry -> !Files.exists(entry.path()))
                            : Optional.empty();
            if (recorded.isPresent()
                    && sha256(file, Files.size(file) - recorded.get().bytes())
                            .equals(recorded.get().sha256())) {
                move(file, recorded.get().path());
            } else {
                log.info("{} was being received when the last process ended; removed", file.getFileName());
                Files.delete(file);
            }
        }
    }

    private Optional<InstanceEntry> recorded(Path file) throws IOException {
        try {
            DicomFile header = Part10.readHeader(file);
            return ledger.instance(header.sopInstanceUid());
        } catch (DicomException unfinished) {
            return Optional.empty();
        }
    }

    // ---- both

    private void move(Path file, Path target) throws IOException {
        Path series = target.getParent();
        if (series != null) {
            changed.addAll(Durable.createDirectories(studies, series));
            changed.add(series);
        }
        Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
        changed.add(target);
        filed++;
    }

    private static String sha256(Path file, long offset) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            if (offset < 0 || in.skip(offset) < offset) {
                return "";
            }
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            new DigestInputStream(in, digest).transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
