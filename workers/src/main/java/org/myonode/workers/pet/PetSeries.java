package org.myonode.workers.pet;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomException;
import org.myonode.dicom.Tag;
import org.myonode.workers.volume.Frames;
import org.myonode.workers.volume.ImageHeader;

/**
 * The images of one PET series from feet to head, with their whole headers.
 *
 * @param images ordered by their position along the body
 * @param headers the header of each
 */
public record PetSeries(List<ImageHeader> images, List<DataSet> headers) {
    /** Units of a real world value mapping (PS3.16 CID 85) as the units of a PET image (PS3.3 C.8.9.1.1.3). */
    private static final Map<String, List<String>> UNITS = Map.of(
            "Bq/ml", List.of("BQML"),
            "g/ml{SUVbw}", List.of("GML", "BW"),
            "{SUVbw}g/ml", List.of("GML", "BW"),
            "g/ml{SUVlbm}", List.of("GML", "LBM"),
            "{SUVlbm}g/ml", List.of("GML", "LBM"),
            "g/ml{SUVibw}", List.of("GML", "IBW"),
            "{SUVibw}g/ml", List.of("GML", "IBW"),
            "cm2/ml{SUVbsa}", List.of("CM2ML"),
            "{SUVbsa}cm2/ml", List.of("CM2ML"));

    /** Refuses a header too few or too many. */
    public PetSeries {
        if (images.size() != headers.size()) {
            throw new IllegalArgumentException(headers.size() + " headers for " + images.size() + " images");
        }
        images = List.copyOf(images);
        headers = List.copyOf(headers);
    }

    /**
     * Reads the headers of images that {@link PetChoice} chose.
     *
     * @throws IOException when a file cannot be read
     * @throws DicomException when one is no DICOM file any more
     */
    public static PetSeries read(List<ImageHeader> chosen) throws IOException {
        List<ImageHeader> images = chosen.stream()
                .sorted(Comparator.comparingDouble(
                                (ImageHeader image) -> image.heightMm().orElse(0))
                        .thenComparing(ImageHeader::name))
                .toList();
        List<DataSet> headers = Frames.headers(images);
        return new PetSeries(
                images,
                IntStream.range(0, images.size())
                        .mapToObj(k -> withUnits(headers.get(k)))
                        .toList());
    }

    /** How its values become SUV. */
    public SuvScale scale() {
        return SuvScale.of(headers);
    }

    /** Series Instance UID. */
    public String seriesUid() {
        return images.get(0).seriesUid();
    }

    /** Whether the radionuclide is stated to be fluorine 18 (PS3.16 CID 4020). */
    public boolean fluorine18() {
        return headers.get(0).items(Tag.RadiopharmaceuticalInformationSequence).stream()
                .flatMap(item -> item.items(Tag.RadionuclideCodeSequence).stream())
                .map(code -> code.text(Tag.CodeValue))
                .anyMatch(value -> value.equals(Optional.of("77004003")) || value.equals(Optional.of("C-111A1")));
    }

    /** An enhanced PET states its units by a mapping to real world values (PS3.3 C.7.6.16.2.11). */
    private static DataSet withUnits(DataSet header) {
        if (header.hasValue(Tag.Units)) {
            return header;
        }
        for (DataSet mapping : header.items(Tag.RealWorldValueMappingSequence)) {
            Optional<List<String>> units = mapping.item(Tag.MeasurementUnitsCodeSequence)
                    .flatMap(code -> code.text(Tag.CodeValue))
                    .map(UNITS::get);
            if (units.isPresent() && mapping.hasValue(Tag.RealWorldValueSlope)) {
                DataSet stated = header.copy()
                        .set(Tag.Units, units.get().get(0))
                        .set(Tag.RescaleSlope, mapping.requireDecimal(Tag.RealWorldValueSlope))
                        .set(
                                Tag.RescaleIntercept,
                                mapping.decimal(Tag.RealWorldValueIntercept).orElse(0));
                if (units.get().size() > 1) {
                    stated.set(Tag.SUVType, units.get().get(1));
                }
                return stated;
            }
        }
        return header;
    }
}
