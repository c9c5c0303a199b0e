/** Model packages, the inference engine, and skeletal muscle on one slice. The only user of ai.djl. */
@NullMarked
package org.myonode.workers.segment;

import org.jspecify.annotations.NullMarked;
