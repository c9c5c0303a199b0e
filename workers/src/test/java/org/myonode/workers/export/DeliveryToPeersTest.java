package org.myonode.workers.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.myonode.db.DeliveryRow;
import org.myonode.db.InstanceEntry;
import org.myonode.db.Ledger;
import org.myonode.db.MutableClock;
import org.myonode.db.OutputObject;
import org.myonode.db.Product;
import org.myonode.db.Revision;
import org.myonode.db.StudyState;
import org.myonode.db.TestDatabase;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Part10;
import org.myonode.dicom.UID;
import org.myonode.dicom.net.AeAddress;
import org.myonode.dicom.peers.DcmtkStoreScp;
import org.myonode.dicom.peers.Orthanc;
import org.myonode.dicom.peers.Peers;
import org.myonode.workers.model.ModelPackage;
import org.myonode.workers.objects.SegmentationForm;
import org.myonode.workers.verify.ResultSet;

/** Real objects on their way to other people's archives. */
final class DeliveryToPeersTest {
    private static final String STUDY = "1.2.3.2";

    @TempDir
    Path folder;

    private final Map<String, DicomFile> byUid = new HashMap<>();
    private final MutableClock clock = new MutableClock();
    private TestDatabase database;
    private Ledger ledger;
    private Revision revision;

    @BeforeEach
    void open() {
        database = TestDatabase.create();
        ledger = new Ledger(database.database(), clock);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void storescp_knows_no_label_maps_and_gets_everything_else_unchanged() throws Exception {
        assumeTrue(Peers.onPath("storescp"), "dcmtk is not installed");
        try (DcmtkStoreScp pacs = DcmtkStoreScp.start(folder.resolve("storescp"))) {
            deliver(pacs.address(), "LABELMAP", "SR", "RTSTRUCT", "SC");

            List<String> classes = new ArrayList<>();
            for (Path file : pacs.received()) {
                DicomFile arrived = Part10.read(file);
                classes.add(arrived.sopClassUid());
                DicomFile sent = byUid.get(arrived.sopInstanceUid());
                assertThat(arrived.dataSet()).isEqualTo(sent.dataSet());
                assertThat(arrived.transferSyntax()).isEqualTo(sent.transferSyntax());
            }
            assertThat(classes)
                    .as(pacs.log())
                    .containsExactlyInAnyOrder(
                            UID.SegmentationStorage,
                            UID.Comprehensive3DSRStorage,
                            UID.RTStructureSetStorage,
                            UID.SecondaryCaptureImageStorage);
        }
        assertThat(ledger.deliveries(revision)).extracting(DeliveryRow::state).containsOnly("DELIVERED");
        assertThat(ledger.study(STUDY).orElseThrow().state()).isEqualTo(StudyState.EXPORTED);
    }

    @Test
    void orthanc_files_all_objects_under_the_study() throws Exception {
        assumeTrue(Orthanc.isInstalled(), "orthanc is not installed");
        try (Orthanc pacs = Orthanc.start(folder.resolve("orthanc"))) {
            deliver(pacs.address(), "SEG", "SR", "RTSTRUCT", "SC");

            assertThat(ledger.study(STUDY).orElseThrow().state()).as(pacs.log()).isEqualTo(StudyState.EXPORTED);
            String found = pacs.post(
                    "/tools/find",
                    "{\"Level\": \"Series\", \"Expand\": true, \"Query\": {\"StudyInstanceUID\": \"" + STUDY + "\"}}");
            assertThat(found)
                    .contains("\"SEG\"", "\"SR\"", "\"RTSTRUCT\"", "\"OT\"")
                    .contains("9001", "9002", "9003", "9004");
        }
    }

    private void deliver(AeAddress pacs, String... objects) throws IOException {
        Destination destination = new Destination("pacs", pacs, Set.of(objects), false, false);
        ledger.record(new InstanceEntry(
                STUDY,
                "1.2.3.3",
                "1.2.3.11",
                UID.CTImageStorage,
                UID.ExplicitVRLittleEndian,
                folder.resolve("ct"),
                1,
                "00",
                "SENDER",
                "MYONODE"));
        clock.advance(Duration.ofMinutes(2));
        revision = ledger.sealQuiet(Duration.ofMinutes(1)).get(0);
        ledger.queued(revision);
        List<OutputObject> outputs = new ArrayList<>(write(SegmentationForm.BINARY, ""));
        outputs.addAll(write(SegmentationForm.LABELMAP, ".LABELMAP"));
        ledger.produced(
                ledger.claim(revision, "test").orElseThrow(),
                new Product("{}", Optional.empty(), outputs),
                List.of(destination.route()));
        new Deliverer(ledger, "MYONODE", List.of(destination), Deliverer.Timeouts.DEFAULT).deliverDue();
    }

    private List<OutputObject> write(SegmentationForm form, String suffix) throws IOException {
        Map<String, DicomFile> files = new ResultSet(form).files();
        List<OutputObject> outputs = new ArrayList<>();
        for (String name :
                suffix.isEmpty() ? List.of("seg", "sr", "rtstruct", "sc") : List.of("seg", "sr", "rtstruct")) {
            Path file = folder.resolve(name + suffix + ".dcm");
            DicomFile object = files.get(name);
            Part10.write(file, object);
            byUid.put(object.sopInstanceUid(), object);
            outputs.add(new OutputObject(
                    name.toUpperCase(java.util.Locale.ROOT) + suffix,
                    object.sopClassUid(),
                    object.sopInstanceUid(),
                    file,
                    ModelPackage.digest(file)));
        }
        return outputs;
    }
}
