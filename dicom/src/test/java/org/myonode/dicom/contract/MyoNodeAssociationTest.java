package org.myonode.dicom.contract;

final class MyoNodeAssociationTest extends AssociationContract {
    @Override
    protected NetworkToolkit toolkit() {
        return new MyoNodeToolkit();
    }
}
