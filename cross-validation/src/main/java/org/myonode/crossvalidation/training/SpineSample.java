package org.myonode.crossvalidation.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.myonode.workers.locate.SpineImages;
import org.myonode.workers.locate.SpineLevel;

/**
 * The views of one spine with what is known of it. Rows go from feet to head and are counted in the middle: the lower
 * edge of row 0 is at -0.5.
 *
 * @param subject who it is: subjects, not samples, are left out in a validation
 * @param rows number of rows
 * @param values {@code [rows][WIDTH][CHANNELS]}, -1 to 1 as -127 to 127: a thousand bodies fit in memory
 * @param edges rows, as fractions, at which one class passes into the next, from feet to head
 * @param channels class below the first edge, between the edges, above the last one; -1 where it is not known
 * @param discs rows, as fractions, of all known middles between two vertebral bodies
 * @param discsFrom row from which on every disc is known
 * @param discsTo row up to which every disc is known
 */
@SuppressWarnings("ArrayRecordComponent")
record SpineSample(
        String subject,
        int rows,
        byte[] values,
        double[] edges,
        int[] channels,
        double[] discs,
        double discsFrom,
        double discsTo) {

    /** A vertebral body between its end plates; the sacrum and the coccyx count as one. */
    record Body(SpineLevel level, double inferiorZMm, double superiorZMm) {}

    SpineSample {
        if (channels.length != edges.length + 1) {
            throw new IllegalArgumentException(edges.length + " edges between " + channels.length + " classes");
        }
    }

    /**
     * Puts views and bodies together. Beyond the bodies listed the next level in order follows.
     *
     * @param bodies from feet to head, all of one stretch of the spine
     * @param named whether the names of the bodies are certain; otherwise only their borders are used
     */
    static SpineSample of(String subject, SpineImages images, List<Body> bodies, boolean named) {
        byte[] values = new byte[images.values().length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (byte) Math.round(127 * images.values()[i]);
        }
        List<Double> edges = new ArrayList<>();
        List<Integer> channels = new ArrayList<>();
        List<Double> discs = new ArrayList<>();
        Body lowest = bodies.get(0);
        Body highest = bodies.get(bodies.size() - 1);
        if (lowest.level() != SpineLevel.BELOW) {
            channels.add(neighbour(lowest.level(), -1).channel());
            // The coccyx has nothing but soft tissue below; a body has half a disc. What ends with the lowest slices is
            // taken to be cut by them.
            double end = images.rowAt(lowest.inferiorZMm() - (lowest.level() == SpineLevel.SACRUM ? 0 : 3));
            edges.add(lowest.level() == SpineLevel.SACRUM && end < 2 ? -1.0 : end);
        }
        for (int i = 0; i < bodies.size(); i++) {
            Body body = bodies.get(i);
            channels.add(body.level().channel());
            double above = i + 1 < bodies.size()
                    ? (body.superiorZMm() + bodies.get(i + 1).inferiorZMm()) / 2
                    : body.superiorZMm() + 3;
            edges.add(images.rowAt(above));
            boolean coccyx = i + 1 < bodies.size() && bodies.get(i + 1).level() == SpineLevel.SACRUM;
            boolean atlas = i + 1 == bodies.size() && body.level() == SpineLevel.NECK_AND_HEAD;
            if (!coccyx && !atlas) {
                discs.add(images.rowAt(above));
            }
        }
        channels.add(neighbour(highest.level(), 1).channel());
        if (lowest.level() != SpineLevel.SACRUM) {
            discs.add(0, edges.get(0));
        }
        return new SpineSample(
                        subject,
                        images.rows(),
                        values,
                        numbers(edges),
                        channels.stream()
                                .mapToInt(channel -> named ? channel : -1)
                                .toArray(),
                        numbers(discs),
                        images.rowAt(lowest.inferiorZMm() - (lowest.level() == SpineLevel.SACRUM ? 400 : 12)),
                        images.rowAt(highest.superiorZMm() + 10))
                .merged();
    }

    private static SpineLevel neighbour(SpineLevel level, int step) {
        SpineLevel[] all = SpineLevel.values();
        if (level == SpineLevel.UPPER_THORACIC || level == SpineLevel.NECK_AND_HEAD) {
            return level; // whatever is beyond a thoracic or cervical body listed here is of its kind
        }
        SpineLevel next = all[Math.max(0, Math.min(all.length - 1, level.ordinal() + step))];
        return next == SpineLevel.L6 ? neighbour(next, step) : next;
    }

    private static double[] numbers(List<Double> list) {
        return list.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** Without edges between equal classes. */
    private SpineSample merged() {
        List<Double> kept = new ArrayList<>();
        List<Integer> classes = new ArrayList<>();
        classes.add(channels[0]);
        for (int i = 0; i < edges.length; i++) {
            if (channels[i + 1] != channels[i]) {
                kept.add(edges[i]);
                classes.add(channels[i + 1]);
            }
        }
        return new SpineSample(
                subject,
                rows,
                values,
                numbers(kept),
                classes.stream().mapToInt(Integer::intValue).toArray(),
                discs,
                discsFrom,
                discsTo);
    }

    /** The views as the locator takes them, row 0 at z = 0. */
    SpineImages images() {
        float[] numbers = new float[values.length];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = values[i] / 127f;
        }
        return new SpineImages(rows, numbers, 0);
    }

    /** Class at a row, -1 when it is not known. */
    int channelAt(double row) {
        int i = 0;
        while (i < edges.length && row >= edges[i]) {
            i++;
        }
        return channels[i];
    }

    /** Row of the lower and the upper edge of a class that is wholly in view; empty when it is not. */
    double[] range(int channel) {
        for (int i = 1; i < edges.length; i++) {
            if (channels[i] == channel && edges[i - 1] > -0.5 && edges[i] < rows - 0.5) {
                return new double[] {edges[i - 1], edges[i]};
            }
        }
        return new double[0];
    }

    /** The rows from one row on to another, this one left out. */
    SpineSample part(int from, int to) {
        int line = SpineImages.WIDTH * SpineImages.CHANNELS;
        return new SpineSample(
                subject,
                to - from,
                Arrays.copyOfRange(values, from * line, to * line),
                Arrays.stream(edges).map(edge -> edge - from).toArray(),
                channels,
                Arrays.stream(discs).map(disc -> disc - from).toArray(),
                discsFrom - from,
                discsTo - from);
    }

    /**
     * Another spine on top of this one, both cut in the same class. No disc is asked for near the seam.
     *
     * @return null when the cut is not inside one class of both
     */
    static @org.jspecify.annotations.Nullable SpineSample stacked(
            SpineSample lower, int lowerEnd, SpineSample upper, int upperFrom) {
        int seam = lower.channelAt(lowerEnd);
        if (seam < 0 || seam != upper.channelAt(upperFrom)) {
            return null;
        }
        SpineSample below = lower.part(0, lowerEnd);
        SpineSample above = upper.part(upperFrom, upper.rows());
        byte[] values = Arrays.copyOf(below.values(), below.values().length + above.values().length);
        System.arraycopy(above.values(), 0, values, below.values().length, above.values().length);
        List<Double> edges = new ArrayList<>();
        List<Integer> channels = new ArrayList<>();
        List<Double> discs = new ArrayList<>();
        for (int i = 0; i < below.edges().length && below.edges()[i] < lowerEnd; i++) {
            channels.add(below.channels()[i]);
            edges.add(below.edges()[i]);
        }
        channels.add(seam);
        for (int i = 0; i < above.edges().length; i++) {
            if (above.edges()[i] > 0) {
                edges.add(above.edges()[i] + lowerEnd);
                channels.add(above.channels()[i + 1]);
            }
        }
        for (double disc : below.discs()) {
            if (disc < lowerEnd - 3) {
                discs.add(disc);
            }
        }
        for (double disc : above.discs()) {
            if (disc > 3) {
                discs.add(disc + lowerEnd);
            }
        }
        return new SpineSample(
                lower.subject() + "+" + upper.subject(),
                below.rows() + above.rows(),
                values,
                numbers(edges),
                channels.stream().mapToInt(Integer::intValue).toArray(),
                numbers(discs),
                below.discsFrom(),
                above.discsTo() + lowerEnd);
    }
}
