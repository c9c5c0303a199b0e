package org.myonode.crossvalidation.contours;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Says whose contour a drawing is and of what: all patterns given must match whole names, whatever their case.
 *
 * @param roi ROI name or segment label
 * @param seriesDescription series description of the object
 * @param aeTitle who sent it
 * @param observer who drew: a name, in which {@code $1} to {@code $9} stand for groups of the ROI pattern
 * @param structure what was drawn, such as {@code muscle}
 */
public record ContourRule(Pattern roi, Pattern seriesDescription, Pattern aeTitle, String observer, String structure) {

    /** What is matched. */
    public record Drawn(String roi, String seriesDescription, String aeTitle) {}

    /** Whose and what. */
    public record Assigned(String observer, String structure) {}

    /**
     * A rule from text.
     *
     * @throws java.util.regex.PatternSyntaxException when a pattern is none
     * @throws IllegalArgumentException when observer or structure is empty, or the observer names a group that the ROI
     *     pattern does not have
     */
    public static ContourRule of(
            String roi, String seriesDescription, String aeTitle, String observer, String structure) {
        ContourRule rule = new ContourRule(
                pattern(roi), pattern(seriesDescription), pattern(aeTitle), observer.strip(), structure.strip());
        if (rule.observer.isEmpty() || rule.structure.isEmpty()) {
            throw new IllegalArgumentException("a rule needs an observer and a structure");
        }
        int groups = rule.roi.matcher("").groupCount();
        Matcher reference = Pattern.compile("\\$([0-9])").matcher(rule.observer);
        while (reference.find()) {
            int group = Integer.parseInt(reference.group(1));
            if (group < 1 || group > groups) {
                throw new IllegalArgumentException("observer " + rule.observer + " names group " + group
                        + ", the ROI pattern " + roi + " has " + groups);
            }
        }
        return rule;
    }

    private static Pattern pattern(String text) {
        return Pattern.compile(text.isBlank() ? ".*" : text, Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
    }

    /** What this rule makes of a drawing; nothing when it does not match. */
    public Optional<Assigned> assign(Drawn drawn) {
        Matcher matcher = roi.matcher(drawn.roi());
        if (!matcher.matches()
                || !seriesDescription.matcher(drawn.seriesDescription()).matches()
                || !aeTitle.matcher(drawn.aeTitle()).matches()) {
            return Optional.empty();
        }
        String name = observer;
        for (int group = 1; group <= matcher.groupCount() && group <= 9; group++) {
            String value = matcher.group(group);
            name = name.replace("$" + group, value == null ? "" : value);
        }
        return name.isBlank() ? Optional.empty() : Optional.of(new Assigned(name.strip(), structure));
    }

    /** The first rule that matches decides. */
    public static Optional<Assigned> assign(List<ContourRule> rules, Drawn drawn) {
        return rules.stream().flatMap(rule -> rule.assign(drawn).stream()).findFirst();
    }
}
