package org.myonode.node;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Part10;
import org.myonode.dicom.net.AeAddress;
import org.myonode.dicom.net.DicomListener;
import org.myonode.dicom.net.DimseStatus;
import org.myonode.dicom.net.ListenerConfig;
import org.myonode.dicom.net.StoreHandler;
import org.myonode.dicom.net.StoreRequest;
import org.myonode.dicom.net.TransferCapabilities;

/**
 * The PACS of the demonstration: takes every object and writes it to a folder, one file for each instance, named by
 * modality and UID.
 */
final class ReceivingPacs implements StoreHandler, AutoCloseable {

    private static final String AE_TITLE = "DEMO_PACS";

    private final Path folder;
    private final DicomListener listener;

    private ReceivingPacs(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.listener = DicomListener.start(
                new ListenerConfig(
                        AE_TITLE,
                        InetAddress.getLoopbackAddress(),
                        0,
                        ListenerConfig.DEFAULT_MAX_PDU,
                        16,
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(60),
                        TransferCapabilities.storage()),
                request -> Optional.empty(),
                this);
    }

    /** Listens on a free port of this machine. */
    static ReceivingPacs start(Path folder) throws IOException {
        return new ReceivingPacs(folder);
    }

    AeAddress address() {
        return new AeAddress(AE_TITLE, "127.0.0.1", listener.port());
    }

    @Override
    public DimseStatus store(StoreRequest request, InputStream dataSet) throws IOException {
        DicomFile received = Part10.of(Part10.readDataSet(dataSet, request.transferSyntax()), request.transferSyntax());
        String modality = received.dataSet()
                .text(org.myonode.dicom.Tag.Modality)
                .orElse("OT")
                .toLowerCase(java.util.Locale.ROOT);
        Path unfinished = Files.createTempFile(folder, ".receiving-", ".tmp");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(unfinished))) {
            Part10.write(out, received);
        }
        Files.move(
                unfinished,
                folder.resolve(modality + "-" + request.sopInstanceUid() + ".dcm"),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        return DimseStatus.SUCCESS;
    }

    @Override
    public void close() {
        listener.close();
    }
}
