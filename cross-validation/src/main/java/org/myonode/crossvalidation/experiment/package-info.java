/** Models against contours: folds, learning curves, runs, and observers made by computation. */
@NullMarked
package org.myonode.crossvalidation.experiment;

import org.jspecify.annotations.NullMarked;
