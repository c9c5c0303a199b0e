/** Training of the models on TensorFlow's graph API, which this package alone uses. */
@NullMarked
package org.myonode.crossvalidation.training;

import org.jspecify.annotations.NullMarked;
