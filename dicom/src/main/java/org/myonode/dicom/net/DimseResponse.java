package org.myonode.dicom.net;

import java.util.Optional;
import org.myonode.dicom.DataSet;

/**
 * A response to a request of ours. Of a query there are several, all but the last one pending.
 *
 * @param command for what else stands in it, such as the numbers of sub-operations
 * @param dataSet identifier or reply, if one came
 */
record DimseResponse(CommandSet command, DimseStatus status, Optional<DataSet> dataSet) {}
