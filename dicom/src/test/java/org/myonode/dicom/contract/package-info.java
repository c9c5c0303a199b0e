/**
 * What any implementation behind the API of this module must do, as abstract test classes over {@link
 * org.myonode.dicom.contract.Toolkit}. To try another toolkit, implement that interface and extend the two classes.
 */
package org.myonode.dicom.contract;
