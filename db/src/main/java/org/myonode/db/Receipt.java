package org.myonode.db;

/** What the ledger made of a received instance. */
public enum Receipt {
    /** First time seen: recorded. */
    NEW,
    /** Seen before with the same bytes: nothing changed. */
    DUPLICATE,
    /** Seen before with other bytes: the first is kept, an audit row tells of the second. */
    CONFLICT,
    /** One of our own results came back: recorded, never worked on. */
    OURS
}
