/** Where in a CT volume the third lumbar vertebra lies, or why that cannot be said. */
@NullMarked
package org.myonode.workers.locate;

import org.jspecify.annotations.NullMarked;
