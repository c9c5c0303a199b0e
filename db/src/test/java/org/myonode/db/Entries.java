package org.myonode.db;

import java.nio.file.Path;

/** Instances for tests: study, series and instance numbers instead of UIDs. */
final class Entries {

    private Entries() {}

    static InstanceEntry entry(String study, int instance) {
        return entry(study, instance, "first bytes");
    }

    static InstanceEntry entry(String study, int instance, String content) {
        String sop = study + ".1." + instance;
        return new InstanceEntry(
                study,
                study + ".1",
                sop,
                "1.2.840.10008.5.1.4.1.1.2",
                "1.2.840.10008.1.2.1",
                Path.of("store", study, sop + ".dcm"),
                content.length(),
                Integer.toHexString(content.hashCode()).repeat(8),
                "SCANNER",
                "MYONODE");
    }
}
