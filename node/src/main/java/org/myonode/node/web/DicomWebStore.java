package org.myonode.node.web;

import io.javalin.http.Context;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.OptionalLong;
import org.myonode.dicom.web.StoreService;

/**
 * DICOMweb Store on the web server: {@code POST /dicom-web/studies} and {@code /dicom-web/studies/UID}. The body goes
 * from the socket to the service; the web framework never holds it.
 *
 * @param service what stores
 * @param token what clients must send as {@code Authorization: Bearer ...}; empty lets everybody in
 */
public record DicomWebStore(StoreService service, String token) {

    static final String STUDIES = "/dicom-web/studies";

    void store(Context context) {
        if (!isAuthorized(context)) {
            context.header("WWW-Authenticate", "Bearer realm=\"MyoNode\"");
            context.status(401).result("a token is needed\n");
            return;
        }
        try {
            StoreService.Answer answer = service.store(new StoreService.Request(
                    Optional.ofNullable(context.pathParamMap().get("uid")),
                    header(context, "Content-Type"),
                    header(context, "Accept"),
                    context.req().getContentLengthLong() < 0
                            ? OptionalLong.empty()
                            : OptionalLong.of(context.req().getContentLengthLong()),
                    context.req().getInputStream(),
                    context.ip(),
                    header(context, "User-Agent")));
            answer.retryAfterSeconds().ifPresent(seconds -> context.header("Retry-After", Long.toString(seconds)));
            context.status(answer.status()).contentType(answer.contentType()).result(answer.body());
        } catch (IOException e) {
            // The client is gone, or so slow that the server gave up; the service has said so in the log.
            context.status(400).result("the request broke off\n");
        }
    }

    private boolean isAuthorized(Context context) {
        byte[] expected = ("Bearer " + token).getBytes(StandardCharsets.UTF_8);
        byte[] found = header(context, "Authorization").getBytes(StandardCharsets.UTF_8);
        return token.isEmpty() || MessageDigest.isEqual(expected, found);
    }

    private static String header(Context context, String name) {
        return Optional.ofNullable(context.header(name)).orElse("");
    }
}
