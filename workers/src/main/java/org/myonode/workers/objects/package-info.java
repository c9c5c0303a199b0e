/**
 * What the node writes back to the archive: one writer per object, each made of records of content and one
 * {@code write}. All objects of a result name the same patient and study as the image that was measured, by a byte for
 * byte copy, and nothing is filled in that the input does not say.
 */
@NullMarked
package org.myonode.workers.objects;

import org.jspecify.annotations.NullMarked;
