package org.myonode.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.myonode.dicom.Part10;
import org.myonode.dicom.PixelData;
import org.myonode.dicom.UID;
import org.myonode.dicom.net.DimseStatus;
import org.myonode.dicom.net.ListenerConfig;
import org.myonode.dicom.net.Rejection;
import org.myonode.dicom.net.TransferCapabilities;
import org.myonode.dicom.net.TransferCapability;

/** The tables of deploy/conformance-statement.md are those of the code. A failure shows the table as it should be. */
class ConformanceStatementTest {
    private static final Map<String, String> NOT_IN_THE_DICTIONARY =
            Map.of("1.3.12.2.1107.5.9.1", "Siemens CSA Non-Image Storage (private)");

    @Test
    void implementation_identification() throws IOException {
        assertThat(table("implementation"))
                .isEqualTo(List.of(
                        "| Implementation Class UID | " + Part10.IMPLEMENTATION_CLASS_UID + " |",
                        "| Implementation Version Name | " + Part10.IMPLEMENTATION_VERSION_NAME + " |",
                        "| Maximum PDU size received | " + ListenerConfig.DEFAULT_MAX_PDU + " bytes |"));
    }

    @Test
    void storage_sop_classes() throws IOException {
        List<String> lines = new ArrayList<>();
        for (TransferCapability capability : TransferCapabilities.storage()) {
            lines.add("| " + name(capability.sopClassUid()) + " | " + capability.sopClassUid() + " |");
            assertThat(capability.transferSyntaxes())
                    .as("every class in every syntax, as the text says")
                    .isEqualTo(TransferCapabilities.storage().get(0).transferSyntaxes());
        }
        assertThat(table("storage")).isEqualTo(lines);
    }

    @Test
    void transfer_syntaxes() throws IOException {
        List<String> lines = new ArrayList<>();
        for (String syntax : TransferCapabilities.storage().get(0).transferSyntaxes()) {
            lines.add(
                    "| " + name(syntax) + " | " + syntax + " | " + (PixelData.isDecoded(syntax) ? "yes" : "no") + " |");
        }
        assertThat(table("syntaxes")).isEqualTo(lines);
    }

    @Test
    void rejections() throws Exception {
        List<String> lines = new ArrayList<>();
        for (Field field : Rejection.class.getFields()) {
            Rejection rejection = (Rejection) field.get(null);
            lines.add(String.format(
                    Locale.ROOT,
                    "| %d | %d | %d | %s |",
                    rejection.result(),
                    rejection.source(),
                    rejection.reason(),
                    rejection.meaning()));
        }
        assertThat(table("rejections")).isEqualTo(lines);
    }

    @Test
    void status_codes() throws Exception {
        Map<Integer, String> lines = new TreeMap<>();
        for (Field field : DimseStatus.class.getFields()) {
            DimseStatus status = (DimseStatus) field.get(null);
            lines.put(
                    status.code(),
                    String.format(
                            Locale.ROOT,
                            "| %04X | %s | %s |",
                            status.code(),
                            status.meaning(),
                            status.isSuccess() ? "done" : status.isRetryable() ? "again later" : "not again"));
        }
        assertThat(table("statuses")).isEqualTo(List.copyOf(lines.values()));
    }

    @Test
    void configuration() throws IOException {
        Config reference = ConfigFactory.parseResources(
                        NodeConfig.class.getClassLoader(), "reference.conf", ConfigParseOptions.defaults())
                .resolve(ConfigResolveOptions.noSystem().setAllowUnresolved(true));
        List<String> lines = new ArrayList<>();
        for (String section : List.of("dicom", "dicomweb")) {
            new TreeMap<>(reference.getConfig(section).root().unwrapped())
                    .forEach((key, value) -> lines.add("| `" + section + "." + key + "` | "
                            + (value.equals("") ? "(empty)" : "`" + value + "`") + " |"));
        }
        assertThat(table("configuration")).isEqualTo(lines);
    }

    private static String name(String uid) {
        return NOT_IN_THE_DICTIONARY.getOrDefault(uid, UID.nameOf(uid));
    }

    /** The rows of the table behind a marker, without its head. */
    private static List<String> table(String name) throws IOException {
        List<String> lines = Files.readAllLines(Path.of("..", "deploy", "conformance-statement.md"));
        int marker = lines.indexOf("<!-- checked: " + name + " -->");
        assertThat(marker).as("marker of table %s", name).isNotNegative();
        List<String> rows = new ArrayList<>();
        for (int i = marker + 3; i < lines.size() && lines.get(i).startsWith("|"); i++) {
            rows.add(lines.get(i));
        }
        return rows;
    }
}
