package org.myonode.workers.objects;

/**
 * A reason to look at the result twice.
 *
 * @param code code value in the project's own scheme, at most 16 ASCII characters
 * @param text one clause for the reader, at most 64 ASCII characters where it shall be the code's whole meaning
 */
public record QualityNote(String code, String text) {
    public QualityNote {
        Required.text("code of a quality note", code);
        Required.text("text of a quality note", text);
    }
}
