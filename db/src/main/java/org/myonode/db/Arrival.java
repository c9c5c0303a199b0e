package org.myonode.db;

/**
 * A delivered object for which its destination is now asked; leased to the caller.
 *
 * @param delivery the delivery that it belongs to
 * @param checks how often it has been asked for, this time included; also the fence against a late answer
 */
public record Arrival(long delivery, Revision revision, OutputObject object, String destination, int checks) {}
