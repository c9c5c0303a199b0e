package org.myonode.dicom.net;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.Optional;

/** A raw peer that sends exactly the bytes a test wants. */
final class Wire implements AutoCloseable {
    final Socket socket;

    Wire(int port) throws IOException {
        this(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    Wire(Socket connected) throws IOException {
        socket = connected;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(10_000);
    }

    static Pdu.AssociateRequest request(String called) {
        return request(called, 1);
    }

    static Pdu.AssociateRequest request(String called, int operations) {
        return new Pdu.AssociateRequest(
                1,
                called,
                "WIRE",
                Pdu.APPLICATION_CONTEXT,
                List.of(
                        new Pdu.ProposedContext(
                                1, TransferCapabilities.VERIFICATION, List.of(TransferSyntaxes.IMPLICIT_LE)),
                        new Pdu.ProposedContext(
                                3,
                                "1.2.840.10008.5.1.4.1.1.2",
                                List.of(TransferSyntaxes.IMPLICIT_LE, TransferSyntaxes.EXPLICIT_LE))),
                Pdu.UserInformation.of(16384, Negotiation.offer(operations), List.of(), Optional.empty()));
    }

    Wire associate() throws IOException {
        send(PduEncoder.encode(request("MYONODE")));
        byte[] answer = readPdu();
        if (answer[0] != Pdu.ASSOCIATE_AC) {
            throw new IOException("not accepted, PDU type " + answer[0]);
        }
        return this;
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    byte[] readPdu() throws IOException {
        byte[] header = socket.getInputStream().readNBytes(6);
        int length = (header[4] & 0xFF) << 8 | header[5] & 0xFF;
        ByteArrayOutputStream pdu = new ByteArrayOutputStream();
        pdu.writeBytes(header);
        pdu.writeBytes(socket.getInputStream().readNBytes(length));
        return pdu.toByteArray();
    }

    CommandSet readCommand() throws IOException {
        byte[] pdu = readPdu();
        return CommandSet.decode(java.util.Arrays.copyOfRange(pdu, 12, pdu.length));
    }

    /** True if the connection is at its end. */
    boolean atEnd() throws IOException {
        return socket.getInputStream().read() < 0;
    }

    /** A P-DATA-TF with one item. */
    static byte[] data(int context, boolean command, boolean last, byte[] fragment) {
        int length = fragment.length;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(PduEncoder.encode(new Pdu.DataTransfer(length + 6)));
        out.writeBytes(new byte[] {0, 0, (byte) ((length + 2) >>> 8), (byte) (length + 2), (byte) context});
        out.write((command ? 1 : 0) | (last ? 2 : 0));
        out.writeBytes(fragment);
        return out.toByteArray();
    }

    /** A C-ECHO request on the context of {@link #request}. */
    static byte[] echo(int messageId) {
        return data(
                1,
                true,
                true,
                new CommandSet()
                        .uid(CommandSet.AFFECTED_SOP_CLASS_UID, TransferCapabilities.VERIFICATION)
                        .integer(CommandSet.COMMAND_FIELD, CommandSet.C_ECHO_RQ)
                        .integer(CommandSet.MESSAGE_ID, messageId)
                        .integer(CommandSet.COMMAND_DATA_SET_TYPE, CommandSet.NO_DATA_SET)
                        .encode());
    }

    static CommandSet storeCommand(String instance) {
        return new CommandSet()
                .uid(CommandSet.AFFECTED_SOP_CLASS_UID, "1.2.840.10008.5.1.4.1.1.2")
                .integer(CommandSet.COMMAND_FIELD, CommandSet.C_STORE_RQ)
                .integer(CommandSet.MESSAGE_ID, 7)
                .integer(CommandSet.PRIORITY, 0)
                .integer(CommandSet.COMMAND_DATA_SET_TYPE, CommandSet.DATA_SET)
                .uid(CommandSet.AFFECTED_SOP_INSTANCE_UID, instance);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
