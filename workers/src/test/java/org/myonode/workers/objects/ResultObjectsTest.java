package org.myonode.workers.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomException;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;

class ResultObjectsTest {
    private static final Instant CREATED = Instant.parse("2026-11-23T20:15:30Z");
    private static final List<InstanceReference> SERIES = List.of(
            new InstanceReference(UID.CTImageStorage, "1.2.3.11"),
            new InstanceReference(UID.CTImageStorage, "1.2.3.1"),
            new InstanceReference(UID.CTImageStorage, "1.2.3.12"));

    @TempDir
    Path folder;

    static List<String> sources() {
        return List.of("complete", "sparse", "utf8", "latin1", "small", "wide", "lossy");
    }

    @ParameterizedTest
    @MethodSource("sources")
    void theSegmentationRepeatsTheGridOfItsSourceAndHoldsTheMask(String name) throws IOException {
        DataSet source = source(name);
        ResultContext context = context(source);

        DicomFile written = SegWriter.write(context);
        DataSet seg = reread(written).dataSet();

        assertThat(seg).isEqualTo(written.dataSet());
        assertThat(unpacked(seg)).isEqualTo(context.mask());
        assertThat(seg.bytes(Tag.PixelData).length % 2).isZero();
        DataSet shared = seg.item(Tag.SharedFunctionalGroupsSequence).orElseThrow();
        DataSet frame = seg.item(Tag.PerFrameFunctionalGroupsSequence).orElseThrow();
        assertSameBytes(source, Tag.PixelSpacing, shared.item(Tag.PixelMeasuresSequence));
        assertSameBytes(source, Tag.ImageOrientationPatient, shared.item(Tag.PlaneOrientationSequence));
        assertSameBytes(source, Tag.ImagePositionPatient, frame.item(Tag.PlanePositionSequence));
        for (int tag : new int[] {
            Tag.FrameOfReferenceUID, Tag.Rows, Tag.Columns, Tag.StudyInstanceUID, Tag.PatientName, Tag.PatientID
        }) {
            assertSameBytes(source, tag, Optional.of(seg));
        }
        assertThat(seg.text(Tag.SpecificCharacterSet)).isEqualTo(source.text(Tag.SpecificCharacterSet));
        for (int tag : new int[] {Tag.AccessionNumber, Tag.StudyID, Tag.ReferringPhysicianName, Tag.PatientBirthDate}) {
            assertThat(seg.contains(tag)).isTrue();
        }
        assertThat(seg.contains(Tag.PatientWeight)).isEqualTo(source.contains(Tag.PatientWeight));
        assertThat(referenced(seg.item(Tag.ReferencedSeriesSequence).orElseThrow(), Tag.ReferencedInstanceSequence))
                .containsExactly(source.requireText(Tag.SOPInstanceUID));
        assertThat(seg.text(Tag.LossyImageCompression)).contains(name.equals("lossy") ? "01" : "00");
    }

    @ParameterizedTest
    @MethodSource("sources")
    void theReportStatesWhatIsKnownAndReferencesExactlyItsEvidence(String name) throws IOException {
        DataSet source = source(name);
        ResultContext context = context(source);

        DataSet sr = reread(SrWriter.write(context)).dataSet();
        Map<String, Double> numbers = numbers(sr);

        assertThat(numbers.get("131184002")).isEqualTo(context.areaCm2());
        assertThat(numbers.get("112031")).isEqualTo(context.meanHu().orElseThrow());
        boolean height = source.hasValue(Tag.PatientSize);
        assertThat(numbers.containsKey("SMI")).isEqualTo(height);
        String comment = texts(sr).get("121106");
        assertThat(comment).contains("not verified");
        if (height) {
            assertThat(numbers.get("SMI")).isEqualTo(context.areaCm2() / Math.pow(1.75, 2));
        } else {
            assertThat(comment).contains("No skeletal muscle index: the body height is not known.");
        }
        TreeSet<String> evidence = new TreeSet<>();
        for (DataSet series : sr.item(Tag.CurrentRequestedProcedureEvidenceSequence)
                .orElseThrow()
                .items(Tag.ReferencedSeriesSequence)) {
            evidence.addAll(referenced(series, Tag.ReferencedSOPSequence));
        }
        TreeSet<String> mentioned = new TreeSet<>();
        walk(sr, item -> mentioned.addAll(referenced(item, Tag.ReferencedSOPSequence)));
        assertThat(mentioned).isEqualTo(evidence).hasSize(2);
        assertThat(mentioned)
                .contains(SegWriter.write(context).sopInstanceUid(), source.requireText(Tag.SOPInstanceUID));
        assertThat(sr.contains(Tag.ReferencedRequestSequence)).isEqualTo(source.hasValue(Tag.AccessionNumber));
        assertThat(sr.text(Tag.VerificationFlag)).contains("UNVERIFIED");
        walk(sr, item -> {
            if (item.text(Tag.ValueType).equals(Optional.of("NUM"))
                    && item.text(Tag.RelationshipType).equals(Optional.of("CONTAINS"))) {
                assertThat(item.items(Tag.ContentSequence)).isNotEmpty();
            }
        });
    }

    @Test
    void theSameContextGivesTheSameBytesAndAnyOtherOtherUids() throws IOException {
        DataSet source = source("small");
        ResultContext first = context(source);
        ResultContext retrained = context(source, new Algorithm("muscle", "2", "ff"), CREATED);
        ResultContext later = context(source, first.segmenter(), CREATED.plusSeconds(1));
        List<Function<ResultContext, DicomFile>> writers = List.of(
                SegWriter::write,
                SrWriter::write,
                RtStructWriter::write,
                context -> ScWriter.write(context, new Picture(2, 2, 1, new byte[12])));
        for (Function<ResultContext, DicomFile> writer : writers) {
            DataSet a = writer.apply(first).dataSet();
            assertThat(bytes(writer.apply(context(source)))).isEqualTo(bytes(writer.apply(first)));
            for (ResultContext other : List.of(retrained, later)) {
                DataSet b = writer.apply(other).dataSet();
                assertThat(b.text(Tag.SOPInstanceUID)).isNotEqualTo(a.text(Tag.SOPInstanceUID));
                assertThat(b.text(Tag.SeriesInstanceUID)).isNotEqualTo(a.text(Tag.SeriesInstanceUID));
            }
        }
        for (ResultContext other : List.of(retrained, later)) {
            assertThat(SegWriter.write(other)
                            .dataSet()
                            .item(Tag.SegmentSequence)
                            .orElseThrow()
                            .text(Tag.TrackingUID))
                    .isEqualTo(SegWriter.write(first)
                            .dataSet()
                            .item(Tag.SegmentSequence)
                            .orElseThrow()
                            .text(Tag.TrackingUID));
        }
    }

    @Test
    void anotherPictureHasOtherUids() {
        ResultContext context = context(source("complete"));
        DicomFile black = ScWriter.write(context, new Picture(1, 1, 1, new byte[3]));
        DicomFile other = ScWriter.write(context, new Picture(1, 1, 1, new byte[] {0, 0, 1}));
        assertThat(other.sopInstanceUid()).isNotEqualTo(black.sopInstanceUid());
        assertThat(other.dataSet().text(Tag.SeriesInstanceUID))
                .isNotEqualTo(black.dataSet().text(Tag.SeriesInstanceUID));
    }

    @Test
    void aSliceThatAPersonChoseIsNotCalledL3() {
        DataSet source = source("complete");
        ResultContext located = context(source);
        ResultContext chosen = new ResultContext(
                source,
                located.series(),
                located.mask(),
                5,
                10,
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                located.segmenter(),
                Optional.empty(),
                located.software(),
                List.of(),
                List.of(),
                Procedure.CT,
                List.of(),
                new Uptake.Unknown("no PET series"),
                SegmentationForm.BINARY,
                Optional.empty(),
                CREATED,
                "k");
        DataSet sr = SrWriter.write(chosen).dataSet();
        assertThat(texts(sr).get("121106")).contains("chosen by a person").contains("No mean attenuation");
        walk(
                sr,
                item -> assertThat(item.item(Tag.ConceptCodeSequence).flatMap(code -> code.text(Tag.CodeValue)))
                        .isNotEqualTo(Optional.of("36470004")));
        assertThat(SegWriter.write(chosen).dataSet().text(Tag.ContentLabel)).contains("MUSCLE");
    }

    @Test
    void aHeightFromAnotherSeriesIsShown() {
        DataSet source = source("sparse");
        ResultContext base = context(source);
        ResultContext context = new ResultContext(
                source,
                base.series(),
                base.mask(),
                5,
                100,
                OptionalDouble.of(40),
                OptionalDouble.of(1.6),
                OptionalDouble.of(0.9),
                base.segmenter(),
                base.locator(),
                base.software(),
                List.of(),
                List.of(new QualityNote("QC02", "metal or very dense material in the slice")),
                Procedure.PET_CT_FDG,
                List.of(new Figure(
                        "HUSD",
                        "Standard deviation of attenuation",
                        17.5,
                        Figure.Unit.HOUNSFIELD,
                        "MASKPIX",
                        "Over the pixels of the mask")),
                new PetUptake(
                        0.6,
                        1.3,
                        "trilinear",
                        true,
                        "1.2.9",
                        List.of(new InstanceReference(UID.PositronEmissionTomographyImageStorage, "1.2.9.1"))),
                SegmentationForm.BINARY,
                Optional.empty(),
                CREATED,
                "k");
        DataSet sr = SrWriter.write(context).dataSet();
        assertThat(sr.decimal(Tag.PatientSize)).hasValue(1.6);
        assertThat(numbers(sr).get("SMI")).isEqualTo(100 / (1.6 * 1.6));
        assertThat(numbers(sr))
                .containsEntry("8302-2", 160.0)
                .containsEntry("HUSD", 17.5)
                .containsKey("126401");
        assertThat(texts(sr).get("121106")).contains("Check: metal");
    }

    @Test
    void whatASegmentationMustRepeatIsAskedFor() {
        DataSet source = source("complete").remove(Tag.FrameOfReferenceUID);
        assertThatThrownBy(() -> SegWriter.write(context(source)))
                .isInstanceOf(DicomException.class)
                .hasMessage("FrameOfReferenceUID (0020,0052): absent or empty");
        assertThatThrownBy(() -> new ResultContext(
                        source("complete"),
                        context(source("complete")).series(),
                        new boolean[5],
                        5,
                        10,
                        OptionalDouble.empty(),
                        OptionalDouble.empty(),
                        OptionalDouble.empty(),
                        context(source).segmenter(),
                        Optional.empty(),
                        context(source).software(),
                        List.of(),
                        List.of(),
                        Procedure.CT,
                        List.of(),
                        new Uptake.Unknown("no PET series"),
                        SegmentationForm.BINARY,
                        Optional.empty(),
                        CREATED,
                        "k"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @MethodSource("sources")
    void dciodvfyFindsNoError(String name) throws Exception {
        assumeTrue(onPath("dciodvfy"), "dicom3tools is not installed");
        ResultContext context = context(source(name));
        for (DicomFile file : List.of(SegWriter.write(context), SrWriter.write(context))) {
            Path path = folder.resolve("object.dcm");
            Part10.write(path, file);
            Process process = new ProcessBuilder("dciodvfy", "-new", path.toString())
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            // Its exit code says nothing.
            assertThat(output.lines().filter(line -> line.startsWith("Error"))).isEmpty();
        }
    }

    private static boolean onPath(String program) {
        for (String directory : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
            if (Files.isExecutable(Path.of(directory, program))) {
                return true;
            }
        }
        return false;
    }

    private static DataSet source(String name) {
        int rows = name.equals("small") ? 256 : name.equals("wide") ? 768 : 512;
        DataSet ct = new DataSet();
        switch (name) {
            case "utf8" -> ct.set(Tag.SpecificCharacterSet, "ISO_IR 192").set(Tag.PatientName, "山田^太郎");
            case "latin1" ->
                ct.set(Tag.SpecificCharacterSet, "ISO_IR 100")
                        .set(Tag.PatientName, "Müller^Jürgen")
                        .set(Tag.StudyDescription, "Ganzkörper");
            default -> ct.set(Tag.PatientName, "Test^Patient");
        }
        ct.set(Tag.SOPClassUID, UID.CTImageStorage)
                .set(Tag.SOPInstanceUID, "1.2.3.1")
                .set(Tag.StudyInstanceUID, "1.2.3.2")
                .set(Tag.SeriesInstanceUID, "1.2.3.3")
                .set(Tag.FrameOfReferenceUID, "1.2.3.4")
                .set(Tag.PatientID, "4711")
                .set(Tag.Rows, rows)
                .set(Tag.Columns, name.equals("wide") ? 512 : rows)
                .set(Tag.PixelSpacing, name.equals("wide") ? "0.6510" : "0.9765625", "0.9765625")
                .set(Tag.ImageOrientationPatient, "1.000000", "0", "0", "0", "1", "0")
                .set(Tag.ImagePositionPatient, "-250.00", "-250", "-633.75");
        if (!name.equals("sparse")) {
            ct.set(Tag.StudyDate, "20260102")
                    .set(Tag.StudyTime, "101112")
                    .set(Tag.PatientBirthDate, "19600504")
                    .set(Tag.PatientSex, "F")
                    .set(Tag.PatientAge, "065Y")
                    .set(Tag.PatientSize, 1.75)
                    .set(Tag.PatientWeight, 70)
                    .set(Tag.StudyID, "1")
                    .set(Tag.AccessionNumber, "A17")
                    .set(Tag.SliceThickness, "5")
                    .set(Tag.PositionReferenceIndicator, "SN");
        }
        if (name.equals("lossy")) {
            ct.set(Tag.LossyImageCompression, "01")
                    .set(Tag.LossyImageCompressionRatio, 10.0)
                    .set(Tag.LossyImageCompressionMethod, "ISO_10918_1");
        }
        return ct;
    }

    private static ResultContext context(DataSet source) {
        return context(source, new Algorithm("muscle", "1", "ab"), CREATED);
    }

    private static ResultContext context(DataSet source, Algorithm segmenter, Instant created) {
        boolean[] mask = new boolean[source.requireInteger(Tag.Rows) * source.requireInteger(Tag.Columns)];
        Random random = new Random(3);
        for (int i = 0; i < mask.length; i++) {
            mask[i] = random.nextInt(4) == 0;
        }
        return new ResultContext(
                source,
                SERIES,
                mask,
                4.25,
                143.25678901,
                OptionalDouble.of(41.23456),
                source.decimal(Tag.PatientSize),
                OptionalDouble.of(0.97),
                segmenter,
                Optional.of(new Algorithm("spine", "1", "cd")),
                Software.of("MyoNode", "MyoNode", "0.1.0"),
                List.of("HU window -29..150"),
                List.of(),
                Procedure.CT,
                List.of(),
                new Uptake.Unknown("no PET series"),
                SegmentationForm.BINARY,
                Optional.empty(),
                created,
                "input");
    }

    private static boolean[] unpacked(DataSet seg) {
        byte[] bytes = seg.bytes(Tag.PixelData);
        boolean[] mask = new boolean[seg.requireInteger(Tag.Rows) * seg.requireInteger(Tag.Columns)];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = (bytes[i / 8] >> i % 8 & 1) == 1;
        }
        return mask;
    }

    private static void assertSameBytes(DataSet source, int tag, Optional<DataSet> target) {
        assertThat(target.orElseThrow().bytes(tag)).isEqualTo(source.bytes(tag));
    }

    private static List<String> referenced(DataSet holder, int sequence) {
        List<String> uids = new ArrayList<>();
        holder.items(sequence).forEach(item -> uids.add(item.requireText(Tag.ReferencedSOPInstanceUID)));
        return uids;
    }

    private static void walk(DataSet node, java.util.function.Consumer<DataSet> visitor) {
        for (DataSet item : node.items(Tag.ContentSequence)) {
            visitor.accept(item);
            walk(item, visitor);
        }
    }

    private static String name(DataSet item) {
        return item.item(Tag.ConceptNameCodeSequence)
                .map(code -> code.requireText(Tag.CodeValue))
                .orElse("");
    }

    private static Map<String, Double> numbers(DataSet sr) {
        Map<String, Double> numbers = new LinkedHashMap<>();
        walk(
                sr,
                item -> item.item(Tag.MeasuredValueSequence).ifPresent(value -> {
                    double exact = value.requireDecimal(Tag.FloatingPointValue);
                    assertThat(value.requireDecimal(Tag.NumericValue))
                            .isCloseTo(exact, org.assertj.core.data.Offset.offset(5e-5));
                    numbers.putIfAbsent(name(item), exact);
                }));
        return numbers;
    }

    private static Map<String, String> texts(DataSet sr) {
        Map<String, String> texts = new LinkedHashMap<>();
        walk(sr, item -> item.text(Tag.TextValue).ifPresent(text -> texts.put(name(item), text)));
        return texts;
    }

    private static DicomFile reread(DicomFile file) throws IOException {
        return Part10.read(new ByteArrayInputStream(bytes(file)));
    }

    private static byte[] bytes(DicomFile file) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Part10.write(out, file);
        return out.toByteArray();
    }
}
