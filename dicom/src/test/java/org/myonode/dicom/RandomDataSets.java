package org.myonode.dicom;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Data sets of every VR with random values and random nesting, the same ones for the same seed. */
final class RandomDataSets {
    private static final int[] TEXT = {
        Tag.PatientName,
        Tag.PatientID,
        Tag.StudyDescription,
        Tag.AccessionNumber,
        Tag.ImageComments,
        Tag.ContributionDescription,
        Tag.TextValue,
        Tag.LongCodeValue
    };
    private static final String LETTERS = "ABCxyz 0123äöüßÉñ";

    private final Random random;

    RandomDataSets(long seed) {
        random = new Random(seed);
    }

    DataSet next(int depth) {
        DataSet set = new DataSet();
        if (depth == 0) {
            set.set(Tag.SpecificCharacterSet, random.nextBoolean() ? "ISO_IR 100" : "ISO_IR 192")
                    .set(Tag.SOPClassUID, UID.CTImageStorage)
                    .set(Tag.SOPInstanceUID, Uids.nameBased("random " + random.nextLong()))
                    .set(Tag.PixelRepresentation, random.nextInt(2));
        }
        for (int tag : TEXT) {
            if (random.nextInt(3) == 0) {
                set.set(tag, depth == 0 ? text() : "plain " + random.nextInt(1000));
            }
        }
        maybe(() -> set.set(Tag.ImagePositionPatient, number(), number(), number()));
        maybe(() -> set.set(Tag.InstanceNumber, random.nextInt()));
        maybe(() -> set.set(Tag.Rows, random.nextInt(0x10000)));
        if (depth == 0) {
            // In an item its VR depends on the data set around it, which it does not have yet.
            set.set(Tag.SmallestImagePixelValue, random.nextInt(0x8000));
        }
        maybe(() -> set.set(Tag.TagAngleSecondAxis, (int) (short) random.nextInt()));
        maybe(() -> set.set(Tag.SimpleFrameList, random.nextInt(1 << 30), random.nextInt(1 << 30)));
        maybe(() -> set.set(Tag.DisplayedAreaTopLeftHandCorner, random.nextInt(), random.nextInt()));
        maybe(() -> set.set(Tag.FrameIncrementPointer, Tag.FrameTime, random.nextInt()));
        maybe(() -> set.set(Tag.RecommendedDisplayFrameRateInFloat, (double) (float) random.nextGaussian()));
        maybe(() -> set.set(Tag.RealWorldValueSlope, random.nextGaussian()));
        maybe(() -> set.setBytes(Tag.ICCProfile, VR.OB, bytes(1, 40)));
        maybe(() -> set.setBytes(Tag.VectorGridData, VR.OF, bytes(4, 40)));
        maybe(() -> set.setBytes(Tag.DoubleFloatPixelData, VR.OD, bytes(8, 40)));
        maybe(() -> set.setBytes(Tag.TrackPointIndexList, VR.OL, bytes(4, 40)));
        maybe(() -> set.setBytes(Tag.ExtendedOffsetTable, VR.OV, bytes(8, 40)));
        maybe(() -> set.setEmpty(Tag.ReferringPhysicianName));
        maybe(() -> set.setEmpty(Tag.ReferencedStudySequence));
        maybe(() -> set.setBytes(0x00090010, VR.LO, "MYONODE TEST".getBytes(java.nio.charset.StandardCharsets.US_ASCII))
                .setBytes(0x00091001, VR.UN, bytes(1, 64)));
        if (depth < 4) {
            maybe(() -> {
                List<DataSet> items = new ArrayList<>();
                for (int count = random.nextInt(4); count > 0; count--) {
                    items.add(next(depth + 1));
                }
                set.setItems(Tag.ContentSequence, items);
            });
        }
        if (depth == 0) {
            set.setBytes(Tag.PixelData, VR.OW, bytes(2, 2000));
        }
        return set;
    }

    private void maybe(Runnable action) {
        if (random.nextInt(3) > 0) {
            action.run();
        }
    }

    private double number() {
        return random.nextGaussian() * Math.pow(10, random.nextInt(12) - 6);
    }

    private String text() {
        StringBuilder text = new StringBuilder("x");
        for (int count = random.nextInt(14); count > 0; count--) {
            text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return text.append('x').toString();
    }

    private byte[] bytes(int word, int most) {
        byte[] bytes = new byte[word * 2 * (1 + random.nextInt(Math.max(1, most / word / 2)))];
        random.nextBytes(bytes);
        return bytes;
    }
}
