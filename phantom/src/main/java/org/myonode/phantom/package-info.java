/** A synthetic PET-CT patient with known truth, from the vertex to mid thigh: demo input, tests and training data. */
@NullMarked
package org.myonode.phantom;

import org.jspecify.annotations.NullMarked;
