package org.myonode.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Tag;

class ImageTimeTest {

    @Test
    void content_time_comes_first_and_fractions_are_cut() {
        DataSet image = new DataSet()
                .set(Tag.StudyDate, "20260102")
                .set(Tag.StudyTime, "0304")
                .set(Tag.ContentDate, "20260102")
                .set(Tag.ContentTime, "101112.345");
        assertThat(ImageTime.of(image)).hasValue(Instant.parse("2026-01-02T10:11:12Z"));
        image.set(Tag.TimezoneOffsetFromUTC, "+0130");
        assertThat(ImageTime.of(image)).hasValue(Instant.parse("2026-01-02T08:41:12Z"));
    }

    @Test
    void what_is_missing_or_no_date_is_passed_over() {
        DataSet image = new DataSet().set(Tag.StudyDate, "20260102").set(Tag.StudyTime, "0304");
        assertThat(ImageTime.of(image)).hasValue(Instant.parse("2026-01-02T03:04:00Z"));
        image.set(Tag.AcquisitionDate, "20261399");
        assertThat(ImageTime.of(image)).hasValue(Instant.parse("2026-01-02T03:04:00Z"));
        assertThat(ImageTime.of(image.remove(Tag.StudyTime))).hasValue(Instant.parse("2026-01-02T00:00:00Z"));
        assertThat(ImageTime.of(image.remove(Tag.StudyDate))).isEmpty();
    }
}
