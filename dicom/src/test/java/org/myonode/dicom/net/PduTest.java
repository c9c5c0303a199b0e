package org.myonode.dicom.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PduTest {
    private static final Pdu.UserInformation EVERYTHING = new Pdu.UserInformation(
            131072,
            "1.2.3",
            "PEER",
            Optional.of(new Pdu.AsynchronousOperations(3, 2)),
            List.of(new Pdu.RoleSelection("1.2", true, false)),
            List.of(new Pdu.ExtendedNegotiation(0x57, new byte[] {1, 2, 3})),
            Optional.of(new Pdu.UserIdentity(2, true, new byte[] {1}, new byte[] {2, 3})),
            Optional.of(new Pdu.UserIdentityResponse(new byte[] {9})));

    private static final Pdu.AssociateRequest REQUEST = new Pdu.AssociateRequest(
            1,
            "CALLED          ",
            "CALLING         ",
            Pdu.APPLICATION_CONTEXT,
            List.of(new Pdu.ProposedContext(1, "1.2", List.of("1.2.1", "1.2.2"))),
            EVERYTHING);

    private static final Pdu.AssociateAccept ACCEPT = new Pdu.AssociateAccept(
            1,
            "CALLED          ",
            "CALLING         ",
            Pdu.APPLICATION_CONTEXT,
            List.of(new Pdu.ContextResult(1, 0, "1.2.1")),
            EVERYTHING);

    private static Pdu decode(byte[] pdu) throws PduException {
        return PduDecoder.decode(pdu[0], Arrays.copyOfRange(pdu, 6, pdu.length));
    }

    @Test
    void what_is_decoded_encodes_to_the_same_bytes() throws PduException {
        for (Pdu pdu : List.of(
                REQUEST,
                ACCEPT,
                new Pdu.AssociateReject(Rejection.CALLED_AE_NOT_RECOGNIZED),
                new Pdu.ReleaseRequest(),
                new Pdu.ReleaseResponse(),
                new Pdu.Abort(2, 6))) {
            byte[] bytes = PduEncoder.encode(pdu);
            assertThat(PduEncoder.encode(decode(bytes))).isEqualTo(bytes);
        }
    }

    @Test
    void bytes_changed_at_random_give_a_pdu_that_round_trips_or_a_typed_error() {
        Random random = new Random(1);
        int decoded = 0;
        for (int i = 0; i < 4_000; i++) {
            byte[] bytes = PduEncoder.encode(i % 2 == 0 ? REQUEST : ACCEPT);
            for (int changes = random.nextInt(4); changes >= 0; changes--) {
                bytes[6 + random.nextInt(bytes.length - 6)] = (byte) random.nextInt();
            }
            int length = random.nextInt(4) == 0 ? 6 + random.nextInt(bytes.length - 6) : bytes.length;
            try {
                byte[] once = PduEncoder.encode(decode(Arrays.copyOf(bytes, length)));
                assertThat(PduEncoder.encode(decode(once))).isEqualTo(once);
                decoded++;
            } catch (PduException e) {
                assertThat(e.field()).isNotEmpty();
                assertThat(e.offset()).isBetween(2L, (long) bytes.length + 4);
            }
        }
        assertThat(decoded).isGreaterThan(200);
    }

    @Test
    void errors_name_field_and_offset() {
        byte[] bytes = PduEncoder.encode(REQUEST);
        assertThatThrownBy(() -> decode(Arrays.copyOf(bytes, 20)))
                .hasMessage("Called-AE-title at offset 10: needs 16 bytes, 10 are left");
        assertThatThrownBy(() -> PduDecoder.checkHeader(Pdu.ABORT, 5, 0))
                .hasMessage("PDU-length at offset 2: 5 is not 4");
    }

    @Test
    void even_doubled_and_missing_contexts_are_invalid() {
        for (List<Pdu.ProposedContext> contexts : List.of(
                List.<Pdu.ProposedContext>of(),
                List.of(new Pdu.ProposedContext(2, "1.2", List.of("1.2.1"))),
                List.of(
                        new Pdu.ProposedContext(1, "1.2", List.of("1.2.1")),
                        new Pdu.ProposedContext(1, "1.2", List.of("1.2.1"))))) {
            byte[] bytes = PduEncoder.encode(
                    new Pdu.AssociateRequest(1, "A", "B", Pdu.APPLICATION_CONTEXT, contexts, EVERYTHING));
            assertThatThrownBy(() -> decode(bytes)).isInstanceOf(PduException.class);
        }
    }

    @Test
    void the_state_table_has_the_standards_cells() {
        assertThat(StateTable.action(Event.EVT6, State.STA2)).contains(Action.AE_6);
        assertThat(StateTable.action(Event.EVT10, State.STA7)).contains(Action.AR_6);
        assertThat(StateTable.action(Event.EVT13, State.STA10)).contains(Action.AR_10);
        assertThat(StateTable.action(Event.EVT17, State.STA13)).contains(Action.AR_5);
        assertThat(StateTable.action(Event.EVT19, State.STA13)).contains(Action.AA_7);
        assertThat(StateTable.action(Event.EVT9, State.STA7)).isEmpty();
        long filled = Arrays.stream(Event.values())
                .flatMap(event -> Arrays.stream(State.values()).map(state -> StateTable.action(event, state)))
                .filter(Optional::isPresent)
                .count();
        assertThat(filled).isEqualTo(123);
    }

    @Test
    void a_command_set_survives_a_round_trip_and_refuses_lengths_beyond_it() throws PduException {
        CommandSet command = Wire.storeCommand("1.2.3").longString(CommandSet.ERROR_COMMENT, "x".repeat(80) + "é");
        byte[] bytes = command.encode();
        assertThat(CommandSet.decode(bytes).encode()).isEqualTo(bytes);
        assertThat(CommandSet.decode(bytes).text(CommandSet.ERROR_COMMENT)).hasSize(64);
        bytes[4] = (byte) 200;
        bytes[7] = (byte) 0x80;
        assertThatThrownBy(() -> CommandSet.decode(bytes)).hasMessageContaining("(0000,0000) at offset 0");
    }
}
