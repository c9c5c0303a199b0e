package org.myonode.dicom.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;

/** Every turn that PS3.4 annex C allows, and some that it does not, from a provider that says what the test wants. */
class QueryRetrieveTest {
    private static final InformationModel MODEL = InformationModel.STUDY_ROOT;

    @Test
    void matchesAreHandedOnAsTheyCome() throws Exception {
        List<DataSet> identifiers = new ArrayList<>();
        try (ScriptedProvider provider = provider((answers, request, identifier) -> {
                    identifiers.add(identifier);
                    answers.status(0xFF00, match("1.2.1"));
                    answers.status(0xFF01, match("1.2.2"));
                    answers.status(0x0000);
                });
                Association association = open(provider)) {
            List<String> found = new ArrayList<>();

            FindResult result = new QueryRetrieve(association)
                    .find(
                            Query.study("1.2.*".replace("*", "9"), Tag.NumberOfStudyRelatedInstances),
                            match -> found.add(match.requireText(Tag.StudyInstanceUID)));

            assertThat(found).containsExactly("1.2.1", "1.2.2");
            assertThat(result.isComplete()).isTrue();
            assertThat(result.matches()).isEqualTo(2);
            assertThat(result.allKeysSupported()).isFalse();
            assertThat(identifiers)
                    .containsExactly(new DataSet()
                            .set(Tag.QueryRetrieveLevel, "STUDY")
                            .set(Tag.StudyInstanceUID, "1.2.9")
                            .setEmpty(Tag.NumberOfStudyRelatedInstances));
        }
    }

    @Test
    void aQueryIsCancelledAndTheLastResponseAwaited() throws Exception {
        AtomicInteger cancelled = new AtomicInteger();
        try (ScriptedProvider provider = provider((answers, request, identifier) -> {
                    if (cancelled.get() == 0) {
                        answers.status(0xFF00, match("1.2.1"));
                        DimseChannel.Command cancel = answers.next();
                        cancelled.set(cancel.set().integerOr(CommandSet.COMMAND_FIELD, 0));
                        // one that was on its way already
                        answers.status(0xFF00, match("1.2.2"));
                        answers.status(0xFE00);
                    } else {
                        answers.status(0x0000);
                    }
                });
                Association association = open(provider)) {
            QueryRetrieve query = new QueryRetrieve(association);

            FindResult result = query.find(Query.study("1.2.3"), match -> false);

            assertThat(cancelled).hasValue(CommandSet.C_CANCEL_RQ);
            assertThat(result.outcome()).isEqualTo(QueryStatus.CANCELLED);
            assertThat(result.matches()).isEqualTo(1);
            assertThat(query.find(Query.study("1.2.3")))
                    .as("the association goes on")
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0xA700, OUT_OF_RESOURCES, true",
        "0xA710, OUT_OF_RESOURCES, true",
        "0xA900, IDENTIFIER_DOES_NOT_MATCH, false",
        "0xA9FF, IDENTIFIER_DOES_NOT_MATCH, false",
        "0xC000, UNABLE_TO_PROCESS, false",
        "0xCFFF, UNABLE_TO_PROCESS, false",
        "0xFE00, CANCELLED, false",
        "0x0122, SOP_CLASS_NOT_SUPPORTED, false",
        "0x0124, NOT_AUTHORIZED, false",
        "0x0110, OTHER, false"
    })
    void everyStatusOfFindIsAValue(String code, QueryStatus row, boolean retryable) throws Exception {
        try (ScriptedProvider provider =
                        provider((answers, request, identifier) -> answers.status(Integer.decode(code)));
                Association association = open(provider)) {
            FindResult result = new QueryRetrieve(association).find(Query.study("1.2.3"), match -> true);
            assertThat(result.outcome()).isEqualTo(row);
            assertThat(result.isComplete()).isFalse();
            assertThat(result.outcome().isRetryable()).isEqualTo(retryable);
            assertThatThrownBy(() -> new QueryRetrieve(association).find(Query.study("1.2.3")))
                    .isInstanceOf(QueryException.class)
                    .hasMessageContaining(code.substring(2));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0x0000, 0, 0, SUCCESS, true",
        "0x0000, 1, 0, SUCCESS, false",
        "0xB000, 1, 0, SUB_OPERATIONS_FAILED, false",
        "0xB000, 0, 1, SUB_OPERATIONS_FAILED, true",
        "0xA701, 0, 0, CANNOT_COUNT_MATCHES, false",
        "0xA702, 3, 0, CANNOT_PERFORM_SUB_OPERATIONS, false",
        "0xA801, 0, 0, MOVE_DESTINATION_UNKNOWN, false",
        "0xA900, 0, 0, IDENTIFIER_DOES_NOT_MATCH, false",
        "0xC123, 0, 0, UNABLE_TO_PROCESS, false",
        "0xFE00, 0, 0, CANCELLED, false"
    })
    void everyStatusOfARetrievalIsAValue(String code, int failed, int warning, QueryStatus row, boolean complete)
            throws Exception {
        try (ScriptedProvider provider = provider((answers, request, identifier) -> {
                    answers.counts(0xFF00, 3, 0, 0, 0);
                    answers.counts(Integer.decode(code), 0, 3 - failed - warning, failed, warning);
                });
                Association association = open(provider)) {
            for (boolean get : new boolean[] {false, true}) {
                List<SubOperations> progress = new ArrayList<>();
                QueryRetrieve retrieve = new QueryRetrieve(association);
                RetrieveResult result = get
                        ? retrieve.get(Query.study("1.2.3"), progress::add)
                        : retrieve.move(Query.study("1.2.3"), "MYONODE", progress::add);
                assertThat(result.outcome()).isEqualTo(row);
                assertThat(result.isComplete()).isEqualTo(complete);
                assertThat(result.subOperations())
                        .isEqualTo(new SubOperations(0, 3 - failed - warning, failed, warning));
                assertThat(progress).containsExactly(new SubOperations(3, 0, 0, 0));
            }
        }
    }

    @Test
    void whatCouldNotBeMovedIsListed() throws Exception {
        List<String> destinations = new ArrayList<>();
        try (ScriptedProvider provider = provider((answers, request, identifier) -> {
                    destinations.add(request.set().text(CommandSet.MOVE_DESTINATION));
                    answers.status(0xB000, new DataSet().set(Tag.FailedSOPInstanceUIDList, "1.2.3.4", "1.2.3.5"));
                });
                Association association = open(provider)) {
            RetrieveResult result = new QueryRetrieve(association).move(Query.study("1.2.3"), "MYONODE", soFar -> true);
            assertThat(destinations).containsExactly("MYONODE");
            assertThat(result.failedInstances()).containsExactly("1.2.3.4", "1.2.3.5");
            assertThat(result.isComplete()).isFalse();
        }
    }

    @Test
    void aRetrievalIsCancelled() throws Exception {
        try (ScriptedProvider provider = provider((answers, request, identifier) -> {
                    answers.counts(0xFF00, 2, 1, 0, 0);
                    answers.next();
                    answers.counts(0xFE00, 2, 1, 0, 0);
                });
                Association association = open(provider)) {
            RetrieveResult result =
                    new QueryRetrieve(association).move(Query.study("1.2.3"), "MYONODE", soFar -> false);
            assertThat(result.outcome()).isEqualTo(QueryStatus.CANCELLED);
            assertThat(result.subOperations()).isEqualTo(new SubOperations(2, 1, 0, 0));
        }
    }

    @Test
    void aProviderThatVanishesMidWayIsAnException() throws Exception {
        for (boolean abort : new boolean[] {true, false}) {
            try (ScriptedProvider provider = provider((answers, request, identifier) -> {
                        answers.counts(0xFF00, 2, 1, 0, 0);
                        if (abort) {
                            answers.layer.abort();
                        } else {
                            throw new IOException("the socket is closed");
                        }
                    });
                    Association association = open(provider)) {
                QueryRetrieve retrieve = new QueryRetrieve(association);
                assertThatThrownBy(() -> retrieve.get(Query.study("1.2.3"), soFar -> true))
                        .isInstanceOfSatisfying(
                                AssociationException.class,
                                e -> assertThat(e.kind())
                                        .isEqualTo(
                                                abort
                                                        ? AssociationException.Kind.ABORTED
                                                        : AssociationException.Kind.CLOSED));
            }
        }
    }

    @Test
    void aServiceThatWasNotAcceptedIsNamed() throws Exception {
        try (ScriptedProvider provider = new ScriptedProvider(
                        List.of(new TransferCapability(MODEL.find(), List.of(TransferSyntaxes.IMPLICIT_LE))),
                        (answers, request, identifier) -> answers.status(0));
                Association association = open(provider)) {
            assertThat(association.accepts(MODEL.find(), Role.USER)).isTrue();
            assertThatThrownBy(() -> new QueryRetrieve(association).get(Query.study("1.2"), soFar -> true))
                    .isInstanceOf(NoPresentationContextException.class)
                    .hasMessageContaining(MODEL.get());
        }
    }

    @Test
    void queriesThatCannotBeAreRefused() {
        assertThatThrownBy(() -> new Query(MODEL, QueryRetrieveLevel.PATIENT, new DataSet()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(QueryRetrieve.getting(MODEL, TransferCapabilities.storage())).hasSize(128);
    }

    private static DataSet match(String study) {
        return new DataSet().set(Tag.QueryRetrieveLevel, "STUDY").set(Tag.StudyInstanceUID, study);
    }

    private static ScriptedProvider provider(ScriptedProvider.Script script) throws IOException {
        List<TransferCapability> capabilities = new ArrayList<>();
        Stream.of(MODEL.find(), MODEL.move(), MODEL.get())
                .map(sopClass -> new TransferCapability(sopClass, List.of(TransferSyntaxes.IMPLICIT_LE)))
                .forEach(capabilities::add);
        capabilities.add(
                new TransferCapability(UID.CTImageStorage, List.of(TransferSyntaxes.EXPLICIT_LE), Set.of(Role.USER)));
        return new ScriptedProvider(capabilities, script);
    }

    private static Association open(ScriptedProvider provider) throws AssociationException {
        List<PresentationContext> contexts = new ArrayList<>(
                QueryRetrieve.getting(MODEL, TransferCapabilities.storage().subList(0, 3)));
        contexts.addAll(QueryRetrieve.moving(MODEL));
        return Association.open(provider.address(), "MYONODE", contexts, Duration.ofSeconds(5), Duration.ofSeconds(10));
    }
}
