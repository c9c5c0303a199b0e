package org.myonode.dicom.net;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.sun.management.UnixOperatingSystemMXBean;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.myonode.dicom.Mutations;
import org.slf4j.LoggerFactory;

/**
 * Byte streams of whole associations, damaged, against a real listener. Each must end as the standard says: rejected,
 * aborted, released, answered with a status, or closed because the peer closed; and nothing may remain of it.
 */
final class MutatedAssociationsTest {
    private static final int PEERS = 8;

    /** How a stream ended, by the last PDU the listener sent before the connection closed. */
    private enum Ending {
        REJECTED,
        ABORTED,
        RELEASED,
        ANSWERED,
        ACCEPTED,
        CLOSED
    }

    @Test
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void every_stream_ends_in_a_reject_an_abort_or_a_status() throws Exception {
        Logger root = (Logger) LoggerFactory.getLogger("org.myonode");
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        logged.start();
        Level level = root.getLevel();
        root.setLevel(Level.ERROR);
        root.addAppender(logged);
        ListenerConfig config = new ListenerConfig(
                "MYONODE",
                InetAddress.getLoopbackAddress(),
                0,
                32768,
                2 * PEERS,
                Duration.ofMillis(150),
                Duration.ofMillis(300),
                TransferCapabilities.storage());
        ExecutorService peers = Executors.newFixedThreadPool(PEERS);
        int threadsBefore = dicomThreads();
        long descriptorsBefore = openDescriptors();
        Map<Ending, Integer> endings = new EnumMap<>(Ending.class);
        try (DicomListener listener = DicomListener.start(config, AssociationPolicy.anyone(), new MemoryStore())) {
            List<Future<Ending>> results = new ArrayList<>();
            for (int i = 0; i < Mutations.count(); i++) {
                int seed = i;
                results.add(peers.submit(() -> play(listener.port(), seed)));
            }
            for (int i = 0; i < results.size(); i++) {
                try {
                    endings.merge(results.get(i).get(), 1, Integer::sum);
                } catch (Exception e) {
                    throw new AssertionError("stream " + i, e);
                }
            }
            await(() -> listener.associationCount() == 0);
            try (Wire wire = new Wire(listener.port()).associate()) {
                wire.send(PduEncoder.encode(new Pdu.ReleaseRequest()));
                assertThat(wire.readPdu()).isEqualTo(PduEncoder.encode(new Pdu.ReleaseResponse()));
            }
        } finally {
            peers.shutdownNow();
            root.detachAppender(logged);
            root.setLevel(level);
        }
        System.out.println("mutated associations ended " + endings);
        assertThat(logged.list).extracting(ILoggingEvent::getFormattedMessage).isEmpty();
        await(() -> dicomThreads() == threadsBefore);
        await(() -> openDescriptors() <= descriptorsBefore);
        assertThat(endings).containsKeys(Ending.REJECTED, Ending.ABORTED, Ending.RELEASED, Ending.ANSWERED);
    }

    private static Ending play(int port, int seed) throws Exception {
        Random random = new Random(seed);
        byte[] stream = Mutations.mutate(random, association(random), association(random));
        boolean staysOpen = random.nextInt(4) == 0;
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            // Longer than ARTIM and idle timer together: whoever is not answered by then never will be.
            socket.setSoTimeout(20_000);
            try {
                socket.getOutputStream().write(stream);
                if (!staysOpen) {
                    socket.shutdownOutput();
                }
            } catch (SocketException closed) {
                // aborted and closed while we were still writing
            }
            return ending(socket.getInputStream());
        }
    }

    /** Reads what the listener says, all of it well formed, until it closes. */
    private static Ending ending(InputStream in) throws IOException {
        Ending ending = Ending.CLOSED;
        try {
            for (int type = in.read(); type >= 0; type = in.read()) {
                byte[] header = in.readNBytes(5);
                int length = (header[3] & 0xFF) << 8 | header[4] & 0xFF;
                byte[] body = in.readNBytes(length);
                if (body.length < length) {
                    throw new EOFException("a PDU of type " + type + " is cut off");
                }
                if (type == Pdu.P_DATA_TF) {
                    CommandSet answer = CommandSet.decode(Arrays.copyOfRange(body, 6, body.length));
                    assertThat(answer.integerOr(CommandSet.COMMAND_FIELD, 0) & CommandSet.RESPONSE)
                            .isNotZero();
                    assertThat(answer.integerOr(CommandSet.STATUS, -1)).isNotNegative();
                    ending = Ending.ANSWERED;
                    continue;
                }
                PduDecoder.decode(type, body);
                ending = switch (type) {
                    case Pdu.ASSOCIATE_AC -> Ending.ACCEPTED;
                    case Pdu.ASSOCIATE_RJ -> Ending.REJECTED;
                    case Pdu.RELEASE_RP -> Ending.RELEASED;
                    case Pdu.ABORT -> Ending.ABORTED;
                    default -> throw new IOException("a PDU of type " + type + " from an acceptor");
                };
            }
        } catch (SocketException reset) {
            // closed with bytes of ours unread, which TCP tells by a reset; what was sent before may be lost
        }
        return ending;
    }

    /** A valid conversation: request, C-ECHO, one or two C-STORE in fragments of any size, release. */
    private static byte[] association(Random random) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(PduEncoder.encode(
                Wire.request(random.nextInt(12) == 0 ? "SOMEONE" : "MYONODE", random.nextBoolean() ? 1 : 8)));
        if (random.nextBoolean()) {
            out.writeBytes(Wire.echo(1));
        }
        for (int stores = random.nextInt(3); stores > 0; stores--) {
            byte[] dataSet = new byte[2 * random.nextInt(3000)];
            random.nextBytes(dataSet);
            out.writeBytes(Wire.data(
                    3,
                    true,
                    true,
                    Wire.storeCommand("1.2.3." + random.nextInt(1000)).encode()));
            int at = 0;
            do {
                int length = Math.min(dataSet.length - at, 2 * (1 + random.nextInt(1500)));
                byte[] fragment = Arrays.copyOfRange(dataSet, at, at + length);
                at += length;
                out.writeBytes(Wire.data(3, false, at == dataSet.length, fragment));
            } while (at < dataSet.length);
        }
        out.writeBytes(PduEncoder.encode(new Pdu.ReleaseRequest()));
        return out.toByteArray();
    }

    private static long openDescriptors() {
        return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getOpenFileDescriptorCount();
    }

    private static int dicomThreads() {
        return (int) Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().matches("dicom-(association|listener)-.*"))
                .count();
    }

    private static void await(java.util.function.BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
            Thread.yield();
        }
    }
}
