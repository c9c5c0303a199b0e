package org.myonode.workers.pet;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomException;
import org.myonode.dicom.Tag;

/**
 * SUVbw by the rules of QIBA's vendor-neutral pseudo-code and the IBSI reference objects.
 *
 * <p>SUV is activity concentration times body weight over the dose, both at one time. What differs between scanners is
 * where in that product the file stops: becquerels per millilitre (BQML), counts with the vendor's own factor (CNTS),
 * an SUV already (GML, CM2ML), and to which time decay was corrected: the start of the scan (START), the injection
 * (ADMIN), or not at all (NONE). The stored value is multiplied by the slope of its own slice, which differs from slice
 * to slice in most series.
 *
 * <p>Decay to the start of the scan is counted from, in this order: the scan time that GE keeps in a private element,
 * because GE rewrites the series time; the series time, unless it is later than the earliest acquisition (a
 * reconstruction made afterwards); the time of the frame itself, as its average activity time less Frame Reference
 * Time.
 *
 * <p>Whatever is missing or contradicts itself ends in a reason. Inside it is a {@link DicomException}, whose message
 * names the attribute.
 */
final class SuvRules {
    private static final String PHILIPS = "Philips PET Private Group";
    private static final int PHILIPS_GROUP = 0x7053;
    private static final String GE = "GEMS_PETD_01";

    /** Longer after injection than this the little that is left is no longer measured: the dates must be wrong. */
    private static final double MOST_HALF_LIVES = 10;

    private final List<DataSet> images;
    private final DataSet first;
    private final EnumSet<SuvFlag> flags = EnumSet.noneOf(SuvFlag.class);
    private String method = "";

    private SuvRules(List<DataSet> images) {
        this.images = images;
        this.first = images.get(0);
    }

    static SuvScale scale(List<DataSet> images) {
        if (images.isEmpty()) {
            return new SuvScale.Unknown("no PET images");
        }
        try {
            SuvRules rules = new SuvRules(images);
            double[] factors = rules.factors();
            for (double factor : factors) {
                if (!(factor >= 0) || Double.isInfinite(factor)) {
                    return new SuvScale.Unknown("the header gives an SUV factor of " + factor);
                }
            }
            return new SuvScale.Known(factors, rules.method, rules.flags);
        } catch (DicomException e) {
            return new SuvScale.Unknown(String.valueOf(e.getMessage()));
        }
    }

    private double[] factors() {
        same(Tag.Units);
        same(Tag.SUVType);
        same(Tag.DecayCorrection);
        corrected();
        double[] slopes = images.stream().mapToDouble(SuvRules::slope).toArray();
        String units = first.requireText(Tag.Units);
        double[] factors = switch (units) {
            case "BQML" -> fromActivity("Bq/ml", image -> 1);
            case "CNTS" -> fromCounts();
            case "GML" -> fromSuv(first.text(Tag.SUVType).orElse("BW"));
            case "CM2ML" -> fromSuv("BSA");
            default -> throw new DicomException(Tag.Units, units + " is not known to lead to SUV");
        };
        for (int k = 0; k < factors.length; k++) {
            factors[k] *= slopes[k];
        }
        return factors;
    }

    /** One series is one scan: what is stated of all of it must be stated alike. */
    private void same(int tag) {
        TreeSet<String> values = new TreeSet<>();
        images.forEach(image -> values.add(image.text(tag).orElse("nothing")));
        if (values.size() > 1) {
            throw new DicomException(tag, "differs within the series: " + String.join(", ", values));
        }
    }

    private void corrected() {
        List<String> corrections = first.texts(Tag.CorrectedImage);
        boolean enhanced = first.hasValue(Tag.AttenuationCorrected);
        if (!enhanced && corrections.isEmpty()) {
            throw new DicomException(Tag.CorrectedImage, "absent or empty: it is not known what was corrected");
        }
        boolean attenuation = enhanced
                ? first.text(Tag.AttenuationCorrected).equals(Optional.of("YES"))
                : corrections.contains("ATTN");
        if (!attenuation) {
            throw new DicomException(
                    enhanced ? Tag.AttenuationCorrected : Tag.CorrectedImage, "attenuation was not corrected");
        }
        boolean decay =
                enhanced ? first.text(Tag.DecayCorrected).equals(Optional.of("YES")) : corrections.contains("DECY");
        if (!decay && !first.text(Tag.DecayCorrection).equals(Optional.of("NONE")) && !enhanced) {
            throw new DicomException(Tag.CorrectedImage, "lacks DECY although Decay Correction is not NONE");
        }
    }

    private static double slope(DataSet image) {
        double intercept = image.decimal(Tag.RescaleIntercept).orElse(0);
        if (intercept != 0) {
            throw new DicomException(Tag.RescaleIntercept, "is " + intercept + ", must be 0 in PET");
        }
        double slope = image.requireDecimal(Tag.RescaleSlope);
        if (!(slope > 0)) {
            throw new DicomException(Tag.RescaleSlope, "is " + slope + ", must be positive");
        }
        return slope;
    }

    // ---- values that are an SUV already

    private double[] fromSuv(String type) {
        double factor;
        if (type.equals("BW")) {
            factor = 1;
            method = "SUVbw as the scanner computed it";
        } else {
            factor = weightKg() / normaliser(type);
            flags.add(SuvFlag.SUV_CONVERTED);
            method = "SUVbw from the scanner's SUV of type " + type + " by weight " + number("%.1f kg", weightKg())
                    + " and height " + number("%.2f m", heightM());
        }
        double[] factors = new double[images.size()];
        Arrays.fill(factors, factor);
        return factors;
    }

    /** What the scanner divided by in place of the weight, as kilograms. */
    private double normaliser(String type) {
        double w = weightKg();
        double cm = heightM() * 100;
        double bmi = w / (heightM() * heightM());
        return switch (type) {
            case "LBM" -> bySex(1.10 * w - 120 * sq(w / cm), 1.07 * w - 148 * sq(w / cm));
            case "LBMJAMES128" -> bySex(1.10 * w - 128 * sq(w / cm), 1.07 * w - 148 * sq(w / cm));
            case "LBMJANMA" -> bySex(9270 * w / (6680 + 216 * bmi), 9270 * w / (8780 + 244 * bmi));
            case "IBW" -> bySex(48.0 + 1.06 * (cm - 152), 45.5 + 0.91 * (cm - 152));
            // Du Bois and Du Bois 1916, m2; SUVbsa has cm2/ml, hence 10 for 10,000 cm2 in m2 over 1000 g in kg.
            case "BSA" -> 0.007184 * Math.pow(cm, 0.725) * Math.pow(w, 0.425) * 10;
            default -> throw new DicomException(Tag.SUVType, type + " is not known");
        };
    }

    private static double sq(double x) {
        return x * x;
    }

    private double bySex(double male, double female) {
        return switch (first.text(Tag.PatientSex).orElse("")) {
            case "M" -> male;
            case "F" -> female;
            default -> {
                flags.add(SuvFlag.SEX_UNKNOWN);
                yield (male + female) / 2;
            }
        };
    }

    // ---- counts

    private double[] fromCounts() {
        double[] suv = images.stream()
                .mapToDouble(image -> philips(image, 0x00).orElse(0))
                .toArray();
        if (Arrays.stream(suv).allMatch(factor -> factor > 0)) {
            method = "SUVbw from counts by the scanner's SUV scale factor";
            return suv;
        }
        if (Arrays.stream(suv).anyMatch(factor -> factor > 0)) {
            throw new DicomException(Tag.Units, "CNTS, and not every image has the scanner's SUV scale factor");
        }
        return fromActivity(
                "counts by the scanner's activity scale factor",
                image -> philips(image, 0x09)
                        .orElseThrow(() -> new DicomException(
                                Tag.Units, "CNTS, and neither a scale factor for SUV nor one for activity is there")));
    }

    /** (7053,xx00) and (7053,xx09); de-identifiers like to strip the private creator and leave the element. */
    private static OptionalDouble philips(DataSet image, int element) {
        OptionalInt tag = image.privateTag(PHILIPS, PHILIPS_GROUP, element);
        Optional<String> text = privateText(image, tag.orElse(PHILIPS_GROUP << 16 | 0x1000 | element));
        try {
            double value = text.isEmpty() ? 0 : Double.parseDouble(text.get());
            return value > 0 ? OptionalDouble.of(value) : OptionalDouble.empty();
        } catch (NumberFormatException e) {
            return OptionalDouble.empty();
        }
    }

    private static Optional<String> privateText(DataSet image, int tag) {
        if (!image.contains(tag)) {
            return Optional.empty();
        }
        Optional<String> text = image.text(tag);
        if (text.isPresent()) {
            return text;
        }
        // Implicit VR, or a dictionary that did not know it: the bytes are there under VR UN.
        String raw = new String(image.bytes(tag), StandardCharsets.ISO_8859_1)
                .replace('\0', ' ')
                .strip();
        return raw.isEmpty() ? Optional.empty() : Optional.of(raw);
    }

    // ---- activity concentration

    private double[] fromActivity(String unit, ToDoubleFunction<DataSet> becquerelPerMl) {
        double grams = weightKg() * 1000;
        DataSet injection = injection();
        double dose = dose(injection);
        double halfLife = positive(injection, Tag.RadionuclideHalfLife);
        String basics = String.format(
                Locale.ROOT,
                "SUVbw from %s: weight %.1f kg, dose %.1f MBq, half-life %.1f s",
                unit,
                grams / 1000,
                dose / 1e6,
                halfLife);
        double perBecquerel = grams / dose;
        Optional<LocalDateTime> enhancedReference = DicomTime.dateTime(first, Tag.DecayCorrectionDateTime, first);
        String correction = enhancedReference.isPresent()
                ? "START"
                : first.text(Tag.DecayCorrection)
                        .orElse(first.text(Tag.DecayCorrected).equals(Optional.of("NO")) ? "NONE" : "");
        switch (correction) {
            case "ADMIN" -> {
                method = basics + ", decay corrected to the injection";
                return images.stream()
                        .mapToDouble(image -> becquerelPerMl.applyAsDouble(image) * perBecquerel)
                        .toArray();
            }
            case "START" -> {
                LocalDateTime administered = administered(injection);
                double[] factors = new double[images.size()];
                double[] elapsed = new double[images.size()];
                Reference reference = enhancedReference
                        .map(at -> new Reference(at, "the stated decay correction time"))
                        .or(this::geScanTime)
                        .or(this::seriesTime)
                        .orElse(new Reference(LocalDateTime.MIN, "the reference time of each frame"));
                for (int k = 0; k < factors.length; k++) {
                    DataSet image = images.get(k);
                    LocalDateTime at =
                            reference.at().equals(LocalDateTime.MIN) ? frameReference(image, halfLife) : reference.at();
                    elapsed[k] = elapsed(administered, at, halfLife);
                    factors[k] =
                            becquerelPerMl.applyAsDouble(image) * perBecquerel * Math.pow(2, elapsed[k] / halfLife);
                }
                method = basics + ", decay corrected to " + reference.name() + ", " + span(elapsed)
                        + " after the injection";
                return factors;
            }
            case "NONE" -> {
                LocalDateTime administered = administered(injection);
                double lambda = Math.log(2) / halfLife;
                double[] factors = new double[images.size()];
                double[] elapsed = new double[images.size()];
                for (int k = 0; k < factors.length; k++) {
                    DataSet image = images.get(k);
                    elapsed[k] = elapsed(administered, acquired(image), halfLife);
                    double inFrame = lambda * frameSeconds(image);
                    factors[k] = becquerelPerMl.applyAsDouble(image)
                            * perBecquerel
                            * (inFrame / -Math.expm1(-inFrame))
                            * Math.exp(lambda * elapsed[k]);
                }
                method = basics + ", not decay corrected by the scanner; corrected here from each frame's start, "
                        + span(elapsed) + " after the injection";
                return factors;
            }
            case "" -> throw new DicomException(Tag.DecayCorrection, "absent or empty");
            default -> throw new DicomException(Tag.DecayCorrection, correction + " is not known");
        }
    }

    private record Reference(LocalDateTime at, String name) {}

    private Optional<Reference> geScanTime() {
        OptionalInt tag = first.privateTag(GE, 0x0009, 0x0D);
        if (tag.isEmpty()) {
            return Optional.empty();
        }
        return privateText(first, tag.getAsInt())
                .map(text ->
                        new Reference(DicomTime.dateTime(tag.getAsInt(), text, first), "the scan time kept by GE"));
    }

    private Optional<Reference> seriesTime() {
        LocalDateTime series = DicomTime.required(first, Tag.SeriesDate, Tag.SeriesTime);
        if (series.isAfter(earliestAcquisition())) {
            flags.add(SuvFlag.REFERENCE_TIME_DERIVED);
            return Optional.empty();
        }
        return Optional.of(new Reference(series, "the start of the series"));
    }

    private LocalDateTime earliestAcquisition() {
        return images.stream()
                .map(SuvRules::acquired)
                .min(LocalDateTime::compareTo)
                .orElseThrow();
    }

    private static LocalDateTime acquired(DataSet image) {
        Optional<LocalDateTime> frame = DicomTime.dateTime(image, Tag.FrameAcquisitionDateTime, image);
        return frame.orElseGet(() -> DicomTime.required(image, Tag.AcquisitionDate, Tag.AcquisitionTime));
    }

    /** The time when the activity was the mean over the frame, less the time from the reference to there. */
    private static LocalDateTime frameReference(DataSet image, double halfLife) {
        double lambda = Math.log(2) / halfLife;
        double inFrame = lambda * frameSeconds(image);
        double averageAfterStart = Math.log(inFrame / -Math.expm1(-inFrame)) / lambda;
        double sinceReference = image.requireDecimal(Tag.FrameReferenceTime) / 1000;
        return acquired(image).plus(Duration.ofNanos(Math.round((averageAfterStart - sinceReference) * 1e9)));
    }

    private static double frameSeconds(DataSet image) {
        return image.hasValue(Tag.FrameAcquisitionDuration)
                ? positive(image, Tag.FrameAcquisitionDuration) / 1000
                : positive(image, Tag.ActualFrameDuration) / 1000;
    }

    private static double elapsed(LocalDateTime administered, LocalDateTime at, double halfLife) {
        double seconds = DicomTime.seconds(administered, at);
        if (seconds < 0) {
            throw new DicomException(
                    Tag.RadiopharmaceuticalStartDateTime,
                    String.format(Locale.ROOT, "the scan is %.0f s before the injection", -seconds));
        }
        if (seconds > MOST_HALF_LIVES * halfLife) {
            throw new DicomException(
                    Tag.RadiopharmaceuticalStartDateTime,
                    String.format(
                            Locale.ROOT,
                            "the scan is %.1f h after the injection, %.0f half-lives: the dates cannot be right",
                            seconds / 3600,
                            seconds / halfLife));
        }
        return seconds;
    }

    private DataSet injection() {
        List<DataSet> items = first.items(Tag.RadiopharmaceuticalInformationSequence);
        if (items.isEmpty()) {
            throw new DicomException(Tag.RadiopharmaceuticalInformationSequence, "absent or empty");
        }
        if (items.size() > 1) {
            throw new DicomException(
                    Tag.RadiopharmaceuticalInformationSequence,
                    items.size() + " injections: whose activity it is is open");
        }
        return items.get(0);
    }

    private double dose(DataSet injection) {
        double dose = positive(injection, Tag.RadionuclideTotalDose);
        if (dose >= 1e5) {
            return dose;
        }
        // Enhanced PET states megabecquerels by rule (PS3.3 C.8.22.2), others by mistake.
        if (!first.hasValue(Tag.AttenuationCorrected)) {
            flags.add(SuvFlag.DOSE_IN_MBQ);
        }
        return dose * 1e6;
    }

    private LocalDateTime administered(DataSet injection) {
        Optional<LocalDateTime> stated = DicomTime.dateTime(injection, Tag.RadiopharmaceuticalStartDateTime, first);
        if (stated.isPresent()) {
            return stated.get();
        }
        Optional<LocalTime> time = DicomTime.timeOfDay(injection, Tag.RadiopharmaceuticalStartTime);
        if (time.isEmpty()) {
            throw new DicomException(
                    Tag.RadiopharmaceuticalStartDateTime,
                    "absent, and so is Radiopharmaceutical Start Time (0018,1072)");
        }
        LocalDateTime scan = earliestAcquisition();
        LocalDateTime sameDay = LocalDateTime.of(
                DicomTime.required(first, Tag.SeriesDate, Tag.SeriesTime).toLocalDate(), time.get());
        if (sameDay.isAfter(scan)) {
            flags.add(SuvFlag.ADMINISTERED_THE_DAY_BEFORE);
            return sameDay.minusDays(1);
        }
        flags.add(SuvFlag.ADMINISTRATION_DATE_UNKNOWN);
        return sameDay;
    }

    // ---- the patient

    private double weightKg() {
        double weight = positive(first, Tag.PatientWeight);
        double kg = weight > 1000 ? weight / 1000 : weight;
        if (weight > 1000) {
            flags.add(SuvFlag.WEIGHT_IN_GRAMS);
        }
        if (kg < 1 || kg > 500) {
            throw new DicomException(Tag.PatientWeight, "is " + weight + ", which is no weight of a patient in kg");
        }
        return kg;
    }

    private double heightM() {
        double size = positive(first, Tag.PatientSize);
        double metres = size > 3 ? size / 100 : size;
        if (size > 3) {
            flags.add(SuvFlag.SIZE_IN_CENTIMETRES);
        }
        if (metres < 0.3 || metres > 2.6) {
            throw new DicomException(Tag.PatientSize, "is " + size + ", which is no height of a patient in m");
        }
        return metres;
    }

    private static double positive(DataSet data, int tag) {
        double value = data.requireDecimal(tag);
        if (!(value > 0)) {
            throw new DicomException(tag, "is " + value + ", must be positive");
        }
        return value;
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    private static String span(double[] seconds) {
        double least = Arrays.stream(seconds).min().orElse(0);
        double most = Arrays.stream(seconds).max().orElse(0);
        return most - least < 1 ? number("%.0f s", least) : number("%.0f", least) + number(" to %.0f s", most);
    }
}
