package org.myonode.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.myonode.dicom.net.DicomListener;
import org.myonode.dicom.net.ListenerConfig;
import org.myonode.dicom.net.Performers;
import org.myonode.dicom.net.TransferCapabilities;

final class DoctorCommandTest {

    @TempDir
    Path directory;

    @Test
    void aMachineThatHidesItsCachesIsKnownByItsEmptyFolder() throws IOException {
        Path processor = Files.createDirectory(directory.resolve("cpu0"));

        assertThat(DoctorCommand.hidesCaches(directory.resolve("no Linux"))).isFalse();
        assertThat(DoctorCommand.hidesCaches(processor)).isTrue();
        Files.createDirectory(processor.resolve("cache"));
        assertThat(DoctorCommand.hidesCaches(processor)).isFalse();
    }

    @Test
    void aPortInUseIsWellWhenTheNodeItselfAnswersThereAndWrongWhenAnotherProgramDoes() throws Exception {
        try (DicomListener own = DicomListener.start(
                        new ListenerConfig(
                                "MYONODE",
                                InetAddress.getLoopbackAddress(),
                                0,
                                ListenerConfig.DEFAULT_MAX_PDU,
                                4,
                                Duration.ofSeconds(10),
                                Duration.ofSeconds(10),
                                TransferCapabilities.storage()),
                        request -> Optional.empty(),
                        Performers.none());
                ServerSocket stranger = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread hangsUp = new Thread(() -> {
                try (Socket caller = stranger.accept()) {
                    caller.shutdownOutput();
                } catch (IOException closed) {
                    // the test is over
                }
            });
            hangsUp.start();
            Path file = Files.writeString(directory.resolve("node.conf"), """
                    dicom { aeTitle = MYONODE, bind = "127.0.0.1", port = %d }
                    web { bind = "127.0.0.1", port = %d }
                    storage.directory = "%s"
                    """.formatted(
                            own.port(), stranger.getLocalPort(), directory.resolve("store")));

            Cli.Output output = Cli.run("doctor", "--config", file.toString());

            assertThat(output.text())
                    .containsPattern("ok +dicom port +127.0.0.1:" + own.port() + " is in use by the running node")
                    .containsPattern(
                            "WRONG +web port +127.0.0.1:" + stranger.getLocalPort() + " is in use, and not by");
            assertThat(output.exitCode()).isEqualTo(1);
            hangsUp.join();
        }
    }
}
