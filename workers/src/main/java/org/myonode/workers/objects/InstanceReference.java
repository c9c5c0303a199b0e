package org.myonode.workers.objects;

/** An instance by its SOP class and SOP instance UID (PS3.3 table 10-11). */
public record InstanceReference(String sopClassUid, String sopInstanceUid) {}
