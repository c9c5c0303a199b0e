package org.myonode.workers.pet;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomException;
import org.myonode.dicom.Tag;

/**
 * Dates and times of a header (PS3.5 table 6.2-1: DA, TM, DT) as local time of the scanner. An offset from UTC in a DT
 * counts only when the header states the offset of its other times (0008,0201): otherwise both are the scanner's own.
 */
final class DicomTime {
    private static final Pattern DATE = Pattern.compile("(\\d{4})\\.?(\\d{2})\\.?(\\d{2})");
    private static final Pattern TIME = Pattern.compile("(\\d{2}):?(\\d{2})?:?(\\d{2})?(\\.\\d{1,6})?");
    private static final Pattern DATE_TIME = Pattern.compile("(\\d{8})(\\d{2,6}(?:\\.\\d{1,6})?)?([+-]\\d{4})?");

    private DicomTime() {}

    /** Date and time of two attributes that must both be there. */
    static LocalDateTime required(DataSet header, int dateTag, int timeTag) {
        String date = header.requireText(dateTag);
        String time = header.requireText(timeTag);
        return LocalDateTime.of(date(dateTag, date), time(timeTag, time));
    }

    /** Time of day, when the attribute is there. */
    static Optional<LocalTime> timeOfDay(DataSet header, int tag) {
        return header.text(tag).map(text -> time(tag, text));
    }

    /** A DT, when the attribute is there; {@code offsetOf} is the header that may state an offset from UTC. */
    static Optional<LocalDateTime> dateTime(DataSet holder, int tag, DataSet offsetOf) {
        return holder.text(tag).map(text -> dateTime(tag, text, offsetOf));
    }

    static LocalDateTime dateTime(int tag, String text, DataSet offsetOf) {
        Matcher matcher = DATE_TIME.matcher(text.strip());
        if (!matcher.matches()) {
            throw new DicomException(tag, "\"" + text + "\" is no date and time");
        }
        String time = matcher.group(2);
        LocalDateTime local =
                LocalDateTime.of(date(tag, matcher.group(1)), time == null ? LocalTime.MIDNIGHT : time(tag, time));
        Optional<String> scanner = offsetOf.text(Tag.TimezoneOffsetFromUTC);
        if (matcher.group(3) == null || scanner.isEmpty()) {
            return local;
        }
        try {
            return OffsetDateTime.of(local, ZoneOffset.of(matcher.group(3)))
                    .withOffsetSameInstant(ZoneOffset.of(scanner.get()))
                    .toLocalDateTime();
        } catch (DateTimeException e) {
            throw new DicomException(tag, "\"" + text + "\" has no valid offset from UTC");
        }
    }

    static double seconds(LocalDateTime from, LocalDateTime to) {
        return Duration.between(from, to).toNanos() / 1e9;
    }

    private static LocalDate date(int tag, String text) {
        Matcher matcher = DATE.matcher(text.strip());
        if (!matcher.matches()) {
            throw new DicomException(tag, "\"" + text + "\" is no date");
        }
        try {
            return LocalDate.of(number(matcher, 1), number(matcher, 2), number(matcher, 3));
        } catch (DateTimeException e) {
            throw new DicomException(tag, "\"" + text + "\" is no date");
        }
    }

    private static LocalTime time(int tag, String text) {
        Matcher matcher = TIME.matcher(text.strip());
        if (!matcher.matches()) {
            throw new DicomException(tag, "\"" + text + "\" is no time");
        }
        String fraction = matcher.group(4);
        int nanos = fraction == null ? 0 : (int) Math.round(Double.parseDouble("0" + fraction) * 1e9);
        try {
            // A leap second (60) is the last one of the minute here: SUV does not feel it.
            return LocalTime.of(
                    number(matcher, 1),
                    number(matcher, 2),
                    Math.min(59, number(matcher, 3)),
                    Math.min(999_999_999, nanos));
        } catch (DateTimeException e) {
            throw new DicomException(tag, "\"" + text + "\" is no time");
        }
    }

    private static int number(Matcher matcher, int group) {
        return matcher.group(group) == null ? 0 : Integer.parseInt(matcher.group(group));
    }
}
