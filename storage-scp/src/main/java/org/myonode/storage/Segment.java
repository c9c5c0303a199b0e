package org.myonode.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One file of the {@link Journal}: a page that holds the segment's generation, then slots of equal size. A slot holds a
 * run of bytes of one instance behind a header that says which; the runs of one instance, put together by their numbers,
 * are its Part 10 file. A slot counts only while its generation is that of the segment, so using a segment again is
 * writing one page, and its blocks stay allocated: syncing it is then a flush of data without file system metadata.
 *
 * <p>Slots may be written by several threads at once. The counters belong to the journal, under its lock.
 */
final class Segment implements AutoCloseable {

    static final int SLOT = 128 << 10;
    static final int HEADER = 256;
    static final int PAYLOAD = SLOT - HEADER;

    private static final int PAGE = 4096;
    private static final long SEGMENT_MAGIC = 0x4D594F4E_53454731L; // MYONSEG1
    private static final long SLOT_MAGIC = 0x4D594F4E_534C5431L; // MYONSLT1
    private static final int SHA256 = 32;
    private static final int MAX_UID = 64;
    private static final int MAX_AE_TITLE = 16;

    private static final int NOT_LAST = 0;
    private static final int ONLY_IF_RECORDED = 1;
    private static final int STANDS = 2;
    /** Generations are random: a number that a crash kept from the disk can then never come again. */
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Path file;
    private final FileChannel channel;
    private final int slots;
    private long generation;

    /** Slots handed out since the segment was begun. */
    int taken;
    /** Instances that still need what is in it. */
    int users;

    private volatile boolean broken;

    private Segment(Path file, FileChannel channel, int slots, long generation) {
        this.file = file;
        this.channel = channel;
        this.slots = slots;
        this.generation = generation;
    }

    /** Opens or creates one; nothing of what is in it is forgotten until {@link #begin}. */
    static Segment open(Path file, int slots) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        ByteBuffer page = ByteBuffer.allocate(16);
        channel.read(page, 0);
        page.flip();
        boolean known = page.remaining() == 16 && page.getLong() == SEGMENT_MAGIC;
        return new Segment(file, channel, slots, known ? page.getLong() : RANDOM.nextLong());
    }

    /** A sync failed: nothing more is written to it, and it is never used again. */
    void giveUp() {
        broken = true;
    }

    boolean isBroken() {
        return broken;
    }

    boolean isFull() {
        return taken == slots || broken;
    }

    /** Forgets what was in it. On the disk with the next {@link #sync}, together with the first slots that need it. */
    void begin() throws IOException {
        long newGeneration = RANDOM.nextLong();
        ByteBuffer page = ByteBuffer.allocate(16).putLong(SEGMENT_MAGIC).putLong(newGeneration);
        writeFully(page.flip(), 0);
        generation = newGeneration;
        taken = 0;
    }

    /**
     * What a slot says of the run of bytes in it.
     *
     * @param instance number of the instance, unique within the generation
     * @param sequence number of the run within the instance, from 0
     * @param length of the run in bytes
     * @param last present in the last run: what is known when all bytes have come
     */
    record Run(
            int slot,
            long instance,
            int sequence,
            int length,
            @Nullable Last last) {}

    /**
     * @param stands whether an instance that the ledger does not know is to be recorded after a crash; one that was
     *     refused is not
     * @param dataSetOffset where in the Part 10 file the data set begins
     * @param sha256 of the data set, 32 bytes
     * @param sourceAeTitle for the ledger
     * @param receivingAeTitle for the ledger
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Last(
            boolean stands,
            String sopInstanceUid,
            int dataSetOffset,
            byte[] sha256,
            String sourceAeTitle,
            String receivingAeTitle) {

        Last refused() {
            return new Last(false, sopInstanceUid, dataSetOffset, sha256, sourceAeTitle, receivingAeTitle);
        }
    }

    /**
     * Writes a run.
     *
     * @param buffer {@link #HEADER} bytes for the header, then the run
     */
    void write(Run run, byte[] buffer) throws IOException {
        putHeader(run, buffer);
        writeFully(ByteBuffer.wrap(buffer, 0, HEADER + run.length()), offset(run.slot()));
    }

    /** Writes the header of a run once more, which says something else now. */
    void rewriteHeader(Run run) throws IOException {
        byte[] header = new byte[HEADER];
        putHeader(run, header);
        writeFully(ByteBuffer.wrap(header), offset(run.slot()));
    }

    private void putHeader(Run run, byte[] buffer) {
        ByteBuffer header = ByteBuffer.wrap(buffer, 0, HEADER);
        header.putLong(SLOT_MAGIC).putLong(generation).putLong(run.instance());
        header.putInt(run.sequence()).putInt(run.length());
        Last last = run.last();
        if (last == null) {
            header.putInt(NOT_LAST);
        } else {
            header.putInt(last.stands() ? STANDS : ONLY_IF_RECORDED);
            header.putInt(last.dataSetOffset()).put(last.sha256());
            put(header, last.sopInstanceUid());
            put(header, last.sourceAeTitle());
            put(header, last.receivingAeTitle());
        }
    }

    private static void put(ByteBuffer header, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        header.putInt(bytes.length).put(bytes);
    }

    private static String text(ByteBuffer header, int longest) {
        byte[] bytes = new byte[Math.max(0, Math.min(longest, header.getInt()))];
        header.get(bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** Copies the bytes of a run to where the target stands. */
    void copy(int slot, int length, FileChannel target) throws IOException {
        long from = offset(slot) + HEADER;
        long left = length;
        while (left > 0) {
            long moved = channel.transferTo(from, left, target);
            if (moved <= 0) {
                throw new IOException(file + " ends inside slot " + slot);
            }
            from += moved;
            left -= moved;
        }
    }

    /** All runs of the present generation, in the order of their slots. */
    List<Run> runs() throws IOException {
        List<Run> runs = new ArrayList<>();
        ByteBuffer header = ByteBuffer.allocate(HEADER);
        for (int slot = 0; slot < slots; slot++) {
            header.clear();
            if (channel.read(header, offset(slot)) < HEADER) {
                continue;
            }
            header.flip();
            if (header.getLong() == SLOT_MAGIC && header.getLong() == generation) {
                Run run = run(slot, header);
                if (run.length() > 0 && run.length() <= PAYLOAD) {
                    runs.add(run);
                }
            }
        }
        return runs;
    }

    private static Run run(int slot, ByteBuffer header) {
        long instance = header.getLong();
        int sequence = header.getInt();
        int length = header.getInt();
        int end = header.getInt();
        if (end != ONLY_IF_RECORDED && end != STANDS) {
            return new Run(slot, instance, sequence, length, null);
        }
        int dataSetOffset = header.getInt();
        byte[] sha256 = new byte[SHA256];
        header.get(sha256);
        String sopInstanceUid = text(header, MAX_UID);
        Last last = new Last(
                end == STANDS,
                sopInstanceUid,
                dataSetOffset,
                sha256,
                text(header, MAX_AE_TITLE),
                text(header, MAX_AE_TITLE));
        return new Run(slot, instance, sequence, length, last);
    }

    /** Everything written so far is on the disk when this returns. */
    void sync() throws IOException {
        channel.force(false);
    }

    private long offset(int slot) {
        return PAGE + (long) slot * SLOT;
    }

    private void writeFully(ByteBuffer bytes, long offset) throws IOException {
        long at = offset;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
