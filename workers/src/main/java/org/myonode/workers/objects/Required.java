package org.myonode.workers.objects;

/** Checks of what a writer cannot do without. */
final class Required {
    private Required() {}

    static void text(String what, String value) {
        if (value.isBlank()) {
            throw new IllegalArgumentException("the " + what + " is missing");
        }
    }
}
