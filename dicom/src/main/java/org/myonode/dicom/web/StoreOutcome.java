package org.myonode.dicom.web;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Tag;
import org.myonode.dicom.VR;
import org.myonode.dicom.net.DimseStatus;

/**
 * What became of the instances of one Store request: the Store Instances Response Module (PS3.18 annex I, PS3.3), written
 * by the origin server and read by the user agent. Not thread-safe.
 */
final class StoreOutcome {
    private record Instance(String sopClassUid, String sopInstanceUid, DimseStatus status) {}

    private final List<Instance> instances = new ArrayList<>();
    private final List<DimseStatus> others = new ArrayList<>();

    /** The outcome that a response describes. */
    static StoreOutcome of(DataSet response) {
        StoreOutcome outcome = new StoreOutcome();
        for (DataSet item : response.items(Tag.ReferencedSOPSequence)) {
            outcome.add(item, item.integer(Tag.WarningReason).orElse(DimseStatus.SUCCESS.code()));
        }
        for (DataSet item : response.items(Tag.FailedSOPSequence)) {
            outcome.add(item, item.integer(Tag.FailureReason).orElse(DimseStatus.PROCESSING_FAILURE.code()));
        }
        for (DataSet item : response.items(Tag.OtherFailuresSequence)) {
            outcome.otherFailure(new DimseStatus(
                    item.integer(Tag.FailureReason).orElse(DimseStatus.PROCESSING_FAILURE.code()) & 0xFFFF));
        }
        return outcome;
    }

    private void add(DataSet item, int code) {
        add(
                item.text(Tag.ReferencedSOPClassUID).orElse(""),
                item.text(Tag.ReferencedSOPInstanceUID).orElse(""),
                new DimseStatus(code & 0xFFFF));
    }

    void add(String sopClassUid, String sopInstanceUid, DimseStatus status) {
        instances.add(new Instance(sopClassUid, sopInstanceUid, status));
    }

    /** Something that is no instance, or whose UIDs cannot be known. */
    void otherFailure(DimseStatus status) {
        others.add(status);
    }

    int size() {
        return instances.size() + others.size();
    }

    boolean isEmpty() {
        return size() == 0;
    }

    long stored() {
        return instances.stream().filter(one -> isStored(one.status())).count();
    }

    long failed() {
        return size() - stored();
    }

    /** What it says about an instance; a failure wins over a success. */
    Optional<DimseStatus> statusOf(String sopInstanceUid) {
        return instances.stream()
                .filter(one -> one.sopInstanceUid().equals(sopInstanceUid))
                .map(Instance::status)
                .reduce((first, second) -> isStored(second) ? first : second)
                .or(() -> others.stream().findFirst());
    }

    int httpStatus() {
        if (failed() == 0) {
            return instances.stream().allMatch(one -> one.status().isSuccess()) ? 200 : 202;
        }
        if (stored() > 0) {
            return 202;
        }
        boolean later = others.isEmpty()
                && instances.stream().allMatch(one -> one.status().isRetryable());
        return later ? 503 : 409;
    }

    /** Nothing can be retrieved from here, so Retrieve URL (type 2) is empty. */
    DataSet toDataSet() {
        DataSet response = new DataSet().setEmpty(Tag.RetrieveURL);
        List<DataSet> stored = new ArrayList<>();
        List<DataSet> failed = new ArrayList<>();
        for (Instance instance : instances) {
            DataSet item = new DataSet()
                    .setBytes(Tag.ReferencedSOPClassUID, VR.UI, uid(instance.sopClassUid()))
                    .setBytes(Tag.ReferencedSOPInstanceUID, VR.UI, uid(instance.sopInstanceUid()));
            DimseStatus status = instance.status();
            if (isStored(status)) {
                stored.add(item.setEmpty(Tag.RetrieveURL));
                if (status.isWarning()) {
                    item.set(Tag.WarningReason, status.code());
                }
            } else {
                failed.add(item.set(Tag.FailureReason, status.code()));
            }
        }
        if (!failed.isEmpty()) {
            response.setItems(Tag.FailedSOPSequence, failed);
        }
        if (!stored.isEmpty()) {
            response.setItems(Tag.ReferencedSOPSequence, stored);
        }
        if (!others.isEmpty()) {
            response.setItems(
                    Tag.OtherFailuresSequence,
                    others.stream()
                            .map(status -> new DataSet().set(Tag.FailureReason, status.code()))
                            .toList());
        }
        return response;
    }

    /** As it came: some devices make UIDs that a check would refuse, and the client must recognise its own. */
    private static byte[] uid(String uid) {
        return uid.getBytes(StandardCharsets.US_ASCII);
    }

    private static boolean isStored(DimseStatus status) {
        return status.isSuccess() || status.isWarning();
    }
}
