package org.myonode.workers.verify;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.dicom.VR;
import org.myonode.workers.objects.Algorithm;
import org.myonode.workers.objects.Expert;
import org.myonode.workers.objects.InstanceReference;
import org.myonode.workers.objects.PetUptake;
import org.myonode.workers.objects.Picture;
import org.myonode.workers.objects.Predecessor;
import org.myonode.workers.objects.Procedure;
import org.myonode.workers.objects.ResultContext;
import org.myonode.workers.objects.RtStructWriter;
import org.myonode.workers.objects.ScWriter;
import org.myonode.workers.objects.SegWriter;
import org.myonode.workers.objects.SegmentationForm;
import org.myonode.workers.objects.Software;
import org.myonode.workers.objects.SrWriter;

/**
 * A small CT series and everything that is written of one of its slices, in memory: pixels that are not square, an image
 * plane that is tilted by a little, a mask with parts, holes and parts in holes, a name beyond ASCII.
 */
public final class ResultSet {
    public static final int ROWS = 45;
    public static final int COLUMNS = 61;
    private static final double HEIGHT_M = 1.7;

    public final List<DataSet> images = new ArrayList<>();
    public final boolean[] mask = new boolean[ROWS * COLUMNS];
    public final ResultContext context;

    public ResultSet(SegmentationForm form) {
        this(form, Optional.empty());
    }

    /** The same, after an expert has drawn the mask; approved or not. */
    public static ResultSet corrected(boolean approved) {
        return new ResultSet(
                SegmentationForm.BINARY,
                Optional.of(new Expert(
                        new InstanceReference(UID.RTStructureSetStorage, "1.2.8.1"),
                        "1.2.8",
                        Optional.of("Gr\u00fcn^Eva"),
                        approved
                                ? Optional.of(new Expert.Approval("Gr\u00fcn^Eva", "Clinic", "20261124101500"))
                                : Optional.empty(),
                        8.25)));
    }

    private ResultSet(SegmentationForm form, Optional<Expert> expert) {
        for (int k = 0; k < 3; k++) {
            images.add(image(k));
        }
        Random random = new Random(5);
        for (int row = 4; row < 40; row++) {
            for (int column = 3; column < 58; column++) {
                boolean hole = (row / 5 + column / 7) % 3 == 0;
                mask[row * COLUMNS + column] = hole ? random.nextInt(9) == 0 : random.nextInt(12) != 0;
            }
        }
        DataSet source = images.get(1);
        int pixels = 0;
        double sum = 0;
        ByteBuffer stored = ByteBuffer.wrap(source.bytes(Tag.PixelData)).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < mask.length; i++) {
            if (mask[i]) {
                pixels++;
                sum += stored.getShort(2 * i) - 1024;
            }
        }
        ResultContext automatic = new ResultContext(
                source,
                images.stream()
                        .map(image -> new InstanceReference(UID.CTImageStorage, image.requireText(Tag.SOPInstanceUID)))
                        .toList(),
                mask,
                4,
                pixels * 1.25 * 0.75 / 100,
                OptionalDouble.of(sum / pixels),
                OptionalDouble.of(HEIGHT_M),
                OptionalDouble.of(0.97),
                new Algorithm("muscle", "1", "ab"),
                Optional.of(new Algorithm("spine", "1", "cd")),
                Software.of("MyoNode", "MyoNode", "0.1.0"),
                List.of("HU window -29..150"),
                List.of(),
                Procedure.PET_CT_FDG,
                List.of(),
                new PetUptake(
                        0.6,
                        1.3,
                        "trilinear",
                        true,
                        "1.2.9",
                        List.of(new InstanceReference(UID.PositronEmissionTomographyImageStorage, "1.2.9.1"))),
                form,
                Optional.of(new Predecessor("1.2.7", new InstanceReference(UID.Comprehensive3DSRStorage, "1.2.7.1"))),
                Instant.parse("2026-11-23T20:15:30Z"),
                "input");
        context = expert.map(automatic::correctedBy).orElse(automatic);
    }

    /** Images and objects by file name. */
    public Map<String, DicomFile> files() {
        Map<String, DicomFile> files = new LinkedHashMap<>();
        for (int k = 0; k < images.size(); k++) {
            files.put("ct" + k, Part10.of(images.get(k), UID.ExplicitVRLittleEndian));
        }
        files.put("seg", SegWriter.write(context));
        files.put("sr", SrWriter.write(context));
        files.put("rtstruct", RtStructWriter.write(context));
        files.put("sc", ScWriter.write(context, new Picture(4, 5, 0.4, new byte[60])));
        return files;
    }

    private static DataSet image(int k) {
        ByteBuffer pixels = ByteBuffer.allocate(2 * ROWS * COLUMNS).order(ByteOrder.LITTLE_ENDIAN);
        Random random = new Random(k);
        for (int i = 0; i < ROWS * COLUMNS; i++) {
            pixels.putShort((short) (1024 + random.nextInt(-29, 150)));
        }
        return new DataSet()
                .set(Tag.SpecificCharacterSet, "ISO_IR 100")
                .set(Tag.SOPClassUID, UID.CTImageStorage)
                .set(Tag.SOPInstanceUID, "1.2.3.1" + k)
                .set(Tag.StudyDate, "20260102")
                .set(Tag.StudyTime, "101112")
                .set(Tag.AccessionNumber, "A17")
                .set(Tag.Modality, "CT")
                .set(Tag.Manufacturer, "MyoNode tests")
                .set(Tag.ReferringPhysicianName, "Test^Referrer")
                .set(Tag.PatientName, "Müller^Jürgen")
                .set(Tag.PatientID, "4711")
                .set(Tag.PatientBirthDate, "19600504")
                .set(Tag.PatientSex, "F")
                .set(Tag.PatientSize, HEIGHT_M)
                .set(Tag.SliceThickness, "4")
                .set(Tag.StudyInstanceUID, "1.2.3.2")
                .set(Tag.SeriesInstanceUID, "1.2.3.3")
                .set(Tag.StudyID, "1")
                .set(Tag.ImagePositionPatient, "-21.25", "-30.5", Double.toString(-633.75 + 4 * k))
                .set(Tag.ImageOrientationPatient, "0.999848", "0.017452", "0", "-0.017452", "0.999848", "0")
                .set(Tag.FrameOfReferenceUID, "1.2.3.4")
                .set(Tag.PositionReferenceIndicator, "SN")
                .set(Tag.SamplesPerPixel, 1)
                .set(Tag.PhotometricInterpretation, "MONOCHROME2")
                .set(Tag.Rows, ROWS)
                .set(Tag.Columns, COLUMNS)
                .set(Tag.PixelSpacing, "1.25", "0.75")
                .set(Tag.BitsAllocated, 16)
                .set(Tag.BitsStored, 16)
                .set(Tag.HighBit, 15)
                .set(Tag.PixelRepresentation, 1)
                .set(Tag.RescaleIntercept, "-1024")
                .set(Tag.RescaleSlope, "1")
                .setBytes(Tag.PixelData, VR.OW, pixels.array());
    }
}
