package org.myonode.crossvalidation.experiment;

import java.util.function.Function;
import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.Mask;

/**
 * A finished model that is benchmarked.
 *
 * @param name id and version, for people
 * @param sha256 digest of its package
 * @param segment what it makes of a slice
 */
public record Candidate(String name, String sha256, Function<HuSlice, Mask> segment) {}
