package org.myonode.workers.verify;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.myonode.dicom.DicomException;

/** Which rules were looked at, what broke them, and what could not be looked at. Not thread-safe. */
final class Journal {
    private final Set<Rule> checked = EnumSet.noneOf(Rule.class);
    private final Map<Rule, Set<String>> unknown = new TreeMap<>();
    private final List<Finding> findings = new ArrayList<>();

    /** Tells what breaks the rule. */
    @FunctionalInterface
    interface Broken {
        void because(String detail);

        /** Tells it when two values differ. */
        default void unlessEqual(String what, Object found, Object expected) {
            if (!Objects.equals(found, expected)) {
                because(what + ": " + found + " instead of " + expected);
            }
        }

        /** Tells it when two numbers differ by more than a tolerance. */
        default void unlessClose(String what, double found, double expected, double tolerance, String unit) {
            if (!(Math.abs(found - expected) <= tolerance)) {
                because(String.format(
                        Locale.ROOT, "%s: %.4f %s instead of %.4f %s", what, found, unit, expected, unit));
            }
        }
    }

    /** One look at an object. */
    @FunctionalInterface
    interface Check {
        void look(Broken broken);
    }

    /** An attribute that is missing or unreadable breaks the rule that needs it. */
    void check(Rule rule, Instance object, Check check) {
        checked.add(rule);
        try {
            check.look(detail -> findings.add(new Finding(rule, object.name(), detail)));
        } catch (DicomException e) {
            findings.add(new Finding(rule, object.name(), String.valueOf(e.getMessage())));
        }
    }

    void cannotCheck(Rule rule, String reason) {
        unknown.computeIfAbsent(rule, ignored -> new LinkedHashSet<>()).add(reason);
    }

    Set<Rule> checked() {
        return checked;
    }

    Map<Rule, Set<String>> unknown() {
        return unknown;
    }

    List<Finding> findings() {
        return findings;
    }
}
