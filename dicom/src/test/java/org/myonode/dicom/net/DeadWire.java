package org.myonode.dicom.net;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A wire to a port of this machine that goes dead at a given place: from then on nothing passes in either direction and
 * nobody is told, as when a cable is pulled or a firewall forgets a connection (no FIN, no RST).
 */
final class DeadWire implements AutoCloseable {
    private final ServerSocket entrance = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final List<Socket> ends = new CopyOnWriteArrayList<>();
    private volatile boolean dead;

    /**
     * @param forth bytes that pass to the port before the wire is dead
     * @param back answers that pass from the port before the wire is dead: it writes each at once
     */
    DeadWire(int port, long forth, int back) throws IOException {
        start(() -> {
            Socket caller = entrance.accept();
            ends.add(caller);
            Socket called = new Socket(InetAddress.getLoopbackAddress(), port);
            ends.add(called);
            start(() -> carry(called, caller, Long.MAX_VALUE, back));
            carry(caller, called, forth, Integer.MAX_VALUE);
        });
    }

    private interface Step {
        void run() throws IOException;
    }

    private static void start(Step step) {
        Thread thread = new Thread(() -> {
            try {
                step.run();
            } catch (IOException closed) {
                // the test is over, or one end has closed
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private void carry(Socket from, Socket to, long bytes, int reads) throws IOException {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        byte[] buffer = new byte[4096];
        long left = bytes;
        for (int read = 0; ; read++) {
            int count = in.read(buffer, 0, (int) Math.max(1, Math.min(buffer.length, left)));
            if (dead || left == 0 || read == reads) {
                dead = true;
                return;
            }
            if (count < 0) {
                to.shutdownOutput();
                return;
            }
            out.write(buffer, 0, count);
            left -= count;
        }
    }

    int port() {
        return entrance.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        entrance.close();
        for (Socket end : ends) {
            end.close();
        }
    }
}
