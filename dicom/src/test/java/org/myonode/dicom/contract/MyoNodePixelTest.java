package org.myonode.dicom.contract;

final class MyoNodePixelTest extends PixelContract {
    @Override
    protected PixelToolkit toolkit() {
        return new MyoNodeToolkit();
    }
}
