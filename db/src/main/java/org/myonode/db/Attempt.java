package org.myonode.db;

/**
 * One try at a revision. Its number is the fence: a write by an attempt that is no longer the latest is refused.
 *
 * @param number 1 for the first try
 * @param worker who claimed it, for people who read the audit trail
 */
public record Attempt(Revision revision, int number, String worker) {}
