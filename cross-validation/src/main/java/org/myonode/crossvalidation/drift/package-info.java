/** Whether the studies and the model of a node are still what they were: nightly, with a statistic that is written down. */
@NullMarked
package org.myonode.crossvalidation.drift;

import org.jspecify.annotations.NullMarked;
