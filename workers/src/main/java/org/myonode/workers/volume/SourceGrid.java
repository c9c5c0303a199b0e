package org.myonode.workers.volume;

import java.util.List;

/**
 * How the pixels of the source images lie in the canonical slices of a {@link CtVolume}: the exact way there and back,
 * by transposing and reversing, never by interpolation.
 *
 * @param rows rows of a source image
 * @param columns columns of a source image
 * @param transposed whether source rows run along the patient's front-back axis
 * @param rowsReversed whether source rows run against the canonical direction they lie along
 * @param columnsReversed whether source columns run against the canonical direction they lie along
 */
public record SourceGrid(int rows, int columns, boolean transposed, boolean rowsReversed, boolean columnsReversed) {

    /** Reads it from Image Orientation (Patient), six direction cosines of a nearly axial image. */
    public static SourceGrid of(int rows, int columns, List<Double> orientation) {
        boolean transposed = Math.abs(orientation.get(1)) > Math.abs(orientation.get(0));
        double alongRow = transposed ? orientation.get(1) : orientation.get(0);
        double alongColumn = transposed ? orientation.get(3) : orientation.get(4);
        return new SourceGrid(rows, columns, transposed, alongColumn < 0, alongRow < 0);
    }

    /** Rows of a canonical slice. */
    public int canonicalRows() {
        return transposed ? columns : rows;
    }

    /** Columns of a canonical slice. */
    public int canonicalColumns() {
        return transposed ? rows : columns;
    }

    /** Index into the source pixels of the canonical pixel at a row and a column. */
    public int sourceIndex(int row, int column) {
        int sourceRow = transposed ? column : row;
        int sourceColumn = transposed ? row : column;
        if (rowsReversed) {
            sourceRow = rows - 1 - sourceRow;
        }
        if (columnsReversed) {
            sourceColumn = columns - 1 - sourceColumn;
        }
        return sourceRow * columns + sourceColumn;
    }

    /** A canonical mask in the pixel order of the source image. */
    public Mask toSource(Mask canonical) {
        if (canonical.rows() != canonicalRows() || canonical.columns() != canonicalColumns()) {
            throw new IllegalArgumentException("a mask of " + canonical.rows() + "x" + canonical.columns()
                    + " does not lie on a grid of " + canonicalRows() + "x" + canonicalColumns());
        }
        boolean[] source = new boolean[rows * columns];
        for (int row = 0; row < canonical.rows(); row++) {
            for (int column = 0; column < canonical.columns(); column++) {
                source[sourceIndex(row, column)] = canonical.at(row, column);
            }
        }
        return new Mask(rows, columns, source);
    }

    /** A mask in the pixel order of the source image in canonical order. */
    public Mask toCanonical(Mask source) {
        if (source.rows() != rows || source.columns() != columns) {
            throw new IllegalArgumentException("a mask of " + source.rows() + "x" + source.columns()
                    + " does not lie on a source image of " + rows + "x" + columns);
        }
        boolean[] canonical = new boolean[rows * columns];
        int next = 0;
        for (int row = 0; row < canonicalRows(); row++) {
            for (int column = 0; column < canonicalColumns(); column++) {
                canonical[next++] = source.pixels()[sourceIndex(row, column)];
            }
        }
        return new Mask(canonicalRows(), canonicalColumns(), canonical);
    }

    short[] toCanonical(short[] source) {
        if (!transposed && !rowsReversed && !columnsReversed) {
            return source;
        }
        short[] canonical = new short[source.length];
        int next = 0;
        for (int row = 0; row < canonicalRows(); row++) {
            for (int column = 0; column < canonicalColumns(); column++) {
                canonical[next++] = source[sourceIndex(row, column)];
            }
        }
        return canonical;
    }
}
