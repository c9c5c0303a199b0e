/** Expert and project contours: where they come from and how they become masks. */
@NullMarked
package org.myonode.crossvalidation.contours;

import org.jspecify.annotations.NullMarked;
