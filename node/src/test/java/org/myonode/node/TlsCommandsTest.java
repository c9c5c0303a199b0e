package org.myonode.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.dicom.VR;
import org.myonode.dicom.net.AeAddress;
import org.myonode.dicom.net.Tls;
import org.myonode.dicom.peers.Certificates;
import org.myonode.dicom.peers.DcmtkStoreScp;
import org.myonode.dicom.peers.Orthanc;
import org.myonode.dicom.peers.Peers;

/** The commands with {@code --tls} against DCMTK and Orthanc, and what they say about each certificate that will not do. */
class TlsCommandsTest {
    private static final String STUDY = "1.2.826.0.1.3680043.8.498.31";

    @TempDir
    static Path folder;

    private static Certificates hospital;
    private static Certificates stranger;
    private static Path trust;
    private static Path node;
    private static Path images;

    @BeforeAll
    static void issue() throws IOException {
        hospital = new Certificates(folder.resolve("ca"), "hospital");
        stranger = new Certificates(folder.resolve("other"), "stranger");
        trust = hospital.authority();
        node = hospital.issue("node").file();
        images = Files.createDirectories(folder.resolve("images"));
        for (int number = 1; number <= 3; number++) {
            Part10.write(images.resolve(number + ".dcm"), Part10.of(image(number), UID.ExplicitVRLittleEndian));
        }
    }

    private static DataSet image(int number) {
        return new DataSet()
                .set(Tag.SOPClassUID, UID.CTImageStorage)
                .set(Tag.SOPInstanceUID, STUDY + ".1." + number)
                .set(Tag.StudyDate, "20260102")
                .set(Tag.Modality, "CT")
                .set(Tag.PatientID, "P31")
                .set(Tag.StudyInstanceUID, STUDY)
                .set(Tag.SeriesInstanceUID, STUDY + ".1")
                .set(Tag.SamplesPerPixel, 1)
                .set(Tag.PhotometricInterpretation, "MONOCHROME2")
                .set(Tag.Rows, 8)
                .set(Tag.Columns, 8)
                .set(Tag.BitsAllocated, 16)
                .set(Tag.BitsStored, 16)
                .set(Tag.HighBit, 15)
                .set(Tag.PixelRepresentation, 1)
                .setBytes(Tag.PixelData, VR.OW, new byte[128]);
    }

    /** DCMTK's storescp with key and certificate of a subject; it takes certificates of the hospital's authority alone. */
    private static DcmtkStoreScp storescp(Certificates authority, String subject) throws Exception {
        assumeTrue(Peers.onPath("storescp"), "dcmtk is not installed");
        return DcmtkStoreScp.start(
                Files.createTempDirectory(folder, "storescp"),
                "+tls",
                authority.key(subject).toString(),
                authority.certificate(subject).toString(),
                "+cf",
                hospital.authority().toString());
    }

    private static Cli.Output echo(AeAddress to, String... options) {
        return Cli.run(Stream.concat(Stream.of("echo", to.toString()), Stream.of(options))
                .toArray(String[]::new));
    }

    private static void assertRefused(Cli.Output output, String... reasons) {
        assertThat(output.exitCode()).as(output.text()).isEqualTo(1);
        assertThat(output.text()).contains(reasons);
    }

    @Test
    void dcmtk_answers_an_echo_and_takes_a_folder() throws Exception {
        hospital.issue("pacs");
        try (DcmtkStoreScp pacs = storescp(hospital, "pacs")) {
            String[] tls = {"--tls", "--tls-trust", trust.toString(), "--tls-identity", node.toString()};
            assertThat(echo(pacs.address(), tls).exitCode()).as(pacs.log()).isZero();

            List<String> send = new ArrayList<>(
                    List.of("send", images.toString(), "--to", pacs.address().toString()));
            send.addAll(List.of(tls));
            Cli.Output sent = Cli.run(send.toArray(String[]::new));
            assertThat(sent.exitCode()).as(sent.text()).isZero();
            assertThat(sent.text()).contains("3 of 3 instances sent");
            assertThat(pacs.received()).hasSize(3);
        }
    }

    @Test
    void what_dcmtk_does_not_take_from_us_is_explained() throws Exception {
        hospital.issue("pacs");
        Instant now = Instant.now();
        Tls.Store expired = hospital.issue("late", now.minus(Duration.ofDays(9)), now.minus(Duration.ofDays(1)));
        try (DcmtkStoreScp pacs = storescp(hospital, "pacs")) {
            AeAddress to = pacs.address();
            String authority = trust.toString();
            assertRefused(echo(to, "--tls", "--tls-trust", authority), "want", "certificate", "we have none to show");
            assertRefused(
                    echo(
                            to,
                            "--tls",
                            "--tls-trust",
                            authority,
                            "--tls-identity",
                            stranger.issue("intruder").file().toString()),
                    "our certificate");
            assertRefused(
                    echo(
                            to,
                            "--tls",
                            "--tls-trust",
                            authority,
                            "--tls-identity",
                            expired.file().toString()),
                    "our certificate",
                    "expired");
            assertRefused(echo(to), "does it want TLS?");
            // DCMTK goes on after all that
            assertThat(echo(to, "--tls", "--tls-trust", authority, "--tls-identity", node.toString())
                            .exitCode())
                    .isZero();
        }
    }

    @Test
    void what_we_do_not_take_from_dcmtk_is_explained() throws Exception {
        Instant now = Instant.now();
        hospital.issue("old", now.minus(Duration.ofDays(9)), now.minus(Duration.ofDays(1)));
        hospital.issue("pacs.example.org");
        stranger.issue("pacs");
        String[] tls = {"--tls", "--tls-trust", trust.toString(), "--tls-identity", node.toString()};
        try (DcmtkStoreScp pacs = storescp(hospital, "old")) {
            assertRefused(echo(pacs.address(), tls), "the peer's certificate has expired");
        }
        try (DcmtkStoreScp pacs = storescp(stranger, "pacs")) {
            assertRefused(echo(pacs.address(), tls), "the peer's certificate is not trusted");
        }
        try (DcmtkStoreScp pacs = storescp(hospital, "pacs.example.org")) {
            assertRefused(
                    echo(pacs.address(), tls),
                    "the peer's certificate does not name the host that we called",
                    "127.0.0.1");
            String[] anyHost =
                    Stream.concat(Stream.of(tls), Stream.of("--tls-any-host")).toArray(String[]::new);
            assertThat(echo(pacs.address(), anyHost).exitCode()).isZero();
        }
        try (DcmtkStoreScp plain = DcmtkStoreScp.start(Files.createTempDirectory(folder, "plain"))) {
            assertRefused(echo(plain.address(), tls), "TLS with STORESCP", "speak");
        }
    }

    @Test
    void a_study_is_pulled_from_orthanc_by_get_and_by_move_each_over_tls_in_both_directions() throws Exception {
        assumeTrue(Orthanc.isInstalled(), "Orthanc is not installed");
        hospital.issue("orthanc");
        int port = Peers.freePort();
        AeAddress own = new AeAddress("PULLER", "127.0.0.1", port);
        try (Orthanc pacs =
                Orthanc.startSecure(folder.resolve("orthanc"), Map.of("puller", own), hospital, "orthanc")) {
            String[] tls = {"--tls", "--tls-trust", trust.toString(), "--tls-identity", node.toString()};
            Cli.Output sent = Cli.run(Stream.concat(
                            Stream.of(
                                    "send",
                                    images.toString(),
                                    "--to",
                                    pacs.address().toString()),
                            Stream.of(tls))
                    .toArray(String[]::new));
            assertThat(sent.exitCode()).as(sent.text()).isZero();

            Path got = folder.resolve("got");
            Cli.Output get = pull(pacs, tls, "--out", got.toString());
            assertThat(get.exitCode()).as(get.text() + pacs.log()).isZero();
            assertThat(Part10.read(got.resolve(STUDY).resolve(STUDY + ".1").resolve(STUDY + ".1.2.dcm"))
                            .dataSet())
                    .isEqualTo(image(2));

            Path moved = folder.resolve("moved");
            Cli.Output move = pull(pacs, tls, "--out", moved.toString(), "--move", "--port", "" + port);
            assertThat(move.exitCode()).as(move.text() + pacs.log()).isZero();
            assertThat(move.text()).contains("3 of 3 instances");

            Cli.Output plain = pull(pacs, new String[0], "--out", moved.toString());
            assertRefused(plain, "does it want TLS?");
        }
    }

    private static Cli.Output pull(Orthanc pacs, String[] tls, String... options) {
        return Cli.run(Stream.of(
                        Stream.of("pull", "--from", pacs.address().toString(), "--study", STUDY),
                        Stream.of("--calling", "PULLER"),
                        Stream.of(tls),
                        Stream.of(options))
                .flatMap(part -> part)
                .toArray(String[]::new));
    }

    @Test
    void options_that_do_not_go_together_and_files_that_are_not_there_are_usage_and_failure() {
        AeAddress nobody = new AeAddress("PACS", "127.0.0.1", 104);
        Cli.Output alone = echo(nobody, "--tls-any-host");
        assertThat(alone.exitCode()).isEqualTo(2);
        assertThat(alone.text()).contains("go with --tls");
        Cli.Output absent = echo(
                nobody, "--tls", "--tls-trust", folder.resolve("absent.pem").toString());
        assertRefused(absent, "absent.pem cannot be read: there is no such file");
        Cli.Output move = Cli.run(
                "pull",
                "--from",
                nobody.toString(),
                "--study",
                STUDY,
                "--out",
                folder.toString(),
                "--move",
                "--tls",
                "--tls-trust",
                trust.toString());
        assertThat(move.exitCode()).isEqualTo(2);
        assertThat(move.text()).contains("--tls-identity");
    }
}
