package org.myonode.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where instances are made durable: their bytes are appended to one file that all associations share, so that one sync
 * of it serves all that were received meanwhile.
 *
 * <p>Grows up to a fixed number of segments and never shrinks: a segment that nobody needs any more is used again from
 * its beginning. When there is no slot left, the caller writes to a file of its own instead of waiting; so nothing here
 * can block, and the room that the journal takes is bounded.
 *
 * <p>Thread-safe.
 */
final class Journal implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Journal.class);

    private final Path directory;
    private final int maxSegments;
    private final int slotsPerSegment;
    private final List<Segment> segments = new ArrayList<>();
    private final Deque<Segment> free = new ArrayDeque<>();
    private final Deque<byte[]> buffers = new ArrayDeque<>();
    private final AtomicLong lastInstance = new AtomicLong();
    private Optional<Segment> current = Optional.empty();

    private Journal(Path directory, int maxSegments, int slotsPerSegment) {
        this.directory = directory;
        this.maxSegments = maxSegments;
        this.slotsPerSegment = slotsPerSegment;
    }

    /** Opens the segments that are there. Look into {@link #segments}, then {@link #clear}, then take slots. */
    static Journal open(Path directory, int maxSegments, int slotsPerSegment) throws IOException {
        Journal journal = new Journal(Files.createDirectories(directory), maxSegments, slotsPerSegment);
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.sorted().toList()) {
                journal.segments.add(Segment.open(file, slotsPerSegment));
            }
        } catch (IOException e) {
            journal.close();
            throw e;
        }
        return journal;
    }

    List<Segment> segments() {
        return List.copyOf(segments);
    }

    /** Forgets everything that is in it, on the disk too. Only while no instance uses it. */
    synchronized void clear() throws IOException {
        free.clear();
        current = Optional.empty();
        for (Segment segment : segments) {
            segment.begin();
            segment.sync();
            segment.users = 0;
            free.add(segment);
        }
    }

    /** A number for the next instance, unique as long as this journal is open. */
    long nextInstance() {
        return lastInstance.incrementAndGet();
    }

    /** One slot of a segment. */
    record Slot(Segment segment, int number) {}

    /**
     * A slot for an instance, empty when all are in use. The segment is kept for this instance until it is
     * {@linkplain #release released}, once for each time that {@code known} was not its segment.
     *
     * @param known segments that this instance has slots in already
     */
    synchronized Optional<Slot> take(List<Segment> known) throws IOException {
        if (current.isEmpty() || current.get().isFull()) {
            current = next();
        }
        if (current.isEmpty()) {
            return Optional.empty();
        }
        Segment segment = current.get();
        if (!known.contains(segment)) {
            segment.users++;
        }
        return Optional.of(new Slot(segment, segment.taken++));
    }

    private Optional<Segment> next() throws IOException {
        Segment segment = free.poll();
        if (segment == null) {
            if (segments.size() == maxSegments) {
                return Optional.empty();
            }
            segment = Segment.open(directory.resolve("segment-" + segments.size()), slotsPerSegment);
            segments.add(segment);
            Durable.sync(directory);
            log.debug("journal has {} segments", segments.size());
        }
        segment.begin();
        return Optional.of(segment);
    }

    /** An instance no longer needs what it wrote to these segments. */
    synchronized void release(List<Segment> used) {
        for (Segment segment : used) {
            segment.users--;
            boolean isCurrent = current.isPresent() && current.get() == segment;
            if (segment.users == 0 && segment.isFull() && !segment.isBroken()) {
                if (isCurrent) {
                    current = Optional.empty();
                }
                // The one that was used last is used next: its pages are still in memory.
                free.addFirst(segment);
            }
        }
    }

    /** Is it time to file what is in it? */
    synchronized boolean isNearlyFull() {
        return free.size() + maxSegments - segments.size() <= maxSegments / 4;
    }

    /** The room of a slot, to be filled; give it back. */
    byte[] borrowBuffer() {
        synchronized (buffers) {
            byte[] buffer = buffers.poll();
            return buffer == null ? new byte[Segment.SLOT] : buffer;
        }
    }

    void giveBack(byte[] buffer) {
        synchronized (buffers) {
            buffers.push(buffer);
        }
    }

    @Override
    public synchronized void close() {
        for (Segment segment : segments) {
            try {
                segment.close();
            } catch (IOException e) {
                log.warn("a segment of the journal did not close", e);
            }
        }
    }
}
