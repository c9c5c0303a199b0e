package org.myonode.workers.objects;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The outline of a mask as polygons along the edges of its pixels, made for readers that know neither holes nor fill
 * rules.
 *
 * <h2>Method</h2>
 *
 * <p>Every edge between a pixel of the mask and one outside is walked with the mask on the right hand, rows growing
 * downwards, so that an outer ring turns clockwise and the ring of a hole the other way. Where two pixels of the mask
 * touch by a corner only, the walk stays with its own pixel: parts are 4-connected. Edges, not pixel centres: the area
 * inside is exactly that of the pixels.
 *
 * <h2>Holes</h2>
 *
 * <p>Each hole is joined to the ring on its left by a keyhole: two coinciding lines from the leftmost edge of the hole to
 * the next ring, halfway between two rows, where no pixel edge can lie in the way. That ring reaches further left than the
 * hole, so following the bridges always ends at an outer ring, and each part becomes one closed polygon. Even-odd,
 * non-zero and exclusive-or filling all give the mask back: the two lines of a bridge cancel each other, and the rings of
 * holes run against those of parts. CLOSEDPLANAR_XOR (PS3.3 C.8.8.6.3) would say the same in a way that common viewers
 * skip.
 */
final class Outline {
    private final int rows;
    private final int columns;
    private final boolean[] mask;
    private final List<Ring> rings = new ArrayList<>();

    /** For each vertical edge, at {@code row * (columns + 1) + column}: the number of its ring, or -1. */
    private final int[] ringOfEdge;

    /** For each vertical edge: its number within the ring. */
    private final int[] placeOfEdge;

    /** A closed way along pixel edges; {@code x, y} of the corner at the end of each edge, in pixels. */
    private static final class Ring {
        private final int[] corners;
        private final boolean hole;
        private final Map<Integer, Bridge> bridges = new HashMap<>();

        Ring(int[] corners, boolean hole) {
            this.corners = corners;
            this.hole = hole;
        }

        int size() {
            return corners.length / 2;
        }

        int x(int edge) {
            return corners[2 * Math.floorMod(edge, size())];
        }

        int y(int edge) {
            return corners[2 * Math.floorMod(edge, size()) + 1];
        }
    }

    /** To the middle of the leftmost edge of a hole. */
    private record Bridge(Ring hole, int edge) {}

    private Outline(boolean[] mask, int rows, int columns) {
        this.mask = mask;
        this.rows = rows;
        this.columns = columns;
        this.ringOfEdge = new int[rows * (columns + 1)];
        this.placeOfEdge = new int[ringOfEdge.length];
        Arrays.fill(ringOfEdge, -1);
    }

    /**
     * One polygon for each 4-connected part, by its uppermost row: {@code x0, y0, x1, y1 ...} in half pixels from the upper
     * left corner of the image, the last point joined to the first. No point is needless: each turns the line or ends a
     * bridge.
     *
     * @param mask {@code rows * columns} values row by row
     */
    static List<int[]> of(boolean[] mask, int rows, int columns) {
        Outline outline = new Outline(mask, rows, columns);
        outline.walkAll();
        outline.hangHoles();
        List<int[]> polygons = new ArrayList<>();
        for (Ring ring : outline.rings) {
            if (!ring.hole) {
                Polygon polygon = new Polygon();
                polygon.add(ring, 0);
                polygons.add(polygon.points());
            }
        }
        return polygons;
    }

    private boolean in(int row, int column) {
        return row >= 0 && row < rows && column >= 0 && column < columns && mask[row * columns + column];
    }

    private void walkAll() {
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column <= columns; column++) {
                if (in(row, column - 1) != in(row, column) && ringOfEdge[row * (columns + 1) + column] < 0) {
                    rings.add(walk(row, column));
                }
            }
        }
    }

    /** Walks the ring of the vertical edge on the left of a pixel, the first edge of that ring in reading order. */
    private Ring walk(int row, int column) {
        // The pixel right of a ring's first edge is the part itself, or what the hole leaves open.
        boolean hole = !in(row, column);
        int startY = hole ? row : row + 1;
        int startDy = hole ? 1 : -1;
        int x = column;
        int y = startY;
        int dx = 0;
        int dy = startDy;
        int[] corners = new int[64];
        int edges = 0;
        do {
            if (dy != 0) {
                int edge = Math.min(y, y + dy) * (columns + 1) + x;
                ringOfEdge[edge] = rings.size();
                placeOfEdge[edge] = edges;
            }
            x += dx;
            y += dy;
            if (2 * edges == corners.length) {
                corners = Arrays.copyOf(corners, 2 * corners.length);
            }
            corners[2 * edges] = x;
            corners[2 * edges + 1] = y;
            edges++;
            int turned = dx;
            if (!ahead(x, y, dx, dy, 1)) {
                dx = -dy;
                dy = turned;
            } else if (ahead(x, y, dx, dy, -1)) {
                dx = dy;
                dy = -turned;
            }
        } while (x != column || y != startY || dx != 0 || dy != startDy);
        return new Ring(Arrays.copyOf(corners, 2 * edges), hole);
    }

    /** Whether the pixel ahead of a corner on the right (1) or left (-1) of the way belongs to the mask. */
    private boolean ahead(int x, int y, int dx, int dy, int side) {
        // Rows grow downwards: right of (dx, dy) is (-dy, dx). Half a step each way leads to the centre of the pixel.
        return in(Math.floorDiv(2 * y + dy + side * dx, 2), Math.floorDiv(2 * x + dx - side * dy, 2));
    }

    private void hangHoles() {
        for (Ring ring : rings) {
            if (ring.hole) {
                int edge = leftmostEdge(ring);
                int row = Math.min(ring.y(edge), ring.y(edge - 1));
                int column = ring.x(edge) - 1;
                while (in(row, column - 1)) {
                    column--;
                }
                int beside = row * (columns + 1) + column;
                rings.get(ringOfEdge[beside]).bridges.put(placeOfEdge[beside], new Bridge(ring, edge));
            }
        }
    }

    private static int leftmostEdge(Ring ring) {
        int leftmost = -1;
        for (int edge = 0; edge < ring.size(); edge++) {
            boolean vertical = ring.x(edge) == ring.x(edge - 1);
            if (vertical && (leftmost < 0 || ring.x(edge) < ring.x(leftmost))) {
                leftmost = edge;
            }
        }
        return leftmost;
    }

    /** Points of a ring and of all holes that hang on it, in half pixels. */
    private static final class Polygon {
        private int[] points = new int[128];
        private int used;

        /** Once around, from the middle of an edge; bridges go no deeper than the image is wide. */
        void add(Ring ring, int first) {
            for (int step = 0; step < ring.size(); step++) {
                int edge = (first + step) % ring.size();
                Bridge bridge = ring.bridges.get(edge);
                if (bridge != null) {
                    addMiddle(ring, edge);
                    addMiddle(bridge.hole(), bridge.edge());
                    add(bridge.hole(), bridge.edge());
                    addMiddle(bridge.hole(), bridge.edge());
                    addMiddle(ring, edge);
                }
                add(2 * ring.x(edge), 2 * ring.y(edge));
            }
        }

        private void addMiddle(Ring ring, int edge) {
            add(ring.x(edge) + ring.x(edge - 1), ring.y(edge) + ring.y(edge - 1));
        }

        private void add(int x, int y) {
            if (used == points.length) {
                points = Arrays.copyOf(points, 2 * points.length);
            }
            points[used++] = x;
            points[used++] = y;
        }

        /** Without those that lie on the line from the one before to the one after. */
        int[] points() {
            int[] needed = new int[used];
            int kept = 0;
            for (int i = 0; i < used; i += 2) {
                int before = Math.floorMod(i - 2, used);
                int after = (i + 2) % used;
                boolean straight =
                        Integer.signum(points[i] - points[before]) == Integer.signum(points[after] - points[i])
                                && Integer.signum(points[i + 1] - points[before + 1])
                                        == Integer.signum(points[after + 1] - points[i + 1]);
                if (!straight) {
                    needed[kept++] = points[i];
                    needed[kept++] = points[i + 1];
                }
            }
            return Arrays.copyOf(needed, kept);
        }
    }
}
