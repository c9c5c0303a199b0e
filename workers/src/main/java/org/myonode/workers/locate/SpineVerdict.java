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
 * Three numbers can make it small, and the smallest one counts: the probability of the decoder's path at the middle of
 * L3, which falls when another count of the vertebrae explains the rows as well; the network's own mean probability of
 * L3 over the middle half of that segment, which falls when it cannot tell where in the spine it is; and its mean
 * probability of the path over all lumbar vertebrae in view, which falls when what it sees at one end of the lumbar
 * spine contradicts what it sees at the other. What lies below {@link #LEAST_CONFIDENCE} is refused: a wrong level is worse
 * than none.
 *
 * @param images the views
 * @param rows what the network says of them
 * @param account what the decoder makes of it
 */
record SpineVerdict(SpineImages images, SpineRows rows, LevelDecoder.Account account) {

    /** Chosen on phantoms and on real series that the network had not been trained on. */
    static final double LEAST_CONFIDENCE = 0.8;

    /** Below this length no two vertebrae are whole. */
    private static final double LEAST_FIELD_MM = 60;

    /** So much of both neighbours must be in view, or the edge of the field is easily taken for the end of L3. */
    private static final int LEAST_NEIGHBOUR_ROWS = 2;

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
        if (confidence < LEAST_CONFIDENCE) {
            return new L3.NotFound(
                    String.format(
                            Locale.ROOT,
                            "L3 uncertain: probability %.2f, %s (%s)",
                            confidence,
                            rival(segment),
                            recognised(levels)),
                    confidence,
                    levels);
        }
        double middle = (edge(segment.first()) + edge(segment.end())) / 2;
        return new L3.Found((int) Math.round(middle), images.zMm(middle), confidence, levels);
    }

    private double confidence(LevelDecoder.Segment segment) {
        int middle = (int) segment.middle();
        double own = mean(segment, segment.level().channel());
        return Math.min(Math.min(account.probability(middle, segment.level()), own), agreement());
    }

    /** The network's mean probability of the path over the lumbar vertebrae in view, their middle halves only. */
    private double agreement() {
        double sum = 0;
        int count = 0;
        for (LevelDecoder.Segment segment : account.segments()) {
            if (segment.level().isLumbar() && segment.end() - segment.first() >= 4) {
                sum += mean(segment, segment.level().channel());
                count++;
            }
        }
        return count == 0 ? 0 : sum / count;
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
    private String rival(LevelDecoder.Segment segment) {
        SpineLevel rival = SpineLevel.L4;
        for (SpineLevel level : SpineLevel.values()) {
            if (level != SpineLevel.L6
                    && level != segment.level()
                    && mean(segment, level.channel()) > mean(segment, rival.channel())) {
                rival = level;
            }
        }
        return String.format(Locale.ROOT, "it could be %s (%.2f)", rival.text(), mean(segment, rival.channel()));
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
