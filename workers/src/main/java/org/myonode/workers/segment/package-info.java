/** Skeletal muscle on one slice. */
@NullMarked
package org.myonode.workers.segment;

import org.jspecify.annotations.NullMarked;
