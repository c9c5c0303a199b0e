package org.myonode.workers.objects;

/** What is known of the uptake of the segmented muscle: figures, or the reason why there are none. */
public sealed interface Uptake permits PetUptake, Uptake.Unknown {

    /**
     * Nothing is known.
     *
     * @param reason one clause for the reader, such as {@code no PET series}
     */
    record Unknown(String reason) implements Uptake {
        public Unknown {
            Required.text("reason why uptake is not known", reason);
        }
    }
}
