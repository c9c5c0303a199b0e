/**
 * What any implementation behind the API of this module must do, as abstract test classes over small interfaces that know no
 * toolkit. To try another one, implement {@link org.myonode.dicom.contract.FileToolkit} and extend {@link
 * org.myonode.dicom.contract.PartTenContract}; then {@link org.myonode.dicom.contract.PixelToolkit} and {@link
 * org.myonode.dicom.contract.NetworkToolkit} with their contracts. {@code deploy/adr/0013-dicom-api.md} tells more.
 */
@NullMarked
package org.myonode.dicom.contract;

import org.jspecify.annotations.NullMarked;
