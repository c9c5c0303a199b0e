package org.myonode.workers.pipeline;

/**
 * What this program says of itself in the objects it writes.
 *
 * @param manufacturer who answers for it
 * @param name its name
 * @param version its version
 */
public record ProductInfo(String manufacturer, String name, String version) {

    /** MyoNode of a version. */
    public static ProductInfo ofVersion(String version) {
        return new ProductInfo("MyoNode", "MyoNode", version);
    }
}
