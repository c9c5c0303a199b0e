package org.myonode.dicom.net;

import java.util.Set;

/**
 * A presentation context both sides agreed on.
 *
 * @param requestorRoles what the one who opened the association may be
 */
record AcceptedContext(int id, String sopClassUid, String transferSyntax, Set<Role> requestorRoles) {}
