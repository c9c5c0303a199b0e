package org.myonode.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.phantom.PhantomStudy;
import org.myonode.phantom.StudyOptions;

/** The main job with the shipped models: phantom studies through the commands as a user would give them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MainJobTest {

    @TempDir
    static Path folder;

    private PhantomStudy abdomen;
    private Output first;

    @BeforeAll
    void phantom() throws IOException {
        abdomen = PhantomStudy.write(
                folder.resolve("abdomen"),
                800_005,
                StudyOptions.small().covering(StudyOptions.Coverage.ABDOMEN_PELVIS),
                percent -> {});
        first = run(
                "analyse",
                abdomen.directory().toString(),
                "--out",
                folder.resolve("analysed").toString());
    }

    @Test
    void a_study_sent_to_the_node_comes_back_to_the_pacs_as_four_objects() throws IOException {
        Path out = folder.resolve("demo");

        Output output = run("demo", "--studies", "1", "--seed", "800001", "--exit", "--out", out.toString());

        assertThat(output.exitCode).as(output.text).isZero();
        assertThat(output.text).contains("COMMITTED").contains("phantom results");
        List<DicomFile> received = received(out.resolve("pacs"));
        assertThat(received)
                .extracting(DicomFile::sopClassUid)
                .containsExactlyInAnyOrder(
                        UID.SegmentationStorage,
                        UID.Comprehensive3DSRStorage,
                        UID.RTStructureSetStorage,
                        UID.SecondaryCaptureImageStorage);
        assertThat(received)
                .extracting(file -> file.dataSet().requireText(Tag.PatientID))
                .containsOnly("PHANTOM-800001");
    }

    @Test
    void analyse_measures_what_the_phantom_is_known_to_have() throws IOException {
        Path out = folder.resolve("analysed");

        assertThat(first.exitCode).as(first.text).isZero();
        JsonNode result = new ObjectMapper().readTree(out.resolve("result.json").toFile());
        int middle = abdomen.truth().l3MidSlice().orElseThrow();
        assertThat(result.at("/l3/zMm").asDouble())
                .as("z of L3 in mm, 5 mm slices")
                .isBetween(
                        abdomen.truth().l3().inferiorZMm(), abdomen.truth().l3().superiorZMm());
        double truth = abdomen.truth().muscleAreaCm2().get(middle);
        assertThat(result.at("/muscle/areaCm2").asDouble())
                .as("area in cm2, truth %.1f", truth)
                .isBetween(truth * 0.9, truth * 1.1);
        // Within a few percent of the tracer in the muscle: the scanner's blur mixes fat, bone and bowel in.
        double suv = abdomen.truth().muscleSuv();
        assertThat(result.at("/muscle/suvMean").asDouble())
                .as("SUVbw in muscle in g/ml, truth %.3f", suv)
                .isBetween(suv * 0.85, suv * 1.15);
        assertThat(result.at("/muscle/suvMax").asDouble()).isGreaterThan(suv);
        assertThat(result.at("/models/0/sha256").asText()).hasSize(64);
        assertThat(out.resolve("overlay.png")).exists();
        for (String name : List.of("seg.dcm", "sr.dcm", "rtstruct.dcm", "sc.dcm")) {
            assertThat(out.resolve(name)).exists();
        }

        Output verified =
                run("verify", out.toString(), "--source", abdomen.directory().toString());
        assertThat(verified.exitCode).as(verified.text).isZero();
        assertThat(verified.text).contains(" rules hold, 0 are broken, 0 were not checked");

        Output again = run(
                "score",
                out.resolve("seg.dcm").toString(),
                out.resolve("seg.dcm").toString());
        assertThat(again.exitCode).isZero();
        assertThat(new ObjectMapper().readTree(again.text).at("/dice").asDouble())
                .isEqualTo(1);
    }

    @Test
    void the_same_images_give_the_same_bytes_and_verify_names_what_is_changed_in_them() throws IOException {
        Path out = folder.resolve("again");
        run("analyse", abdomen.directory().toString(), "--out", out.toString());
        for (String name : List.of("seg.dcm", "sr.dcm", "rtstruct.dcm", "sc.dcm", "overlay.png")) {
            assertThat(out.resolve(name))
                    .hasSameBinaryContentAs(folder.resolve("analysed").resolve(name));
        }

        DicomFile report = Part10.read(out.resolve("sr.dcm"));
        report.dataSet().set(Tag.VerificationFlag, "VERIFIED");
        Part10.write(out.resolve("sr.dcm"), report);

        Output broken = run("verify", out.toString());
        assertThat(broken.exitCode).isEqualTo(Main.FAILED);
        assertThat(broken.text).contains("BROKEN").contains("sr.dcm: verification: VERIFIED instead of UNVERIFIED");
        assertThat(broken.text).contains("not checked").contains("--source DIR");
        assertThat(run("verify", abdomen.directory().toString()).exitCode).isEqualTo(Main.USAGE);
    }

    @Test
    void a_chosen_slice_is_measured_without_a_search() throws IOException {
        Path out = folder.resolve("chosen");
        String uid = abdomen.truth()
                .sliceSopInstanceUids()
                .get(abdomen.truth().l3MidSlice().orElseThrow());

        Output output = run("analyse", abdomen.directory().toString(), "--out", out.toString(), "--slice", uid);

        assertThat(output.exitCode).as(output.text).isZero();
        assertThat(new ObjectMapper()
                        .readTree(out.resolve("result.json").toFile())
                        .at("/l3/sopInstanceUid")
                        .asText())
                .isEqualTo(uid);
    }

    @Test
    void suv_of_a_pet_series_is_printed_and_a_folder_without_one_is_an_expected_no() throws IOException {
        Output pet = run("suv", abdomen.directory().resolve("pt").toString());

        assertThat(pet.exitCode).as(pet.text).isZero();
        JsonNode suv = new ObjectMapper().readTree(pet.text);
        assertThat(suv.at("/unit").asText()).isEqualTo("g/ml");
        // The phantom's liver and bowel are near 1 to 2, its bladder near 14 g/ml.
        assertThat(suv.at("/median").asDouble()).isBetween(0.2, 2.0);
        assertThat(suv.at("/max").asDouble()).isBetween(5.0, 30.0);
        assertThat(suv.at("/method").asText()).contains("decay corrected to the start of the series, 3600 s after");

        Output ct = run("suv", abdomen.directory().resolve("ct").toString());
        assertThat(ct.exitCode).isEqualTo(3);
        assertThat(new ObjectMapper().readTree(ct.text).at("/reason").asText()).isEqualTo("no PET series");
    }

    @Test
    void a_study_without_l3_is_an_expected_no_with_its_reason() throws IOException {
        PhantomStudy chest = PhantomStudy.write(
                folder.resolve("chest"),
                800_006,
                StudyOptions.small().covering(StudyOptions.Coverage.HEAD_CHEST).withoutPet(),
                percent -> {});

        Output output = run(
                "analyse",
                chest.directory().toString(),
                "--out",
                folder.resolve("none").toString());

        assertThat(output.exitCode).as(output.text).isEqualTo(Main.EXPECTED_NO);
        assertThat(output.text).contains("No L3:");
        assertThat(folder.resolve("none").resolve("seg.dcm")).doesNotExist();
    }

    @Test
    void two_slices_are_refused_with_the_reason() throws IOException {
        Path two = Files.createDirectories(folder.resolve("two"));
        for (Path file : abdomen.ctFiles().subList(0, 2)) {
            Files.copy(file, two.resolve(file.getFileName()));
        }
        Files.writeString(two.resolve("letter.dcm"), "Dear colleague");

        Output output = run(
                "analyse", two.toString(), "--out", folder.resolve("refused").toString());

        assertThat(output.exitCode).as(output.text).isEqualTo(Main.EXPECTED_NO);
        assertThat(output.text).contains("Refused:").contains("2 slices");
        assertThat(output.errors).contains("letter.dcm");
    }

    @Test
    void what_is_no_dicom_at_all_is_wrong_usage() throws IOException {
        Path text = Files.createDirectories(folder.resolve("text"));
        Files.writeString(text.resolve("letter.dcm"), "Dear colleague");

        Output output =
                run("analyse", text.toString(), "--out", folder.resolve("x").toString());

        assertThat(output.exitCode).isEqualTo(Main.USAGE);
        assertThat(output.errors).contains("no DICOM file").contains("letter.dcm");
    }

    private static List<DicomFile> received(Path pacs) throws IOException {
        try (Stream<Path> files = Files.list(pacs)) {
            return files.map(file -> {
                        try {
                            return Part10.read(file);
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    })
                    .toList();
        }
    }

    private record Output(int exitCode, String text, String errors) {}

    private static synchronized Output run(String... arguments) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(text, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(errors, true, StandardCharsets.UTF_8));
            int exitCode = Main.execute(arguments);
            return new Output(exitCode, text.toString(StandardCharsets.UTF_8), errors.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }
}
