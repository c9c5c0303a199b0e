package org.myonode.dicom;

import java.util.Arrays;
import java.util.Random;

/** Ways to damage bytes; the same random numbers do the same damage. */
public final class Mutations {
    /** Values that lengths, counts and tags like to be wrong by. */
    private static final int[] EXTREMES = {0, 1, 0x7F, 0x80, 0xFE, 0xFF};

    private Mutations() {}

    /** How many damaged files and streams the tests try: a few hundred, or what {@code -Dmutations=10000} says. */
    public static int count() {
        return Integer.getInteger("mutations", 300);
    }

    /** Flips, overwrites, cuts, repeats, or splices with other bytes. */
    public static byte[] mutate(Random random, byte[] bytes, byte[] other) {
        byte[] result = bytes.clone();
        for (int rounds = 1 + random.nextInt(3); rounds > 0 && result.length > 8; rounds--) {
            int at = random.nextInt(result.length);
            switch (random.nextInt(7)) {
                case 0, 1 -> result[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> result[at] = (byte) EXTREMES[random.nextInt(EXTREMES.length)];
                case 3 ->
                    Arrays.fill(result, at, Math.min(result.length, at + 4), (byte) (random.nextBoolean() ? 0xFF : 0));
                case 4 -> result = Arrays.copyOf(result, at);
                case 5 -> {
                    int to = Math.min(result.length, at + 1 + random.nextInt(64));
                    result = concat(Arrays.copyOf(result, to), Arrays.copyOfRange(result, at, result.length));
                }
                default -> {
                    int from = random.nextInt(other.length);
                    result = concat(Arrays.copyOf(result, at), Arrays.copyOfRange(other, from, other.length));
                }
            }
        }
        return result;
    }

    private static byte[] concat(byte[] head, byte[] tail) {
        byte[] both = Arrays.copyOf(head, head.length + tail.length);
        System.arraycopy(tail, 0, both, head.length, tail.length);
        return both;
    }
}
