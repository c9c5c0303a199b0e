package org.myonode.workers.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class InputFactsTest {

    @Test
    void an_age_is_in_whole_years_and_a_great_one_names_nobody() {
        assertThat(InputFacts.years("063Y")).hasValue(63);
        assertThat(InputFacts.years("018M")).hasValue(1);
        assertThat(InputFacts.years("060W")).hasValue(1);
        assertThat(InputFacts.years("400D")).hasValue(1);
        assertThat(InputFacts.years("101Y")).hasValue(90);
        assertThat(InputFacts.years("63")).isEmpty();
        assertThat(InputFacts.years("")).isEmpty();
    }
}
