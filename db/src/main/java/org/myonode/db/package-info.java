/** What the node remembers: the database, the study ledger and the audit trail. */
@NullMarked
package org.myonode.db;

import org.jspecify.annotations.NullMarked;
