package org.myonode.node;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Part10;
import org.myonode.dicom.net.AeAddress;
import org.myonode.dicom.net.Association;
import org.myonode.dicom.net.AssociationInfo;
import org.myonode.dicom.net.DicomListener;
import org.myonode.dicom.net.DimseStatus;
import org.myonode.dicom.net.ListenerConfig;
import org.myonode.dicom.net.Performers;
import org.myonode.dicom.net.StorageCommitment;
import org.myonode.dicom.net.StoreHandler;
import org.myonode.dicom.net.StoreRequest;
import org.myonode.dicom.net.TransferCapabilities;
import org.myonode.dicom.net.TransferCapability;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The PACS of the demonstration: takes every object and writes it to a folder, one file for each instance, named by
 * modality and UID. Asked for storage commitment, it looks whether the files are there and reports on an association of
 * its own, as most archives do.
 */
final class ReceivingPacs implements StoreHandler, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ReceivingPacs.class);

    private static final String AE_TITLE = "DEMO_PACS";

    private final Path folder;
    private final DicomListener listener;
    private final CompletableFuture<AeAddress> node = new CompletableFuture<>();
    private final ExecutorService reporter =
            Executors.newSingleThreadExecutor(task -> new Thread(task, "demo-pacs-reporter"));

    private ReceivingPacs(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        List<TransferCapability> capabilities = new ArrayList<>(TransferCapabilities.storage());
        capabilities.add(StorageCommitment.providerCapability());
        this.listener = DicomListener.start(
                new ListenerConfig(
                        AE_TITLE,
                        InetAddress.getLoopbackAddress(),
                        0,
                        ListenerConfig.DEFAULT_MAX_PDU,
                        16,
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(60),
                        capabilities),
                request -> Optional.empty(),
                Performers.storing(this).with(StorageCommitment.provider(this::requested)));
    }

    /** Listens on a free port of this machine. */
    static ReceivingPacs start(Path folder) throws IOException {
        return new ReceivingPacs(folder);
    }

    AeAddress address() {
        return new AeAddress(AE_TITLE, "127.0.0.1", listener.port());
    }

    /** Where the node that asks for commitment listens. */
    void reportTo(AeAddress address) {
        node.complete(address);
    }

    private DimseStatus requested(AssociationInfo association, StorageCommitment.Request request) {
        reporter.execute(() -> report(request));
        return DimseStatus.SUCCESS;
    }

    private void report(StorageCommitment.Request request) {
        List<StorageCommitment.Reference> kept =
                request.references().stream().filter(this::isKept).toList();
        List<StorageCommitment.Failure> failed = request.references().stream()
                .filter(reference -> !kept.contains(reference))
                .map(reference -> new StorageCommitment.Failure(reference, DimseStatus.NO_SUCH_SOP_INSTANCE.code()))
                .toList();
        try (Association association = Association.open(
                node.get(1, TimeUnit.MINUTES),
                AE_TITLE,
                List.of(StorageCommitment.reportingContext()),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30))) {
            DimseStatus status = association.invoke(StorageCommitment.eventReport(
                    new StorageCommitment.Report(request.transactionUid(), kept, failed)));
            if (!status.isSuccess()) {
                log.warn("the node answered {} to a commitment report", status);
            }
        } catch (IOException | ExecutionException | TimeoutException e) {
            // The node asks again when its patience ends.
            log.warn("a commitment report could not be sent: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isKept(StorageCommitment.Reference reference) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(
                    file -> file.getFileName().toString().endsWith("-" + reference.sopInstanceUid() + ".dcm"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
        reporter.shutdownNow();
    }
}
