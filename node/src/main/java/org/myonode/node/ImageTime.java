package org.myonode.node;

import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;

/**
 * When the newest image of a study was made. Objects that are written without a ledger are dated by it, as reproducible
 * builds date what they make by their newest source: the same images then give the same bytes, whenever and wherever.
 */
final class ImageTime {
    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern("yyyyMMddHHmmss", Locale.ROOT);
    private static final int[][] DATE_AND_TIME = {
        {Tag.ContentDate, Tag.ContentTime},
        {Tag.AcquisitionDate, Tag.AcquisitionTime},
        {Tag.SeriesDate, Tag.SeriesTime},
        {Tag.StudyDate, Tag.StudyTime}
    };

    private ImageTime() {}

    /** The latest time that a header states, in whole seconds; empty when none does. */
    static Optional<Instant> newest(List<Path> files) throws IOException {
        Optional<Instant> newest = Optional.empty();
        for (Path file : files) {
            Optional<Instant> time = of(Part10.readHeader(file).dataSet());
            if (newest.isEmpty() || time.isPresent() && time.get().isAfter(newest.get())) {
                newest = time;
            }
        }
        return newest;
    }

    /** The first of content, acquisition, series and study time that is complete; UTC where no offset is stated. */
    static Optional<Instant> of(DataSet image) {
        for (int[] tags : DATE_AND_TIME) {
            Optional<Instant> time = image.text(tags[0])
                    .flatMap(date -> parsed(date, image.text(tags[1]).orElse("000000"), offset(image)));
            if (time.isPresent()) {
                return time;
            }
        }
        return Optional.empty();
    }

    private static Optional<Instant> parsed(String date, String time, ZoneOffset offset) {
        // A time may end after the hour, the minute or a fraction of a second (PS3.5 6.2).
        String seconds = (time.replaceFirst("\\..*", "") + "000000").substring(0, 6);
        try {
            return Optional.of(LocalDateTime.parse(date + seconds, FORMAT).toInstant(offset));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static ZoneOffset offset(DataSet image) {
        try {
            return image.text(Tag.TimezoneOffsetFromUTC).map(ZoneOffset::of).orElse(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            return ZoneOffset.UTC;
        }
    }
}
