package org.myonode.workers.objects;

/**
 * A model that had a part in a result.
 *
 * @param id its name in all versions, at most 64 ASCII characters
 * @param version at most 64 ASCII characters
 * @param sha256 digest of the model package, lower-case hexadecimal
 */
public record Algorithm(String id, String version, String sha256) {
    /** Refuses an unnamed model: who drew a segment is a type 1 attribute. */
    public Algorithm {
        Required.text("model id", id);
        Required.text("model version", version);
        Required.text("model digest", sha256);
    }
}
