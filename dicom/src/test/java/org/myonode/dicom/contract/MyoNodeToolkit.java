package org.myonode.dicom.contract;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomException;
import org.myonode.dicom.Part10;
import org.myonode.dicom.UID;
import org.myonode.dicom.net.AeAddress;
import org.myonode.dicom.net.Association;
import org.myonode.dicom.net.AssociationConfig;
import org.myonode.dicom.net.AssociationException;
import org.myonode.dicom.net.AssociationPolicy;
import org.myonode.dicom.net.DicomListener;
import org.myonode.dicom.net.DimseStatus;
import org.myonode.dicom.net.ListenerConfig;
import org.myonode.dicom.net.NoPresentationContextException;
import org.myonode.dicom.net.PresentationContext;
import org.myonode.dicom.net.TransferCapabilities;

/** This module's own implementation; it uses what the API makes public and nothing else. */
final class MyoNodeToolkit implements Toolkit {
    @Override
    public byte[] write(Map<Integer, List<String>> attributes, String transferSyntaxUid) throws IOException {
        DataSet dataSet = new DataSet();
        new TreeMap<>(attributes).forEach((tag, texts) -> {
            if (tag == PartTenContract.ROWS) {
                dataSet.set(tag, Integer.parseInt(texts.get(0)));
            } else {
                dataSet.set(tag, texts.toArray(String[]::new));
            }
        });
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Part10.write(out, Part10.of(dataSet, transferSyntaxUid));
        return out.toByteArray();
    }

    @Override
    public Optional<Map<Integer, List<String>>> read(byte[] file) throws IOException {
        try {
            DataSet dataSet = Part10.read(new ByteArrayInputStream(file)).dataSet();
            Map<Integer, List<String>> attributes = new HashMap<>();
            dataSet.tags().forEach(tag -> attributes.put(tag, dataSet.texts(tag)));
            return Optional.of(attributes);
        } catch (DicomException refused) {
            return Optional.empty();
        }
    }

    @Override
    public Provider listen(String aeTitle, Store store) throws IOException {
        DicomListener listener = DicomListener.start(
                new ListenerConfig(
                        aeTitle,
                        InetAddress.getLoopbackAddress(),
                        0,
                        ListenerConfig.DEFAULT_MAX_PDU,
                        16,
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(20),
                        TransferCapabilities.storage()),
                AssociationPolicy.anyone(),
                (request, dataSet) -> new DimseStatus(store.store(request.sopInstanceUid(), dataSet.readAllBytes())));
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

    @Override
    public Optional<User> associate(int port, String calledAeTitle, List<String> sopClassUids) {
        AssociationConfig config = new AssociationConfig(
                new AeAddress(calledAeTitle, "127.0.0.1", port),
                "CONTRACT",
                Duration.ofSeconds(5),
                Duration.ofSeconds(20));
        List<PresentationContext> contexts = sopClassUids.stream()
                .map(uid -> new PresentationContext(uid, List.of(UID.ExplicitVRLittleEndian)))
                .toList();
        try {
            return Optional.of(new OpenAssociation(Association.open(config, contexts)));
        } catch (AssociationException rejected) {
            return Optional.empty();
        }
    }

    private record OpenAssociation(Association association) implements User {
        @Override
        public int echo() throws IOException {
            return association.echo().code();
        }

        @Override
        public int store(byte[] file) throws IOException {
            try {
                return association
                        .store(Part10.read(new ByteArrayInputStream(file)))
                        .code();
            } catch (NoPresentationContextException none) {
                return -1;
            }
        }

        @Override
        public void close() {
            association.close();
        }
    }
}
