package org.myonode.workers.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.dicom.VR;
import org.myonode.workers.objects.SegmentationForm;

/** Objects as they are written hold every rule; each rule is broken by at least one fault, put in on purpose. */
final class VerificationTest {
    private static final Map<String, DicomFile> SOUND = new ResultSet(SegmentationForm.BINARY).files();
    private static final Map<String, DicomFile> CORRECTED =
            ResultSet.corrected(false).files();
    private static final Map<String, DicomFile> APPROVED =
            ResultSet.corrected(true).files();

    /** A fault in one object, and the rule that must notice. */
    private record Mutant(String name, Rule rule, String object, Consumer<DataSet> damage) {
        @Override
        public String toString() {
            return object + ": " + name;
        }
    }

    @ParameterizedTest
    @EnumSource(SegmentationForm.class)
    void what_is_written_holds_every_rule(SegmentationForm form) {
        Verification verification = Verification.of(new ResultSet(form).files());

        assertThat(verification.findings()).isEmpty();
        assertThat(verification.unknown()).isEmpty();
        assertThat(verification.held()).containsExactlyInAnyOrder(Rule.values());
        assertThat(verification.objects()).containsExactly("seg", "sr", "rtstruct", "sc");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void what_is_written_of_a_correction_holds_every_rule(boolean approved) {
        Verification verification = Verification.of(approved ? APPROVED : CORRECTED);

        assertThat(verification.findings()).isEmpty();
        assertThat(verification.unknown()).isEmpty();
        assertThat(verification.held()).containsExactlyInAnyOrder(Rule.values());
    }

    @ParameterizedTest
    @MethodSource("correctionMutants")
    void a_fault_in_a_corrected_result_is_noticed(Mutant mutant) {
        assertThat(noticed(CORRECTED, mutant)).isTrue();
    }

    @ParameterizedTest
    @MethodSource("approvalMutants")
    void a_fault_in_an_approved_result_is_noticed(Mutant mutant) {
        assertThat(noticed(APPROVED, mutant)).isTrue();
    }

    private static boolean noticed(Map<String, DicomFile> sound, Mutant mutant) {
        Map<String, DicomFile> files = new LinkedHashMap<>(sound);
        DicomFile whole = files.get(mutant.object());
        DicomFile damaged = new DicomFile(whole.meta().copy(), whole.dataSet().copy());
        mutant.damage().accept(damaged.dataSet());
        files.put(mutant.object(), damaged);
        return Verification.of(files).findings().stream().anyMatch(finding -> finding.rule() == mutant.rule());
    }

    static List<Mutant> correctionMutants() {
        return List.of(
                new Mutant(
                        "called automatic",
                        Rule.SEG_ALGORITHM,
                        "seg",
                        d -> muscle(d).set(Tag.SegmentAlgorithmType, "AUTOMATIC")),
                new Mutant(
                        "correction not in the description",
                        Rule.SEG_ALGORITHM,
                        "seg",
                        d -> d.set(Tag.SeriesDescription, "L3 skeletal muscle SEG (AI, unverified)")),
                new Mutant(
                        "region called automatic",
                        Rule.RT_SOURCE,
                        "rtstruct",
                        d -> at(d, Tag.StructureSetROISequence).set(Tag.ROIGenerationAlgorithm, "AUTOMATIC")),
                new Mutant(
                        "region approved", Rule.RT_UNAPPROVED, "rtstruct", d -> d.set(Tag.ApprovalStatus, "APPROVED")),
                new Mutant("origin not stated", Rule.SR_CORRECTION, "sr", d -> without(d, named("CONTOUR"))),
                new Mutant(
                        "supersedes nothing",
                        Rule.SR_CORRECTION,
                        "sr",
                        d -> d.remove(Tag.PredecessorDocumentsSequence)),
                new Mutant(
                        "comment of an automatic result",
                        Rule.SR_CORRECTION,
                        "sr",
                        d -> content(d, "121106").set(Tag.TextValue, "Automatic AI result, not verified.")),
                new Mutant(
                        "verified by nobody", Rule.SR_UNVERIFIED, "sr", d -> d.set(Tag.VerificationFlag, "VERIFIED")));
    }

    static List<Mutant> approvalMutants() {
        return List.of(
                new Mutant(
                        "no verifying observer",
                        Rule.SR_UNVERIFIED,
                        "sr",
                        d -> d.remove(Tag.VerifyingObserverSequence)),
                new Mutant(
                        "verifying observer without a name",
                        Rule.SR_UNVERIFIED,
                        "sr",
                        d -> at(d, Tag.VerifyingObserverSequence).setEmpty(Tag.VerifyingObserverName)),
                new Mutant(
                        "verified at no time",
                        Rule.SR_UNVERIFIED,
                        "sr",
                        d -> at(d, Tag.VerifyingObserverSequence).remove(Tag.VerificationDateTime)),
                new Mutant("flag unverified", Rule.SR_UNVERIFIED, "sr", d -> d.set(Tag.VerificationFlag, "UNVERIFIED")),
                new Mutant(
                        "flag unverified, description verified",
                        Rule.DISCLAIMER,
                        "sr",
                        d -> d.set(Tag.VerificationFlag, "UNVERIFIED")));
    }

    @Test
    void every_rule_has_a_mutant_that_breaks_it() {
        assertThat(Stream.concat(mutants().stream(), correctionMutants().stream())
                        .map(Mutant::rule)
                        .collect(Collectors.toSet()))
                .containsExactlyInAnyOrder(Rule.values());
    }

    @ParameterizedTest
    @MethodSource("mutants")
    void a_fault_is_noticed_by_the_rule_that_it_breaks(Mutant mutant) {
        Map<String, DicomFile> files = new LinkedHashMap<>(SOUND);
        DicomFile sound = files.get(mutant.object());
        DicomFile damaged = new DicomFile(sound.meta().copy(), sound.dataSet().copy());
        mutant.damage().accept(mutant.rule() == Rule.FILE_META ? damaged.meta() : damaged.dataSet());
        if (mutant.rule() == Rule.RT_ENCODING) {
            damaged.meta().set(Tag.TransferSyntaxUID, UID.ExplicitVRLittleEndian);
        }
        files.put(mutant.object(), damaged);

        Verification verification = Verification.of(files);

        assertThat(verification.holds()).isFalse();
        assertThat(verification.findings())
                .as(verification.findings().toString())
                .anySatisfy(finding -> {
                    assertThat(finding.rule()).isEqualTo(mutant.rule());
                    assertThat(finding.detail()).isNotBlank();
                });
    }

    @Test
    void a_contour_above_64_KiB_is_well_in_implicit_vr() {
        Map<String, DicomFile> files = new LinkedHashMap<>(SOUND);
        DataSet set = files.get("rtstruct").dataSet().copy();
        lengthen(set);
        files.put("rtstruct", Part10.of(set, UID.ImplicitVRLittleEndian));

        assertThat(Verification.of(files).findings()).isEmpty();
    }

    @Test
    void without_images_the_rest_is_checked_and_what_is_not_is_named(@TempDir Path folder) throws Exception {
        List<Path> written = new ArrayList<>();
        for (String name : List.of("seg", "sr", "rtstruct", "sc")) {
            Path file = folder.resolve(name);
            Part10.write(file, SOUND.get(name));
            written.add(file);
        }

        Verification verification = Verification.ofFiles(written);

        assertThat(verification.holds()).isTrue();
        assertThat(verification.unknown())
                .containsOnlyKeys(
                        Rule.PATIENT_AND_STUDY,
                        Rule.SEG_FRAME_OF_REFERENCE,
                        Rule.SEG_GRID,
                        Rule.SEG_PLANE,
                        Rule.SR_ATTENUATION,
                        Rule.RT_IMAGES);
        Set<Rule> neverLookedAt = EnumSet.allOf(Rule.class);
        neverLookedAt.removeAll(verification.held());
        assertThat(neverLookedAt)
                .containsExactlyInAnyOrder(
                        Rule.SEG_FRAME_OF_REFERENCE,
                        Rule.SEG_GRID,
                        Rule.SEG_PLANE,
                        Rule.SR_ATTENUATION,
                        Rule.RT_IMAGES);
    }

    @Test
    void findings_name_no_patient() {
        Map<String, DicomFile> files = new LinkedHashMap<>(SOUND);
        DataSet report = files.get("sr").dataSet().copy().set(Tag.PatientName, "Somebody^Else");
        files.put("sr", Part10.of(report, UID.ExplicitVRLittleEndian));

        assertThat(Verification.of(files).findings().toString())
                .contains("PatientName differs")
                .doesNotContain("Somebody")
                .doesNotContain("Jürgen");
    }

    static List<Mutant> mutants() {
        return List.of(
                new Mutant("other patient ID", Rule.PATIENT_AND_STUDY, "sr", d -> d.set(Tag.PatientID, "4712")),
                new Mutant("name mended", Rule.PATIENT_AND_STUDY, "seg", d -> d.set(Tag.PatientName, "Müller^J")),
                new Mutant("accession lost", Rule.PATIENT_AND_STUDY, "rtstruct", d -> d.setEmpty(Tag.AccessionNumber)),
                new Mutant("other study", Rule.PATIENT_AND_STUDY, "sc", d -> d.set(Tag.StudyInstanceUID, "1.2.3.9")),
                new Mutant("study date lost", Rule.PATIENT_AND_STUDY, "sr", d -> d.setEmpty(Tag.StudyDate)),
                new Mutant(
                        "series of the CT", Rule.OWN_SERIES, "rtstruct", d -> d.set(Tag.SeriesInstanceUID, "1.2.3.3")),
                new Mutant(
                        "series of the report",
                        Rule.OWN_SERIES,
                        "sc",
                        d -> d.set(Tag.SeriesInstanceUID, seriesOf("sr"))),
                new Mutant(
                        "UID ends in a dot",
                        Rule.UIDS,
                        "rtstruct",
                        d -> d.setBytes(Tag.SOPInstanceUID, VR.UI, "1.2.3.".getBytes(StandardCharsets.US_ASCII))),
                new Mutant("no character set", Rule.CHARACTER_SET, "sr", d -> d.remove(Tag.SpecificCharacterSet)),
                new Mutant(
                        "other instance", Rule.FILE_META, "seg", d -> d.set(Tag.MediaStorageSOPInstanceUID, "1.2.4")),
                new Mutant(
                        "long version name",
                        Rule.FILE_META,
                        "sr",
                        d -> d.setBytes(
                                Tag.ImplementationVersionName,
                                VR.SH,
                                "MYONODE_0_1_AND_MORE".getBytes(StandardCharsets.US_ASCII))),
                new Mutant("plain description", Rule.DISCLAIMER, "seg", d -> d.set(Tag.SeriesDescription, "L3 muscle")),
                new Mutant("no version", Rule.EQUIPMENT, "seg", d -> d.remove(Tag.SoftwareVersions)),
                new Mutant("no model", Rule.EQUIPMENT, "sc", d -> d.remove(Tag.ContributingEquipmentSequence)),
                new Mutant(
                        "purpose of a draft",
                        Rule.EQUIPMENT,
                        "sr",
                        d -> d.items(Tag.ContributingEquipmentSequence)
                                .forEach(item -> item.remove(Tag.PurposeOfReferenceCodeSequence))),
                new Mutant(
                        "retired scheme",
                        Rule.CODES,
                        "seg",
                        d -> at(muscle(d), Tag.SegmentedPropertyTypeCodeSequence)
                                .set(Tag.CodeValue, "T-13001")
                                .set(Tag.CodingSchemeDesignator, "SRT")),
                new Mutant(
                        "other meaning",
                        Rule.CODES,
                        "sr",
                        d -> at(d, Tag.ConceptNameCodeSequence).set(Tag.CodeMeaning, "Imaging Report")),
                new Mutant(
                        "unit of another scheme",
                        Rule.CODES,
                        "sr",
                        d -> unit(d, "131184002").set(Tag.CodingSchemeDesignator, "DCM")),
                new Mutant(
                        "scheme not identified",
                        Rule.PRIVATE_CODES,
                        "sr",
                        d -> d.remove(Tag.CodingSchemeIdentificationSequence)),
                new Mutant(
                        "other frame",
                        Rule.SEG_FRAME_OF_REFERENCE,
                        "seg",
                        d -> d.set(Tag.FrameOfReferenceUID, "1.2.3.5")),
                new Mutant("no frame", Rule.SEG_FRAME_OF_REFERENCE, "seg", d -> d.remove(Tag.FrameOfReferenceUID)),
                new Mutant(
                        "rows and columns swapped",
                        Rule.SEG_GRID,
                        "seg",
                        d -> d.set(Tag.Rows, ResultSet.COLUMNS).set(Tag.Columns, ResultSet.ROWS)),
                new Mutant(
                        "square pixels",
                        Rule.SEG_GRID,
                        "seg",
                        d -> at(at(d, Tag.SharedFunctionalGroupsSequence), Tag.PixelMeasuresSequence)
                                .set(Tag.PixelSpacing, 1.25, 1.25)),
                new Mutant(
                        "slice above",
                        Rule.SEG_PLANE,
                        "seg",
                        d -> at(frame(d), Tag.PlanePositionSequence)
                                .set(Tag.ImagePositionPatient, -21.25, -30.5, -625.75)),
                new Mutant(
                        "mirrored",
                        Rule.SEG_PLANE,
                        "seg",
                        d -> at(at(d, Tag.SharedFunctionalGroupsSequence), Tag.PlaneOrientationSequence)
                                .set(Tag.ImageOrientationPatient, -0.999848, -0.017452, 0.0, -0.017452, 0.999848, 0.0)),
                new Mutant(
                        "pixels missing", Rule.SEG_PIXELS, "seg", d -> d.setBytes(Tag.PixelData, VR.OB, new byte[10])),
                new Mutant(
                        "nothing set",
                        Rule.SEG_PIXELS,
                        "seg",
                        d -> d.setBytes(Tag.PixelData, VR.OB, new byte[d.bytes(Tag.PixelData).length])),
                new Mutant("series not listed", Rule.SEG_SOURCE, "seg", d -> d.remove(Tag.ReferencedSeriesSequence)),
                new Mutant(
                        "another image listed",
                        Rule.SEG_SOURCE,
                        "seg",
                        d -> at(at(d, Tag.ReferencedSeriesSequence), Tag.ReferencedInstanceSequence)
                                .set(Tag.ReferencedSOPInstanceUID, "1.2.3.12")),
                new Mutant("all images listed", Rule.SEG_SOURCE, "seg", d -> {
                    DataSet series = at(d, Tag.ReferencedSeriesSequence);
                    List<DataSet> more = new ArrayList<>(series.items(Tag.ReferencedInstanceSequence));
                    more.add(more.get(0).copy().set(Tag.ReferencedSOPInstanceUID, "1.2.3.12"));
                    series.setItems(Tag.ReferencedInstanceSequence, more);
                }),
                new Mutant(
                        "wrong category",
                        Rule.SEG_SEGMENT,
                        "seg",
                        d -> at(muscle(d), Tag.SegmentedPropertyCategoryCodeSequence)
                                .set(Tag.CodeValue, "818981001")
                                .set(Tag.CodeMeaning, "Abdomen")),
                new Mutant(
                        "segment not identified",
                        Rule.SEG_SEGMENT,
                        "seg",
                        d -> frame(d).remove(Tag.SegmentIdentificationSequence)),
                new Mutant("segment 2", Rule.SEG_SEGMENT, "seg", d -> muscle(d).set(Tag.SegmentNumber, 2)),
                new Mutant(
                        "algorithm not identified",
                        Rule.SEG_ALGORITHM,
                        "seg",
                        d -> muscle(d).remove(Tag.SegmentationAlgorithmIdentificationSequence)),
                new Mutant("no creator", Rule.SEG_ALGORITHM, "seg", d -> d.remove(Tag.ContentCreatorName)),
                new Mutant("overlap not stated", Rule.SEG_OVERLAP, "seg", d -> d.remove(Tag.SegmentsOverlap)),
                new Mutant(
                        "no tracking UID",
                        Rule.SEG_TRACKING,
                        "seg",
                        d -> muscle(d).remove(Tag.TrackingUID)),
                new Mutant("no template", Rule.SR_TEMPLATE, "sr", d -> d.remove(Tag.ContentTemplateSequence)),
                new Mutant(
                        "template 1501",
                        Rule.SR_TEMPLATE,
                        "sr",
                        d -> at(d, Tag.ContentTemplateSequence).set(Tag.TemplateIdentifier, "1501")),
                new Mutant(
                        "another title",
                        Rule.SR_TEMPLATE,
                        "sr",
                        d -> at(d, Tag.ConceptNameCodeSequence).set(Tag.CodeValue, "126010")),
                new Mutant("no language", Rule.SR_CONTEXT, "sr", d -> without(d, named("121049"))),
                new Mutant("no observer type", Rule.SR_CONTEXT, "sr", d -> without(d, named("121005"))),
                new Mutant("no device UID", Rule.SR_CONTEXT, "sr", d -> without(d, named("121012"))),
                new Mutant("no procedure", Rule.SR_CONTEXT, "sr", d -> without(d, named("121058"))),
                new Mutant("no algorithm name", Rule.SR_CONTEXT, "sr", d -> without(d, named("111001"))),
                new Mutant("no algorithm version", Rule.SR_CONTEXT, "sr", d -> without(d, named("111003"))),
                new Mutant("no image library", Rule.SR_IMAGE_LIBRARY, "sr", d -> without(d, named("111028"))),
                new Mutant("empty image library", Rule.SR_IMAGE_LIBRARY, "sr", d -> without(d, named("126200"))),
                new Mutant("verified", Rule.SR_UNVERIFIED, "sr", d -> d.set(Tag.VerificationFlag, "VERIFIED")),
                new Mutant("final", Rule.SR_UNVERIFIED, "sr", d -> d.set(Tag.PreliminaryFlag, "FINAL")),
                new Mutant("no disclaimer", Rule.SR_UNVERIFIED, "sr", d -> without(d, named("121106"))),
                new Mutant("no request", Rule.SR_REQUEST, "sr", d -> d.remove(Tag.ReferencedRequestSequence)),
                new Mutant(
                        "another request",
                        Rule.SR_REQUEST,
                        "sr",
                        d -> at(d, Tag.ReferencedRequestSequence).set(Tag.AccessionNumber, "A18")),
                new Mutant("image without evidence", Rule.SR_EVIDENCE, "sr", d -> {
                    DataSet study = at(d, Tag.CurrentRequestedProcedureEvidenceSequence);
                    List<DataSet> series = study.items(Tag.ReferencedSeriesSequence);
                    study.setItems(Tag.ReferencedSeriesSequence, series.subList(0, series.size() - 1));
                }),
                new Mutant("evidence without image", Rule.SR_EVIDENCE, "sr", d -> {
                    DataSet series =
                            at(at(d, Tag.CurrentRequestedProcedureEvidenceSequence), Tag.ReferencedSeriesSequence);
                    List<DataSet> more = new ArrayList<>(series.items(Tag.ReferencedSOPSequence));
                    more.add(more.get(0).copy().set(Tag.ReferencedSOPInstanceUID, "1.2.3.12"));
                    series.setItems(Tag.ReferencedSOPSequence, more);
                }),
                new Mutant(
                        "evidence in another series",
                        Rule.SR_EVIDENCE,
                        "sr",
                        d -> at(at(d, Tag.CurrentRequestedProcedureEvidenceSequence), Tag.ReferencedSeriesSequence)
                                .set(Tag.SeriesInstanceUID, "1.2.3.8")),
                new Mutant(
                        "no segment number",
                        Rule.SR_SEGMENT,
                        "sr",
                        d -> at(content(d, "121191"), Tag.ReferencedSOPSequence).remove(Tag.ReferencedSegmentNumber)),
                new Mutant(
                        "segment and frame",
                        Rule.SR_SEGMENT,
                        "sr",
                        d -> at(content(d, "121191"), Tag.ReferencedSOPSequence).set(Tag.ReferencedFrameNumber, 1)),
                new Mutant("segment not referenced", Rule.SR_SEGMENT, "sr", d -> without(d, named("121191"))),
                new Mutant(
                        "tracks another thing",
                        Rule.SR_TRACKING,
                        "sr",
                        d -> content(d, "112040").set(Tag.UID, "1.2.8")),
                new Mutant("tracks nothing", Rule.SR_TRACKING, "sr", d -> without(d, named("112040"))),
                new Mutant("no tracking identifier", Rule.SR_TRACKING, "sr", d -> without(d, named("112039"))),
                new Mutant(
                        "number without method",
                        Rule.SR_METHOD,
                        "sr",
                        d -> content(d, "112031").remove(Tag.ContentSequence)),
                new Mutant(
                        "empty number",
                        Rule.SR_MISSING,
                        "sr",
                        d -> content(d, "126401").setItems(Tag.MeasuredValueSequence)),
                new Mutant(
                        "another area",
                        Rule.SR_AREA,
                        "sr",
                        d -> measured(d, "131184002").set(Tag.NumericValue, 14.0)),
                new Mutant(
                        "area in mm2",
                        Rule.SR_AREA,
                        "sr",
                        d -> unit(d, "131184002").set(Tag.CodeValue, "mm2")),
                new Mutant("no area", Rule.SR_AREA, "sr", d -> without(d, named("131184002"))),
                new Mutant(
                        "another index",
                        Rule.SR_INDEX,
                        "sr",
                        d -> measured(d, "SMI").set(Tag.NumericValue, 50.0)),
                new Mutant(
                        "height in m",
                        Rule.SR_INDEX,
                        "sr",
                        d -> measured(d, "8302-2").set(Tag.NumericValue, 1.7)),
                new Mutant("height not in the header", Rule.SR_INDEX, "sr", d -> d.remove(Tag.PatientSize)),
                new Mutant(
                        "a tenth of a HU more",
                        Rule.SR_ATTENUATION,
                        "sr",
                        d -> measured(d, "112031")
                                .set(Tag.NumericValue, measured(d, "112031").requireDecimal(Tag.NumericValue) + 0.1)),
                new Mutant(
                        "HU without unit",
                        Rule.SR_ATTENUATION,
                        "sr",
                        d -> unit(d, "112031").set(Tag.CodeValue, "1")),
                new Mutant(
                        "SUV by surface",
                        Rule.SR_UPTAKE,
                        "sr",
                        d -> unit(d, "126401").set(Tag.CodeValue, "cm2/ml")),
                new Mutant("its own predecessor", Rule.SR_PREDECESSOR, "sr", d -> {
                    DataSet series = at(at(d, Tag.PredecessorDocumentsSequence), Tag.ReferencedSeriesSequence);
                    at(series, Tag.ReferencedSOPSequence)
                            .set(Tag.ReferencedSOPInstanceUID, d.requireText(Tag.SOPInstanceUID));
                }),
                new Mutant(
                        "predecessor of another study",
                        Rule.SR_PREDECESSOR,
                        "sr",
                        d -> at(d, Tag.PredecessorDocumentsSequence).set(Tag.StudyInstanceUID, "1.2.3.9")),
                new Mutant(
                        "another frame of the region",
                        Rule.RT_FRAME_OF_REFERENCE,
                        "rtstruct",
                        d -> at(d, Tag.StructureSetROISequence).set(Tag.ReferencedFrameOfReferenceUID, "1.2.3.5")),
                new Mutant(
                        "another frame of the images",
                        Rule.RT_FRAME_OF_REFERENCE,
                        "rtstruct",
                        d -> at(d, Tag.ReferencedFrameOfReferenceSequence).set(Tag.FrameOfReferenceUID, "1.2.3.5")),
                new Mutant("only the slice listed", Rule.RT_IMAGES, "rtstruct", d -> {
                    DataSet series = referencedSeries(d);
                    series.setItems(
                            Tag.ContourImageSequence,
                            series.items(Tag.ContourImageSequence).subList(1, 2));
                }),
                new Mutant(
                        "another series listed",
                        Rule.RT_IMAGES,
                        "rtstruct",
                        d -> referencedSeries(d).set(Tag.SeriesInstanceUID, "1.2.3.8")),
                new Mutant(
                        "contours of region 2",
                        Rule.RT_NUMBERS,
                        "rtstruct",
                        d -> at(d, Tag.ROIContourSequence).set(Tag.ReferencedROINumber, 2)),
                new Mutant(
                        "observation of region 2",
                        Rule.RT_NUMBERS,
                        "rtstruct",
                        d -> at(d, Tag.RTROIObservationsSequence).set(Tag.ReferencedROINumber, 2)),
                new Mutant(
                        "long name",
                        Rule.RT_NAMES,
                        "rtstruct",
                        d -> at(d, Tag.StructureSetROISequence).set(Tag.ROIName, "Skeletal_Muscle_L3")),
                new Mutant("approved", Rule.RT_UNAPPROVED, "rtstruct", d -> d.set(Tag.ApprovalStatus, "APPROVED")),
                new Mutant("approval open", Rule.RT_UNAPPROVED, "rtstruct", d -> d.remove(Tag.ApprovalStatus)),
                new Mutant(
                        "no source",
                        Rule.RT_SOURCE,
                        "rtstruct",
                        d -> at(d, Tag.StructureSetROISequence).remove(Tag.DefinitionSourceSequence)),
                new Mutant(
                        "drawn by hand",
                        Rule.RT_SOURCE,
                        "rtstruct",
                        d -> at(d, Tag.StructureSetROISequence).set(Tag.ROIGenerationAlgorithm, "MANUAL")),
                new Mutant(
                        "points miscounted",
                        Rule.RT_CONTOURS,
                        "rtstruct",
                        d -> contour(d).set(Tag.NumberOfContourPoints, 3)),
                new Mutant(
                        "open contour",
                        Rule.RT_CONTOURS,
                        "rtstruct",
                        d -> contour(d).set(Tag.ContourGeometricType, "OPEN_PLANAR")),
                new Mutant(
                        "contour without image",
                        Rule.RT_CONTOURS,
                        "rtstruct",
                        d -> contour(d).remove(Tag.ContourImageSequence)),
                new Mutant(
                        "contour on another image",
                        Rule.RT_CONTOURS,
                        "rtstruct",
                        d -> at(contour(d), Tag.ContourImageSequence).set(Tag.ReferencedSOPInstanceUID, "1.2.3.12")),
                new Mutant("18 characters", Rule.RT_DECIMALS, "rtstruct", d -> {
                    List<String> texts = new ArrayList<>(contour(d).texts(Tag.ContourData));
                    texts.set(0, (texts.get(0) + ".00000000000000000").substring(0, 18));
                    contour(d)
                            .setBytes(
                                    Tag.ContourData,
                                    VR.DS,
                                    String.join("\\", texts).getBytes(StandardCharsets.US_ASCII));
                }),
                new Mutant("half a pixel off in z", Rule.RT_PLANE, "rtstruct", d -> moved(contour(d), 2, 0.5)),
                new Mutant("a part missing", Rule.RT_AREA, "rtstruct", d -> {
                    DataSet roi = at(d, Tag.ROIContourSequence);
                    List<DataSet> contours = roi.items(Tag.ContourSequence);
                    roi.setItems(Tag.ContourSequence, contours.subList(0, contours.size() - 1));
                }),
                new Mutant(
                        "a pixel to the left",
                        Rule.RT_MASK,
                        "rtstruct",
                        d -> at(d, Tag.ROIContourSequence)
                                .items(Tag.ContourSequence)
                                .forEach(contour -> moved(contour, 0, -0.75))),
                new Mutant("a part twice", Rule.RT_MASK, "rtstruct", d -> {
                    DataSet roi = at(d, Tag.ROIContourSequence);
                    List<DataSet> contours = new ArrayList<>(roi.items(Tag.ContourSequence));
                    contours.add(contours.get(0).copy());
                    roi.setItems(Tag.ContourSequence, contours);
                }),
                new Mutant("100 KiB in Explicit VR", Rule.RT_ENCODING, "rtstruct", VerificationTest::lengthen),
                new Mutant(
                        "another image",
                        Rule.SC_SOURCE,
                        "sc",
                        d -> at(d, Tag.SourceImageSequence).set(Tag.ReferencedSOPInstanceUID, "1.2.3.12")),
                new Mutant("no source image", Rule.SC_SOURCE, "sc", d -> d.remove(Tag.SourceImageSequence)),
                new Mutant("pixels missing", Rule.SC_PIXELS, "sc", d -> d.setBytes(Tag.PixelData, VR.OB, new byte[20])),
                new Mutant("planes", Rule.SC_PIXELS, "sc", d -> d.set(Tag.PlanarConfiguration, 1)),
                new Mutant("text denied", Rule.SC_BURNED_IN, "sc", d -> d.set(Tag.BurnedInAnnotation, "NO")),
                new Mutant("stacks with the CT", Rule.SC_PLACE, "sc", d -> d.set(Tag.FrameOfReferenceUID, "1.2.3.4")),
                new Mutant("no pixel size", Rule.SC_PLACE, "sc", d -> d.remove(Tag.PixelSpacing)));
    }

    private static String seriesOf(String object) {
        return SOUND.get(object).dataSet().requireText(Tag.SeriesInstanceUID);
    }

    private static DataSet at(DataSet data, int sequence) {
        return data.item(sequence).orElseThrow();
    }

    private static DataSet muscle(DataSet seg) {
        return at(seg, Tag.SegmentSequence);
    }

    private static DataSet frame(DataSet seg) {
        return at(seg, Tag.PerFrameFunctionalGroupsSequence);
    }

    private static DataSet contour(DataSet set) {
        return at(at(set, Tag.ROIContourSequence), Tag.ContourSequence);
    }

    private static DataSet referencedSeries(DataSet set) {
        return at(
                at(at(set, Tag.ReferencedFrameOfReferenceSequence), Tag.RTReferencedStudySequence),
                Tag.RTReferencedSeriesSequence);
    }

    /** Fills up the first contour with spaces, which mean nothing in a DS. */
    private static void lengthen(DataSet set) {
        byte[] data = contour(set).bytes(Tag.ContourData);
        byte[] padded = Arrays.copyOf(data, 100 << 10);
        Arrays.fill(padded, data.length, padded.length, (byte) ' ');
        contour(set).setBytes(Tag.ContourData, VR.DS, padded);
    }

    private static void moved(DataSet contour, int axis, double mm) {
        double[] points = contour.decimals(Tag.ContourData);
        for (int i = axis; i < points.length; i += 3) {
            points[i] = Math.round((points[i] + mm) * 10_000) / 10_000.0;
        }
        contour.set(Tag.ContourData, points);
    }

    private static Predicate<DataSet> named(String code) {
        return item -> item.item(Tag.ConceptNameCodeSequence)
                .flatMap(name -> name.text(Tag.CodeValue))
                .filter(code::equals)
                .isPresent();
    }

    /** The first content item of a name, in reading order. */
    private static DataSet content(DataSet parent, String code) {
        return find(parent, named(code)).orElseThrow();
    }

    private static Optional<DataSet> find(DataSet parent, Predicate<DataSet> wanted) {
        for (DataSet item : parent.items(Tag.ContentSequence)) {
            if (wanted.test(item)) {
                return Optional.of(item);
            }
            Optional<DataSet> below = find(item, wanted);
            if (below.isPresent()) {
                return below;
            }
        }
        return Optional.empty();
    }

    private static DataSet measured(DataSet report, String code) {
        return at(content(report, code), Tag.MeasuredValueSequence);
    }

    private static DataSet unit(DataSet report, String code) {
        return at(measured(report, code), Tag.MeasurementUnitsCodeSequence);
    }

    private static void without(DataSet parent, Predicate<DataSet> unwanted) {
        List<DataSet> items = parent.items(Tag.ContentSequence);
        if (items.isEmpty()) {
            return;
        }
        List<DataSet> kept = items.stream().filter(item -> !unwanted.test(item)).toList();
        kept.forEach(item -> without(item, unwanted));
        parent.setItems(Tag.ContentSequence, kept);
    }
}
