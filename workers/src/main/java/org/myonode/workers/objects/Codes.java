package org.myonode.workers.objects;

/** The concepts that several objects share, frozen: another meaning text is another code to some readers. */
final class Codes {
    static final Code SKELETAL_MUSCLE = Code.sct("127954009", "Skeletal muscle");
    static final Code TISSUE = Code.sct("85756007", "Tissue");
    static final Code ABDOMEN = Code.sct("818981001", "Abdomen");
    static final Code ARTIFICIAL_INTELLIGENCE = Code.dcm("123110", "Artificial Intelligence");
    static final Code SEGMENTATION = Code.dcm("113076", "Segmentation");
    static final Code SOURCE_IMAGE = Code.dcm("121322", "Source image for image processing operation");
    static final Code PROCESSING_EQUIPMENT = Code.dcm("109102", "Processing Equipment");

    static final Code SPATIAL_CONCEPT = Code.sct("309825002", "Spatial and Relational Concept");
    static final Code BACKGROUND = Code.dcm("125040", "Background");

    private Codes() {}
}
