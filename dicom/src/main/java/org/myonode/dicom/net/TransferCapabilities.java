package org.myonode.dicom.net;

import java.util.List;
import java.util.stream.Stream;

/**
 * What the node accepts as storage provider. Broad on purpose: routers forward whole studies and some abort when one
 * presentation context is refused, so instances the node has no use for are stored and then ignored.
 */
public final class TransferCapabilities {
    /** Verification SOP Class, accepted by every listener. */
    public static final String VERIFICATION = "1.2.840.10008.1.1";

    static final String RT_STRUCTURE_SET = "1.2.840.10008.5.1.4.1.1.481.3";

    private static final String STORAGE = "1.2.840.10008.5.1.4.1.1.";

    private static final List<String> STORAGE_SOP_CLASSES = List.of(
            STORAGE + "2", // CT Image
            STORAGE + "2.1", // Enhanced CT Image
            STORAGE + "2.2", // Legacy Converted Enhanced CT Image
            STORAGE + "128", // Positron Emission Tomography Image
            STORAGE + "128.1", // Legacy Converted Enhanced PET Image
            STORAGE + "130", // Enhanced PET Image
            STORAGE + "20", // Nuclear Medicine Image
            STORAGE + "7", // Secondary Capture Image
            STORAGE + "7.1", // Multi-frame Single Bit Secondary Capture Image
            STORAGE + "7.2", // Multi-frame Grayscale Byte Secondary Capture Image
            STORAGE + "7.3", // Multi-frame Grayscale Word Secondary Capture Image
            STORAGE + "7.4", // Multi-frame True Color Secondary Capture Image
            STORAGE + "11.1", // Grayscale Softcopy Presentation State
            STORAGE + "11.2", // Color Softcopy Presentation State
            STORAGE + "11.4", // Blending Softcopy Presentation State
            STORAGE + "481.1", // RT Image
            STORAGE + "481.2", // RT Dose
            RT_STRUCTURE_SET, // RT Structure Set
            STORAGE + "481.5", // RT Plan
            STORAGE + "66.4", // Segmentation
            STORAGE + "66.7", // Label Map Segmentation
            STORAGE + "66.5", // Surface Segmentation
            STORAGE + "66", // Raw Data
            STORAGE + "66.1", // Spatial Registration
            STORAGE + "67", // Real World Value Mapping
            STORAGE + "88.11", // Basic Text SR
            STORAGE + "88.22", // Enhanced SR
            STORAGE + "88.33", // Comprehensive SR
            STORAGE + "88.34", // Comprehensive 3D SR
            STORAGE + "88.59", // Key Object Selection Document
            STORAGE + "88.67", // X-Ray Radiation Dose SR
            STORAGE + "88.68", // Radiopharmaceutical Radiation Dose SR
            STORAGE + "104.1", // Encapsulated PDF
            "1.3.12.2.1107.5.9.1"); // Siemens CSA Non-Image, private

    private TransferCapabilities() {}

    /** Every storage SOP class of the conformance statement, each in every transfer syntax of the node. */
    public static List<TransferCapability> storage() {
        return STORAGE_SOP_CLASSES.stream()
                .map(sopClass -> new TransferCapability(sopClass, TransferSyntaxes.BY_PREFERENCE))
                .toList();
    }

    /** The Verification SOP class and the given ones. */
    static List<TransferCapability> withVerification(List<TransferCapability> capabilities) {
        TransferCapability echo = new TransferCapability(
                VERIFICATION, List.of(TransferSyntaxes.EXPLICIT_LE, TransferSyntaxes.IMPLICIT_LE));
        return Stream.concat(Stream.of(echo), capabilities.stream()).toList();
    }
}
