package org.myonode.node.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.myonode.db.Database;
import org.myonode.db.DatabaseConfig;
import org.myonode.db.Ledger;
import org.myonode.dicom.net.DicomListener;
import org.myonode.dicom.net.ListenerConfig;
import org.myonode.dicom.net.TransferCapabilities;
import org.myonode.storage.StorageConfig;
import org.myonode.storage.StorageScp;

/**
 * The receiving half of the node as a process of its own, wired as the node wires it: listener, instance store, ledger.
 * Says {@code port N} on standard output and ends with its standard input.
 */
final class MyoNodeReceiver {

    /** A small heap, because the receiver needs no large one, and the collector that costs least with it. */
    static final List<String> JAVA_OPTIONS = List.of("-Xmx96m", "-XX:+UseSerialGC");

    /** Begins the line with the port. */
    static final String PORT = "port ";

    private static final Duration WAIT = Duration.ofSeconds(60);
    private static final int ASSOCIATIONS = 64;
    private static final int CONNECTIONS = 16;

    private MyoNodeReceiver() {}

    /** Arguments: folder, AE title, JDBC URL. */
    public static void main(String[] arguments) throws IOException {
        try (Database database = Database.open(
                        new DatabaseConfig(arguments[2], null, null, Path.of(arguments[0]), CONNECTIONS),
                        Clock.systemUTC());
                StorageScp storage = new StorageScp(
                        new StorageConfig(Path.of(arguments[0], "instances"), arguments[1], Set.of(), 0),
                        new Ledger(database, Clock.systemUTC()),
                        Clock.systemUTC());
                DicomListener listener = DicomListener.start(
                        new ListenerConfig(
                                arguments[1],
                                InetAddress.getLoopbackAddress(),
                                0,
                                ListenerConfig.DEFAULT_MAX_PDU,
                                ASSOCIATIONS,
                                WAIT,
                                WAIT,
                                TransferCapabilities.storage()),
                        storage,
                        storage)) {
            System.out.println(PORT + listener.port());
            System.out.flush();
            while (System.in.read() >= 0) {
                // only its end means something
            }
        }
    }
}
