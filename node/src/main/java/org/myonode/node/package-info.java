/** The assembly: commands, configuration, and the composition root that wires the modules to one program. */
@NullMarked
package org.myonode.node;

import org.jspecify.annotations.NullMarked;
