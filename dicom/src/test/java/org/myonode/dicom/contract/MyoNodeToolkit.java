package org.myonode.dicom.contract;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomException;
import org.myonode.dicom.Part10;
import org.myonode.dicom.PixelData;
import org.myonode.dicom.UID;
import org.myonode.dicom.VR;
import org.myonode.dicom.net.AeAddress;
import org.myonode.dicom.net.Association;
import org.myonode.dicom.net.AssociationConfig;
import org.myonode.dicom.net.AssociationException;
import org.myonode.dicom.net.AssociationPolicy;
import org.myonode.dicom.net.DicomListener;
import org.myonode.dicom.net.DimseStatus;
import org.myonode.dicom.net.InformationModel;
import org.myonode.dicom.net.ListenerConfig;
import org.myonode.dicom.net.NoPresentationContextException;
import org.myonode.dicom.net.NormalizedHandler;
import org.myonode.dicom.net.NormalizedRequest;
import org.myonode.dicom.net.Performers;
import org.myonode.dicom.net.PresentationContext;
import org.myonode.dicom.net.Query;
import org.myonode.dicom.net.QueryRetrieve;
import org.myonode.dicom.net.QueryRetrieveLevel;
import org.myonode.dicom.net.RetrieveResult;
import org.myonode.dicom.net.Role;
import org.myonode.dicom.net.StorageCommitment;
import org.myonode.dicom.net.StoreHandler;
import org.myonode.dicom.net.TransferCapabilities;
import org.myonode.dicom.net.TransferCapability;

/** This module's own implementation; it uses what the API makes public and nothing else. */
final class MyoNodeToolkit implements NetworkToolkit, PixelToolkit {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(20);
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    // ---- files

    @Override
    public byte[] write(Map<Integer, Value> attributes, String transferSyntaxUid) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Part10.write(out, Part10.of(dataSet(attributes), transferSyntaxUid));
        return out.toByteArray();
    }

    private static DataSet dataSet(Map<Integer, Value> attributes) {
        DataSet dataSet = new DataSet();
        new TreeMap<>(attributes).forEach((tag, value) -> put(dataSet, tag, value));
        return dataSet;
    }

    private static void put(DataSet dataSet, int tag, Value value) {
        if (value instanceof Value.Items items) {
            dataSet.setItems(
                    tag, items.items().stream().map(MyoNodeToolkit::dataSet).toList());
        } else if (value instanceof Value.Bytes bytes) {
            dataSet.setBytes(tag, VR.valueOf(bytes.vr()), HEX.parseHex(bytes.hex()));
        } else if (value instanceof Value.Texts texts) {
            VR vr = VR.valueOf(texts.vr());
            switch (vr) {
                case US, SS, UL, SL ->
                    dataSet.set(
                            tag,
                            vr,
                            texts.texts().stream().mapToInt(Integer::parseInt).toArray());
                case FD ->
                    dataSet.setBytes(
                            tag,
                            vr,
                            java.nio.ByteBuffer.allocate(8)
                                    .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                                    .putDouble(Double.parseDouble(texts.texts().get(0)))
                                    .array());
                default -> dataSet.set(tag, vr, texts.texts().toArray(String[]::new));
            }
        }
    }

    @Override
    public Optional<Map<Integer, Value>> read(byte[] file) throws IOException {
        try {
            return Optional.of(
                    values(Part10.read(new ByteArrayInputStream(file)).dataSet()));
        } catch (DicomException refused) {
            return Optional.empty();
        }
    }

    private static Map<Integer, Value> values(DataSet dataSet) {
        Map<Integer, Value> values = new HashMap<>();
        for (int tag : dataSet.tags()) {
            VR vr = dataSet.vr(tag);
            values.put(
                    tag,
                    switch (vr) {
                        case SQ ->
                            new Value.Items(dataSet.items(tag).stream()
                                    .map(MyoNodeToolkit::values)
                                    .toList());
                        case OB, OW, OD, OF, OL, OV, UN ->
                            new Value.Bytes(vr.name(), HEX.formatHex(dataSet.bytes(tag)));
                        default -> new Value.Texts(vr.name(), dataSet.texts(tag));
                    });
        }
        return values;
    }

    @Override
    public Optional<short[]> pixels(byte[] file) throws IOException {
        try {
            return Optional.of(PixelData.monochrome16(Part10.read(new ByteArrayInputStream(file))));
        } catch (DicomException refused) {
            return Optional.empty();
        }
    }

    // ---- associations

    @Override
    public Provider listen(String aeTitle, Store store, Commitment commitment) throws IOException {
        List<TransferCapability> capabilities = new ArrayList<>(TransferCapabilities.storage());
        capabilities.add(new TransferCapability(
                StorageCommitment.SOP_CLASS,
                List.of(UID.ExplicitVRLittleEndian, UID.ImplicitVRLittleEndian),
                java.util.Set.of(Role.USER, Role.PROVIDER)));
        DicomListener listener = DicomListener.start(
                new ListenerConfig(
                        aeTitle,
                        InetAddress.getLoopbackAddress(),
                        0,
                        ListenerConfig.DEFAULT_MAX_PDU,
                        16,
                        CONNECT,
                        ANSWER,
                        capabilities),
                AssociationPolicy.anyone(),
                Performers.storing(handler(store)).with(handler(commitment)));
        return new Provider() {
            @Override
            public int port() {
                return listener.port();
            }

            @Override
            public void close() {
                listener.close();
            }
        };
    }

    private static StoreHandler handler(Store store) {
        return (request, dataSet) -> new DimseStatus(
                store.store(request.sopInstanceUid(), request.transferSyntax(), dataSet.readAllBytes()));
    }

    private static NormalizedHandler handler(Commitment commitment) {
        NormalizedHandler requests = StorageCommitment.provider((association, request) ->
                new DimseStatus(commitment.requested(request.transactionUid(), instances(request.references()))));
        NormalizedHandler reports = StorageCommitment.user((association, report) -> new DimseStatus(commitment.reported(
                report.transactionUid(),
                instances(report.committed()),
                report.failed().stream()
                        .map(failure -> failure.reference().sopInstanceUid())
                        .toList())));
        return (association, request) -> (request.operation() == NormalizedRequest.Operation.ACTION
                        ? requests
                        : reports)
                .perform(association, request);
    }

    private static List<String> instances(List<StorageCommitment.Reference> references) {
        return references.stream()
                .map(StorageCommitment.Reference::sopInstanceUid)
                .toList();
    }

    private static List<StorageCommitment.Reference> references(List<String> instances) {
        return instances.stream()
                .map(uid -> new StorageCommitment.Reference(UID.CTImageStorage, uid))
                .toList();
    }

    @Override
    public Optional<User> associate(int port, String calledAeTitle, List<Context> contexts, Store incoming) {
        AssociationConfig config =
                new AssociationConfig(new AeAddress(calledAeTitle, "127.0.0.1", port), "CONTRACT", CONNECT, ANSWER);
        List<PresentationContext> proposed = contexts.stream()
                .map(context -> {
                    PresentationContext plain =
                            new PresentationContext(context.sopClassUid(), context.transferSyntaxUids());
                    return context.asProvider() ? plain.as(Role.PROVIDER) : plain;
                })
                .toList();
        try {
            Association association = Association.open(config, proposed, Performers.storing(handler(incoming)));
            return Optional.of(new OpenAssociation(association, contexts));
        } catch (AssociationException rejected) {
            return Optional.empty();
        }
    }

    private interface Request {
        DimseStatus send() throws IOException;
    }

    private record OpenAssociation(Association association, List<Context> contexts) implements User {
        private static int code(Request request) throws IOException {
            try {
                return request.send().code();
            } catch (NoPresentationContextException none) {
                return -1;
            }
        }

        @Override
        public List<String> accepted(String sopClassUid) {
            return contexts.stream()
                    .filter(context -> context.sopClassUid().equals(sopClassUid))
                    .flatMap(context -> context.transferSyntaxUids().stream())
                    .filter(syntax -> association.accepts(sopClassUid, syntax))
                    .toList();
        }

        @Override
        public int echo() throws IOException {
            return code(association::echo);
        }

        @Override
        public int store(byte[] file) throws IOException {
            return code(() -> association.store(Part10.read(new ByteArrayInputStream(file))));
        }

        @Override
        public int requestCommitment(String transactionUid, List<String> sopInstanceUids) throws IOException {
            return code(() -> association.invoke(StorageCommitment.action(
                    new StorageCommitment.Request(transactionUid, references(sopInstanceUids)))));
        }

        @Override
        public int reportCommitment(String transactionUid, List<String> committed, List<String> failed)
                throws IOException {
            List<StorageCommitment.Failure> failures = references(failed).stream()
                    .map(reference -> new StorageCommitment.Failure(reference, 0x0112))
                    .toList();
            return code(() -> association.invoke(StorageCommitment.eventReport(
                    new StorageCommitment.Report(transactionUid, references(committed), failures))));
        }

        @Override
        public List<Map<Integer, Value>> find(String level, Map<Integer, Value> keys) throws IOException {
            Query query = new Query(InformationModel.STUDY_ROOT, QueryRetrieveLevel.valueOf(level), dataSet(keys));
            return new QueryRetrieve(association)
                    .find(query).stream().map(MyoNodeToolkit::values).toList();
        }

        @Override
        public Retrieval move(String studyInstanceUid, String destination) throws IOException {
            return retrieval(
                    new QueryRetrieve(association).move(Query.study(studyInstanceUid), destination, soFar -> true));
        }

        @Override
        public Retrieval get(String studyInstanceUid) throws IOException {
            return retrieval(new QueryRetrieve(association).get(Query.study(studyInstanceUid), soFar -> true));
        }

        private static Retrieval retrieval(RetrieveResult result) {
            return new Retrieval(
                    result.status().code(),
                    result.subOperations().completed(),
                    result.subOperations().failed());
        }

        @Override
        public void abort() {
            association.abort();
        }

        @Override
        public void close() {
            association.close();
        }
    }
}
