package org.myonode.dicom.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.dicom.VR;
import org.myonode.dicom.peers.DcmtkQrScp;
import org.myonode.dicom.peers.Orthanc;

/** C-FIND, C-MOVE and C-GET with the archives that are installed. */
class QueryRetrievePeersTest {
    private static final String STUDY = "1.2.826.0.1.3680043.8.498.11";
    private static final int IMAGES = 12;

    @TempDir
    Path folder;

    @Test
    void dcmtkIsQueriedAndGivesAndMoves() throws Exception {
        assumeTrue(DcmtkQrScp.isInstalled(), "dcmqrscp is not installed");
        MemoryStore moved = new MemoryStore();
        try (DicomListener listener = listener(moved);
                DcmtkQrScp archive = DcmtkQrScp.start(
                        folder,
                        Map.of(
                                "here", new AeAddress("MYONODE", "127.0.0.1", listener.port()),
                                "gone", new AeAddress("GONE", "127.0.0.1", 1)))) {
            fill(archive.address());
            query(archive.address(), "no such patient");
            get(archive.address());
            move(archive.address(), moved);

            try (Association association = open(archive.address(), new MemoryStore())) {
                RetrieveResult unknown =
                        new QueryRetrieve(association).move(Query.study(STUDY), "NOBODY", soFar -> true);
                assertThat(unknown.outcome())
                        .as(unknown + "\n" + archive.log())
                        .isEqualTo(QueryStatus.MOVE_DESTINATION_UNKNOWN);
            }
            try (Association association = open(archive.address(), new MemoryStore())) {
                RetrieveResult gone = new QueryRetrieve(association).move(Query.study(STUDY), "GONE", soFar -> true);
                assertThat(gone.isComplete()).as(gone.toString()).isFalse();
            }
        }
    }

    @Test
    void orthancIsQueriedAndGivesAndMoves() throws Exception {
        assumeTrue(Orthanc.isInstalled(), "Orthanc is not installed");
        MemoryStore moved = new MemoryStore();
        try (DicomListener listener = listener(moved);
                Orthanc archive =
                        Orthanc.start(folder, Map.of("here", new AeAddress("MYONODE", "127.0.0.1", listener.port())))) {
            fill(archive.address());
            query(archive.address(), "no such patient");
            get(archive.address());
            move(archive.address(), moved);

            try (Association association = open(archive.address(), new MemoryStore())) {
                RetrieveResult unknown =
                        new QueryRetrieve(association).move(Query.study(STUDY), "NOBODY", soFar -> true);
                assertThat(unknown.isComplete()).as(unknown.toString()).isFalse();
            }
        }
    }

    private static void query(AeAddress archive, String nobody) throws IOException {
        try (Association association = open(archive, new MemoryStore())) {
            QueryRetrieve query = new QueryRetrieve(association);
            List<DataSet> studies = query.find(Query.study(
                    STUDY, Tag.PatientID, Tag.NumberOfStudyRelatedInstances, Tag.NumberOfStudyRelatedSeries));
            assertThat(studies).hasSize(1);
            assertThat(studies.get(0).text(Tag.PatientID)).contains("P11");
            assertThat(query.find(Query.seriesOf(STUDY, Tag.Modality)))
                    .extracting(series -> series.requireText(Tag.SeriesInstanceUID))
                    .containsExactlyInAnyOrder(STUDY + ".1", STUDY + ".2");
            assertThat(query.find(Query.instance(STUDY, STUDY + ".1", STUDY + ".1.3")))
                    .hasSize(1);
            assertThat(query.find(Query.instance(STUDY, STUDY + ".1", STUDY + ".1.99")))
                    .isEmpty();
            DataSet keys = new DataSet().set(Tag.PatientID, nobody).setEmpty(Tag.StudyInstanceUID);
            FindResult empty =
                    query.find(new Query(InformationModel.STUDY_ROOT, QueryRetrieveLevel.STUDY, keys), match -> true);
            assertThat(empty.isComplete()).isTrue();
            assertThat(empty.matches()).isZero();
        }
    }

    private static void get(AeAddress archive) throws IOException {
        MemoryStore got = new MemoryStore();
        try (Association association = open(archive, got)) {
            List<SubOperations> progress = new ArrayList<>();
            RetrieveResult result = new QueryRetrieve(association).get(Query.study(STUDY), progress::add);
            assertThat(result.isComplete()).as(result.toString()).isTrue();
            assertThat(got.dataSets).hasSize(IMAGES);
            assertThat(Part10.readDataSet(got.dataSets.get(STUDY + ".1.1"), UID.ExplicitVRLittleEndian)
                            .bytes(Tag.PixelData))
                    .isEqualTo(image(1, 1).bytes(Tag.PixelData));

            RetrieveResult nothing = new QueryRetrieve(association).get(Query.study(STUDY + ".99"), soFar -> true);
            assertThat(nothing.subOperations().completed())
                    .as(nothing.toString())
                    .isZero();
            assertThat(association.info().calledAeTitle()).isEqualTo(archive.aeTitle());
        }
        // one that cannot be kept: the others come, and the end says so
        MemoryStore full = new MemoryStore();
        StoreHandler refusing = new StoreHandler() {
            @Override
            public DimseStatus store(StoreRequest request, InputStream dataSet) throws IOException {
                return request.sopInstanceUid().equals(STUDY + ".1.2")
                        ? DimseStatus.OUT_OF_RESOURCES
                        : full.store(request, dataSet);
            }
        };
        try (Association association = open(archive, refusing)) {
            RetrieveResult partly = new QueryRetrieve(association).get(Query.study(STUDY), soFar -> true);
            assertThat(partly.isComplete()).as(partly.toString()).isFalse();
            assertThat(full.dataSets).doesNotContainKey(STUDY + ".1.2");
        }
    }

    private static void move(AeAddress archive, MemoryStore moved) throws IOException {
        try (Association association = open(archive, new MemoryStore())) {
            RetrieveResult result = new QueryRetrieve(association).move(Query.study(STUDY), "MYONODE", soFar -> true);
            assertThat(result.isComplete()).as(result.toString()).isTrue();
            assertThat(moved.dataSets).hasSize(IMAGES);
        }
    }

    private static void fill(AeAddress archive) throws IOException {
        try (Association association = Association.open(
                archive,
                "MYONODE",
                PresentationContext.storage(UID.CTImageStorage, List.of(UID.ExplicitVRLittleEndian)),
                Duration.ofSeconds(5),
                Duration.ofSeconds(20))) {
            for (int series = 1; series <= 2; series++) {
                for (int number : IntStream.rangeClosed(1, IMAGES / 2).toArray()) {
                    assertThat(association
                                    .store(Part10.of(image(series, number), UID.ExplicitVRLittleEndian))
                                    .isSuccess())
                            .isTrue();
                }
            }
        }
    }

    private static DataSet image(int series, int number) {
        byte[] pixels = new byte[32 * 32 * 2];
        new java.util.Random(series * 100L + number).nextBytes(pixels);
        return new DataSet()
                .set(Tag.SOPClassUID, UID.CTImageStorage)
                .set(Tag.SOPInstanceUID, STUDY + "." + series + "." + number)
                .set(Tag.StudyDate, "20260102")
                .set(Tag.StudyTime, "030405")
                .set(Tag.AccessionNumber, "A11")
                .set(Tag.Modality, "CT")
                .set(Tag.PatientName, "Doe^Jane")
                .set(Tag.PatientID, "P11")
                .set(Tag.StudyInstanceUID, STUDY)
                .set(Tag.SeriesInstanceUID, STUDY + "." + series)
                .set(Tag.StudyID, "1")
                .set(Tag.SeriesNumber, series)
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

    private static DicomListener listener(StoreHandler handler) throws IOException {
        return DicomListener.start(
                new ListenerConfig(
                        "MYONODE",
                        InetAddress.getLoopbackAddress(),
                        0,
                        ListenerConfig.DEFAULT_MAX_PDU,
                        4,
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(30),
                        TransferCapabilities.storage()),
                request -> java.util.Optional.empty(),
                handler);
    }

    private static Association open(AeAddress archive, StoreHandler handler) throws IOException {
        List<PresentationContext> contexts = new ArrayList<>(QueryRetrieve.getting(
                InformationModel.STUDY_ROOT,
                List.of(new TransferCapability(UID.CTImageStorage, TransferSyntaxes.BY_PREFERENCE))));
        contexts.addAll(QueryRetrieve.moving(InformationModel.STUDY_ROOT));
        return Association.open(
                new AssociationConfig(archive, "MYONODE", Duration.ofSeconds(5), Duration.ofSeconds(20)),
                contexts,
                Performers.storing(handler));
    }
}
