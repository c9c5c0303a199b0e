package org.myonode.workers.objects;

/**
 * The program that writes the objects (PS3.3 C.7.5.2 enhanced general equipment: all type 1).
 *
 * @param manufacturer who answers for it
 * @param name its name
 * @param version its version
 * @param serialNumber which installation it is
 */
public record Software(String manufacturer, String name, String version, String serialNumber) {
    public Software {
        Required.text("manufacturer", manufacturer);
        Required.text("product name", name);
        Required.text("product version", version);
        Required.text("serial number", serialNumber);
    }

    /** An installation that was given no serial number. */
    public static Software of(String manufacturer, String name, String version) {
        return new Software(manufacturer, name, version, "UNSPECIFIED");
    }
}
