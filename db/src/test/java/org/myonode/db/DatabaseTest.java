package org.myonode.db;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class DatabaseTest {
    @Test
    void starts() {
        try (TestDatabase test = TestDatabase.create()) {
            assertThat(test.database().describe()).startsWith("PostgreSQL 18");
        }
    }
}
