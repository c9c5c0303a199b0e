/** DICOM out: what was produced goes to the configured destinations, and the ledger hears how it went. */
package org.myonode.workers.export;
