package org.myonode.node;

import java.util.function.Consumer;
import java.util.function.Function;
import org.myonode.workers.locate.L3Locator;
import org.myonode.workers.model.ModelStore;
import org.myonode.workers.pipeline.ModelIdentity;
import org.myonode.workers.pipeline.Models;
import org.myonode.workers.segment.MuscleSegmenter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models that new studies are measured with. What the store says is in use is loaded beside the running ones and
 * takes over between two studies: a study is measured by one pair of models from beginning to end, and the old pair is
 * closed when the last study that uses it is done, never under a call.
 *
 * <p>A package that cannot be loaded changes nothing; it is reported once. Thread-safe.
 */
final class LiveModels implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LiveModels.class);

    private final ModelStore store;
    private final int concurrent;
    private final Consumer<String> onChange;
    private Pair current;
    private String seen;
    private String refused = "";

    /** A loaded pair and how many use it; the one of being current is counted too. */
    private static final class Pair {
        private final LoadedModels models;
        private int users = 1;

        Pair(LoadedModels models) {
            this.models = models;
        }
    }

    /**
     * Loads what is in use.
     *
     * @param concurrent studies measured at the same time
     * @param onChange hears, in words, of every change after that
     */
    LiveModels(ModelStore store, int concurrent, Consumer<String> onChange) {
        this.store = store;
        this.concurrent = concurrent;
        this.onChange = onChange;
        this.seen = chosen();
        this.current = new Pair(load(store, concurrent));
    }

    private static LoadedModels load(ModelStore store, int concurrent) {
        return LoadedModels.open(store.active(L3Locator.TASK), store.active(MuscleSegmenter.TASK), concurrent);
    }

    /** Does something with the models in use, which stay open until it ends. */
    <T> T with(Function<Models, T> work) {
        Pair pair = lease();
        try {
            return work.apply(pair.models.models());
        } finally {
            release(pair);
        }
    }

    /** Loads what the store says now, if that has changed. */
    void refresh() {
        try {
            String wanted = chosen();
            if (wanted.equals(seen)) {
                refused = "";
                return;
            }
            LoadedModels next = load(store, concurrent);
            Models models = next.models();
            swap(new Pair(next));
            seen = wanted;
            refused = "";
            report("models in use: " + describe(models.locatorIdentity()) + ", "
                    + describe(models.segmenterIdentity()));
        } catch (RuntimeException e) {
            String reason = String.valueOf(e.getMessage());
            if (!reason.equals(refused)) {
                refused = reason;
                report("the models in use stay, the promoted one cannot be loaded: " + reason);
            }
        }
    }

    /** What the journal says, without reading a package. */
    private String chosen() {
        return store.promoted(L3Locator.TASK).orElse("shipped")
                + store.promoted(MuscleSegmenter.TASK).orElse("shipped");
    }

    private static String describe(ModelIdentity model) {
        return model + " (digest " + model.sha256().substring(0, 12) + ")";
    }

    private void report(String change) {
        log.info("{}", change);
        onChange.accept(change);
    }

    /** Engine and device, for people. */
    synchronized String engine() {
        return current.models.engine();
    }

    private synchronized Pair lease() {
        current.users++;
        return current;
    }

    private void swap(Pair next) {
        Pair before;
        synchronized (this) {
            before = current;
            current = next;
        }
        release(before);
    }

    private void release(Pair pair) {
        synchronized (this) {
            if (--pair.users > 0) {
                return;
            }
        }
        pair.models.close();
    }

    /** Closes the models in use when the last study is done with them. */
    @Override
    public void close() {
        Pair last;
        synchronized (this) {
            last = current;
        }
        release(last);
    }
}
