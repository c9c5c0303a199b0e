package org.myonode.dicom.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.myonode.dicom.contract.NetworkToolkit.Context;

/** Associations, negotiation, C-ECHO and C-STORE in both roles, storage commitment (PS3.4, PS3.7, PS3.8). */
@Timeout(60)
public abstract class AssociationContract {
    static final String VERIFICATION = "1.2.840.10008.1.1";
    static final String CT = "1.2.840.10008.5.1.4.1.1.2";
    static final String PET = "1.2.840.10008.5.1.4.1.1.128";
    static final String COMMITMENT = "1.2.840.10008.1.20.1";
    static final String IMPLICIT = "1.2.840.10008.1.2";
    static final String EXPLICIT = "1.2.840.10008.1.2.1";
    static final String RLE = "1.2.840.10008.1.2.5";

    static final NetworkToolkit.Store REFUSING = (uid, syntax, dataSet) -> 0xA700;
    static final NetworkToolkit.Commitment NO_COMMITMENT = new NetworkToolkit.Commitment() {
        @Override
        public int requested(String transactionUid, List<String> sopInstanceUids) {
            return 0x0110;
        }

        @Override
        public int reported(String transactionUid, List<String> committed, List<String> failed) {
            return 0x0110;
        }
    };

    private final Map<String, byte[]> kept = new ConcurrentHashMap<>();

    /** The implementation under test. */
    protected abstract NetworkToolkit toolkit();

    private int keep(String uid, String transferSyntax, byte[] dataSet) {
        kept.put(uid + " " + transferSyntax, dataSet);
        return 0;
    }

    private NetworkToolkit.Provider listen(NetworkToolkit.Store store) throws IOException {
        return toolkit().listen("PROVIDER", store, NO_COMMITMENT);
    }

    private NetworkToolkit.User associate(NetworkToolkit.Provider provider, Context... contexts) throws IOException {
        return toolkit()
                .associate(provider.port(), "PROVIDER", List.of(contexts), REFUSING)
                .orElseThrow();
    }

    private byte[] image(String uid) throws IOException {
        return toolkit().write(PartTenContract.instance(uid), EXPLICIT);
    }

    @Test
    void an_echo_is_answered() throws Exception {
        try (NetworkToolkit.Provider provider = listen(this::keep);
                NetworkToolkit.User user = associate(provider, Context.of(VERIFICATION))) {
            assertThat(user.echo()).isZero();
        }
    }

    // ---- negotiation

    @Test
    void another_title_is_rejected_and_an_unknown_class_has_no_context() throws Exception {
        try (NetworkToolkit.Provider provider = listen(this::keep)) {
            assertThat(toolkit().associate(provider.port(), "SOMEONE", List.of(Context.of(CT)), REFUSING))
                    .isEmpty();
            try (NetworkToolkit.User user = associate(provider, Context.of(VERIFICATION), Context.of("1.2.3.4.5"))) {
                assertThat(user.accepted("1.2.3.4.5")).isEmpty();
                assertThat(user.store(image("1.2.3"))).isNegative();
                assertThat(user.echo()).isZero();
            }
        }
    }

    @Test
    void each_context_has_one_of_its_own_transfer_syntaxes_or_none() throws Exception {
        try (NetworkToolkit.Provider provider = listen(this::keep);
                NetworkToolkit.User user = associate(
                        provider,
                        new Context(CT, List.of(RLE), false),
                        new Context(CT, List.of(IMPLICIT, "1.2.3.4.5"), false),
                        new Context(PET, List.of("1.2.3.4.5"), false))) {
            assertThat(user.accepted(CT)).containsExactlyInAnyOrder(RLE, IMPLICIT);
            assertThat(user.accepted(PET)).isEmpty();
        }
    }

    @Test
    void a_role_that_the_provider_does_not_offer_is_not_granted() throws Exception {
        try (NetworkToolkit.Provider provider = listen(this::keep);
                NetworkToolkit.User user =
                        associate(provider, new Context(CT, List.of(EXPLICIT), true), Context.of(VERIFICATION))) {
            // we asked to be provider of CT Image Storage alone: nothing can be stored in that context
            assertThat(user.store(image("1.2.3"))).isNegative();
            assertThat(user.echo()).isZero();
        }
    }

    // ---- C-STORE

    @ParameterizedTest
    @ValueSource(
            ints = {
                0x0000, 0xB000, 0xB006, 0xB007, 0xA700, 0xA7FF, 0xA900, 0xC000, 0xC123, 0x0110, 0x0117, 0x0122, 0x0124
            })
    void the_status_of_the_store_is_the_answer(int status) throws Exception {
        try (NetworkToolkit.Provider provider = listen((uid, syntax, dataSet) -> status);
                NetworkToolkit.User user = associate(provider, Context.of(CT))) {
            assertThat(user.store(image("1.2.3"))).isEqualTo(status);
            assertThat(user.store(image("1.2.4"))).as("the association goes on").isEqualTo(status);
        }
    }

    @Test
    void a_store_that_fails_is_a_failure_and_the_association_goes_on() throws Exception {
        NetworkToolkit.Store failing = (uid, syntax, dataSet) -> {
            throw new IllegalStateException("the test wants it");
        };
        try (NetworkToolkit.Provider provider = listen(failing);
                NetworkToolkit.User user = associate(provider, Context.of(CT), Context.of(VERIFICATION))) {
            assertThat(user.store(image("1.2.3"))).isEqualTo(0x0110);
            assertThat(user.echo()).isZero();
        }
    }

    @Test
    void data_sets_travel_as_their_bytes_are_compressed_ones_too() throws Exception {
        byte[] plain = image("1.2.3");
        byte[] compressed = PixelContract.file("rle");
        try (NetworkToolkit.Provider provider = listen(this::keep);
                NetworkToolkit.User user = associate(provider, Context.of(CT), new Context(CT, List.of(RLE), false))) {
            assertThat(user.store(plain)).isZero();
            assertThat(user.store(compressed)).isZero();
        }
        assertThat(kept.get("1.2.3 " + EXPLICIT)).isNotEmpty().satisfies(bytes -> assertEnd(plain, bytes));
        assertThat(kept.entrySet())
                .filteredOn(one -> one.getKey().endsWith(" " + RLE))
                .singleElement()
                .satisfies(one -> assertEnd(compressed, one.getValue()));
    }

    private static void assertEnd(byte[] file, byte[] dataSet) {
        assertThat(dataSet).isEqualTo(Arrays.copyOfRange(file, file.length - dataSet.length, file.length));
    }

    @Test
    void what_only_fits_another_uncompressed_syntax_is_written_anew() throws Exception {
        try (NetworkToolkit.Provider provider = listen(this::keep);
                NetworkToolkit.User user = associate(provider, new Context(CT, List.of(IMPLICIT), false))) {
            assertThat(user.store(image("1.2.3"))).isZero();
            assertThat(user.store(PixelContract.file("rle")))
                    .as("compressed pixels have no context")
                    .isNegative();
        }
        assertThat(kept).containsOnlyKeys("1.2.3 " + IMPLICIT);
    }

    @Test
    void after_an_abort_nothing_goes_and_the_provider_lives_on() throws Exception {
        try (NetworkToolkit.Provider provider = listen(this::keep)) {
            try (NetworkToolkit.User user = associate(provider, Context.of(CT))) {
                user.abort();
                assertThatThrownBy(() -> user.store(image("1.2.3"))).isInstanceOf(IOException.class);
            }
            try (NetworkToolkit.User user = associate(provider, Context.of(CT))) {
                assertThat(user.store(image("1.2.4"))).isZero();
            }
        }
        assertThat(kept).containsOnlyKeys("1.2.4 " + EXPLICIT);
    }

    @Test
    void eight_associations_at_once_lose_nothing() throws Exception {
        ExecutorService senders = Executors.newFixedThreadPool(8);
        try (NetworkToolkit.Provider provider = listen(this::keep)) {
            List<Future<?>> sent = new ArrayList<>();
            for (int sender = 1; sender <= 8; sender++) {
                String prefix = "1.2." + sender + ".";
                sent.add(senders.submit(() -> {
                    try (NetworkToolkit.User user = associate(provider, Context.of(CT))) {
                        for (int i = 1; i <= 10; i++) {
                            assertThat(user.store(image(prefix + i))).isZero();
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

    // ---- storage commitment

    @Test
    void a_request_for_commitment_arrives_and_its_status_is_the_answer() throws Exception {
        Ledger ledger = new Ledger();
        try (NetworkToolkit.Provider provider = toolkit().listen("PROVIDER", REFUSING, ledger);
                NetworkToolkit.User user = associate(provider, Context.of(COMMITMENT))) {
            assertThat(user.requestCommitment("1.2.77", List.of("1.2.3", "1.2.4")))
                    .isZero();
            assertThat(user.requestCommitment("1.2.78", List.of("1.2.5"))).isEqualTo(0x0213);
        }
        assertThat(ledger.heard).containsExactly("requested 1.2.77 [1.2.3, 1.2.4]", "requested 1.2.78 [1.2.5]");
    }

    @Test
    void a_report_arrives_on_an_association_of_the_provider_with_the_roles_reversed() throws Exception {
        Ledger ledger = new Ledger();
        try (NetworkToolkit.Provider peer = toolkit().listen("PROVIDER", REFUSING, ledger);
                NetworkToolkit.User provider = associate(peer, new Context(COMMITMENT, List.of(EXPLICIT), true))) {
            assertThat(provider.reportCommitment("1.2.77", List.of("1.2.3"), List.of("1.2.4")))
                    .isZero();
            assertThat(provider.reportCommitment("1.2.78", List.of(), List.of("1.2.4")))
                    .as("a transaction that nobody has asked for")
                    .isEqualTo(0x0213);
        }
        assertThat(ledger.heard).containsExactly("reported 1.2.77 [1.2.3] [1.2.4]", "reported 1.2.78 [] [1.2.4]");
    }

    /** Knows one transaction. */
    private static final class Ledger implements NetworkToolkit.Commitment {
        private final List<String> heard = new ArrayList<>();

        private static int status(String transactionUid) {
            return transactionUid.equals("1.2.77") ? 0 : 0x0213;
        }

        @Override
        public synchronized int requested(String transactionUid, List<String> sopInstanceUids) {
            heard.add("requested " + transactionUid + " " + sopInstanceUids);
            return status(transactionUid);
        }

        @Override
        public synchronized int reported(String transactionUid, List<String> committed, List<String> failed) {
            heard.add("reported " + transactionUid + " " + committed + " " + failed);
            return status(transactionUid);
        }
    }
}
