package org.myonode.node;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.myonode.dicom.net.AeAddress;
import org.myonode.dicom.net.Association;
import org.myonode.dicom.net.AssociationConfig;
import org.myonode.dicom.net.DimseStatus;
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
            "Ends with 1 when a file was refused or is no DICOM file; the others are sent all the same."
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
        int sent = 0;
        try (Association association = open(receiver, calling, found.files(), tls);
                Bar bar = new Bar("Sending", found.files().size(), "instances")) {
            for (Path file : found.files()) {
                try {
                    DimseStatus status = association.store(file);
                    if (status.isSuccess() || status.isWarning()) {
                        sent++;
                    } else {
                        failures.add(file + ": " + status);
                    }
                } catch (NoPresentationContextException e) {
                    failures.add(file + ": " + e.getMessage());
                }
                bar.step();
            }
        }
        System.out.printf(
                "%d of %d instances sent to %s in %.1f s%n",
                sent, found.files().size(), receiver, (System.nanoTime() - started) / 1e9);
        failures.forEach(failure -> System.err.println("not sent: " + failure));
        return failures.isEmpty() ? Main.OK : Main.FAILED;
    }

    /** An association that can carry these files. */
    static Association open(AeAddress receiver, String calling, List<Path> files, TlsOptions tls) throws Exception {
        return Association.open(
                tls.apply(new AssociationConfig(receiver, calling, Duration.ofSeconds(10), Duration.ofSeconds(60))),
                PresentationContext.forFiles(files));
    }
}
