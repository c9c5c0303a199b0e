package org.myonode.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.myonode.db.DatabaseConfig;
import org.myonode.db.Ledger;
import org.myonode.db.StudyState;
import org.myonode.db.TestDatabase;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.dicom.VR;
import org.myonode.dicom.net.AeAddress;
import org.myonode.dicom.net.Association;
import org.myonode.dicom.net.DicomListener;
import org.myonode.dicom.net.ListenerConfig;
import org.myonode.dicom.net.PresentationContext;
import org.myonode.dicom.net.TransferCapabilities;
import org.myonode.dicom.peers.DcmtkQrScp;
import org.myonode.dicom.peers.Peers;
import org.myonode.storage.StorageConfig;
import org.myonode.storage.StorageScp;

/** The command against DCMTK's archive: into a folder, into the store, to a node that listens. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PullCommandTest {

    private static final String FIRST = "1.2.826.0.1.3680043.8.498.21";
    private static final String SECOND = "1.2.826.0.1.3680043.8.498.22";

    @TempDir
    static Path folder;

    private DcmtkQrScp archive;
    private int movePort;

    @BeforeAll
    void fill() throws Exception {
        assumeTrue(DcmtkQrScp.isInstalled(), "dcmqrscp is not installed");
        movePort = Peers.freePort();
        archive = DcmtkQrScp.start(folder, Map.of("here", new AeAddress("PULLER", "127.0.0.1", movePort)));
        try (Association association = Association.open(
                archive.address(),
                "MYONODE",
                PresentationContext.storage(UID.CTImageStorage, List.of(UID.ExplicitVRLittleEndian)),
                Duration.ofSeconds(5),
                Duration.ofSeconds(20))) {
            for (String study : List.of(FIRST, SECOND)) {
                for (int number = 1; number <= 4; number++) {
                    association.store(Part10.of(image(study, number), UID.ExplicitVRLittleEndian));
                }
            }
        }
    }

    @AfterAll
    void stop() {
        if (archive != null) {
            archive.close();
        }
    }

    @Test
    void studies_come_into_a_folder_by_get() throws IOException {
        Path out = folder.resolve("got");

        Cli.Output output = pull("--study", FIRST, "--study", SECOND, "--out", out.toString());

        assertThat(output.exitCode()).as(output.text()).isZero();
        assertThat(output.text()).contains(FIRST + ": 4 of 4 instances", SECOND + ": 4 of 4 instances");
        DicomFile file = Part10.read(out.resolve(FIRST).resolve(FIRST + ".1").resolve(FIRST + ".1.3.dcm"));
        assertThat(file.dataSet()).isEqualTo(image(FIRST, 3));
        assertThat(files(out)).hasSize(8);
    }

    @Test
    void a_study_comes_into_a_folder_by_move() throws IOException {
        Path out = folder.resolve("moved");

        Cli.Output output = pull(
                "--accession",
                "A21",
                "--out",
                out.toString(),
                "--move",
                "--calling",
                "PULLER",
                "--port",
                "" + movePort);

        assertThat(output.exitCode()).as(output.text() + archive.log()).isZero();
        assertThat(files(out)).hasSize(4);
    }

    @Test
    void a_pacs_that_does_not_know_us_is_explained() throws IOException {
        Cli.Output output = pull(
                "--study",
                FIRST,
                "--out",
                folder.resolve("unknown").toString(),
                "--move",
                "--calling",
                "NOBODY",
                "--port",
                "0");
        assertThat(output.exitCode()).isEqualTo(1);
        assertThat(output.text()).contains("does not know NOBODY", "A801", "not complete");
    }

    @Test
    void what_is_not_there_or_not_unique_is_an_expected_no() throws IOException {
        String out = folder.resolve("none").toString();
        assertThat(pull("--study", "1.2.3", "--out", out)).satisfies(output -> {
            assertThat(output.exitCode()).isEqualTo(3);
            assertThat(output.text()).contains("has no study 1.2.3");
        });
        assertThat(pull("--patient", "nobody", "--out", out).exitCode()).isEqualTo(3);
        Cli.Output listing = pull("--patient", "P21", "--out", out);
        assertThat(listing.exitCode()).isEqualTo(3);
        assertThat(listing.text())
                .contains("2 studies match", FIRST, SECOND, "20260102")
                .doesNotContain("Doe");
        assertThat(Path.of(out)).doesNotExist();

        assertThat(pull("--patient", "P21", "--all", "--out", out).exitCode()).isZero();
        assertThat(files(Path.of(out))).hasSize(8);
    }

    @Test
    void wrong_usage_and_silence_have_their_codes() throws IOException {
        assertThat(pull("--study", FIRST).exitCode()).isEqualTo(2);
        assertThat(pull("--study", FIRST, "--patient", "P21", "--out", "x").exitCode())
                .isEqualTo(2);
        assertThat(pull("--out", "x").exitCode()).isEqualTo(2);
        assertThat(pull("--study", "1.2.x", "--out", "x").exitCode()).isEqualTo(2);
        Cli.Output silent = Cli.run(
                "pull",
                "--from",
                "GONE@127.0.0.1:" + Peers.freePort(),
                "--study",
                FIRST,
                "--out",
                folder.resolve("silent").toString());
        assertThat(silent.exitCode()).isEqualTo(1);
        assertThat(silent.text()).contains("GONE@127.0.0.1", "cannot be reached");
    }

    @Test
    void without_a_running_node_instances_go_into_its_store_and_ledger() throws Exception {
        try (TestDatabase database = TestDatabase.create()) {
            Path config = config(folder.resolve("stored"), database, Peers.freePort());

            Cli.Output output = pull("--study", FIRST, "--into-node", "--config", config.toString());

            assertThat(output.exitCode()).as(output.text()).isZero();
            Ledger ledger = new Ledger(database.database(), Clock.systemUTC());
            assertThat(ledger.study(FIRST).orElseThrow().instances()).isEqualTo(4);
            assertThat(ledger.study(FIRST).orElseThrow().state()).isEqualTo(StudyState.RECEIVING);
            var entry = ledger.instance(FIRST + ".1.2").orElseThrow();
            assertThat(entry.callingAeTitle()).isEqualTo("QRSCP");
            assertThat(entry.calledAeTitle()).isEqualTo("PULLED");
            assertThat(Part10.read(entry.path()).dataSet()).isEqualTo(image(FIRST, 2));
        }
    }

    @Test
    void a_running_node_receives_them() throws Exception {
        try (TestDatabase database = TestDatabase.create()) {
            Ledger ledger = new Ledger(database.database(), Clock.systemUTC());
            StorageScp storage = new StorageScp(
                    StorageConfig.of(folder.resolve("running/instances"), "PULLED"), ledger, Clock.systemUTC());
            try (storage;
                    DicomListener listener = DicomListener.start(
                            new ListenerConfig(
                                    "PULLED",
                                    InetAddress.getLoopbackAddress(),
                                    0,
                                    ListenerConfig.DEFAULT_MAX_PDU,
                                    4,
                                    Duration.ofSeconds(10),
                                    Duration.ofSeconds(30),
                                    TransferCapabilities.storage()),
                            request -> Optional.empty(),
                            storage)) {
                Path config = config(folder.resolve("running"), database, listener.port());

                Cli.Output output = pull("--study", SECOND, "--into-node", "--config", config.toString());

                assertThat(output.exitCode()).as(output.text()).isZero();
                assertThat(ledger.study(SECOND).orElseThrow().instances()).isEqualTo(4);
            }
        }
    }

    private static Path config(Path directory, TestDatabase database, int port) throws IOException {
        Files.createDirectories(directory);
        DatabaseConfig access = database.config();
        return Files.writeString(
                directory.resolve("node.conf"), """
                dicom { aeTitle = PULLED, port = %d, bind = "127.0.0.1" }
                storage { directory = "%s", minimumFree = 1 MiB }
                database { url = "%s", user = "%s", password = "%s", poolSize = 4 }
                """.formatted(port, directory, access.url(), access.user(), ""));
    }

    private static DataSet image(String study, int number) {
        byte[] pixels = new byte[32 * 32 * 2];
        new java.util.Random(number).nextBytes(pixels);
        return new DataSet()
                .set(Tag.SOPClassUID, UID.CTImageStorage)
                .set(Tag.SOPInstanceUID, study + ".1." + number)
                .set(Tag.StudyDate, "20260102")
                .set(Tag.StudyTime, "030405")
                .set(Tag.AccessionNumber, study.equals(FIRST) ? "A21" : "A22")
                .set(Tag.Modality, "CT")
                .set(Tag.PatientName, "Doe^Jane")
                .set(Tag.PatientID, "P21")
                .set(Tag.StudyInstanceUID, study)
                .set(Tag.SeriesInstanceUID, study + ".1")
                .set(Tag.StudyID, "1")
                .set(Tag.SeriesNumber, 1)
                .set(Tag.InstanceNumber, number)
                .set(Tag.SamplesPerPixel, 1)
                .set(Tag.PhotometricInterpretation, "MONOCHROME2")
                .set(Tag.Rows, 32)
                .set(Tag.Columns, 32)
                .set(Tag.BitsAllocated, 16)
                .set(Tag.BitsStored, 16)
                .set(Tag.HighBit, 15)
                .set(Tag.PixelRepresentation, 1)
                .setBytes(Tag.PixelData, VR.OW, pixels);
    }

    private static List<Path> files(Path out) throws IOException {
        try (Stream<Path> walk = Files.walk(out)) {
            return walk.filter(Files::isRegularFile).toList();
        }
    }

    private Cli.Output pull(String... arguments) {
        String[] all = Stream.concat(
                        Stream.of("pull", "--from", archive.address().toString()), Stream.of(arguments))
                .toArray(String[]::new);
        return Cli.run(all);
    }
}
