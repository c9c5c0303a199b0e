package org.myonode.dicom.net;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Part10;

/** A provider of one association at a time that answers each request as a test wants. */
final class ScriptedProvider implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Answers one request; the identifier has been read. */
    interface Script {
        void answer(Answers answers, DimseChannel.Command request, DataSet identifier) throws IOException;
    }

    private final ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    private final Thread thread;

    ScriptedProvider(List<TransferCapability> capabilities, Script script) throws IOException {
        this(capabilities, 1, script);
    }

    ScriptedProvider(List<TransferCapability> capabilities, int operations, Script script) throws IOException {
        thread = new Thread(() -> {
            while (!server.isClosed()) {
                try (Socket socket = server.accept()) {
                    serve(socket, capabilities, operations, script);
                } catch (IOException over) {
                    // the test has seen what it wanted, or fails for want of an answer
                }
            }
        });
        thread.start();
    }

    AeAddress address() {
        return new AeAddress("SCRIPT", "127.0.0.1", server.getLocalPort());
    }

    private static void serve(Socket socket, List<TransferCapability> capabilities, int operations, Script script)
            throws IOException {
        UpperLayer layer = UpperLayer.acceptor(
                Connection.plain(socket), new Timers(PATIENCE, PATIENCE), 16384, request -> Optional.empty());
        Pdu.AssociateRequest request = ((Indication.AssociateRequested) layer.receive()).request();
        Pdu.AssociateAccept accept = new Negotiation(capabilities, 16384, operations).answer(request);
        layer.accept(accept);
        DimseChannel channel = new DimseChannel(
                layer,
                Negotiation.accepted(request.contexts(), accept),
                request.user().maxLength());
        while (true) {
            Optional<DimseChannel.Command> command = channel.receiveCommand();
            if (command.isEmpty()) {
                layer.confirmRelease();
                layer.awaitClose();
                return;
            }
            DataSet identifier = command.get().set().hasDataSet()
                    ? Part10.readDataSet(
                            channel.dataSet(command.get().context()),
                            command.get().context().transferSyntax())
                    : new DataSet();
            script.answer(new Answers(layer, channel, command.get()), command.get(), identifier);
        }
    }

    /** What a script can say. */
    static final class Answers {
        final UpperLayer layer;
        final DimseChannel channel;
        final DimseChannel.Command request;

        Answers(UpperLayer layer, DimseChannel channel, DimseChannel.Command request) {
            this.layer = layer;
            this.channel = channel;
            this.request = request;
        }

        /** A response without anything else. */
        void status(int status) throws IOException {
            channel.sendCommand(request.context(), response(status));
        }

        /** A response with a data set. */
        void status(int status, DataSet identifier) throws IOException {
            CommandSet response = response(status).integer(CommandSet.COMMAND_DATA_SET_TYPE, CommandSet.DATA_SET);
            send(request.context(), response, identifier);
        }

        /** A response with numbers of sub-operations. */
        void counts(int status, int remaining, int completed, int failed, int warning) throws IOException {
            channel.sendCommand(
                    request.context(),
                    response(status)
                            .integer(CommandSet.REMAINING_SUB_OPERATIONS, remaining)
                            .integer(CommandSet.COMPLETED_SUB_OPERATIONS, completed)
                            .integer(CommandSet.FAILED_SUB_OPERATIONS, failed)
                            .integer(CommandSet.WARNING_SUB_OPERATIONS, warning));
        }

        /** The next command of the requestor. */
        DimseChannel.Command next() throws IOException {
            return channel.receiveCommand().orElseThrow();
        }

        private void send(AcceptedContext context, CommandSet command, DataSet dataSet) throws IOException {
            byte[] bytes = Part10.encodeDataSet(dataSet, context.transferSyntax());
            channel.sendCommand(context, command);
            channel.sendDataSet(context, new ByteArrayInputStream(bytes), bytes.length);
        }

        private CommandSet response(int status) {
            return new CommandSet()
                    .integer(
                            CommandSet.COMMAND_FIELD,
                            request.set().integerOr(CommandSet.COMMAND_FIELD, 0) | CommandSet.RESPONSE)
                    .integer(
                            CommandSet.MESSAGE_ID_BEING_RESPONDED_TO,
                            request.set().integerOr(CommandSet.MESSAGE_ID, 0))
                    .integer(CommandSet.COMMAND_DATA_SET_TYPE, CommandSet.NO_DATA_SET)
                    .integer(CommandSet.STATUS, status);
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        server.close();
        thread.join(PATIENCE.toMillis());
    }
}
