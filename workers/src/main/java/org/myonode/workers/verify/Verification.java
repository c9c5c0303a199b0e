package org.myonode.workers.verify;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Part10;

/**
 * What came of examining objects: which rules hold, which are broken and by what, and which could not be looked at because
 * something was not there.
 *
 * @param objects names of the files that were examined
 * @param held the rules that were looked at and hold
 * @param findings what breaks the others
 * @param unknown the rules that could not be looked at everywhere, each with the reasons
 */
public record Verification(
        List<String> objects, Set<Rule> held, List<Finding> findings, Map<Rule, Set<String>> unknown) {

    /** Keeps its own copies. */
    public Verification {
        objects = List.copyOf(objects);
        findings = List.copyOf(findings);
        unknown = new LinkedHashMap<>(unknown);
    }

    /**
     * Examines the segmentations, reports, structure sets and pictures among these files, against each other and against
     * the images among them. Of images only the header is kept.
     *
     * @throws IOException when a file cannot be read
     * @throws org.myonode.dicom.DicomException when one is no DICOM file
     */
    public static Verification ofFiles(Collection<Path> files) throws IOException {
        Instances instances = new Instances();
        for (Path file : files) {
            DicomFile header = Part10.readHeader(file);
            boolean examined = Instances.isExamined(
                    header.dataSet().text(org.myonode.dicom.Tag.SOPClassUID).orElse(""));
            instances.add(new Instance(
                    file.getFileName().toString(),
                    examined ? Part10.read(file) : header,
                    examined ? Optional.empty() : Optional.of(file)));
        }
        return of(instances);
    }

    /** As {@link #ofFiles}, of objects in memory by their names. */
    static Verification of(Map<String, DicomFile> objects) {
        Instances instances = new Instances();
        objects.forEach((name, file) -> instances.add(new Instance(name, file, Optional.empty())));
        return of(instances);
    }

    private static Verification of(Instances instances) {
        Journal journal = new Journal();
        HeaderChecks headers = new HeaderChecks(instances, journal);
        instances.examined().forEach(headers::examine);
        instances.segmentations.forEach(new SegmentationChecks(instances, journal)::examine);
        instances.reports.forEach(new ReportChecks(instances, journal)::examine);
        instances.structureSets.forEach(new StructureSetChecks(instances, journal)::examine);
        instances.pictures.forEach(new PictureChecks(instances, journal)::examine);

        Set<Rule> held = EnumSet.noneOf(Rule.class);
        held.addAll(journal.checked());
        journal.findings().forEach(finding -> held.remove(finding.rule()));
        List<String> names = new ArrayList<>();
        instances.examined().forEach(object -> names.add(object.name()));
        return new Verification(names, held, journal.findings(), journal.unknown());
    }

    /** Whether no rule is broken. */
    public boolean holds() {
        return findings.isEmpty();
    }
}
