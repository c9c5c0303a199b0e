package org.myonode.dicom.contract;

final class MyoNodeQueryRetrieveTest extends QueryRetrieveContract {
    @Override
    protected NetworkToolkit toolkit() {
        return new MyoNodeToolkit();
    }
}
