package org.myonode.workers.verify;

/** What the objects of a result must have in common with each other and with their source images. */
public enum Rule {
    PATIENT_AND_STUDY("patient and study are copied from the source image"),
    OWN_SERIES("each object lies alone in a series of its own"),
    UIDS("every UID is a UID"),
    CHARACTER_SET("text beyond ASCII has a character set"),
    FILE_META("the file meta information names the object"),
    DISCLAIMER("the series description says that nobody has verified it, or the report who has"),
    EQUIPMENT("program and model are named with their versions"),
    CODES("every code is a known one with its exact meaning"),
    PRIVATE_CODES("schemes of private codes are identified"),

    SEG_FRAME_OF_REFERENCE("the segmentation has the frame of reference of its image"),
    SEG_GRID("the segmentation has the rows, columns and spacing of its image"),
    SEG_PLANE("the segmentation has the position and orientation of its image"),
    SEG_PIXELS("the segmentation holds as many pixels as its grid, and some are set"),
    SEG_SOURCE("the segmentation lists exactly the image it was made of"),
    SEG_SEGMENT("the segment is skeletal muscle, number 1, and says so where viewers look"),
    SEG_ALGORITHM("the segment names its algorithm, the segmentation its creator and whether an expert corrected it"),
    SEG_OVERLAP("the segmentation says that segments do not overlap"),
    SEG_TRACKING("the segment has a tracking identifier and UID"),

    SR_TEMPLATE("the report is an Imaging Measurement Report by template 1500"),
    SR_CONTEXT("the report states language, device, procedure and algorithm"),
    SR_IMAGE_LIBRARY("the report has an image library"),
    SR_UNVERIFIED(
            "the report is complete, preliminary and unverified, and its comment says so; verified only by a named"
                    + " person, with organization and time, when an expert corrected the contour"),
    SR_CORRECTION("the report of a contour that an expert corrected says so and names the report that it supersedes"),
    SR_REQUEST("the report names the request where there is an accession number"),
    SR_EVIDENCE("the evidence of the report is exactly what its tree references"),
    SR_SEGMENT("the report references the segment, by segment or by frame and not by both"),
    SR_TRACKING("the report tracks the same thing as the segment"),
    SR_METHOD("every number of the report says how it came about"),
    SR_MISSING("a number that is not known is left out or qualified"),
    SR_AREA("the area in the report is that of the mask, in cm2"),
    SR_INDEX("the index in the report is area by squared height, in cm2/m2"),
    SR_ATTENUATION("the mean attenuation in the report is that of the pixels in the mask, in HU"),
    SR_UPTAKE("uptake in the report is SUVbw in g/ml"),
    SR_PREDECESSOR("the report that is superseded is another one of the same study"),

    RT_FRAME_OF_REFERENCE("the structure set has one frame of reference, that of its images"),
    RT_IMAGES("the structure set lists every image of the series"),
    RT_NUMBERS("regions, contours and observations belong together by number"),
    RT_NAMES("names of the structure set have at most 16 characters"),
    RT_UNAPPROVED("the structure set is not approved"),
    RT_SOURCE("the region names the segment it was drawn from and was made as that was"),
    RT_CONTOURS("contours are closed, have the points they count, and name their image"),
    RT_DECIMALS("coordinates have at most 16 characters"),
    RT_ENCODING("a contour above 64 KiB is written in Implicit VR"),
    RT_PLANE("contours lie in the plane of their image"),
    RT_AREA("the contours enclose the area of the mask"),
    RT_MASK("the contours give back the mask by even-odd, non-zero and exclusive-or filling"),

    SC_SOURCE("the picture names the image it shows"),
    SC_PIXELS("the picture is RGB of 8 bits and complete"),
    SC_BURNED_IN("the picture says that text is drawn in"),
    SC_PLACE("the picture has a pixel size and no position in the patient");

    private final String sentence;

    Rule(String sentence) {
        this.sentence = sentence;
    }

    /** The rule in words, a sentence without its full stop. */
    public String sentence() {
        return sentence;
    }
}
