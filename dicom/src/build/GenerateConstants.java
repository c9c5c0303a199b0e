import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Writes {@code Tag.java} and {@code UID.java} from the dictionary resources, so that no constant of PS3.6 is typed by
 * hand. Run by the build with its own JDK: {@code java GenerateConstants.java RESOURCES OUTPUT}.
 */
public final class GenerateConstants {
    public static void main(String[] arguments) throws IOException {
        Path resources = Path.of(arguments[0]);
        Path output = Path.of(arguments[1]).resolve("org/myonode/dicom");
        Files.createDirectories(output);
        replace(output.resolve("Tag.java"), tags(Files.readAllLines(resources.resolve("dictionary.tsv"))));
        replace(output.resolve("UID.java"), uids(Files.readAllLines(resources.resolve("uids.tsv"))));
    }

    private static String tags(List<String> lines) {
        StringBuilder source = new StringBuilder();
        source.append("package org.myonode.dicom;\n\n");
        source.append("/** The attribute tags of DICOM PS3.6 and PS3.7 as (group &lt;&lt; 16 | element), by keyword.");
        source.append(" Generated. */\n");
        source.append("public final class Tag {\n    private Tag() {}\n\n");
        for (String line : lines) {
            String[] field = line.split("\t", -1);
            String hex = field[0].replace('x', '0');
            source.append("    /** (").append(field[0], 0, 4).append(',').append(field[0], 4, 8).append(") ");
            source.append(escape(field[4])).append(", ").append(field[1]).append(' ').append(field[2]);
            source.append(field[5].isEmpty() ? "" : ", retired").append(". */\n");
            source.append("    public static final int ").append(field[3]).append(" = 0x").append(hex).append(";\n");
        }
        source.append("\n    /** The tag as PS3.5 writes it, for example {@code (0010,0020)}. */\n");
        source.append("    public static String toString(int tag) {\n");
        source.append("        return String.format(\"(%04X,%04X)\", tag >>> 16, tag & 0xFFFF);\n    }\n}\n");
        return source.toString();
    }

    private static String uids(List<String> lines) {
        StringBuilder source = new StringBuilder();
        source.append("package org.myonode.dicom;\n\n");
        source.append("/** The UIDs registered in DICOM PS3.6 annex A, by keyword. Generated. */\n");
        source.append("public final class UID {\n    private UID() {}\n\n");
        for (String line : lines) {
            String[] field = line.split("\t", -1);
            if (field[2].toUpperCase(Locale.ROOT).startsWith("LDAP")) {
                continue;
            }
            source.append("    /** ").append(escape(field[3])).append(" (").append(escape(field[2])).append(')');
            source.append(field[4].isEmpty() ? "" : ", retired").append(". */\n");
            source.append("    public static final String ").append(field[1]);
            source.append(" = \"").append(field[0]).append("\";\n");
        }
        source.append("\n    /** The registered name of a UID, or the UID itself when PS3.6 does not list it. */\n");
        source.append("    public static String nameOf(String uid) {\n        return UidNames.nameOf(uid);\n    }\n}\n");
        return source.toString();
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("@", "&#64;");
    }

    /** Leaves an unchanged file untouched, so that the compiler sees no reason to start over. */
    private static void replace(Path file, String content) throws IOException {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        if (!Files.exists(file) || !java.util.Arrays.equals(Files.readAllBytes(file), bytes)) {
            Files.write(file, bytes);
        }
    }
}
