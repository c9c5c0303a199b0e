package org.myonode.crossvalidation.experiment;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Patients in folds, and the order in which those of the other folds are learnt from.
 *
 * <p>Patients are shuffled within their strata by the seed and dealt to the folds like cards, one stratum after the
 * other: folds differ by at most one patient in all. Beginnings of the training order are nested subsets; strata are
 * spread evenly over it, so that a small subset holds about the mixture of the whole.
 *
 * @param parts patients of each fold
 * @param orders for each fold, the patients of all others in the order in which subsets grow
 */
record Folds(List<List<String>> parts, List<List<String>> orders) {

    Folds {
        parts = parts.stream().map(List::copyOf).toList();
        orders = orders.stream().map(List::copyOf).toList();
    }

    /** Patients to learn from in the fold that leaves fewest of them. */
    static int smallestTraining(int patients, int folds) {
        return patients - (patients + folds - 1) / folds;
    }

    /**
     * Divides patients.
     *
     * @param strata patient to stratum
     * @throws IllegalArgumentException when there are fewer patients than folds
     */
    static Folds of(Map<String, String> strata, int folds, long seed) {
        if (strata.size() < folds) {
            throw new IllegalArgumentException(
                    folds + " folds need at least as many patients, and there are " + strata.size());
        }
        TreeMap<String, List<String>> byStratum = new TreeMap<>();
        new TreeMap<>(strata)
                .forEach((patient, stratum) -> byStratum
                        .computeIfAbsent(stratum, key -> new ArrayList<>())
                        .add(patient));
        List<List<String>> parts = new ArrayList<>();
        for (int f = 0; f < folds; f++) {
            parts.add(new ArrayList<>());
        }
        Random random = new Random(seed);
        int dealt = random.nextInt(folds);
        for (List<String> patients : byStratum.values()) {
            Collections.shuffle(patients, random);
            for (String patient : patients) {
                parts.get(dealt++ % folds).add(patient);
            }
        }
        List<List<String>> orders = new ArrayList<>();
        for (int f = 0; f < folds; f++) {
            orders.add(order(byStratum, parts.get(f), random));
        }
        return new Folds(parts, orders);
    }

    private static List<String> order(Map<String, List<String>> byStratum, List<String> tested, Random random) {
        Map<String, Double> places = new HashMap<>();
        for (List<String> patients : byStratum.values()) {
            List<String> left = new ArrayList<>(patients);
            left.removeAll(tested);
            Collections.shuffle(left, random);
            double start = random.nextDouble();
            for (int i = 0; i < left.size(); i++) {
                places.put(left.get(i), (i + start) / left.size());
            }
        }
        List<String> order = new ArrayList<>(places.keySet());
        order.sort(java.util.Comparator.<String>comparingDouble(places::get).thenComparing(patient -> patient));
        return order;
    }
}
