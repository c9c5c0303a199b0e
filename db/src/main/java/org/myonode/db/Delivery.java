package org.myonode.db;

/**
 * One output object on its way to one destination, leased to the caller.
 *
 * @param attempts how often it has been tried, this time included; also the fence against a late answer
 */
public record Delivery(long id, Revision revision, OutputObject object, String destination, int attempts) {}
