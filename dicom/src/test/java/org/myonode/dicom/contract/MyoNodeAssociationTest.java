package org.myonode.dicom.contract;

final class MyoNodeAssociationTest extends AssociationContract {
    @Override
    protected Toolkit toolkit() {
        return new MyoNodeToolkit();
    }
}
