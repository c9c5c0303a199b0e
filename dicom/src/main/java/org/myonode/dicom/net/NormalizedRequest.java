package org.myonode.dicom.net;

import java.util.Optional;
import org.myonode.dicom.DataSet;

/**
 * An operation on, or a notification about, one SOP instance: N-ACTION and N-EVENT-REPORT of PS3.7 chapter 10.
 *
 * @param typeId Action Type ID or Event Type ID
 * @param information Action Information or Event Information
 */
public record NormalizedRequest(
        Operation operation, String sopClassUid, String sopInstanceUid, int typeId, Optional<DataSet> information) {

    /** The services of PS3.7 table 10.1-1 that the node knows. */
    public enum Operation {
        /** N-EVENT-REPORT, from the provider. */
        EVENT_REPORT(CommandSet.N_EVENT_REPORT_RQ),
        /** N-ACTION, from the user. */
        ACTION(CommandSet.N_ACTION_RQ);

        private final int commandField;

        Operation(int commandField) {
            this.commandField = commandField;
        }

        int commandField() {
            return commandField;
        }

        /** Where the type stands in the command: (0000,1002) or (0000,1008). */
        int typeElement() {
            return this == EVENT_REPORT ? CommandSet.EVENT_TYPE_ID : CommandSet.ACTION_TYPE_ID;
        }

        /** A notification is about the Affected, an operation on the Requested SOP class and instance. */
        int classElement() {
            return this == EVENT_REPORT ? CommandSet.AFFECTED_SOP_CLASS_UID : CommandSet.REQUESTED_SOP_CLASS_UID;
        }

        int instanceElement() {
            return this == EVENT_REPORT ? CommandSet.AFFECTED_SOP_INSTANCE_UID : CommandSet.REQUESTED_SOP_INSTANCE_UID;
        }
    }
}
