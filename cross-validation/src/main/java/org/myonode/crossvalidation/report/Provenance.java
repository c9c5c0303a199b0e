package org.myonode.crossvalidation.report;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where data come from, with sentences that differ in their last number alone said once. */
final class Provenance {

    private static final Pattern NUMBERED = Pattern.compile("(.*?)(\\d{1,18})", Pattern.DOTALL);

    private Provenance() {}

    /** @param sentences one for each case */
    static Table table(Collection<String> sentences) {
        Map<String, Integer> counts = new TreeMap<>();
        Map<String, TreeSet<Long>> numbers = new TreeMap<>();
        for (String sentence : sentences) {
            Matcher matcher = NUMBERED.matcher(sentence);
            String kind = sentence;
            if (matcher.matches()) {
                kind = matcher.group(1);
                numbers.computeIfAbsent(kind, key -> new TreeSet<>()).add(Long.parseLong(matcher.group(2)));
            }
            counts.merge(kind, 1, Integer::sum);
        }
        Table table = new Table("where_from", "cases");
        counts.forEach((kind, count) -> {
            TreeSet<Long> values = numbers.getOrDefault(kind, new TreeSet<>());
            String range = values.isEmpty()
                    ? ""
                    : values.first()
                            + (values.size() == 1
                                    ? ""
                                    : (values.last() - values.first() == values.size() - 1 ? " to " : " \u2026 ")
                                            + values.last());
            table.row(kind + range, Integer.toString(count));
        });
        return table;
    }
}
