package org.myonode.workers.verify;

/**
 * A rule that an object breaks.
 *
 * @param object name of the file
 * @param detail what was found and what should be there, with units
 */
public record Finding(Rule rule, String object, String detail) {}
