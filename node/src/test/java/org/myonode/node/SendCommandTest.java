package org.myonode.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.dicom.net.AssociationPolicy;
import org.myonode.dicom.net.DicomListener;
import org.myonode.dicom.net.DimseStatus;
import org.myonode.dicom.net.ListenerConfig;
import org.myonode.dicom.net.StoreHandler;
import org.myonode.dicom.net.StoreRequest;

/** {@code myonode send} as a user calls it. */
class SendCommandTest {

    private static final int FILES = 40;

    @TempDir
    Path folder;

    @Test
    void a_folder_is_sent_and_what_is_refused_is_named() throws IOException {
        Set<String> stored = ConcurrentHashMap.newKeySet();
        Cli.Output sent = send((request, dataSet) -> {
            dataSet.readAllBytes();
            stored.add(request.sopInstanceUid());
            return number(request) % 10 == 3 ? DimseStatus.OUT_OF_RESOURCES.with("full") : DimseStatus.SUCCESS;
        });
        assertThat(sent.exitCode()).isEqualTo(1);
        assertThat(sent.text()).contains("36 of 40 instances sent").contains("not sent: " + file(13) + ": A700");
        assertThat(notSent(sent)).containsExactlyInAnyOrder(3, 13, 23, 33);
        assertThat(stored).hasSize(FILES);
    }

    @Test
    void when_the_connection_is_lost_all_that_is_not_confirmed_is_named() throws IOException {
        Set<Integer> stored = ConcurrentHashMap.newKeySet();
        Cli.Output sent = send(new StoreHandler() {
            @Override
            public DimseStatus store(StoreRequest request, InputStream dataSet) throws IOException {
                if (stored.size() == 20) {
                    throw new AssertionError("ends the association");
                }
                dataSet.readAllBytes();
                stored.add(number(request));
                return DimseStatus.SUCCESS;
            }
        });
        assertThat(sent.exitCode()).isEqualTo(1);
        List<Integer> notSent = notSent(sent);
        assertThat(sent.text()).contains(FILES - notSent.size() + " of 40 instances sent");
        assertThat(notSent).hasSizeGreaterThanOrEqualTo(20);
        for (int number = 0; number < FILES; number++) {
            assertThat(notSent.contains(number) || stored.contains(number))
                    .as("file %d is confirmed and not kept", number)
                    .isTrue();
        }
    }

    private Cli.Output send(StoreHandler handler) throws IOException {
        for (int i = 0; i < FILES; i++) {
            DataSet image = new DataSet()
                    .set(Tag.SOPClassUID, UID.CTImageStorage)
                    .set(Tag.SOPInstanceUID, "1.2.3." + i)
                    .set(Tag.StudyInstanceUID, "1.2.3")
                    .set(Tag.SeriesInstanceUID, "1.2.3.0")
                    .set(Tag.Modality, "CT");
            Part10.write(file(i), Part10.of(image, UID.ExplicitVRLittleEndian));
        }
        try (DicomListener listener =
                DicomListener.start(ListenerConfig.of("PACS", 0), AssociationPolicy.anyone(), handler)) {
            return Cli.run("send", folder.toString(), "--to", "PACS@127.0.0.1:" + listener.port());
        }
    }

    private Path file(int number) {
        return folder.resolve(number + ".dcm");
    }

    private static int number(StoreRequest request) {
        return Integer.parseInt(request.sopInstanceUid().substring("1.2.3.".length()));
    }

    private static List<Integer> notSent(Cli.Output sent) {
        return Pattern.compile("not sent: .*/([0-9]+)\\.dcm")
                .matcher(sent.text())
                .results()
                .map(found -> Integer.parseInt(found.group(1)))
                .toList();
    }
}
