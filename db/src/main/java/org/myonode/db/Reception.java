package org.myonode.db;

/**
 * An instance on its way into the ledger.
 *
 * @param toWorkOn true when it is to join a revision; false for what is only kept: a report, a result of a sister node
 */
public record Reception(InstanceEntry entry, boolean toWorkOn) {}
