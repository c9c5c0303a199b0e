/**
 * DICOM in: association policy and durable instance store. What happens to an instance is told by {@link
 * org.myonode.storage.StorageScp}; what happens to a study that has gone quiet by {@link
 * org.myonode.storage.StudySealer}.
 */
@NullMarked
package org.myonode.storage;

import org.jspecify.annotations.NullMarked;
