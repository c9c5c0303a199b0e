package org.myonode.dicom.net;

/** What an application entity is for a SOP class on one association (PS3.7 section D.3.3.4). */
public enum Role {
    /** Service class user, SCU. */
    USER,
    /** Service class provider, SCP. */
    PROVIDER
}
