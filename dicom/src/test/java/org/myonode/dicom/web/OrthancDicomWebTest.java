package org.myonode.dicom.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.dicom.VR;
import org.myonode.dicom.peers.Orthanc;

class OrthancDicomWebTest {
    private static final String STUDY = "1.2.826.0.1.3680043.8.498.77";

    @TempDir
    Path folder;

    @Test
    void orthancTakesWhatWeStoreAndFindsIt() throws Exception {
        assumeTrue(Orthanc.isInstalled(), "Orthanc is not installed");
        assumeTrue(Orthanc.dicomWebPlugin().isPresent(), "orthanc-dicomweb is not installed");
        try (Orthanc orthanc = Orthanc.startWithDicomWeb(folder)) {
            DicomWebClient client = new DicomWebClient(new DicomWebClient.Service(
                    URI.create(orthanc.rest() + "/dicom-web"),
                    Optional.empty(),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(30)));
            DataSet image = new DataSet()
                    .set(Tag.SpecificCharacterSet, "ISO_IR 100")
                    .set(Tag.SOPClassUID, UID.SecondaryCaptureImageStorage)
                    .set(Tag.SOPInstanceUID, STUDY + ".1.1")
                    .set(Tag.Modality, "OT")
                    .set(Tag.PatientName, "Größe^Prüfung")
                    .set(Tag.PatientID, "P77")
                    .set(Tag.StudyInstanceUID, STUDY)
                    .set(Tag.SeriesInstanceUID, STUDY + ".1")
                    .setBytes(Tag.EncapsulatedDocument, VR.OB, new byte[3 << 20]);
            Path file = folder.resolve("one.dcm");
            Part10.write(file, Part10.of(image, UID.ExplicitVRLittleEndian));

            assertThat(client.has(STUDY, STUDY + ".1.1")).isFalse();
            assertThat(client.store(file).isSuccess()).isTrue();
            assertThat(client.store(file).isSuccess()).as("once more").isTrue();
            assertThat(client.has(STUDY, STUDY + ".1.1")).isTrue();
            assertThat(client.has(STUDY, STUDY + ".1.2")).isFalse();

            List<DataSet> studies = client.search("/studies", Map.of("PatientID", "P77", "includefield", "all"));
            assertThat(studies).hasSize(1);
            assertThat(studies.get(0).text(Tag.PatientName)).contains("Größe^Prüfung");
            assertThat(studies.get(0).integer(Tag.NumberOfStudyRelatedInstances))
                    .hasValue(1);

            DataSet withoutStudy = image.copy().remove(Tag.EncapsulatedDocument).remove(Tag.SOPInstanceUID);
            assertThatThrownBy(() -> client.store(Part10.of(withoutStudy, UID.ExplicitVRLittleEndian)))
                    .hasMessageContaining("SOPInstanceUID (0008,0018)");
        }
    }
}
