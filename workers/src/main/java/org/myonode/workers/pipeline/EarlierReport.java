package org.myonode.workers.pipeline;

import java.nio.file.Path;
import java.time.Instant;

/**
 * A report of an earlier result of the same study.
 *
 * @param kind SR, or SR.LABELMAP when it references a label map
 * @param contentTime the content time that the pipeline was given when it was written
 * @param file where it lies
 */
public record EarlierReport(String kind, Instant contentTime, Path file) {}
