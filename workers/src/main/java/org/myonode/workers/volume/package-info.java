/** From the files of a study to one regular CT grid: which series, whether it is whole, and in which orientation. */
package org.myonode.workers.volume;
