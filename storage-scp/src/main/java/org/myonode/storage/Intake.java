package org.myonode.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One instance on its way in: a stream whose every byte, once read or skipped, has been hashed and written down. The
 * parser of the header reads from it, and nobody needs to see the rest. Bytes come from the source into the buffer of one
 * journal slot and are written from there; no more than that is ever in memory.
 *
 * <p>A large instance, and one that finds the journal full, goes to a file of its own; sharing a sync would gain it
 * nothing.
 *
 * <p>Confined to one thread until it is {@linkplain #complete complete}; then it belongs to whoever records it, and
 * {@link #moveTo} and {@link #release} to whoever files it.
 */
final class Intake extends InputStream {

    /** With more slots than this it is large: 8 MiB. */
    private static final int MAX_SLOTS = 64;

    private static final Logger log = LoggerFactory.getLogger(Intake.class);

    private static final ConcurrentLinkedQueue<MessageDigest> DIGESTS = new ConcurrentLinkedQueue<>();

    private static final byte[] NONE = {};

    private final Journal journal;
    private final Path incoming;
    private final InputStream source;
    private final Incoming instance;
    private final int dataSetOffset;
    private final long number;
    private final List<Piece> pieces = new ArrayList<>();
    private final List<Segment> segments = new ArrayList<>(2);
    private final MessageDigest digest;

    /** Of this intake until it is complete; then empty. */
    private byte[] buffer;
    /** From here on the buffer has not been handed to the reader. */
    private int position;
    /** Up to here the buffer is filled. */
    private int limit;

    private long length;
    private byte[] hash = {};
    private boolean ended;
    private boolean released;
    private @Nullable IOException sourceFailure;
    private @Nullable Path ownFile;
    private @Nullable FileChannel ownChannel;
    private Segment.@Nullable Last last;

    /** A run of bytes in the journal. */
    private record Piece(Segment segment, int slot, int length) {}

    /**
     * @param incoming folder for files of their own
     * @param source the data set
     */
    Intake(Journal journal, Path incoming, Incoming instance, InputStream source) {
        byte[] header = MetaHeader.of(instance);
        this.journal = journal;
        this.incoming = incoming;
        this.source = source;
        this.instance = instance;
        this.dataSetOffset = header.length;
        this.number = journal.nextInstance();
        this.digest = Optional.ofNullable(DIGESTS.poll()).orElseGet(Intake::newDigest);
        this.buffer = journal.borrowBuffer();
        System.arraycopy(header, 0, buffer, Segment.HEADER, header.length);
        this.position = Segment.HEADER + header.length;
        this.limit = position;
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    // ---- the stream

    @Override
    public int read() throws IOException {
        return fill() ? buffer[position++] & 0xFF : -1;
    }

    @Override
    public int read(byte[] target, int offset, int count) throws IOException {
        if (count == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int read = Math.min(count, limit - position);
        System.arraycopy(buffer, position, target, offset, read);
        position += read;
        return read;
    }

    /** As far as wanted, but for the end of the data set. */
    @Override
    public long skip(long count) throws IOException {
        long left = count;
        while (left > 0 && fill()) {
            int step = (int) Math.min(left, limit - position);
            position += step;
            left -= step;
        }
        return count - left;
    }

    /** Takes all that is left. */
    void drain() throws IOException {
        while (fill()) {
            position = limit;
        }
    }

    /** What the source threw, if it did: then it matters no more what was made of the bytes before. */
    Optional<IOException> sourceFailure() {
        return Optional.ofNullable(sourceFailure);
    }

    /** False at the end of the data set; otherwise there are bytes in the buffer to hand out. */
    private boolean fill() throws IOException {
        if (position < limit) {
            return true;
        }
        if (ended) {
            return false;
        }
        if (limit == buffer.length) {
            writeDown();
        }
        int read;
        try {
            read = source.read(buffer, limit, buffer.length - limit);
        } catch (IOException e) {
            sourceFailure = e;
            throw e;
        }
        if (read < 0) {
            ended = true;
            return false;
        }
        digest.update(buffer, limit, read);
        limit += read;
        length += read;
        return read > 0 || fill();
    }

    // ---- where the bytes go

    private void writeDown() throws DiskException {
        try {
            if (ownChannel == null && !toJournal()) {
                moveToOwnFile();
            }
            if (ownChannel != null) {
                write(ownChannel, ByteBuffer.wrap(buffer, Segment.HEADER, limit - Segment.HEADER));
            }
        } catch (IOException e) {
            throw new DiskException(e);
        }
        position = Segment.HEADER;
        limit = Segment.HEADER;
    }

    private boolean toJournal() throws IOException {
        if (pieces.size() == MAX_SLOTS) {
            return false;
        }
        Optional<Journal.Slot> slot = journal.take(segments);
        if (slot.isEmpty()) {
            return false;
        }
        Segment segment = slot.get().segment();
        if (!segments.contains(segment)) {
            segments.add(segment);
        }
        Piece piece = new Piece(segment, slot.get().number(), limit - Segment.HEADER);
        pieces.add(piece);
        segment.write(run(pieces.size() - 1, last), buffer);
        return true;
    }

    private Segment.Run run(int sequence, Segment.@Nullable Last end) {
        Piece piece = pieces.get(sequence);
        return new Segment.Run(piece.slot(), number, sequence, piece.length(), end);
    }

    private void moveToOwnFile() throws IOException {
        Path file = incoming.resolve(number + ".dcm");
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        ownFile = file;
        ownChannel = channel;
        copyPieces(channel);
        journal.release(segments);
        segments.clear();
        pieces.clear();
    }

    private void copyPieces(FileChannel target) throws IOException {
        for (Piece piece : pieces) {
            piece.segment().copy(piece.slot(), piece.length(), target);
        }
    }

    private static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    // ---- the whole of it

    /**
     * The data set has ended: writes the last run. What stands in the journal is durable after the next sync of its
     * {@link #segments}; a file of its own is durable now.
     *
     * @param stands whether it is to be taken, as far as its bytes tell: then a start after a crash records it even where
     *     the ledger does not know it
     */
    void complete(boolean stands) throws DiskException {
        hash = digest.digest();
        last = new Segment.Last(
                stands,
                instance.sopInstanceUid(),
                dataSetOffset,
                hash,
                instance.sourceAeTitle(),
                instance.receivingAeTitle());
        writeDown();
        FileChannel channel = ownChannel;
        if (channel != null) {
            try {
                channel.force(true);
                channel.close();
                Durable.sync(incoming);
            } catch (IOException e) {
                throw new DiskException(e);
            }
        }
        // It may wait long for its file, with thousands of others: what it needs for its bytes alone goes back now.
        giveBack();
    }

    /**
     * It is not taken after all: a start after a crash must not record it. On the disk when this returns, because another
     * instance with the same UID may be taken at any moment.
     */
    void withdraw() throws DiskException {
        Segment.Last end = last;
        if (end == null || pieces.isEmpty()) {
            return;
        }
        last = end.refused();
        Piece piece = pieces.get(pieces.size() - 1);
        try {
            piece.segment().rewriteHeader(run(pieces.size() - 1, last));
            piece.segment().sync();
        } catch (IOException e) {
            throw new DiskException(e);
        }
    }

    /** Of the data set, in bytes. */
    long length() {
        return length;
    }

    /** Of the data set, lower-case hex. */
    String sha256() {
        return HexFormat.of().formatHex(hash);
    }

    /** Segments that must be synced; none when it lies in a file of its own. */
    List<Segment> segments() {
        return segments;
    }

    /** Puts the Part 10 file where it belongs, whole or not at all, replacing what is there. Not synced. */
    void moveTo(Path target) throws IOException {
        @Nullable Path own = ownFile;
        Path file = own == null ? incoming.resolve(number + ".part") : own;
        if (own == null) {
            try (FileChannel channel =
                    FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                copyPieces(channel);
            } catch (IOException e) {
                Files.deleteIfExists(file);
                throw e;
            }
        }
        try {
            Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (own == null) {
                Files.deleteIfExists(file);
            }
            throw e;
        }
        ownFile = null;
    }

    /** Nothing is needed of it any more: gives everything back, removes its own file. Safe to call again. */
    void release() {
        if (released) {
            return;
        }
        released = true;
        journal.release(segments);
        giveBack();
        try {
            if (ownChannel != null) {
                ownChannel.close();
            }
            if (ownFile != null) {
                Files.deleteIfExists(ownFile);
            }
        } catch (IOException e) {
            // The next start removes it.
            log.warn("{} could not be removed", ownFile, e);
        }
    }

    private void giveBack() {
        byte[] borrowed = buffer;
        if (borrowed.length > 0) {
            buffer = NONE;
            journal.giveBack(borrowed);
            digest.reset();
            DIGESTS.add(digest);
        }
    }
}
