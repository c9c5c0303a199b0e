package org.myonode.dicom.net;

/** A presentation context both sides agreed on. */
record AcceptedContext(int id, String sopClassUid, String transferSyntax) {}
