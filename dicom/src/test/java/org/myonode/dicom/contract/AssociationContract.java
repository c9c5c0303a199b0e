package org.myonode.dicom.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Associations, C-ECHO and C-STORE in both roles (PS3.4, PS3.7, PS3.8). */
@Timeout(60)
public abstract class AssociationContract {
    private static final String VERIFICATION = "1.2.840.10008.1.1";
    private static final String CT = "1.2.840.10008.5.1.4.1.1.2";
    private static final String EXPLICIT = "1.2.840.10008.1.2.1";

    private final Map<String, byte[]> kept = new ConcurrentHashMap<>();

    /** The implementation under test. */
    protected abstract Toolkit toolkit();

    private int keep(String uid, byte[] dataSet) {
        kept.put(uid, dataSet);
        return 0;
    }

    @Test
    void an_echo_is_answered() throws Exception {
        try (Toolkit.Provider provider = toolkit().listen("PROVIDER", this::keep);
                Toolkit.User user = toolkit()
                        .associate(provider.port(), "PROVIDER", List.of(VERIFICATION))
                        .orElseThrow()) {
            assertThat(user.echo()).isZero();
        }
    }

    @Test
    void an_instance_arrives_and_the_status_of_the_store_is_the_answer() throws Exception {
        try (Toolkit.Provider provider = toolkit()
                        .listen("PROVIDER", (uid, dataSet) -> uid.equals("1.2.9") ? 0xA700 : keep(uid, dataSet));
                Toolkit.User user = toolkit()
                        .associate(provider.port(), "PROVIDER", List.of(CT))
                        .orElseThrow()) {
            assertThat(user.store(toolkit().write(PartTenContract.instance("1.2.3"), EXPLICIT)))
                    .isZero();
            assertThat(user.store(toolkit().write(PartTenContract.instance("1.2.9"), EXPLICIT)))
                    .isEqualTo(0xA700);
        }
        assertThat(kept).containsOnlyKeys("1.2.3");
    }

    @Test
    void a_store_that_fails_is_a_failure_and_the_association_goes_on() throws Exception {
        try (Toolkit.Provider provider = toolkit().listen("PROVIDER", (uid, dataSet) -> {
                    throw new IllegalStateException("the test wants it");
                });
                Toolkit.User user = toolkit()
                        .associate(provider.port(), "PROVIDER", List.of(CT, VERIFICATION))
                        .orElseThrow()) {
            assertThat(user.store(toolkit().write(PartTenContract.instance("1.2.3"), EXPLICIT)))
                    .isEqualTo(0x0110);
            assertThat(user.echo()).isZero();
        }
    }

    @Test
    void another_title_is_rejected_and_an_unknown_class_has_no_context() throws Exception {
        try (Toolkit.Provider provider = toolkit().listen("PROVIDER", this::keep)) {
            assertThat(toolkit().associate(provider.port(), "SOMEONE", List.of(CT)))
                    .isEmpty();
            try (Toolkit.User user = toolkit()
                    .associate(provider.port(), "PROVIDER", List.of(VERIFICATION, "1.2.3.4.5"))
                    .orElseThrow()) {
                assertThat(user.store(toolkit().write(PartTenContract.instance("1.2.3"), EXPLICIT)))
                        .isNegative();
                assertThat(user.echo()).isZero();
            }
        }
    }

    @Test
    void eight_associations_at_once_lose_nothing() throws Exception {
        ExecutorService senders = Executors.newFixedThreadPool(8);
        try (Toolkit.Provider provider = toolkit().listen("PROVIDER", this::keep)) {
            List<Future<?>> sent = new ArrayList<>();
            for (int sender = 1; sender <= 8; sender++) {
                String prefix = "1.2." + sender + ".";
                sent.add(senders.submit(() -> {
                    try (Toolkit.User user = toolkit()
                            .associate(provider.port(), "PROVIDER", List.of(CT))
                            .orElseThrow()) {
                        for (int i = 1; i <= 10; i++) {
                            assertThat(user.store(toolkit().write(PartTenContract.instance(prefix + i), EXPLICIT)))
                                    .isZero();
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> one : sent) {
                one.get();
            }
        } finally {
            senders.shutdownNow();
        }
        assertThat(kept).hasSize(80);
    }
}
