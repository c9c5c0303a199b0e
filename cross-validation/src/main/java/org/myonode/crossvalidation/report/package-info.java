/**
 * Pages for people: one self-contained HTML file for a benchmark or an experiment, with CSV and JSON of every figure
 * beside it. No script, no address of another machine; figures are SVG drawn here from the same rows as the CSV.
 */
@NullMarked
package org.myonode.crossvalidation.report;

import org.jspecify.annotations.NullMarked;
