package org.myonode.dicom.net;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One DICOM upper layer connection (PS3.8 section 9): turns what happens on a socket into events, looks up the action in
 * {@link StateTable} and carries it out. The content of P-DATA-TF PDUs is not read here but offered to the caller.
 *
 * <p>After an invalid PDU nothing on the wire can be told apart any more, so in Sta13 everything else is discarded
 * unread until the peer closes or ARTIM expires.
 *
 * <p>Confined to one thread, but for {@link #sendData}, which finds the state as it is or waits until it is the next, and
 * for {@link #abortFromOutside}.
 */
final class UpperLayer implements AutoCloseable {
    private static final Function<Pdu.AssociateRequest, Optional<Rejection>> ACCEPT_ALL = request -> Optional.empty();

    private final Connection connection;
    private final ConnectionInput in;
    private final ConnectionOutput out;
    private final boolean requestor;
    private final Timers timers;
    private final long maxDataLength;
    private final Function<Pdu.AssociateRequest, Optional<Rejection>> providerCheck;

    private State state = State.STA1;
    private long artimDeadline;
    private boolean artimRunning;
    private boolean framingLost;
    private long dataRemaining;
    private long offsetInPdu;

    private UpperLayer(
            Connection connection,
            boolean requestor,
            Timers timers,
            long maxDataLength,
            Function<Pdu.AssociateRequest, Optional<Rejection>> providerCheck)
            throws IOException {
        this.connection = connection;
        this.in = new ConnectionInput(connection);
        this.out = new ConnectionOutput(connection, timers.idle());
        this.requestor = requestor;
        this.timers = timers;
        this.maxDataLength = maxDataLength;
        this.providerCheck = providerCheck;
    }

    /**
     * The acceptor's side of a connection just accepted (Evt5).
     *
     * @param maxDataLength longest P-DATA-TF to take, 0 for no limit
     * @param providerCheck what the provider itself rejects before its user sees the request (AE-6)
     */
    static UpperLayer acceptor(
            Connection connection,
            Timers timers,
            long maxDataLength,
            Function<Pdu.AssociateRequest, Optional<Rejection>> providerCheck)
            throws IOException {
        UpperLayer layer = new UpperLayer(connection, false, timers, maxDataLength, providerCheck);
        layer.perform(Event.EVT5, null);
        return layer;
    }

    /** The requestor's side of a connection just made (Evt1 and Evt2): sends the request. */
    static UpperLayer requestor(Connection connection, Timers timers, long maxDataLength, Pdu.AssociateRequest request)
            throws IOException {
        UpperLayer layer = new UpperLayer(connection, true, timers, maxDataLength, ACCEPT_ALL);
        layer.perform(Event.EVT1, null);
        layer.perform(Event.EVT2, request);
        return layer;
    }

    State state() {
        return state;
    }

    /** Waits for the next thing that concerns the user. Data left over from the previous P-DATA-TF is skipped. */
    Indication receive() throws IOException {
        while (true) {
            Indication indication = receiveEvent();
            if (indication != null) {
                return indication;
            }
            if (state == State.STA1) {
                return new Indication.Ended(Indication.Cause.CLOSED_BY_PEER, "the connection is closed");
            }
        }
    }

    /** A-ASSOCIATE response (accept). */
    void accept(Pdu.AssociateAccept accept) throws IOException {
        perform(Event.EVT7, accept);
    }

    /** A-ASSOCIATE response (reject). */
    void reject(Rejection rejection) throws IOException {
        perform(Event.EVT8, new Pdu.AssociateReject(rejection));
    }

    /** P-DATA request: whole P-DATA-TF PDUs, already encoded. From any thread. */
    synchronized void sendData(byte[] pdus, int length) throws IOException {
        Action action = StateTable.action(Event.EVT9, state)
                .orElseThrow(() -> new IOException("the association is no longer established"));
        out.write(pdus, 0, length);
        state = action.next();
    }

    /** A-RELEASE request. */
    void requestRelease() throws IOException {
        perform(Event.EVT11, null);
    }

    /** A-RELEASE response. */
    void confirmRelease() throws IOException {
        perform(Event.EVT14, null);
    }

    /** A-ABORT request; nothing if the connection is at its end already. */
    synchronized void abort() throws IOException {
        if (StateTable.action(Event.EVT15, state).isPresent()) {
            perform(Event.EVT15, null);
        }
    }

    /** Sta13: reads until the peer closes or ARTIM expires; losing the connection is what is waited for. */
    void awaitClose() {
        while (state == State.STA13) {
            try {
                receiveEvent();
            } catch (IOException gone) {
                close();
            }
        }
        close();
    }

    /** Sends an A-ABORT from another thread than the owner's, and closes; the owner's read or write then fails. */
    void abortFromOutside() {
        try {
            out.writeIfFree(PduEncoder.encode(new Pdu.Abort(Pdu.Abort.SERVICE_USER, Pdu.Abort.NOT_SPECIFIED)));
        } catch (IOException ignored) {
            // the peer is gone already
        }
        connection.cut();
    }

    @Override
    public synchronized void close() {
        artimRunning = false;
        state = State.STA1;
        closeSocket();
    }

    // ---- the content of a P-DATA-TF PDU

    /** Bytes of the current P-DATA-TF not read yet. */
    long dataRemaining() {
        return dataRemaining;
    }

    /** Where the next of these bytes stands in its PDU, from 0. */
    long dataOffset() {
        return offsetInPdu;
    }

    /** True if something has come from the peer that has not been read. */
    boolean hasInput() throws IOException {
        return dataRemaining > 0 || in.ready();
    }

    /** Waits so long for anything to come from the peer; false if nothing did, and then nothing has changed. */
    boolean awaitInput(Duration patience) throws IOException {
        return dataRemaining > 0 || in.await(patience);
    }

    int readData(byte[] target, int offset, int length) throws IOException {
        int count = in.read(target, offset, (int) Math.min(length, dataRemaining));
        dataRemaining -= count;
        offsetInPdu += count;
        return count;
    }

    void readDataFully(byte[] target, int length) throws IOException {
        in.readFully(target, 0, length);
        dataRemaining -= length;
        offsetInPdu += length;
    }

    void skipData(long length) throws IOException {
        in.skip(length);
        dataRemaining -= length;
        offsetInPdu += length;
    }

    /** The user of the layer found the content of a P-DATA-TF invalid (Evt19). */
    Indication invalid(PduException problem) throws IOException {
        return invalidPdu(problem);
    }

    /** What a failed read of P-DATA content means for the association. */
    Indication lost(IOException failure) throws IOException {
        return failure instanceof SocketTimeoutException ? timedOut() : closedByPeer(failure);
    }

    // ---- events

    private @Nullable Indication receiveEvent() throws IOException {
        Pdu pdu;
        try {
            in.allow(allowance());
            if (framingLost) {
                in.skip(Long.MAX_VALUE);
            }
            if (dataRemaining > 0) {
                skipData(dataRemaining);
            }
            pdu = readPdu();
        } catch (SocketTimeoutException silence) {
            return timedOut();
        } catch (PduException problem) {
            return invalidPdu(problem);
        } catch (IOException end) {
            return closedByPeer(end);
        }
        return perform(eventOf(pdu), pdu);
    }

    private Duration allowance() {
        return artimRunning ? Duration.ofNanos(Math.max(0, artimDeadline - System.nanoTime())) : timers.idle();
    }

    private Pdu readPdu() throws IOException {
        // 1 - PDU-type
        int type = in.read();
        if (type < 0) {
            throw new EOFException("the peer closed the connection");
        }
        if (type < Pdu.ASSOCIATE_RQ || type > Pdu.ABORT) {
            throw PduException.unrecognized(type);
        }
        byte[] rest = new byte[Pdu.HEADER_LENGTH - 1];
        in.readFully(rest, 0, rest.length);
        // 2 - Reserved, 3-6 - PDU-length
        long length = (rest[1] & 0xFFL) << 24 | (rest[2] & 0xFFL) << 16 | (rest[3] & 0xFFL) << 8 | rest[4] & 0xFFL;
        PduDecoder.checkHeader(type, length, maxDataLength);
        if (type == Pdu.P_DATA_TF) {
            dataRemaining = length;
            offsetInPdu = Pdu.HEADER_LENGTH;
            return new Pdu.DataTransfer(length);
        }
        return PduDecoder.decode(type, readBody((int) length));
    }

    /** Grows with what arrives: a peer that announces much and sends little gets little memory. */
    private byte[] readBody(int length) throws IOException {
        byte[] body = new byte[Math.min(length, 8192)];
        int done = 0;
        while (done < length) {
            if (done == body.length) {
                body = Arrays.copyOf(body, Math.min(length, body.length * 2));
            }
            int step = body.length - done;
            in.readFully(body, done, step);
            done += step;
        }
        return body;
    }

    private static Event eventOf(Pdu pdu) {
        if (pdu instanceof Pdu.DataTransfer) {
            return Event.EVT10;
        } else if (pdu instanceof Pdu.AssociateRequest) {
            return Event.EVT6;
        } else if (pdu instanceof Pdu.AssociateAccept) {
            return Event.EVT3;
        } else if (pdu instanceof Pdu.AssociateReject) {
            return Event.EVT4;
        } else if (pdu instanceof Pdu.ReleaseRequest) {
            return Event.EVT12;
        } else if (pdu instanceof Pdu.ReleaseResponse) {
            return Event.EVT13;
        }
        return Event.EVT16;
    }

    private synchronized Indication invalidPdu(PduException problem) throws IOException {
        framingLost = true;
        dataRemaining = 0;
        Action action = actionOn(Event.EVT19);
        // AA-1 in Sta2 has the service-user as its source, and then no reason is significant (PS3.8 table 9-9)
        sendAbort(action == Action.AA_1 ? Pdu.Abort.SERVICE_USER : Pdu.Abort.SERVICE_PROVIDER, problem.abortReason());
        state = action.next();
        return new Indication.Ended(Indication.Cause.ABORTED_BY_US, String.valueOf(problem.getMessage()));
    }

    private synchronized Indication timedOut() throws IOException {
        dataRemaining = 0;
        if (artimRunning && StateTable.action(Event.EVT18, state).isPresent()) {
            perform(Event.EVT18, null);
            return new Indication.Ended(
                    Indication.Cause.TIMEOUT,
                    "nothing came within " + timers.artim().toMillis() + " ms (ARTIM)");
        }
        // the idle timer is a matter of the local user: Evt15
        framingLost = true;
        perform(Event.EVT15, null);
        return new Indication.Ended(
                Indication.Cause.TIMEOUT,
                "no complete PDU within " + timers.idle().toMillis() + " ms");
    }

    private Indication closedByPeer(IOException end) throws IOException {
        dataRemaining = 0;
        perform(Event.EVT17, null);
        return end instanceof SSLException
                ? new Indication.Ended(Indication.Cause.TLS_FAILED, Tls.reason(end))
                : new Indication.Ended(Indication.Cause.CLOSED_BY_PEER, String.valueOf(end.getMessage()));
    }

    private Action actionOn(Event event) {
        return StateTable.action(event, state)
                .orElseThrow(() -> new IllegalStateException(event + " cannot happen in " + state));
    }

    /** Carries out the action that the table has for this event, and enters the state it leads to. */
    private synchronized @Nullable Indication perform(Event event, @Nullable Pdu pdu) throws IOException {
        Action action = actionOn(event);
        State next = action.next();
        Indication indication = null;
        switch (action) {
            case AE_1, AR_6 -> {}
            case AE_2, AE_7 -> send(required(pdu));
            case AE_3 -> indication = new Indication.Associated((Pdu.AssociateAccept) required(pdu));
            case AE_4 -> {
                indication = new Indication.Rejected(((Pdu.AssociateReject) required(pdu)).rejection());
                closeSocket();
            }
            case AE_5 -> startArtim();
            case AE_6 -> {
                artimRunning = false;
                Pdu.AssociateRequest request = (Pdu.AssociateRequest) required(pdu);
                Optional<Rejection> rejection = providerCheck.apply(request);
                if (rejection.isPresent()) {
                    send(new Pdu.AssociateReject(rejection.get()));
                    startArtim();
                    next = State.STA13;
                    indication = new Indication.Rejected(rejection.get());
                } else {
                    indication = new Indication.AssociateRequested(request);
                }
            }
            case AE_8 -> {
                send(required(pdu));
                startArtim();
            }
            case DT_1, AR_7 -> throw new AssertionError("data is sent by sendData");
            case DT_2 -> indication = new Indication.Data();
            case AR_1 -> send(new Pdu.ReleaseRequest());
            case AR_2 -> indication = new Indication.ReleaseRequested();
            case AR_3 -> {
                indication = new Indication.Released();
                closeSocket();
            }
            case AR_4 -> {
                send(new Pdu.ReleaseResponse());
                startArtim();
            }
            case AR_5, AA_5 -> {
                artimRunning = false;
                closeSocket();
            }
            case AR_8 -> {
                next = requestor ? State.STA9 : State.STA10;
                indication = new Indication.ReleaseRequested();
            }
            case AR_9 -> send(new Pdu.ReleaseResponse());
            case AR_10 -> indication = new Indication.Released();
            case AA_1 -> {
                sendAbort(Pdu.Abort.SERVICE_USER, Pdu.Abort.NOT_SPECIFIED);
                if (pdu != null) {
                    indication = unexpected(pdu);
                }
            }
            case AA_2 -> {
                artimRunning = false;
                closeSocket();
            }
            case AA_3 -> {
                indication =
                        new Indication.Ended(Indication.Cause.ABORTED_BY_PEER, ((Pdu.Abort) required(pdu)).meaning());
                closeSocket();
            }
            case AA_4 -> closeSocket();
            case AA_6 -> {}
            case AA_7 -> sendAbort(Pdu.Abort.SERVICE_PROVIDER, Pdu.Abort.UNEXPECTED_PDU);
            case AA_8 -> {
                sendAbort(Pdu.Abort.SERVICE_PROVIDER, Pdu.Abort.UNEXPECTED_PDU);
                indication = unexpected(required(pdu));
            }
        }
        state = next;
        return indication;
    }

    private Indication unexpected(Pdu pdu) {
        return new Indication.Ended(
                Indication.Cause.ABORTED_BY_US, pdu.getClass().getSimpleName() + " PDU is not expected in " + state);
    }

    private static Pdu required(@Nullable Pdu pdu) {
        if (pdu == null) {
            throw new IllegalArgumentException("the action needs a PDU");
        }
        return pdu;
    }

    private void send(Pdu pdu) throws IOException {
        byte[] bytes = PduEncoder.encode(pdu);
        out.write(bytes, 0, bytes.length);
    }

    /** An abort that cannot be sent any more changes nothing: the connection is over. */
    private void sendAbort(int source, int reason) {
        try {
            send(new Pdu.Abort(source, source == Pdu.Abort.SERVICE_USER ? Pdu.Abort.NOT_SPECIFIED : reason));
        } catch (IOException gone) {
            closeSocket();
        }
        startArtim();
    }

    private void startArtim() {
        artimRunning = true;
        artimDeadline = System.nanoTime() + timers.artim().toNanos();
    }

    private void closeSocket() {
        connection.close();
    }
}
