package org.myonode.phantom;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.dicom.Uids;
import org.myonode.dicom.VR;

/**
 * A phantom written as a PET-CT study: CT Image Storage (PS3.3 A.3) and Positron Emission Tomography Image Storage
 * (PS3.3 A.21), head first supine, in one frame of reference. Files of one seed and one set of options are equal byte
 * for byte, whenever they are written.
 *
 * @param directory where it lies: {@code ct/ pt/ truth.json muscle_l3.png labels.nii.gz}
 * @param studyInstanceUid of both series
 * @param ctSeriesInstanceUid of the CT
 * @param petSeriesInstanceUid of the PET, also when none was written
 * @param ctFiles from the bottom slice to the top
 * @param petFiles from the bottom slice to the top, empty without PET
 * @param truth what a pipeline should find
 */
public record PhantomStudy(
        Path directory,
        String studyInstanceUid,
        String ctSeriesInstanceUid,
        String petSeriesInstanceUid,
        List<Path> ctFiles,
        List<Path> petFiles,
        Truth truth) {

    private static final double FIELD_OF_VIEW_MM = 500;
    private static final double PET_FIELD_OF_VIEW_MM = 585;
    private static final double HALF_LIFE_S = 6586.2;
    private static final int UPTAKE_S = 3600;
    private static final int BATCH = 8;

    /** Copies the lists. */
    public PhantomStudy {
        ctFiles = List.copyOf(ctFiles);
        petFiles = List.copyOf(petFiles);
    }

    /** Writes a clinical whole-body study. */
    public static PhantomStudy write(Path directory, long seed) throws IOException {
        return write(directory, seed, StudyOptions.clinical(), percent -> {});
    }

    /** Writes the phantom of a seed; progress gets percents. */
    public static PhantomStudy write(Path directory, long seed, StudyOptions options, IntConsumer progress)
            throws IOException {
        return write(directory, PhantomBody.of(seed), options, progress);
    }

    /** Writes any phantom; progress gets percents. */
    public static PhantomStudy write(Path directory, PhantomBody body, StudyOptions options, IntConsumer progress)
            throws IOException {
        return new Writer(directory, body, options, progress).write();
    }

    /** One run of the writer. */
    private static final class Writer {
        private final Path directory;
        private final PhantomBody body;
        private final StudyOptions options;
        private final IntConsumer progress;
        private final long seed;
        private final String root;
        private final LocalDate date;
        private final LocalTime ctTime = LocalTime.of(10, 12, 30);
        private final LocalTime petTime = LocalTime.of(10, 14, 0);
        /** Scanner z of the top of the sacrum. */
        private final double tableZ;

        Writer(Path directory, PhantomBody body, StudyOptions options, IntConsumer progress) {
            this.directory = directory;
            this.body = body;
            this.options = options;
            this.progress = progress;
            seed = body.seed();
            root = "phantom/" + seed + "/" + Integer.toHexString(body.type().hashCode()) + "/" + options.coverage()
                    + "/" + options.matrix() + "/" + options.sliceSpacingMm();
            date = LocalDate.of(2025, 1, 1).plusDays(Math.floorMod(seed, 360));
            tableZ = -700 + Math.floorMod(seed * 37, 400);
        }

        PhantomStudy write() throws IOException {
            Files.createDirectories(directory.resolve("ct"));
            double bottom = body.zOfReference(options.coverage().bottom);
            double top = Math.min(body.superiorZMm(), body.zOfReference(options.coverage().top));
            int count = (int) Math.floor((top - bottom) / options.sliceSpacingMm()) + 1;
            double spacing = FIELD_OF_VIEW_MM / options.matrix();
            double corner = -(options.matrix() - 1) / 2.0 * spacing;
            List<Path> ctFiles = new ArrayList<>();
            List<Double> heights = new ArrayList<>();
            List<String> uids = new ArrayList<>();
            List<Double> areas = new ArrayList<>();
            double middle = body.level(Vertebra.L3).midZMm();
            int l3 = (int) Math.round((middle - bottom) / options.sliceSpacingMm());
            try (LabelFile labels = new LabelFile(
                    directory.resolve("labels.nii.gz"),
                    options.matrix(),
                    count,
                    spacing,
                    options.sliceSpacingMm(),
                    corner,
                    corner,
                    bottom + tableZ)) {
                for (int from = 0; from < count; from += BATCH) {
                    for (PhantomSlice slice : batch(bottom, from, count, options.matrix(), spacing)) {
                        int k = ctFiles.size();
                        String uid = Uids.nameBased(root + "/ct/" + k);
                        Path file = directory.resolve("ct").resolve(String.format(Locale.ROOT, "%04d.dcm", count - k));
                        Part10.write(file, Part10.of(ct(slice, uid, count - k, corner), UID.ExplicitVRLittleEndian));
                        ctFiles.add(file);
                        heights.add(rounded(slice.zMm() + tableZ));
                        uids.add(uid);
                        areas.add(slice.muscleAreaCm2());
                        labels.add(slice.labels());
                        if (k == l3) {
                            picture(slice);
                        }
                    }
                    progress.accept(Math.min(90, from * 90 / count));
                }
            }
            List<LevelRange> levels = body.levels().stream()
                    .map(range ->
                            new LevelRange(range.level(), range.inferiorZMm() + tableZ, range.superiorZMm() + tableZ))
                    .toList();
            Truth truth = new Truth(seed, body.type(), levels, heights, uids, areas);
            Files.writeString(directory.resolve("truth.json"), truth.toJson());
            List<Path> petFiles = options.petMatrix() > 0 ? pet(bottom, count) : List.of();
            progress.accept(100);
            return new PhantomStudy(
                    directory,
                    Uids.nameBased(root),
                    Uids.nameBased(root + "/ct"),
                    Uids.nameBased(root + "/pt"),
                    ctFiles,
                    petFiles,
                    truth);
        }

        private List<PhantomSlice> batch(double bottom, int from, int count, int size, double spacing) {
            return IntStream.range(from, Math.min(count, from + BATCH))
                    .parallel()
                    .mapToObj(k -> body.slice(bottom + k * options.sliceSpacingMm(), size, spacing))
                    .toList();
        }

        private void picture(PhantomSlice slice) throws IOException {
            BufferedImage image = new BufferedImage(slice.size(), slice.size(), BufferedImage.TYPE_BYTE_GRAY);
            boolean[] muscle = slice.muscle();
            for (int p = 0; p < muscle.length; p++) {
                image.getRaster().setSample(p % slice.size(), p / slice.size(), 0, muscle[p] ? 255 : 0);
            }
            ImageIO.write(image, "png", directory.resolve("muscle_l3.png").toFile());
        }

        private DataSet ct(PhantomSlice slice, String uid, int instance, double corner) {
            DataSet ds = common(
                    uid,
                    UID.CTImageStorage,
                    "CT",
                    instance,
                    slice.zMm(),
                    corner,
                    slice.spacingMm(),
                    slice.size(),
                    ctTime);
            Acquisition acquisition = body.acquisition();
            ds.set(Tag.SeriesInstanceUID, Uids.nameBased(root + "/ct"));
            ds.set(Tag.SeriesNumber, 2);
            ds.set(Tag.SeriesDescription, "CT WB STANDARD");
            ds.set(Tag.ImageType, "ORIGINAL", "PRIMARY", "AXIAL");
            ds.set(Tag.KVP, 120.0);
            ds.set(Tag.ConvolutionKernel, acquisition.blurMm() < 0.6 ? "BONE" : "STANDARD");
            ds.set(Tag.XRayTubeCurrent, 150);
            ds.set(Tag.ExposureTime, 500);
            ds.set(Tag.DataCollectionDiameter, 500.0);
            ds.set(Tag.ReconstructionDiameter, FIELD_OF_VIEW_MM);
            ds.set(Tag.GantryDetectorTilt, 0.0);
            ds.set(Tag.TableHeight, 150.0);
            ds.set(Tag.RescaleIntercept, -1024.0);
            ds.set(Tag.RescaleSlope, 1.0);
            ds.set(Tag.RescaleType, "HU");
            ds.set(Tag.WindowCenter, 40.0);
            ds.set(Tag.WindowWidth, 400.0);
            ds.set(Tag.PixelRepresentation, 1);
            int padding = acquisition.paddingHu();
            if (padding != 0) {
                ds.set(Tag.PixelPaddingValue, VR.SS, padding + 1024);
            }
            ByteBuffer pixels = ByteBuffer.allocate(slice.hu().length * 2).order(ByteOrder.LITTLE_ENDIAN);
            int n = slice.size();
            double radius = n / 2.0;
            for (int p = 0; p < slice.hu().length; p++) {
                double dx = p % n - (n - 1) / 2.0;
                double dy = p / n - (n - 1) / 2.0;
                boolean outside = padding != 0 && dx * dx + dy * dy > radius * radius;
                pixels.putShort((short) ((outside ? padding : slice.hu()[p]) + 1024));
            }
            return ds.setBytes(Tag.PixelData, VR.OW, pixels.array());
        }

        private List<Path> pet(double bottom, int count) throws IOException {
            Files.createDirectories(directory.resolve("pt"));
            int n = options.petMatrix();
            double spacing = PET_FIELD_OF_VIEW_MM / n;
            double corner = -(n - 1) / 2.0 * spacing;
            PetModel model = new PetModel(seed);
            double grams = body.type().weightKg() * 1000;
            double dose = Math.round(3.7 * body.type().weightKg()) * 1e6;
            double bqPerSuv = dose * Math.pow(2, -UPTAKE_S / HALF_LIFE_S) / grams;
            List<Path> files = new ArrayList<>();
            float[] below = new float[0];
            for (int from = 0; from < count; from += BATCH) {
                for (PhantomSlice slice : batch(bottom, from, count, n, spacing)) {
                    int k = files.size();
                    float[] plane = model.plane(slice);
                    float[] here = plane.clone();
                    for (int p = 0; p < here.length && below.length > 0; p++) {
                        here[p] = 0.6f * plane[p] + 0.4f * below[p];
                    }
                    below = plane;
                    String uid = Uids.nameBased(root + "/pt/" + k);
                    DataSet ds = pt(here, uid, count - k, count, slice.zMm(), corner, spacing, n, dose, bqPerSuv);
                    Path file = directory.resolve("pt").resolve(String.format(Locale.ROOT, "%04d.dcm", count - k));
                    Part10.write(file, Part10.of(ds, UID.ExplicitVRLittleEndian));
                    files.add(file);
                }
                progress.accept(90 + Math.min(9, from * 10 / count));
            }
            return files;
        }

        private DataSet pt(
                float[] suv,
                String uid,
                int instance,
                int count,
                double z,
                double corner,
                double spacing,
                int n,
                double dose,
                double bqPerSuv) {
            DataSet ds = common(
                    uid, UID.PositronEmissionTomographyImageStorage, "PT", instance, z, corner, spacing, n, petTime);
            ds.set(Tag.SeriesInstanceUID, Uids.nameBased(root + "/pt"));
            ds.set(Tag.SeriesNumber, 3);
            ds.set(Tag.SeriesDescription, "PET WB AC");
            ds.set(Tag.ImageType, "ORIGINAL", "PRIMARY");
            ds.set(Tag.SeriesType, "WHOLE BODY", "IMAGE");
            ds.set(Tag.Units, "BQML");
            ds.set(Tag.CountsSource, "EMISSION");
            ds.set(Tag.CorrectedImage, "DECY", "ATTN", "SCAT", "NORM", "RAN", "DTIM");
            ds.set(Tag.DecayCorrection, "START");
            ds.set(Tag.RandomsCorrectionMethod, "DLYD");
            ds.set(Tag.AttenuationCorrectionMethod, "CT-based attenuation map");
            ds.set(Tag.ScatterCorrectionMethod, "Model-based");
            ds.set(Tag.ReconstructionMethod, "OSEM");
            ds.set(Tag.CollimatorType, "NONE");
            ds.set(Tag.NumberOfSlices, count);
            ds.set(Tag.ImageIndex, instance);
            ds.set(Tag.FrameReferenceTime, 0.0);
            ds.set(Tag.ActualFrameDuration, 120_000);
            ds.set(Tag.DecayFactor, 1.0);
            ds.set(Tag.DoseCalibrationFactor, 1.0);
            ds.set(Tag.ScatterFractionFactor, 0.3);
            DataSet radiopharmaceutical = new DataSet()
                    .set(Tag.Radiopharmaceutical, "Fluorodeoxyglucose")
                    .set(Tag.RadiopharmaceuticalStartTime, time(petTime.minusSeconds(UPTAKE_S)))
                    .set(
                            Tag.RadiopharmaceuticalStartDateTime,
                            date.format(DateTimeFormatter.BASIC_ISO_DATE) + time(petTime.minusSeconds(UPTAKE_S)))
                    .set(Tag.RadionuclideTotalDose, dose)
                    .set(Tag.RadionuclideHalfLife, HALF_LIFE_S)
                    .set(Tag.RadionuclidePositronFraction, 0.97)
                    .setItems(Tag.RadionuclideCodeSequence, code("77004003", "SCT", "^18^Fluorine"))
                    .setItems(Tag.RadiopharmaceuticalCodeSequence, code("35321007", "SCT", "Fluorodeoxyglucose F^18^"));
            ds.setItems(Tag.RadiopharmaceuticalInformationSequence, radiopharmaceutical);
            // The coded orientation takes the place of Patient Position (PS3.3 C.7.3.1.1.2).
            ds.remove(Tag.PatientPosition);
            ds.setItems(
                    Tag.PatientOrientationCodeSequence,
                    code("102538003", "SCT", "recumbent")
                            .setItems(Tag.PatientOrientationModifierCodeSequence, code("40199007", "SCT", "supine")));
            ds.setItems(Tag.PatientGantryRelationshipCodeSequence, code("102540008", "SCT", "headfirst"));
            float most = 0.01f;
            for (float value : suv) {
                most = Math.max(most, value);
            }
            // Six significant digits fit the decimal string and are what is read back.
            double slope = Double.parseDouble(String.format(Locale.ROOT, "%.6g", most * bqPerSuv / 32_000));
            ds.set(Tag.RescaleIntercept, 0.0);
            ds.set(Tag.RescaleSlope, slope);
            ds.set(Tag.PixelRepresentation, 1);
            ByteBuffer pixels = ByteBuffer.allocate(suv.length * 2).order(ByteOrder.LITTLE_ENDIAN);
            for (float value : suv) {
                pixels.putShort((short) Math.round(value * bqPerSuv / slope));
            }
            return ds.setBytes(Tag.PixelData, VR.OW, pixels.array());
        }

        private DataSet common(
                String uid,
                String sopClass,
                String modality,
                int instance,
                double z,
                double corner,
                double spacing,
                int n,
                LocalTime time) {
            BodyType type = body.type();
            String day = date.format(DateTimeFormatter.BASIC_ISO_DATE);
            DataSet ds = new DataSet();
            ds.set(Tag.SpecificCharacterSet, "ISO_IR 100");
            ds.set(Tag.SOPClassUID, sopClass);
            ds.set(Tag.SOPInstanceUID, uid);
            ds.set(Tag.StudyDate, day);
            ds.set(Tag.SeriesDate, day);
            ds.set(Tag.AcquisitionDate, day);
            ds.set(Tag.ContentDate, day);
            ds.set(Tag.StudyTime, "101000");
            ds.set(Tag.SeriesTime, time(time));
            ds.set(Tag.AcquisitionTime, time(time));
            ds.set(Tag.ContentTime, time(time));
            ds.set(Tag.AccessionNumber, "PH" + Math.floorMod(seed, 100_000_000L));
            ds.set(Tag.Modality, modality);
            ds.set(Tag.Manufacturer, "MyoNode");
            ds.set(Tag.ManufacturerModelName, "Phantom");
            ds.set(Tag.SoftwareVersions, "1");
            ds.setEmpty(Tag.ReferringPhysicianName);
            ds.set(Tag.StudyDescription, "PET-CT PHANTOM");
            ds.set(Tag.PatientName, "PHANTOM^SEED " + seed);
            ds.set(Tag.PatientID, "PHANTOM-" + seed);
            ds.set(
                    Tag.PatientBirthDate,
                    date.minusYears(type.ageYears()).minusDays(100).format(DateTimeFormatter.BASIC_ISO_DATE));
            ds.set(Tag.PatientSex, type.sex().code());
            ds.set(Tag.PatientAge, String.format(Locale.ROOT, "%03dY", type.ageYears()));
            ds.set(Tag.PatientSize, type.heightM());
            ds.set(Tag.PatientWeight, type.weightKg());
            ds.set(Tag.BodyPartExamined, "WHOLEBODY");
            ds.set(Tag.SliceThickness, options.sliceSpacingMm());
            ds.set(Tag.PatientPosition, "HFS");
            ds.set(Tag.StudyInstanceUID, Uids.nameBased(root));
            ds.set(Tag.StudyID, "1");
            ds.set(Tag.AcquisitionNumber, 1);
            ds.set(Tag.InstanceNumber, instance);
            ds.set(Tag.ImagePositionPatient, rounded(corner), rounded(corner), rounded(z + tableZ));
            ds.set(Tag.ImageOrientationPatient, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0);
            ds.set(Tag.FrameOfReferenceUID, Uids.nameBased(root + "/frame"));
            ds.setEmpty(Tag.PositionReferenceIndicator);
            ds.set(Tag.SliceLocation, rounded(z + tableZ));
            ds.set(Tag.SamplesPerPixel, 1);
            ds.set(Tag.PhotometricInterpretation, "MONOCHROME2");
            ds.set(Tag.Rows, n);
            ds.set(Tag.Columns, n);
            ds.set(Tag.PixelSpacing, spacing, spacing);
            ds.set(Tag.BitsAllocated, 16);
            ds.set(Tag.BitsStored, 16);
            ds.set(Tag.HighBit, 15);
            return ds;
        }

        private static DataSet code(String value, String scheme, String meaning) {
            return new DataSet()
                    .set(Tag.CodeValue, value)
                    .set(Tag.CodingSchemeDesignator, scheme)
                    .set(Tag.CodeMeaning, meaning);
        }

        private static String time(LocalTime time) {
            return time.format(DateTimeFormatter.ofPattern("HHmmss", Locale.ROOT));
        }

        private static double rounded(double mm) {
            return Math.round(mm * 1000) / 1000.0;
        }
    }
}
