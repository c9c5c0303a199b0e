package org.myonode.dicom.contract;

final class MyoNodePartTenTest extends PartTenContract {
    @Override
    protected FileToolkit toolkit() {
        return new MyoNodeToolkit();
    }
}
