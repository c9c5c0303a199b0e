package org.myonode.db;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * A study revision as the ledger sees it now.
 *
 * @param instances instances in this revision, those of earlier revisions included
 * @param attempts attempts claimed so far
 * @param worker who claimed it last
 * @param resultJson text of result.json
 * @param picture the overlay PNG
 * @param reason why there is no result, or the last error
 * @param deadLetters objects of this revision that a destination will never take
 */
public record StudyRow(
        Revision revision,
        StudyState state,
        int instances,
        Instant opened,
        Instant lastInstance,
        Instant updated,
        int attempts,
        Optional<String> worker,
        Optional<Instant> heartbeat,
        Optional<String> resultJson,
        Optional<Path> picture,
        Optional<String> reason,
        int deadLetters) {

    public String studyUid() {
        return revision.studyUid();
    }
}
