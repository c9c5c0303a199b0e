package org.myonode.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DatabaseTest {

    @Test
    void describesItselfWithoutThePassword() {
        try (TestDatabase test = TestDatabase.create()) {
            DatabaseConfig config = withSecret(test.config());
            assertThat(config.toString()).doesNotContain("secret");
            try (Database database = Database.open(config, Clock.systemUTC())) {
                assertThat(database.describe())
                        .startsWith("PostgreSQL 18")
                        .contains("external")
                        .doesNotContain("secret");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-2000, 2000})
    void refusesToStartWhenTheClocksDiffer(int millis) {
        try (TestDatabase test = TestDatabase.create()) {
            Clock wrong = Clock.offset(Clock.systemUTC(), Duration.ofMillis(millis));
            assertThatThrownBy(() -> Database.open(test.config(), wrong))
                    .isInstanceOf(DatabaseException.class)
                    .hasMessageContaining("clock");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-500, 0, 500})
    void startsWhenTheClocksNearlyAgree(int millis) {
        try (TestDatabase test = TestDatabase.create();
                Database again =
                        Database.open(test.config(), Clock.offset(Clock.systemUTC(), Duration.ofMillis(millis)))) {
            assertThat(new Ledger(again, Clock.systemUTC()).instanceCount()).isZero();
        }
    }

    @Test
    void unreachableServerIsNamedInTheError() {
        DatabaseConfig nowhere =
                new DatabaseConfig("jdbc:postgresql://localhost:1/none?loginTimeout=1", "u", "secret", Path.of("x"), 1);
        assertThatThrownBy(() -> Database.open(nowhere, Clock.systemUTC()))
                .isInstanceOf(DatabaseException.class)
                .hasMessageContaining("jdbc:postgresql://localhost:1/none")
                .hasMessageNotContaining("secret");
    }

    private static DatabaseConfig withSecret(DatabaseConfig config) {
        return new DatabaseConfig(
                config.url() + "?password=secret", config.user(), "secret", config.embeddedDirectory(), 2);
    }
}
