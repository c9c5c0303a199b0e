package org.myonode.dicom.net;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomException;
import org.myonode.dicom.Part10;

/**
 * DIMSE messages over an established association: commands and data sets cut into presentation data values (PS3.8
 * annexes D and E) and put together again. Data sets pass through as streams. Confined to one thread, but for
 * {@link #sendCommand}.
 */
final class DimseChannel {
    /** Item-length, presentation context ID, message control header. */
    private static final int ITEM_HEADER = 6;

    /** Where a peer sets no limit, we do: larger writes gain nothing. */
    private static final int MAX_FRAGMENT = 256 * 1024;

    /** A command has a dozen short attributes. */
    private static final int MAX_COMMAND = 64 * 1024;

    /** An identifier or the information of a request; thousands of references fit. */
    private static final int MAX_DATA_SET_IN_MEMORY = 16 * 1024 * 1024;

    private static final int COPY_BUFFER = 128 * 1024;

    private final UpperLayer layer;
    private final Map<Integer, AcceptedContext> contexts;
    private final int fragmentLength;

    private long itemRemaining;
    private int itemContext;
    private boolean itemIsCommand;
    private boolean itemIsLast;

    /** @param peerMaxLength the peer's Maximum-length-received, 0 for no limit */
    DimseChannel(UpperLayer layer, Map<Integer, AcceptedContext> contexts, long peerMaxLength) {
        this.layer = layer;
        this.contexts = Map.copyOf(contexts);
        long largest = peerMaxLength == 0 ? MAX_FRAGMENT : Math.min(peerMaxLength - ITEM_HEADER, MAX_FRAGMENT);
        // each fragment has an even number of bytes (PS3.8 annex D); a limit that leaves none is not obeyed
        this.fragmentLength = (int) Math.max(2, largest & ~1L);
    }

    /** A command with the context it came on. */
    record Command(AcceptedContext context, CommandSet set) {}

    /** Waits for the next command; empty if the peer asks for release instead. */
    Optional<Command> receiveCommand() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        AcceptedContext context = null;
        do {
            if (!nextItem(context == null)) {
                return Optional.empty();
            }
            if (!itemIsCommand) {
                throw invalid("Message Control Header", "a data set fragment came where a command is due");
            }
            if (context == null) {
                context = contexts.get(itemContext);
            }
            if (context == null || context.id() != itemContext) {
                throw invalid("Presentation-context-ID", itemContext + " is not accepted or not that of the message");
            }
            if (bytes.size() + itemRemaining > MAX_COMMAND) {
                throw invalid("Item-length", "the command is longer than " + MAX_COMMAND + " bytes");
            }
            byte[] fragment = new byte[(int) itemRemaining];
            readItem(fragment, fragment.length);
            bytes.writeBytes(fragment);
        } while (!itemIsLast);
        try {
            return Optional.of(new Command(context, CommandSet.decode(bytes.toByteArray())));
        } catch (PduException malformed) {
            throw abort("malformed command: " + malformed.getMessage());
        }
    }

    /** The data set that follows a command just received. */
    DataSetStream dataSet(AcceptedContext context) {
        return new DataSetStream(context);
    }

    /**
     * The data set that follows a command just received, held in memory: for identifiers and informations, not for images.
     *
     * @throws DicomException if it is malformed; it is read to its end all the same, and the association can go on
     */
    DataSet readDataSet(AcceptedContext context) throws IOException {
        DataSetStream in = dataSet(context);
        byte[] bytes = in.readNBytes(MAX_DATA_SET_IN_MEMORY + 1);
        if (bytes.length > MAX_DATA_SET_IN_MEMORY) {
            throw abort("a data set that belongs in memory is longer than " + MAX_DATA_SET_IN_MEMORY + " bytes");
        }
        return Part10.readDataSet(bytes, context.transferSyntax());
    }

    /** Sends a command in one write. From any thread, while no other sends a data set. */
    void sendCommand(AcceptedContext context, CommandSet command) throws IOException {
        byte[] bytes = command.encode();
        int fragments = (bytes.length + fragmentLength - 1) / fragmentLength;
        byte[] pdus = new byte[bytes.length + fragments * (Pdu.HEADER_LENGTH + ITEM_HEADER)];
        int position = 0;
        for (int start = 0; start < bytes.length; start += fragmentLength) {
            int length = Math.min(fragmentLength, bytes.length - start);
            boolean last = start + length == bytes.length;
            putHeaders(pdus, position, length, context.id(), true, last);
            position += Pdu.HEADER_LENGTH + ITEM_HEADER;
            System.arraycopy(bytes, start, pdus, position, length);
            position += length;
        }
        layer.sendData(pdus, position);
    }

    /**
     * Sends a data set, one write per PDU.
     *
     * @param length bytes to take from {@code in}, which must have them
     */
    void sendDataSet(AcceptedContext context, InputStream in, long length) throws IOException {
        int headers = Pdu.HEADER_LENGTH + ITEM_HEADER;
        byte[] pdu = new byte[headers + (int) Math.min(fragmentLength, length)];
        long left = length;
        do {
            int part = (int) Math.min(left, fragmentLength);
            if (in.readNBytes(pdu, headers, part) < part) {
                throw new EOFException("the data set ended " + left + " bytes early");
            }
            left -= part;
            if (layer.dataRemaining() == 0 && layer.hasInput()) {
                // an abort ends the sending here; a response that comes now is kept for later
                Indication indication = layer.receive();
                if (!(indication instanceof Indication.Data)) {
                    throw ended(indication);
                }
            }
            putHeaders(pdu, 0, part, context.id(), false, left == 0);
            layer.sendData(pdu, headers + part);
        } while (left > 0);
    }

    private static void putHeaders(byte[] pdu, int at, int length, int contextId, boolean command, boolean last) {
        pdu[at] = Pdu.P_DATA_TF;
        pdu[at + 1] = 0;
        putUint32(pdu, at + 2, length + ITEM_HEADER);
        putUint32(pdu, at + 6, length + 2);
        pdu[at + 10] = (byte) contextId;
        // bit 0 - command information, bit 1 - last fragment (PS3.8 annex E.2)
        pdu[at + 11] = (byte) ((command ? 1 : 0) | (last ? 2 : 0));
    }

    private static void putUint32(byte[] target, int offset, int value) {
        for (int i = 0; i < 4; i++) {
            target[offset + i] = (byte) (value >>> (24 - 8 * i));
        }
    }

    /** Goes to the next presentation data value item; false if the peer asks for release, where that is allowed. */
    private boolean nextItem(boolean releaseAllowed) throws IOException {
        while (layer.dataRemaining() == 0) {
            Indication indication = layer.receive();
            if (indication instanceof Indication.ReleaseRequested) {
                if (releaseAllowed) {
                    return false;
                }
                throw abort("the peer asked for release in the middle of a message");
            }
            if (!(indication instanceof Indication.Data)) {
                throw ended(indication);
            }
        }
        if (layer.dataRemaining() < ITEM_HEADER) {
            throw invalid("Item-length", "the PDU has only " + layer.dataRemaining() + " bytes left for an item");
        }
        byte[] header = new byte[ITEM_HEADER];
        readOrLose(header, ITEM_HEADER);
        // 1-4 - Item-length, of the bytes after it
        long length =
                (header[0] & 0xFFL) << 24 | (header[1] & 0xFFL) << 16 | (header[2] & 0xFFL) << 8 | header[3] & 0xFF;
        // 5 - Presentation-context-ID
        itemContext = header[4] & 0xFF;
        // 6-xxx - Presentation-data-value: message control header and fragment; bits 2 to 7 are not checked
        itemIsCommand = (header[5] & 1) != 0;
        itemIsLast = (header[5] & 2) != 0;
        if (length < 2 || length - 2 > layer.dataRemaining()) {
            throw invalid("Item-length", length + " does not fit in its PDU");
        }
        itemRemaining = length - 2;
        return true;
    }

    private void readItem(byte[] target, int length) throws IOException {
        readOrLose(target, length);
        itemRemaining -= length;
    }

    private void readOrLose(byte[] target, int length) throws IOException {
        try {
            layer.readDataFully(target, length);
        } catch (IOException failure) {
            throw ended(layer.lost(failure));
        }
    }

    private IOException invalid(String field, String problem) throws IOException {
        return ended(layer.invalid(PduException.invalid(field, layer.dataOffset(), problem)));
    }

    private IOException abort(String why) throws IOException {
        layer.abort();
        return new AssociationLostException(new Indication.Ended(Indication.Cause.ABORTED_BY_US, why));
    }

    private static IOException ended(Indication indication) {
        if (indication instanceof Indication.Ended end) {
            return new AssociationLostException(end);
        }
        return new AssociationLostException(
                new Indication.Ended(Indication.Cause.ABORTED_BY_PEER, "the peer released the association"));
    }

    /** Reads the data set of one message; its end is the end of the last fragment. A failure stays a failure. */
    final class DataSetStream extends InputStream {
        private final AcceptedContext context;
        private boolean ended;
        private @Nullable IOException failure;

        private DataSetStream(AcceptedContext context) {
            this.context = context;
            itemRemaining = 0;
            itemIsLast = false;
        }

        /** Why the stream broke, if it did. */
        Optional<IOException> failure() {
            return Optional.ofNullable(failure);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (!advance()) {
                return -1;
            }
            int count;
            try {
                count = layer.readData(target, offset, (int) Math.min(length, itemRemaining));
            } catch (IOException lost) {
                throw failed(ended(layer.lost(lost)));
            }
            itemRemaining -= count;
            return count;
        }

        @Override
        public long transferTo(OutputStream out) throws IOException {
            byte[] buffer = new byte[COPY_BUFFER];
            long total = 0;
            for (int count = read(buffer, 0, buffer.length); count >= 0; count = read(buffer, 0, buffer.length)) {
                out.write(buffer, 0, count);
                total += count;
            }
            return total;
        }

        @Override
        public int available() {
            return (int) Math.min(Integer.MAX_VALUE, itemRemaining);
        }

        /** Discards what is left, so that the next command can be read. */
        void drain() throws IOException {
            while (advance()) {
                try {
                    layer.skipData(itemRemaining);
                } catch (IOException lost) {
                    throw failed(ended(layer.lost(lost)));
                }
                itemRemaining = 0;
            }
        }

        /** False at the end of the data set; otherwise the current item has bytes. */
        private boolean advance() throws IOException {
            if (failure != null) {
                throw failure;
            }
            while (itemRemaining == 0 && !ended) {
                if (itemIsLast) {
                    ended = true;
                    break;
                }
                try {
                    nextItem(false);
                    if (itemIsCommand || itemContext != context.id()) {
                        throw invalid("Presentation data value", "it does not continue the data set of the message");
                    }
                } catch (IOException lost) {
                    throw failed(lost);
                }
            }
            return !ended;
        }

        private IOException failed(IOException why) {
            failure = why;
            return why;
        }
    }
}
