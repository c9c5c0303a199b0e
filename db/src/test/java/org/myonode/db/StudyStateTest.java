package org.myonode.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class StudyStateTest {

    @Test
    void endStatesAreThoseThatNothingLeaves() {
        Set<StudyState> ends = EnumSet.noneOf(StudyState.class);
        for (StudyState state : StudyState.values()) {
            if (state.isFinal()) {
                ends.add(state);
            }
        }
        assertThat(ends).containsExactlyInAnyOrder(StudyState.COMMITTED, StudyState.NO_L3, StudyState.QUARANTINED);
    }

    @ParameterizedTest
    @EnumSource(StudyState.class)
    void everyStateButTheFirstCanBeReachedFromAnother(StudyState state) {
        boolean reached =
                EnumSet.allOf(StudyState.class).stream().anyMatch(other -> other != state && other.canMoveTo(state));
        assertThat(reached).isEqualTo(state != StudyState.RECEIVING);
    }

    @Test
    void nothingIsReceivedTwiceAndNothingFinishedRunsAgain() {
        for (StudyState state : StudyState.values()) {
            assertThat(state.canMoveTo(StudyState.RECEIVING)).isFalse();
        }
        assertThat(StudyState.PRODUCED.canMoveTo(StudyState.RUNNING)).isFalse();
        assertThat(StudyState.SEALED.canMoveTo(StudyState.RUNNING)).isFalse();
    }
}
