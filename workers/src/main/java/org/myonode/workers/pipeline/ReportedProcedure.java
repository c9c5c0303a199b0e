package org.myonode.workers.pipeline;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Tag;
import org.myonode.workers.objects.Procedure;
import org.myonode.workers.volume.Frames;
import org.myonode.workers.volume.ImageHeader;

/**
 * What the report says was done to the patient. PS3.16 CID 100 knows a PET-CT only with FDG, so a PET-CT whose tracer is
 * not stated is named by that code, and {@code tracerUnknown} makes it a flag of the result.
 *
 * @param code the nearest code
 * @param tracerUnknown whether the code says more of the tracer than the images do
 */
record ReportedProcedure(Procedure code, boolean tracerUnknown) {
    private static final List<String> FDG_CODES = List.of("35321007", "C-B1031");
    private static final Pattern PET_CT = Pattern.compile("\\bPET\\b|PET.?CT|\\bPT.?CT\\b");

    /** Reads one header of the PET series, or the study's description when there is none. */
    static ReportedProcedure of(List<ImageHeader> study) {
        Optional<ImageHeader> pet =
                study.stream().filter(image -> image.modality().equals("PT")).findFirst();
        if (pet.isPresent()) {
            DataSet header = header(pet.get());
            if (isFdg(header)) {
                return new ReportedProcedure(Procedure.PET_CT_FDG, false);
            }
            return statesTracer(header)
                    ? new ReportedProcedure(Procedure.PET_WHOLE_BODY, false)
                    : new ReportedProcedure(Procedure.PET_CT_FDG, true);
        }
        boolean described = !study.isEmpty()
                && PET_CT.matcher(header(study.get(0))
                                .text(Tag.StudyDescription)
                                .orElse("")
                                .toUpperCase(Locale.ROOT))
                        .find();
        return described
                ? new ReportedProcedure(Procedure.PET_CT_FDG, true)
                : new ReportedProcedure(Procedure.CT, false);
    }

    private static DataSet header(ImageHeader image) {
        try {
            return Frames.header(image);
        } catch (IOException e) {
            throw new UncheckedIOException(image.file() + " cannot be read again", e);
        }
    }

    private static boolean statesTracer(DataSet pet) {
        return pet.items(Tag.RadiopharmaceuticalInformationSequence).stream()
                .anyMatch(item ->
                        item.hasValue(Tag.Radiopharmaceutical) || item.hasValue(Tag.RadiopharmaceuticalCodeSequence));
    }

    private static boolean isFdg(DataSet pet) {
        return pet.items(Tag.RadiopharmaceuticalInformationSequence).stream()
                .anyMatch(item -> item.text(Tag.Radiopharmaceutical)
                                .map(name -> name.toUpperCase(Locale.ROOT))
                                .filter(name -> name.contains("FDG")
                                        || name.contains("FLUORODEOXYGLUCOSE")
                                        || name.contains("FLUDEOXYGLUCOSE"))
                                .isPresent()
                        || item.items(Tag.RadiopharmaceuticalCodeSequence).stream()
                                .anyMatch(code -> code.text(Tag.CodeValue)
                                        .filter(FDG_CODES::contains)
                                        .isPresent()));
    }
}
