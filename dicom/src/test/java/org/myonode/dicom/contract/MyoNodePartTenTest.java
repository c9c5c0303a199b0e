package org.myonode.dicom.contract;

final class MyoNodePartTenTest extends PartTenContract {
    @Override
    protected Toolkit toolkit() {
        return new MyoNodeToolkit();
    }
}
