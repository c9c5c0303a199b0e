package org.myonode.node;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.myonode.dicom.net.AeAddress;
import org.myonode.dicom.net.Association;
import org.myonode.dicom.net.AssociationConfig;
import org.myonode.dicom.net.DimseStatus;
import org.myonode.dicom.net.PresentationContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "echo", mixinStandardHelpOptions = true, description = "Asks a DICOM node whether it answers (C-ECHO).")
final class EchoCommand implements Callable<Integer> {

    @Parameters(paramLabel = "AE@host:port", description = "the node to ask", converter = AeAddressConverter.class)
    private AeAddress peer;

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
        long started = System.nanoTime();
        try (Association association = Association.open(
                tls.apply(new AssociationConfig(peer, calling, Duration.ofSeconds(10), Duration.ofSeconds(30))),
                List.of(PresentationContext.verification()))) {
            DimseStatus status = association.echo();
            System.out.printf("%s answered %s in %.0f ms%n", peer, status, (System.nanoTime() - started) / 1e6);
            return status.isSuccess() ? Main.OK : Main.FAILED;
        }
    }
}
