package org.myonode.crossvalidation.report;

/** The axes of a plot with their grid and names. */
final class Frame {

    static final int WIDTH = 760;
    static final int LEFT = 62;
    static final int RIGHT = 14;

    private Frame() {}

    /** Lines across at every tick of a vertical axis, numbers at their left. */
    static void vertical(Svg svg, Axis y, String name) {
        for (double tick : y.ticks()) {
            svg.line("grid", LEFT, y.at(tick), WIDTH - RIGHT, y.at(tick));
            svg.tick('y', "end", LEFT - 7, y.at(tick) + 4, y.label(tick));
        }
        svg.sideways("middle", 15, (y.from() + y.to()) / 2, name);
    }

    /** Short strokes and numbers below. */
    static void horizontal(Svg svg, Axis x, double bottom, String name) {
        svg.line("axis", x.from(), bottom, x.to(), bottom);
        for (double tick : x.ticks()) {
            svg.line("axis", x.at(tick), bottom, x.at(tick), bottom + 5);
            svg.tick('x', "middle", x.at(tick), bottom + 18, x.label(tick));
        }
        svg.text("middle", (x.from() + x.to()) / 2, bottom + 37, name);
    }
}
