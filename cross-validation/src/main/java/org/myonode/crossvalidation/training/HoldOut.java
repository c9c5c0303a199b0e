package org.myonode.crossvalidation.training;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is kept out of training and scored instead: a subject, or a contiguous stretch of one.
 *
 * @param subject name of the data set
 * @param from lowest height of the stretch, as the subject's slices count it: patient z in mm, or the slice number of
 *     the atlas
 * @param to highest height of the stretch
 */
public record HoldOut(String subject, double from, double to) {

    private static final String NUMBER = "(-?\\d+(?:\\.\\d+)?)";
    private static final Pattern STRETCH = Pattern.compile("([^:]+):" + NUMBER + "\\.\\." + NUMBER);

    /** A whole subject. */
    public HoldOut(String subject) {
        this(subject, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
    }

    /**
     * Reads {@code SUBJECT} or {@code SUBJECT:FROM..TO}.
     *
     * @throws IllegalArgumentException when it is neither, with what is wrong
     */
    public static HoldOut parse(String text) {
        if (!text.contains(":")) {
            return new HoldOut(text);
        }
        Matcher stretch = STRETCH.matcher(text);
        if (!stretch.matches()) {
            throw new IllegalArgumentException(text + " is neither SUBJECT nor SUBJECT:FROM..TO");
        }
        double from = Double.parseDouble(stretch.group(2));
        double to = Double.parseDouble(stretch.group(3));
        if (from > to) {
            throw new IllegalArgumentException(text + ": " + stretch.group(2) + " is above " + stretch.group(3));
        }
        return new HoldOut(stretch.group(1), from, to);
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return isWhole() ? subject : subject + ":" + from + ".." + to;
    }

    /** Whether all of the subject is meant. */
    public boolean isWhole() {
        return from == Double.NEGATIVE_INFINITY && to == Double.POSITIVE_INFINITY;
    }

    boolean covers(LabelledSlice slice) {
        return slice.subject().equals(subject) && slice.zMm() >= from && slice.zMm() <= to;
    }
}
