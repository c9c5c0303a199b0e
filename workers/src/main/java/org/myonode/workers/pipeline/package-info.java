/** The sentence: choose the series, build the volume, find L3, segment, measure, write the objects. */
package org.myonode.workers.pipeline;
