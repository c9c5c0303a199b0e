/** Positron emission tomography: which series is measured, what its values are as SUV, and what they are in the muscle. */
package org.myonode.workers.pet;
