package org.myonode.workers.verify;

import java.util.Map;
import java.util.stream.Collectors;

/**
 * The codes that our objects may use, each with its scheme and exact meaning: readers compare meanings, and a retired or
 * mistyped code passes every validator. Codes of schemes that begin with 99 are private and not listed.
 */
final class KnownCodes {
    private static final String TABLE = """
            SCT|85756007|Tissue
            SCT|127954009|Skeletal muscle
            SCT|818981001|Abdomen
            SCT|36470004|L3 vertebra
            SCT|309825002|Spatial and Relational Concept
            SCT|443271005|PET/CT FDG imaging of whole body
            SCT|89457008|Radionuclide
            SCT|77004003|^18^Fluorine
            SCT|363698007|Finding Site
            SCT|131184002|Area of defined region
            SCT|370129005|Measurement Method
            SCT|373098007|Mean
            SCT|56851009|Maximum
            DCM|125040|Background
            DCM|123110|Artificial Intelligence
            DCM|113076|Segmentation
            DCM|121322|Source image for image processing operation
            DCM|109102|Processing Equipment
            DCM|109101|Acquisition Equipment
            DCM|126000|Imaging Measurement Report
            DCM|121049|Language of Content Item and Descendants
            DCM|121005|Observer Type
            DCM|121007|Device
            DCM|121012|Device Observer UID
            DCM|121013|Device Observer Name
            DCM|121014|Device Observer Manufacturer
            DCM|121015|Device Observer Model Name
            DCM|121016|Device Observer Serial Number
            DCM|121058|Procedure reported
            DCM|111028|Image Library
            DCM|126200|Image Library Group
            DCM|121139|Modality
            DCM|CT|Computed Tomography
            DCM|PT|Positron emission tomography
            DCM|111060|Study Date
            DCM|112227|Frame of Reference UID
            DCM|126010|Imaging Measurements
            DCM|111001|Algorithm Name
            DCM|111002|Algorithm Parameters
            DCM|111003|Algorithm Version
            DCM|125007|Measurement Group
            DCM|112039|Tracking Identifier
            DCM|112040|Tracking Unique Identifier
            DCM|121071|Finding
            DCM|121191|Referenced Segment
            DCM|121214|Referenced Segmentation Frame
            DCM|121233|Source image for segmentation
            DCM|121401|Derivation
            DCM|112031|Attenuation Coefficient
            DCM|126401|SUVbw
            DCM|126410|SUV body weight calculation method
            DCM|121420|Equation
            DCM|111012|Certainty of Finding
            DCM|111050|Quality Assessment
            DCM|111237|Usable - Meets the quality control standard
            DCM|111236|Usable - Does not meet the quality control standard
            DCM|111235|Unusable - Quality renders image unusable
            DCM|121106|Comment
            LN|8302-2|Patient Height
            LN|44139-4|PET whole body
            LN|25045-6|CT unspecified body region
            UMLS|C0034375|Qualitative Evaluations
            RFC5646|en-US|English (United States)
            UCUM|cm2|Centimeter**2
            UCUM|cm2/m2|cm2/m2
            UCUM|[hnsf'U]|Hounsfield unit
            UCUM|g/ml{SUVbw}|Standardized Uptake Value body weight
            UCUM|cm|cm
            UCUM|%|Percent
            """;

    private static final Map<String, String> MEANINGS = TABLE.lines()
            .map(line -> line.split("\\|", 3))
            .collect(Collectors.toUnmodifiableMap(row -> row[0] + "|" + row[1], row -> row[2]));

    private KnownCodes() {}

    static boolean isKnown(String scheme, String value, String meaning) {
        return meaning.equals(MEANINGS.get(scheme + "|" + value));
    }
}
