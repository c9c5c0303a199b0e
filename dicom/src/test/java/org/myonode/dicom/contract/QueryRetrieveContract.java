package org.myonode.dicom.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.myonode.dicom.contract.NetworkToolkit.Context;
import org.myonode.dicom.contract.NetworkToolkit.Retrieval;
import org.myonode.dicom.net.AeAddress;
import org.myonode.dicom.peers.DcmtkQrScp;

/** C-FIND, C-MOVE and C-GET as user (PS3.4 annex C), of DCMTK's archive. */
@Timeout(60)
public abstract class QueryRetrieveContract {
    private static final String FIND = "1.2.840.10008.5.1.4.1.2.2.1";
    private static final String MOVE = "1.2.840.10008.5.1.4.1.2.2.2";
    private static final String GET = "1.2.840.10008.5.1.4.1.2.2.3";
    private static final int STUDY_DATE = 0x00080020;
    private static final int STUDY_ID = 0x00200010;

    @TempDir
    Path folder;

    private final Map<String, byte[]> kept = new ConcurrentHashMap<>();

    /** The implementation under test. */
    protected abstract NetworkToolkit toolkit();

    private int keep(String uid, String transferSyntax, byte[] dataSet) {
        kept.put(uid, dataSet);
        return 0;
    }

    private static Map<Integer, Value> image(String uid) {
        Map<Integer, Value> image = new HashMap<>(PartTenContract.instance(uid));
        image.put(STUDY_DATE, Value.texts("DA", "20260102"));
        image.put(STUDY_ID, Value.texts("SH", "1"));
        image.put(PartTenContract.PATIENT_NAME, Value.texts("PN", "Test^Contract"));
        return image;
    }

    private NetworkToolkit.User associate(DcmtkQrScp archive, NetworkToolkit.Store incoming, Context... contexts)
            throws Exception {
        return toolkit()
                .associate(archive.address().port(), archive.address().aeTitle(), List.of(contexts), incoming)
                .orElseThrow();
    }

    @Test
    void an_archive_is_queried_and_gives_and_moves() throws Exception {
        assumeTrue(DcmtkQrScp.isInstalled(), "dcmqrscp is not installed");
        try (NetworkToolkit.Provider provider =
                        toolkit().listen("MOVED", this::keep, AssociationContract.NO_COMMITMENT);
                DcmtkQrScp archive = DcmtkQrScp.start(
                        folder, Map.of("here", new AeAddress("MOVED", "127.0.0.1", provider.port())))) {
            try (NetworkToolkit.User user =
                    associate(archive, AssociationContract.REFUSING, Context.of(AssociationContract.CT))) {
                for (String uid : List.of("1.2.3.1", "1.2.3.2", "1.2.3.3")) {
                    assertThat(user.store(toolkit().write(image(uid), AssociationContract.EXPLICIT)))
                            .isZero();
                }
            }
            find(archive);
            get(archive);
            kept.clear();
            move(archive);
        }
    }

    private void find(DcmtkQrScp archive) throws Exception {
        try (NetworkToolkit.User user = associate(archive, AssociationContract.REFUSING, Context.of(FIND))) {
            List<Map<Integer, Value>> studies = user.find(
                    "STUDY",
                    Map.of(
                            PartTenContract.STUDY,
                            Value.texts("UI", "1.2.3"),
                            PartTenContract.PATIENT_ID,
                            Value.texts("LO")));
            assertThat(studies)
                    .singleElement()
                    .satisfies(study ->
                            assertThat(study).containsEntry(PartTenContract.PATIENT_ID, Value.texts("LO", "77")));
            assertThat(user.find("STUDY", Map.of(PartTenContract.STUDY, Value.texts("UI", "1.2.4"))))
                    .isEmpty();
        }
    }

    private void get(DcmtkQrScp archive) throws Exception {
        Context[] contexts = {
            Context.of(GET), new Context(AssociationContract.CT, List.of(AssociationContract.EXPLICIT), true)
        };
        try (NetworkToolkit.User user = associate(archive, this::keep, contexts)) {
            assertThat(user.get("1.2.3")).isEqualTo(new Retrieval(0, 3, 0));
        }
        assertThat(kept).containsOnlyKeys("1.2.3.1", "1.2.3.2", "1.2.3.3");
        NetworkToolkit.Store one = (uid, syntax, dataSet) -> uid.equals("1.2.3.2") ? 0xA700 : 0;
        try (NetworkToolkit.User user = associate(archive, one, contexts)) {
            Retrieval partly = user.get("1.2.3");
            assertThat(partly.failed()).as(partly.toString()).isPositive();
            assertThat(partly.status()).isNotZero();
        }
    }

    private void move(DcmtkQrScp archive) throws Exception {
        try (NetworkToolkit.User user = associate(archive, AssociationContract.REFUSING, Context.of(MOVE))) {
            assertThat(user.move("1.2.3", "MOVED")).isEqualTo(new Retrieval(0, 3, 0));
            assertThat(kept).containsOnlyKeys("1.2.3.1", "1.2.3.2", "1.2.3.3");
        }
        try (NetworkToolkit.User user = associate(archive, AssociationContract.REFUSING, Context.of(MOVE))) {
            assertThat(user.move("1.2.3", "NOBODY").status()).isEqualTo(0xA801);
        }
    }
}
