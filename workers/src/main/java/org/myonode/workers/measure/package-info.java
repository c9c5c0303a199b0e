/** What the muscle mask of one slice tells: area, index, radiodensity, and how far to trust them. */
package org.myonode.workers.measure;
