package org.myonode.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ClinicalFirstTest {

    private final AtomicBoolean studies = new AtomicBoolean();
    private final CountDownLatch asked = new CountDownLatch(3);

    private final ClinicalFirst pace = new ClinicalFirst(
            () -> {
                asked.countDown();
                return studies.get();
            },
            Clock.tick(Clock.systemUTC(), Duration.ofMillis(1)));

    @Test
    void experiments_stand_still_while_studies_wait_and_go_on_after_them()
            throws InterruptedException, ExecutionException, TimeoutException {
        assertThat(pace.goOn()).isTrue();
        studies.set(true);
        CompletableFuture<Boolean> step = CompletableFuture.supplyAsync(() -> {
            // The answer of half a second ago is still good.
            while (!pace.mustWait()) {
                Thread.onSpinWait();
            }
            return pace.goOn();
        });
        assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(step).isNotDone();

        studies.set(false);

        assertThat(step.get(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void they_end_when_the_node_closes_even_while_they_wait()
            throws InterruptedException, ExecutionException, TimeoutException {
        studies.set(true);
        CompletableFuture<Boolean> step = CompletableFuture.supplyAsync(pace::goOn);
        assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();

        pace.close();

        assertThat(step.get(30, TimeUnit.SECONDS)).isFalse();
        assertThat(pace.goOn()).isFalse();
        assertThat(pace.mustWait()).isFalse();
    }
}
