/** How well two masks of the same slice agree: overlap, distance between their outlines, difference in area. */
@NullMarked
package org.myonode.crossvalidation.scoring;

import org.jspecify.annotations.NullMarked;
