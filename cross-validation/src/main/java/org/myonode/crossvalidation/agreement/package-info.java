/** Agreement of methods and observers, and tests of differences, each by the paper that defined it. */
@NullMarked
package org.myonode.crossvalidation.agreement;

import org.jspecify.annotations.NullMarked;
