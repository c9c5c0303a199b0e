/**
 * When work is done and by whom: Quartz as the alarm clock, the ledger as the truth. The only package that uses Quartz.
 */
package org.myonode.workers.queue;
