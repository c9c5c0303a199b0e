package org.myonode.dicom.net;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;

/** Keeps what arrives, and remembers how associations ended. */
final class MemoryStore implements StoreHandler {
    final Map<String, byte[]> dataSets = new ConcurrentHashMap<>();
    final List<StoreRequest> requests = new CopyOnWriteArrayList<>();
    final BlockingQueue<IOException> failures = new LinkedBlockingQueue<>();
    final BlockingQueue<Boolean> closed = new LinkedBlockingQueue<>();

    @Override
    public DimseStatus store(StoreRequest request, InputStream dataSet) throws IOException {
        try {
            dataSets.put(request.sopInstanceUid(), dataSet.readAllBytes());
        } catch (IOException e) {
            failures.add(e);
            throw e;
        }
        requests.add(request);
        return DimseStatus.SUCCESS;
    }

    @Override
    public void associationClosed(AssociationInfo association, boolean aborted) {
        closed.add(aborted);
    }
}
