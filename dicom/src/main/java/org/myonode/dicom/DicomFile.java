package org.myonode.dicom;

/**
 * A DICOM Part 10 file: the file meta information (group 0002) and the data set.
 *
 * @param meta attributes of group 0002 only
 * @param dataSet all the others
 */
public record DicomFile(DataSet meta, DataSet dataSet) {

    /** The UID of the transfer syntax that the data set has or will have in the file. */
    public String transferSyntax() {
        return meta.requireText(Tag.TransferSyntaxUID);
    }

    /** SOP Class UID (0008,0016) of the data set. */
    public String sopClassUid() {
        return dataSet.requireText(Tag.SOPClassUID);
    }

    /** SOP Instance UID (0008,0018) of the data set. */
    public String sopInstanceUid() {
        return dataSet.requireText(Tag.SOPInstanceUID);
    }
}
