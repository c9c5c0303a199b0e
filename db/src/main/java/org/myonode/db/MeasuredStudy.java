package org.myonode.db;

import java.time.Instant;
import java.util.Optional;

/**
 * A study that has been worked on, as surveillance sees it.
 *
 * @param opened when its first image of the revision arrived
 * @param state what became of it
 * @param resultJson what was measured or why not; absent when it failed
 */
public record MeasuredStudy(Instant opened, StudyState state, Optional<String> resultJson) {}
