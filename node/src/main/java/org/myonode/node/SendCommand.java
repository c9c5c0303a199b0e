package org.myonode.node;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.myonode.dicom.net.AeAddress;
import org.myonode.dicom.net.Association;
import org.myonode.dicom.net.AssociationConfig;
import org.myonode.dicom.net.AssociationException;
import org.myonode.dicom.net.ListenerConfig;
import org.myonode.dicom.net.NoPresentationContextException;
import org.myonode.dicom.net.PresentationContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "send",
        mixinStandardHelpOptions = true,
        description = {
            "Sends every DICOM file below a folder to a node by C-STORE.",
            "Ends with 1 when a file was refused or is no DICOM file; the others are sent all the same. When the"
                    + " connection is lost, every file that the node has not confirmed is named."
        })
final class SendCommand implements Callable<Integer> {

    @Parameters(paramLabel = "FOLDER", description = "folder, or one file")
    private Path folder;

    @Option(
            names = "--to",
            required = true,
            paramLabel = "AE@host:port",
            description = "the receiver",
            converter = AeAddressConverter.class)
    private AeAddress receiver;

    @Option(
            names = "--calling",
            paramLabel = "AE",
            defaultValue = "MYONODE",
            description = "own AE title (default: ${DEFAULT-VALUE})")
    private String calling;

    @Mixin
    private final TlsOptions tls = new TlsOptions();

    @Override
    public Integer call() throws Exception {
        DicomFolder found = DicomFolder.scan(folder);
        List<String> failures = new ArrayList<>(found.refused());
        long started = System.nanoTime();
        int sent;
        try (Association association = open(receiver, calling, found.files(), tls);
                Bar bar = new Bar("Sending", found.files().size(), "instances")) {
            sent = send(association, found.files(), failures, bar);
        }
        System.out.printf(
                "%d of %d instances sent to %s in %.1f s%n",
                sent, found.files().size(), receiver, (System.nanoTime() - started) / 1e9);
        failures.forEach(failure -> System.err.println("not sent: " + failure));
        return failures.isEmpty() ? Main.OK : Main.FAILED;
    }

    /** Sends several at a time where the receiver agrees; returns how many it has confirmed, and adds all others. */
    private static int send(Association association, List<Path> files, List<String> failures, Bar bar)
            throws IOException {
        Set<Path> unconfirmed = new LinkedHashSet<>(files);
        AtomicInteger sent = new AtomicInteger();
        try {
            for (Path file : files) {
                try {
                    association.store(file, status -> {
                        unconfirmed.remove(file);
                        if (status.isSuccess() || status.isWarning()) {
                            sent.incrementAndGet();
                        } else {
                            failures.add(file + ": " + status);
                        }
                        bar.step();
                    });
                } catch (NoPresentationContextException e) {
                    unconfirmed.remove(file);
                    failures.add(file + ": " + e.getMessage());
                    bar.step();
                }
            }
            association.awaitResponses();
        } catch (AssociationException lost) {
            unconfirmed.forEach(file -> failures.add(file + ": " + lost.getMessage()));
        }
        return sent.get();
    }

    /** An association that can carry these files. */
    static Association open(AeAddress receiver, String calling, List<Path> files, TlsOptions tls) throws Exception {
        return Association.open(
                tls.apply(new AssociationConfig(receiver, calling, Duration.ofSeconds(10), Duration.ofSeconds(60))
                        .withMaxOperations(ListenerConfig.DEFAULT_MAX_OPERATIONS)),
                PresentationContext.forFiles(files));
    }
}
