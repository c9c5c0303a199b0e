package org.myonode.node.web;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.myonode.db.IntakeRow;
import org.myonode.db.StandingCorrection;

/** Corrections of a study for programs: those taken, the last of which stands, and what became of all that came back. */
final class CorrectionsJson {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private CorrectionsJson() {}

    static String of(List<StandingCorrection> taken, List<IntakeRow> received) {
        ObjectNode root = MAPPER.createObjectNode();
        ArrayNode corrections = root.putArray("corrections");
        for (StandingCorrection one : taken) {
            ObjectNode node = corrections
                    .addObject()
                    .put("revision", one.revision().number())
                    .put("corrects", one.correction().corrects().number())
                    .put("stands", one == taken.get(taken.size() - 1))
                    .put("sopInstanceUid", one.correction().source().sopInstanceUid())
                    .put("sopClassUid", one.correction().source().sopClassUid())
                    .put("receivedFrom", one.correction().source().callingAeTitle())
                    .put("observer", one.contour().observer())
                    .put("contourVersion", one.version())
                    .put("recognisedBy", one.correction().recognisedBy())
                    .put("areaCm2", one.contour().areaCm2())
                    .put("at", one.at().toString());
            one.correction().person().ifPresent(name -> node.put("person", name));
            one.correction()
                    .approval()
                    .ifPresent(approval ->
                            node.put("verifiedBy", approval.reviewer()).put("verifiedAt", approval.at()));
            node.putObject("automatic")
                    .put("revision", one.correction().automatic().revision())
                    .put("areaCm2", one.correction().automatic().areaCm2())
                    .put("model", one.correction().automatic().modelId())
                    .put("version", one.correction().automatic().modelVersion())
                    .put("sha256", one.correction().automatic().modelSha256());
        }
        ArrayNode objects = root.putArray("received");
        for (IntakeRow row : received) {
            objects.addObject()
                    .put("sopInstanceUid", row.sopInstanceUid())
                    .put("sopClassUid", row.sopClassUid())
                    .put("receivedFrom", row.callingAeTitle())
                    .put("outcome", row.outcome())
                    .put("detail", row.detail())
                    .put("at", row.at().toString());
        }
        return root.toPrettyString();
    }
}
