package org.myonode.crossvalidation.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HoldOutTest {

    @ParameterizedTest
    @ValueSource(strings = {"acrin_flt_breast_001", "spl_abdominal_atlas:54.0..66.0", "crlm_ct_1004:-640.5..-600.0"})
    void what_is_written_into_a_model_card_is_read_back(String text) {
        assertThat(HoldOut.parse(text)).hasToString(text);
        assertThat(HoldOut.parse(HoldOut.parse(text).toString())).isEqualTo(HoldOut.parse(text));
    }

    @Test
    void only_the_stretch_named_is_held_out() {
        HoldOut stretch = HoldOut.parse("spl_abdominal_atlas:54..66");

        assertThat(stretch.isWhole()).isFalse();
        assertThat(HoldOut.parse("spl_abdominal_atlas").isWhole()).isTrue();
        assertThat(stretch.from()).isEqualTo(54);
        assertThat(stretch.to()).isEqualTo(66);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a:1", "a:1..b", ":1..2", "a:1...2"})
    void anything_else_is_refused_by_name(String text) {
        assertThatThrownBy(() -> HoldOut.parse(text)).hasMessageContaining(text);
    }

    @Test
    void a_stretch_that_ends_before_it_begins_is_refused() {
        assertThatThrownBy(() -> HoldOut.parse("a:2..1")).hasMessageContaining("2 is above 1");
    }
}
