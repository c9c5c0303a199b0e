package org.myonode.workers.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.workers.SyntheticCt;
import org.myonode.workers.objects.Expert;
import org.myonode.workers.objects.InstanceReference;
import org.myonode.workers.verify.Verification;
import org.myonode.workers.volume.Mask;

final class StudyPipelineTest {
    private static final Instant CONTENT = Instant.parse("2026-03-05T12:00:00Z");
    private static final PhantomModels PHANTOM = PhantomModels.lumbar(11);

    @TempDir
    Path folder;

    @Test
    void a_phantom_is_measured_and_every_file_is_there() throws IOException {
        Path out = folder.resolve("out");
        List<Path> files = new ArrayList<>(PHANTOM.write(folder.resolve("in")));
        Collections.shuffle(files, new Random(1));

        Result result = pipeline().run(files, out, CONTENT);

        assertThat(result).isInstanceOf(Result.Measured.class);
        Result.Measured measured = (Result.Measured) result;
        assertThat(measured.muscle().areaCm2()).isCloseTo(PHANTOM.trueAreaCm2(), within(1e-9));
        JsonNode json = new ObjectMapper().readTree(out.resolve("result.json").toFile());
        assertThat(json.path("studyInstanceUid").asText()).isEqualTo(SyntheticCt.STUDY_UID);
        assertThat(json.path("l3").path("found").asBoolean()).isTrue();
        assertThat(json.path("l3").path("level").asText()).isEqualTo("L3");
        assertThat(json.path("l3").path("sliceIndex").asInt()).isEqualTo(PHANTOM.middle());
        assertThat(json.path("l3").path("sopInstanceUid").asText()).isEqualTo(measured.l3ImageUid());
        assertThat(json.path("muscle").path("areaCm2").asDouble()).isCloseTo(PHANTOM.trueAreaCm2(), within(1e-4));
        double height = PHANTOM.body.type().heightM();
        assertThat(json.path("muscle").path("indexCm2PerM2").asDouble())
                .isCloseTo(PHANTOM.trueAreaCm2() / height / height, within(0.01));
        assertThat(json.path("muscle").has("suvMean")).isFalse();
        assertThat(json.path("models")).hasSize(2);
        assertThat(json.path("timingsMs").fieldNames())
                .toIterable()
                .containsExactly("read", "locate", "segment", "measure", "write");
        assertThat(unfinished(out)).isEmpty();

        BufferedImage picture = ImageIO.read(measured.picture().toFile());
        assertThat(picture.getWidth()).isGreaterThan(700);
        Path shown = Path.of("target", "overlay-of-a-phantom.png");
        Files.createDirectories(shown.getParent());
        ImageIO.write(picture, "png", shown.toFile());
    }

    @Test
    void a_scan_without_l3_is_a_result_with_a_reason() throws IOException {
        PhantomModels chest = new PhantomModels(11, 200, 260);

        Result result = new StudyPipeline(chest.models(), ProductInfo.ofVersion("test"), Clock.systemUTC())
                .run(chest.write(folder.resolve("in")), folder.resolve("out"), CONTENT);

        assertThat(result).isInstanceOf(Result.NoL3.class);
        JsonNode json = new ObjectMapper().readTree(result.resultJson());
        assertThat(json.path("l3").path("found").asBoolean()).isFalse();
        assertThat(json.path("l3").path("reason").asText()).isEqualTo("L3 is above or below the scan");
        assertThat(json.has("muscle")).isFalse();
        assertThat(folder.resolve("out/result.json")).exists();
    }

    @Test
    void two_slices_are_refused() {
        List<Path> files = PHANTOM.write(folder.resolve("in")).subList(0, 2);

        Result result = pipeline().run(files, folder.resolve("out"), CONTENT);

        assertThat(result).isInstanceOf(Result.Refused.class);
        assertThat(((Result.Refused) result).reason()).startsWith("2 slices");
    }

    @Test
    void two_studies_in_one_folder_are_refused() {
        List<Path> files = new ArrayList<>(PHANTOM.write(folder.resolve("in")));
        files.addAll(new SyntheticCt(folder.resolve("other"))
                .series("other")
                .change((k, image) -> image.set(Tag.StudyInstanceUID, "2.25.5"))
                .write(SyntheticCt.blocks(12)));

        Result result = pipeline().run(files, folder.resolve("out"), CONTENT);

        assertThat(((Result.Refused) result).reason()).isEqualTo("the files belong to 2 studies");
    }

    @Test
    void a_chosen_slice_is_measured_without_a_search() {
        List<Path> files = PHANTOM.write(folder.resolve("in"));
        String uid = PHANTOM.series(folder).sopInstanceUid(10);

        Result result = new StudyPipeline(
                        PHANTOM.models().atImage(uid), ProductInfo.ofVersion("test"), Clock.systemUTC())
                .run(files, folder.resolve("out"), CONTENT);

        assertThat(((Result.Measured) result).l3ImageUid()).isEqualTo(uid);
        assertThat(((Result.Measured) result).muscle().areaCm2())
                .isCloseTo(PHANTOM.slices.get(10).muscleAreaCm2(), within(1e-9));
        assertThat(result.resultJson()).doesNotContain("confidence").doesNotContain("chosen-slice");
    }

    @Test
    void a_feet_first_prone_patient_gives_the_same_figures() {
        Result supine = pipeline().run(PHANTOM.write(folder.resolve("a")), folder.resolve("out-a"), CONTENT);
        List<Path> turned = PHANTOM.series(folder.resolve("b"))
                .orientation(1, 0, 0, 0, -1, 0)
                .write(PHANTOM.hu());
        Result prone = pipeline().run(turned, folder.resolve("out-b"), CONTENT);

        assertThat(((Result.Measured) prone).muscle()).isEqualTo(((Result.Measured) supine).muscle());
    }

    @Test
    void the_segmentation_and_the_report_say_what_was_measured() throws IOException {
        Result.Measured measured =
                (Result.Measured) pipeline().run(PHANTOM.write(folder.resolve("in")), folder.resolve("out"), CONTENT);

        assertThat(measured.objects()).extracting(WrittenObject::kind).containsExactly("SEG", "SR", "RTSTRUCT", "SC");
        DataSet seg = Part10.read(measured.objects().get(0).file()).dataSet();
        assertThat(seg.bytes(Tag.PixelData)).hasSize(PhantomModels.SIZE * PhantomModels.SIZE / 8);
        BitSet bits = BitSet.valueOf(seg.bytes(Tag.PixelData));
        assertThat(bits.cardinality()).isEqualTo(measured.muscle().pixels());
        DataSet sr = Part10.read(measured.objects().get(1).file()).dataSet();
        assertThat(sr.requireText(Tag.StudyInstanceUID)).isEqualTo(SyntheticCt.STUDY_UID);
        assertThat(sr.items(Tag.CurrentRequestedProcedureEvidenceSequence)
                        .get(0)
                        .items(Tag.ReferencedSeriesSequence))
                .extracting(series ->
                        series.items(Tag.ReferencedSOPSequence).get(0).requireText(Tag.ReferencedSOPInstanceUID))
                .containsExactlyInAnyOrder(
                        measured.l3ImageUid(), measured.objects().get(0).sopInstanceUid());
    }

    @Test
    void the_same_input_and_time_give_the_same_bytes() throws IOException {
        List<Path> files = PHANTOM.write(folder.resolve("in"));
        pipeline().run(files, folder.resolve("a"), CONTENT);
        pipeline().run(files, folder.resolve("b"), CONTENT);
        pipeline().run(files, folder.resolve("b"), CONTENT);

        for (String name : List.of("seg.dcm", "sr.dcm", "rtstruct.dcm", "sc.dcm", "overlay.png")) {
            assertThat(folder.resolve("b").resolve(name))
                    .hasSameBinaryContentAs(folder.resolve("a").resolve(name));
        }
    }

    @Test
    void a_result_that_differs_supersedes_the_one_before_under_new_uids() throws IOException {
        List<Path> files = PHANTOM.write(folder.resolve("in"));
        List<Path> fewer = files.subList(0, files.size() - 1);
        List<EarlierReport> earlier = new ArrayList<>();
        DataSet first = report("r1", fewer, 0, earlier);

        // Another revision with the same images, for instance after a late PET: the same bytes.
        DataSet same = report("r2", fewer, 60, earlier);
        assertThat(folder.resolve("r2/sr.dcm")).hasSameBinaryContentAs(folder.resolve("r1/sr.dcm"));
        assertThat(folder.resolve("r2/sc.dcm")).hasSameBinaryContentAs(folder.resolve("r1/sc.dcm"));
        assertThat(same.contains(Tag.PredecessorDocumentsSequence)).isFalse();

        DataSet late = report("r3", files, 120, earlier);
        DataSet again = report("r4", files, 180, earlier);
        assertThat(folder.resolve("r4/sr.dcm")).hasSameBinaryContentAs(folder.resolve("r3/sr.dcm"));
        assertThat(predecessor(late)).isEqualTo(first.requireText(Tag.SOPInstanceUID));
        assertThat(predecessor(again)).isEqualTo(first.requireText(Tag.SOPInstanceUID));
        assertThat(late.requireText(Tag.ContentTime)).isEqualTo("120200");

        // Back to the first images: a new result that supersedes the latest, not the first one again.
        DataSet back = report("r5", fewer, 240, earlier);
        assertThat(predecessor(back)).isEqualTo(late.requireText(Tag.SOPInstanceUID));
        for (String name : List.of("seg.dcm", "sr.dcm", "rtstruct.dcm", "sc.dcm")) {
            assertThat(List.of("r1", "r3", "r5").stream()
                            .map(run -> attribute(run, name, Tag.SOPInstanceUID))
                            .distinct())
                    .as(name)
                    .hasSize(3);
            assertThat(List.of("r1", "r3", "r5").stream()
                            .map(run -> attribute(run, name, Tag.SeriesInstanceUID))
                            .distinct())
                    .as(name)
                    .hasSize(3);
        }
        assertThat(tracking("r3")).isEqualTo(tracking("r1"));
        assertThat(tracking("r5")).isEqualTo(tracking("r1"));
    }

    @Test
    void label_maps_come_with_a_report_and_a_structure_set_of_their_own() throws IOException {
        Path out = folder.resolve("out");
        List<Path> files = PHANTOM.write(folder.resolve("in"));
        Result.Measured measured = (Result.Measured) pipeline().withLabelmaps().run(files, out, CONTENT);

        assertThat(measured.objects())
                .extracting(WrittenObject::kind)
                .containsExactly("SEG", "SR", "RTSTRUCT", "SC", "SEG.LABELMAP", "SR.LABELMAP", "RTSTRUCT.LABELMAP");
        List<Path> objects = new ArrayList<>(files);
        measured.objects().forEach(object -> objects.add(object.file()));
        Verification verification = Verification.ofFiles(objects);
        assertThat(verification.findings()).isEmpty();
        assertThat(verification.unknown()).isEmpty();
        assertThat(verification.objects()).hasSize(7);
    }

    @Test
    void a_contour_of_an_expert_is_measured_in_place_of_the_models_and_stands() throws IOException {
        List<Path> files = PHANTOM.write(folder.resolve("in"));
        List<EarlierReport> earlier = new ArrayList<>();
        DataSet automatic = report("r1", files, 0, earlier);
        ExpertCorrection correction = correction(Files.readString(folder.resolve("r1/result.json")));
        // Models that would be noticed: nobody may ask them.
        StudyPipeline silent = new StudyPipeline(
                        new Models(
                                volume -> {
                                    throw new AssertionError("the locator was asked");
                                },
                                PHANTOM.models().locatorIdentity(),
                                slice -> {
                                    throw new AssertionError("the segmenter was asked");
                                },
                                PHANTOM.models().segmenterIdentity()),
                        ProductInfo.ofVersion("test"),
                        Clock.systemUTC())
                .withLabelmaps();

        Path out = folder.resolve("corrected");
        Result.Measured measured =
                (Result.Measured) silent.run(files, out, CONTENT.plusSeconds(60), earlier, Optional.of(correction));

        assertThat(measured.muscle().pixels()).isEqualTo(correction.contour().count());
        JsonNode json = new ObjectMapper().readTree(measured.resultJson());
        assertThat(json.at("/l3/confidence").asDouble()).isEqualTo(0.97);
        assertThat(json.at("/models/1/id").asText()).isEqualTo("truth-segmenter");
        assertThat(json.at("/correction/automatic/muscle/areaCm2").asDouble())
                .isCloseTo(PHANTOM.trueAreaCm2(), within(1e-4));
        for (String name : List.of("sr.dcm", "sr-labelmap.dcm")) {
            assertThat(predecessor(Part10.read(out.resolve(name)).dataSet()))
                    .as(name)
                    .isEqualTo(automatic.requireText(Tag.SOPInstanceUID));
        }
        for (String form : List.of("", "-labelmap")) {
            List<Path> objects = new ArrayList<>(files);
            for (String kind : List.of("seg", "sr", "rtstruct")) {
                objects.add(out.resolve(kind + form + ".dcm"));
            }
            assertThat(Verification.ofFiles(objects).findings()).as(form).isEmpty();
        }

        // A late instance that changes nothing: the same bytes.
        earlier.add(new EarlierReport("SR", CONTENT.plusSeconds(60), out.resolve("sr.dcm")));
        earlier.add(new EarlierReport("SR.LABELMAP", CONTENT.plusSeconds(60), out.resolve("sr-labelmap.dcm")));
        Path again = folder.resolve("again");
        silent.run(files, again, CONTENT.plusSeconds(120), earlier, Optional.of(correction));
        for (WrittenObject object : measured.objects()) {
            assertThat(again.resolve(object.file().getFileName())).hasSameBinaryContentAs(object.file());
        }

        // Without the image that the expert drew on there is a reason, and no result.
        Result refused = silent.run(
                files.stream()
                        .filter(file -> !file.getFileName().equals(imageFile(files, correction.imageUid())))
                        .toList(),
                folder.resolve("refused"),
                CONTENT,
                earlier,
                Optional.of(correction));
        assertThat(((Result.Refused) refused).reason()).contains("is not among the images");
    }

    private static Path imageFile(List<Path> files, String uid) {
        return files.stream()
                .filter(file -> {
                    try {
                        return Part10.readHeader(file).sopInstanceUid().equals(uid);
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                })
                .findFirst()
                .orElseThrow()
                .getFileName();
    }

    private ExpertCorrection correction(String automaticResult) {
        int slice = PHANTOM.middle();
        boolean[] drawn = PHANTOM.slices.get(slice).muscle().clone();
        Mask before = new Mask(PhantomModels.SIZE, PhantomModels.SIZE, drawn.clone());
        for (int i = 0, taken = 0; taken < 40; i++) {
            if (drawn[i]) {
                drawn[i] = false;
                taken++;
            }
        }
        return new ExpertCorrection(
                PHANTOM.series(folder).sopInstanceUid(slice),
                new Mask(PhantomModels.SIZE, PhantomModels.SIZE, drawn),
                before,
                automaticResult,
                new Expert(
                        new InstanceReference(UID.SegmentationStorage, "1.2.3.4.5"),
                        "1.2.3.4",
                        Optional.of("Abt^Eva"),
                        Optional.empty(),
                        PHANTOM.trueAreaCm2()),
                new ExpertCorrection.Origin(2, 1, 1, "Eva Abt (correction)", 1, "TPS", "the tracking UID"));
    }

    private DataSet report(String run, List<Path> files, int secondsLater, List<EarlierReport> earlier)
            throws IOException {
        Path out = folder.resolve(run);
        Instant time = CONTENT.plusSeconds(secondsLater);
        pipeline().run(files, out, time, earlier);
        earlier.add(new EarlierReport("SR", time, out.resolve("sr.dcm")));
        return Part10.read(out.resolve("sr.dcm")).dataSet();
    }

    private static String predecessor(DataSet report) {
        return report.item(Tag.PredecessorDocumentsSequence)
                .flatMap(study -> study.item(Tag.ReferencedSeriesSequence))
                .flatMap(series -> series.item(Tag.ReferencedSOPSequence))
                .orElseThrow()
                .requireText(Tag.ReferencedSOPInstanceUID);
    }

    private String attribute(String run, String name, int tag) {
        try {
            return Part10.read(folder.resolve(run).resolve(name)).dataSet().requireText(tag);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private String tracking(String run) throws IOException {
        return Part10.read(folder.resolve(run).resolve("seg.dcm"))
                .dataSet()
                .item(Tag.SegmentSequence)
                .orElseThrow()
                .requireText(Tag.TrackingUID);
    }

    private static StudyPipeline pipeline() {
        return new StudyPipeline(PHANTOM.models(), ProductInfo.ofVersion("test"), Clock.systemUTC());
    }

    private static List<Path> unfinished(Path out) throws IOException {
        try (Stream<Path> files = Files.list(out)) {
            return files.filter(file -> file.getFileName().toString().startsWith("."))
                    .toList();
        }
    }
}
