package org.myonode.node;

import org.myonode.dicom.net.AeAddress;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code AE@host:port} on the command line. */
final class AeAddressConverter implements ITypeConverter<AeAddress> {

    @Override
    public AeAddress convert(String value) {
        try {
            return AeAddress.parse(value);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
