package org.myonode.dicom.net;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Who asks for an association: a user name, or one with a passcode (PS3.7 section D.3.3.7). Both travel as they are, so a
 * passcode belongs on TLS only.
 */
public record UserIdentity(String userName, Optional<String> passcode) {
    public UserIdentity {
        if (userName.isEmpty()) {
            throw new IllegalArgumentException("user name is empty");
        }
    }

    /** The sub-item, with a response asked for. */
    Pdu.UserIdentity subItem() {
        return new Pdu.UserIdentity(
                passcode.isPresent() ? Pdu.UserIdentity.USER_NAME_AND_PASSCODE : Pdu.UserIdentity.USER_NAME,
                true,
                userName.getBytes(StandardCharsets.UTF_8),
                passcode.orElse("").getBytes(StandardCharsets.UTF_8));
    }

    /** Without the passcode. */
    @Override
    public String toString() {
        return "UserIdentity[" + userName + "]";
    }
}
