package org.myonode.workers.export;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.myonode.db.OutputObject;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;

/**
 * The SOP classes in which a measurement report can travel, best first. A TID 1500 report without spatial coordinates is
 * valid in each of them with the same content (PS3.3 A.35.13, A.35.3, A.35.2), and many archives know only the older
 * ones.
 */
final class SrClasses {
    private static final List<String> BEST_FIRST =
            List.of(UID.Comprehensive3DSRStorage, UID.ComprehensiveSRStorage, UID.EnhancedSRStorage);

    private SrClasses() {}

    /** The classes that an instance of a class may be sent as, its own first. */
    static List<String> alternatives(String sopClassUid) {
        int own = BEST_FIRST.indexOf(sopClassUid);
        return own < 0 ? List.of(sopClassUid) : BEST_FIRST.subList(own, BEST_FIRST.size());
    }

    /** The same report as another class: the SOP Class UID is all that differs. */
    static DicomFile as(DicomFile report, String sopClassUid) {
        DataSet data = report.dataSet().copy().set(Tag.SOPClassUID, sopClassUid);
        return Part10.of(data, report.transferSyntax());
    }

    /**
     * The report as another class in a file beside its own. The file is written once and stays: whatever has been sent can
     * be sent again byte for byte.
     */
    static OutputObject stored(OutputObject report, String sopClassUid) throws IOException {
        return written(report, sopClassUid, sopClassUid, as(Part10.read(report.file()), sopClassUid));
    }

    /**
     * The reports that a report supersedes, as it names them: SOP Instance UID to SOP Class UID.
     *
     * @throws IOException when the file cannot be read
     */
    static Map<String, String> predecessors(OutputObject report) throws IOException {
        Map<String, String> classes = new LinkedHashMap<>();
        references(Part10.read(report.file()).dataSet())
                .forEach(reference -> classes.put(
                        reference.requireText(Tag.ReferencedSOPInstanceUID),
                        reference.requireText(Tag.ReferencedSOPClassUID)));
        return classes;
    }

    /**
     * The same report in a file beside its own, naming what it supersedes in the classes in which a destination has got it.
     *
     * @param classes SOP Instance UID to SOP Class UID, of those that differ
     */
    static OutputObject naming(OutputObject report, Map<String, String> classes) throws IOException {
        DicomFile whole = Part10.read(report.file());
        DataSet data = whole.dataSet().copy();
        for (DataSet reference : references(data)) {
            String stored = classes.get(reference.requireText(Tag.ReferencedSOPInstanceUID));
            if (stored != null) {
                reference.set(Tag.ReferencedSOPClassUID, stored);
            }
        }
        return written(
                report,
                report.sopClassUid(),
                "after-" + String.join("-", new TreeSet<>(classes.values())),
                Part10.of(data, whole.transferSyntax()));
    }

    private static List<DataSet> references(DataSet report) {
        return report.items(Tag.PredecessorDocumentsSequence).stream()
                .flatMap(study -> study.items(Tag.ReferencedSeriesSequence).stream())
                .flatMap(series -> series.items(Tag.ReferencedSOPSequence).stream())
                .toList();
    }

    private static OutputObject written(OutputObject report, String sopClassUid, String suffix, DicomFile form)
            throws IOException {
        String name = report.file().getFileName().toString().replaceFirst("\\.dcm$", "");
        Path file = report.file().resolveSibling(name + "-" + suffix + ".dcm");
        if (!Files.exists(file)) {
            Path unfinished = Files.createTempFile(file.getParent(), ".form-", ".tmp");
            try (FileChannel channel = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
                OutputStream out = Channels.newOutputStream(channel);
                Part10.write(out, form);
                channel.force(true);
            }
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
        return new OutputObject(report.kind(), sopClassUid, report.sopInstanceUid(), file, digest(file));
    }

    private static String digest(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
