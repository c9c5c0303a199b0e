package org.myonode.node;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.myonode.db.Database;
import org.myonode.db.Ledger;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomException;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.net.AeAddress;
import org.myonode.dicom.net.Association;
import org.myonode.dicom.net.AssociationConfig;
import org.myonode.dicom.net.AssociationException;
import org.myonode.dicom.net.AssociationInfo;
import org.myonode.dicom.net.DimseStatus;
import org.myonode.dicom.net.InformationModel;
import org.myonode.dicom.net.PresentationContext;
import org.myonode.dicom.net.QueryRetrieve;
import org.myonode.dicom.net.StoreHandler;
import org.myonode.dicom.net.StoreRequest;
import org.myonode.dicom.net.Tls;
import org.myonode.dicom.net.TransferCapabilities;
import org.myonode.storage.StorageConfig;
import org.myonode.storage.StorageScp;

/**
 * Where {@code pull} puts instances.
 *
 * @param handler takes what a C-GET brings, or what the command's own listener hears
 * @param destination the AE title to move to
 * @param isListening true when a node of that title runs already and needs no other listener
 */
record PullTarget(StoreHandler handler, String destination, boolean isListening, List<AutoCloseable> parts)
        implements AutoCloseable {

    private static final int HEAD = 256 * 1024;

    /** A folder: {@code STUDY/SERIES/INSTANCE.dcm}; what is there already is written anew. */
    static PullTarget folder(Path folder, String title) throws IOException {
        return new PullTarget(new Folder(Files.createDirectories(folder)), title, false, List.of());
    }

    /**
     * The node: the one that runs on this machine with this configuration, or else its store and ledger.
     *
     * @param archive where the instances come from, for the ledger
     */
    static PullTarget node(NodeConfig config, AeAddress archive, String title) throws IOException {
        String own = config.dicom().aeTitle();
        if (config.dicom().port() > 0) {
            AssociationConfig running = running(config, title);
            if (runs(running)) {
                Relay relay = new Relay(running);
                return new PullTarget(relay, own, true, List.of(relay));
            }
        }
        Clock clock = Clock.systemDefaultZone();
        Path directory = Files.createDirectories(config.storage().directory());
        Database database = Database.open(Node.databaseConfig(config), clock);
        try {
            StorageScp storage = new StorageScp(
                    new StorageConfig(
                            directory.resolve("instances"),
                            own,
                            new LinkedHashSet<>(config.dicom().callingAeTitles()),
                            config.storage().minimumFreeBytes()),
                    new Ledger(database, clock),
                    clock);
            return new PullTarget(from(archive, own, storage), own, false, List.of(storage, database));
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    /** How to call the node of this configuration on this machine; its certificate names another host than the loopback. */
    private static AssociationConfig running(NodeConfig config, String title) throws IOException {
        AssociationConfig plain = new AssociationConfig(
                new AeAddress(
                        config.dicom().aeTitle(), "127.0.0.1", config.dicom().port()),
                title,
                Duration.ofSeconds(10),
                Duration.ofSeconds(120));
        if (!config.tls().listener()) {
            return plain;
        }
        Tls.Settings settings = config.tls().settings();
        return plain.with(Tls.load(new Tls.Settings(settings.identity(), settings.trusted(), false, false)));
    }

    /**
     * False when nothing listens there.
     *
     * @throws IOException when something does and does not take us: its store must not be touched behind its back
     */
    private static boolean runs(AssociationConfig node) throws IOException {
        try (Association association = Association.open(node, List.of(PresentationContext.verification()))) {
            return association.echo().isSuccess();
        } catch (AssociationException e) {
            if (e.kind() == AssociationException.Kind.UNREACHABLE) {
                return false;
            }
            throw new IOException("what listens at " + node.to() + " does not take us: " + e.getMessage(), e);
        }
    }

    /** On a C-GET we called the archive; for the ledger the archive is the one that sends. */
    private static StoreHandler from(AeAddress archive, String own, StoreHandler store) {
        return new StoreHandler() {
            private AssociationInfo turned(AssociationInfo info) {
                return new AssociationInfo(
                        info.id(),
                        archive.aeTitle(),
                        own,
                        info.remoteAddress(),
                        info.remotePort(),
                        info.implementationClassUid(),
                        info.implementationVersionName());
            }

            @Override
            public DimseStatus store(StoreRequest request, InputStream dataSet) throws IOException {
                return store.store(
                        new StoreRequest(
                                turned(request.association()),
                                request.sopClassUid(),
                                request.sopInstanceUid(),
                                request.transferSyntax(),
                                request.messageId()),
                        dataSet);
            }

            @Override
            public void associationOpened(AssociationInfo association) {
                store.associationOpened(turned(association));
            }

            @Override
            public void associationClosed(AssociationInfo association, boolean aborted) {
                store.associationClosed(turned(association), aborted);
            }
        };
    }

    /** Counts what was kept. */
    static StoreHandler counting(StoreHandler handler, AtomicInteger kept) {
        return after(handler, kept::incrementAndGet);
    }

    /** Shows what was kept. */
    static StoreHandler showing(StoreHandler handler, Bar bar) {
        return after(handler, bar::step);
    }

    private static StoreHandler after(StoreHandler handler, Runnable kept) {
        return new StoreHandler() {
            @Override
            public DimseStatus store(StoreRequest request, InputStream dataSet) throws IOException {
                DimseStatus status = handler.store(request, dataSet);
                if (status.isSuccess() || status.isWarning()) {
                    kept.run();
                } else {
                    System.err.printf("not kept: %s: %s%n", request.sopInstanceUid(), status);
                }
                return status;
            }

            @Override
            public void associationOpened(AssociationInfo association) {
                handler.associationOpened(association);
            }

            @Override
            public void associationClosed(AssociationInfo association, boolean aborted) {
                handler.associationClosed(association, aborted);
            }
        };
    }

    @Override
    public void close() throws Exception {
        for (AutoCloseable part : parts) {
            part.close();
        }
    }

    /** Writes files. Thread-safe. */
    private record Folder(Path folder) implements StoreHandler {
        private static final Pattern UID = Pattern.compile("[0-9.]{1,64}");

        @Override
        public DimseStatus store(StoreRequest request, InputStream dataSet) throws IOException {
            InputStream in = new BufferedInputStream(dataSet, 1 << 16);
            String study;
            String series;
            try {
                DataSet head = Part10.peek(in, request.transferSyntax(), Tag.SeriesInstanceUID, HEAD);
                study = head.requireText(Tag.StudyInstanceUID);
                series = head.requireText(Tag.SeriesInstanceUID);
            } catch (DicomException e) {
                return DimseStatus.CANNOT_UNDERSTAND.with(String.valueOf(e.getMessage()));
            }
            if (!UID.matcher(study).matches() || !UID.matcher(series).matches()) {
                return DimseStatus.CANNOT_UNDERSTAND.with("Study or Series Instance UID is not a UID");
            }
            Path directory = Files.createDirectories(folder.resolve(study).resolve(series));
            Path unfinished = Files.createTempFile(directory, ".fetching-", ".tmp");
            try {
                writeFile(unfinished, request, in);
                Files.move(
                        unfinished,
                        directory.resolve(request.sopInstanceUid() + ".dcm"),
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(unfinished);
            }
            return DimseStatus.SUCCESS;
        }
    }

    private static void writeFile(Path file, StoreRequest request, InputStream dataSet) throws IOException {
        DataSet named = new DataSet()
                .set(Tag.SOPClassUID, request.sopClassUid())
                .set(Tag.SOPInstanceUID, request.sopInstanceUid());
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
            Part10.writeMeta(out, Part10.of(named, request.transferSyntax()).meta());
            dataSet.transferTo(out);
        }
    }

    /** Hands on to a running node by C-STORE, and gives back what it answers. One association at a time. */
    private static final class Relay implements StoreHandler, AutoCloseable {
        private final Path spool;
        private final Association node;

        Relay(AssociationConfig running) throws IOException {
            // The archive may send in each context of a C-GET; each of these has its like here.
            List<PresentationContext> contexts =
                    QueryRetrieve.getting(InformationModel.STUDY_ROOT, TransferCapabilities.storage()).stream()
                            .skip(2)
                            .map(context -> new PresentationContext(context.sopClassUid(), context.transferSyntaxes()))
                            .toList();
            this.node = Association.open(running, contexts);
            this.spool = Files.createTempDirectory("myonode-pull");
        }

        @Override
        public DimseStatus store(StoreRequest request, InputStream dataSet) throws IOException {
            Path file = spool.resolve(request.sopInstanceUid() + ".dcm");
            try {
                writeFile(file, request, dataSet);
                return node.store(file);
            } finally {
                Files.deleteIfExists(file);
            }
        }

        @Override
        public void close() throws IOException {
            node.close();
            Files.deleteIfExists(spool);
        }
    }
}
