/** Measurements of the node beside its peers; see {@link org.myonode.node.bench.ReceiveBench}. */
@NullMarked
package org.myonode.node.bench;

import org.jspecify.annotations.NullMarked;
