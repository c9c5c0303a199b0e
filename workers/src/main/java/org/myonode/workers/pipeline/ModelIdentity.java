package org.myonode.workers.pipeline;

/**
 * Which model a result came from.
 *
 * @param id what the model is called in all its versions
 * @param version its version
 * @param sha256 digest of the model package, lower-case hexadecimal
 */
public record ModelIdentity(String id, String version, String sha256) {
    @Override
    public String toString() {
        return id + " " + version;
    }
}
