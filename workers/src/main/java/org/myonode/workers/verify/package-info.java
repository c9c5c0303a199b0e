/**
 * Checks of written objects against each other and against their source images: what neither the standard's validators
 * nor an archive looks at. Written from the requirements alone; it shares no code with the writers.
 */
@NullMarked
package org.myonode.workers.verify;

import org.jspecify.annotations.NullMarked;
