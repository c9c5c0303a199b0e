package org.myonode.workers.objects;

import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomException;
import org.myonode.dicom.Tag;

/** Names that came with another object than the source image, perhaps in another character set. */
final class PersonNames {

    private PersonNames() {}

    /** Whether a name can be written with the character set of the source, as our objects are. */
    static boolean isWritable(DataSet source, String name) {
        try {
            new DataSet().copy(source, Tag.SpecificCharacterSet).set(Tag.PersonName, name);
            return !name.isBlank();
        } catch (DicomException e) {
            return false;
        }
    }
}
