package org.myonode.workers.locate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * From what the network says of each row to where L3 is, or why that cannot be said.
 *
 * <h2>Confidence</h2>
 *
 * There are two ways to be sure, and the surer one counts; both are bounded by the probability of the decoder's path at the
 * middle of L3, which falls when another count of the vertebrae explains the rows as well.
 *
 * <ol>
 *   <li>By looks: the network's own mean probability of L3 over the middle half of that segment, and its mean probability of
 *       the path over all vertebrae in view, which falls when what it sees at one end contradicts what it sees at the other.
 *   <li>By counting down from the ribs: the network's least mean probability of T12, T11 and T10. With four or six lumbar
 *       vertebrae the looks contradict themselves, since the network names vertebrae from the sacrum up, too, and was mostly
 *       shown five; the third below the last rib is L3 all the same.
 * </ol>
 *
 * What lies below {@link #LEAST_CONFIDENCE}, or {@link #LEAST_UNRIVALLED}, is refused: a wrong level is worse than none.
 * Where the ribs are out of view nobody can tell four, five and six lumbar vertebrae apart; {@link LumbarCount} says so.
 *
 * @param images the views
 * @param rows what the network says of them
 * @param account what the decoder makes of it
 */
record SpineVerdict(SpineImages images, SpineRows rows, LevelDecoder.Account account) {

    /** Chosen on 270 phantoms with variants (seeds 3000001 and on). Below 0.8 an answer carries a flag. */
    static final double LEAST_CONFIDENCE = 0.7;

    /**
     * So much is enough where no other level has more than {@link #MOST_OF_A_RIVAL}: the reader's answers are means over
     * looks from which something is hidden, and some of those see next to nothing.
     */
    static final double LEAST_UNRIVALLED = 0.55;

    private static final double MOST_OF_A_RIVAL = 0.3;

    /** Below this length no two vertebrae are whole. */
    private static final double LEAST_FIELD_MM = 60;

    /** So much of both neighbours must be in view, or the edge of the field is easily taken for the end of L3. */
    private static final int LEAST_NEIGHBOUR_ROWS = 2;

    /** Of {@link LumbarCount#growth}. A little above it the answer carries a flag: people differ, and rows are coarse. */
    private static final double LEAST_GROWTH = 0.96;

    /** A vertebra of which fewer rows are in view has no say. */
    private static final int LEAST_ROWS = 4;

    static SpineVerdict of(SpineImages images, SpineRows rows) {
        return new SpineVerdict(images, rows, LevelDecoder.decode(rows, SpineImages.ROW_MM));
    }

    L3 l3() {
        List<LevelRange> levels = levels();
        double fieldMm = images.rows() * SpineImages.ROW_MM;
        if (fieldMm < LEAST_FIELD_MM) {
            return new L3.NotFound(
                    String.format(Locale.ROOT, "the field of view of %.0f mm along the body is too short", fieldMm),
                    0,
                    levels);
        }
        for (LevelDecoder.Segment segment : account.segments()) {
            if (segment.level() == SpineLevel.L3) {
                return l3(segment, levels);
            }
        }
        return new L3.NotFound("no L3 in the field of view (" + recognised(levels) + ")", best(), levels);
    }

    private L3 l3(LevelDecoder.Segment segment, List<LevelRange> levels) {
        double confidence = confidence(segment);
        boolean below = segment.first() >= LEAST_NEIGHBOUR_ROWS;
        if (!below || segment.end() > rows.rows() - LEAST_NEIGHBOUR_ROWS) {
            String end = below ? "upper" : "lower";
            return new L3.NotFound(
                    "L3 is cut by the " + end + " end of the field of view (" + recognised(levels) + ")",
                    confidence,
                    levels);
        }
        SpineLevel rival = rival(segment);
        double rivalled = mean(segment, rival.channel());
        if (confidence < (rivalled > MOST_OF_A_RIVAL ? LEAST_CONFIDENCE : LEAST_UNRIVALLED)) {
            return new L3.NotFound(
                    String.format(
                            Locale.ROOT,
                            "L3 uncertain: probability %.2f, it could be %s (%.2f) (%s)",
                            confidence,
                            rival.text(),
                            rivalled,
                            recognised(levels)),
                    confidence,
                    levels);
        }
        // More lumbar vertebrae were put between sacrum and ribs than fit.
        if (LumbarCount.growth(levels) < LEAST_GROWTH) {
            return new L3.NotFound(
                    "L3 uncertain: the lumbar vertebrae would be lower than the last thoracic ones ("
                            + recognised(levels) + ")",
                    confidence,
                    levels);
        }
        double middle = (edge(segment.first()) + edge(segment.end())) / 2;
        return new L3.Found((int) Math.round(middle), images.zMm(middle), confidence, levels);
    }

    private double confidence(LevelDecoder.Segment segment) {
        int middle = (int) segment.middle();
        double looks = Math.min(mean(segment, segment.level().channel()), agreement());
        return Math.min(account.probability(middle, segment.level()), Math.max(looks, ribs()));
    }

    /** The network's mean probability of the path over the vertebrae in view, their middle halves only. */
    private double agreement() {
        return account.segments().stream()
                .filter(segment -> segment.level().isVertebra() && rows(segment) >= LEAST_ROWS)
                .mapToDouble(segment -> mean(segment, segment.level().channel()))
                .average()
                .orElse(0);
    }

    /** The network's least mean probability of the lowest thoracic vertebrae; 0 unless T12 and T11 are in view. */
    private double ribs() {
        double least = 1;
        int seen = 0;
        for (LevelDecoder.Segment segment : account.segments()) {
            SpineLevel level = segment.level();
            if (level.isVertebra() && !level.isLumbar() && rows(segment) >= LEAST_ROWS) {
                least = Math.min(least, mean(segment, level.channel()));
                seen += level == SpineLevel.T12 || level == SpineLevel.T11 ? 1 : 0;
            }
        }
        return seen == 2 ? least : 0;
    }

    private static int rows(LevelDecoder.Segment segment) {
        return segment.end() - segment.first();
    }

    /** The network's mean probability of a class over the middle half of a segment. */
    private double mean(LevelDecoder.Segment segment, int channel) {
        int quarter = (segment.end() - segment.first()) / 4;
        double sum = 0;
        int count = 0;
        for (int row = segment.first() + quarter; row < segment.end() - quarter; row++) {
            sum += rows.level()[row][channel];
            count++;
        }
        return count == 0 ? 0 : sum / count;
    }

    /** What else the segment could be. */
    private SpineLevel rival(LevelDecoder.Segment segment) {
        SpineLevel rival = SpineLevel.L4;
        for (SpineLevel level : SpineLevel.values()) {
            if (level != SpineLevel.L6
                    && level != segment.level()
                    && mean(segment, level.channel()) > mean(segment, rival.channel())) {
                rival = level;
            }
        }
        return rival;
    }

    /** Probability of L3 at the row where it is highest. */
    private double best() {
        double best = 0;
        for (int row = 0; row < rows.rows(); row++) {
            best = Math.max(best, account.probability(row, SpineLevel.L3));
        }
        return best;
    }

    private static String recognised(List<LevelRange> levels) {
        return levels.isEmpty()
                ? "no spine recognised"
                : "recognised from feet to head: "
                        + levels.stream().map(range -> range.level().text()).collect(Collectors.joining(", "));
    }

    List<LevelRange> levels() {
        List<LevelRange> levels = new ArrayList<>();
        for (LevelDecoder.Segment segment : account.segments()) {
            levels.add(new LevelRange(
                    segment.level(),
                    images.zMm(edge(segment.first())),
                    images.zMm(edge(segment.end())),
                    segment.whole()));
        }
        return levels;
    }

    /** The edge below a row, moved to the middle of the disc as the network sees it. */
    private double edge(int row) {
        if (row == 0 || row == rows.rows()) {
            return row - 0.5;
        }
        double sum = 0;
        double weight = 0;
        for (int near = Math.max(0, row - 2); near < Math.min(rows.rows(), row + 2); near++) {
            sum += near * rows.border()[near];
            weight += rows.border()[near];
        }
        return weight < 0.3 ? row - 0.5 : sum / weight;
    }
}
