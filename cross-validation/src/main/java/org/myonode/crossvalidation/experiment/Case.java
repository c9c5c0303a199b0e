package org.myonode.crossvalidation.experiment;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.myonode.crossvalidation.agreement.Consensus;
import org.myonode.crossvalidation.scoring.MaskScores;
import org.myonode.db.DrawnSlice;
import org.myonode.db.ExpertContour;
import org.myonode.phantom.PhantomBody;
import org.myonode.phantom.PhantomSlice;
import org.myonode.phantom.Vertebra;
import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.Mask;

/**
 * One slice that observers drew on.
 *
 * @param id SOP Instance UID, or the name of a phantom
 * @param patient cases of one patient belong together
 * @param phantom whether it is a computed body and no patient
 * @param provenance where the data come from
 * @param slice the image
 * @param drawn observer to mask, by name
 */
public record Case(
        String id, String patient, boolean phantom, String provenance, HuSlice slice, Map<String, Mask> drawn) {

    private static final int PHANTOM_SIZE = 512;
    private static final double PHANTOM_SPACING_MM = 500.0 / PHANTOM_SIZE;

    /** Refuses a case that nobody drew on. */
    public Case {
        drawn = Collections.unmodifiableMap(new TreeMap<>(drawn));
        if (drawn.isEmpty()) {
            throw new IllegalArgumentException("nobody drew on " + id);
        }
    }

    /** A stored slice with the latest contours. */
    public static Case of(DrawnSlice stored) {
        HuSlice slice = new HuSlice(
                stored.slice().rows(),
                stored.slice().columns(),
                stored.slice().rowMm(),
                stored.slice().columnMm(),
                stored.slice().hu());
        Map<String, Mask> drawn = new TreeMap<>();
        for (ExpertContour contour : stored.contours()) {
            drawn.put(contour.observer(), new Mask(slice.rows(), slice.columns(), contour.mask()));
        }
        return new Case(
                stored.slice().sopInstanceUid(),
                stored.slice().patientKey(),
                stored.slice().provenance().startsWith("phantom"),
                stored.slice().provenance(),
                slice,
                drawn);
    }

    /**
     * The middle of L3 of a phantom, drawn by simulated observers.
     *
     * @param seed of the body
     * @param observers who draw
     */
    public static Case ofPhantom(long seed, List<SimulatedObserver> observers) {
        PhantomBody body = PhantomBody.of(seed);
        PhantomSlice image = body.slice(body.level(Vertebra.L3).midZMm(), PHANTOM_SIZE, PHANTOM_SPACING_MM);
        HuSlice slice = new HuSlice(PHANTOM_SIZE, PHANTOM_SIZE, PHANTOM_SPACING_MM, PHANTOM_SPACING_MM, image.hu());
        Mask truth = new Mask(PHANTOM_SIZE, PHANTOM_SIZE, image.muscle());
        Map<String, Mask> drawn = new TreeMap<>();
        for (SimulatedObserver observer : observers) {
            drawn.put(observer.name(), observer.draw(truth, PHANTOM_SPACING_MM, PHANTOM_SPACING_MM, seed));
        }
        return new Case(
                "phantom " + seed, "phantom " + seed, true, "phantom of this program, seed " + seed, slice, drawn);
    }

    /** What the observers agree on: the only one's mask, else the majority's. */
    public Mask reference() {
        return agreed(List.copyOf(drawn.values()));
    }

    /** What all observers but one agree on. */
    Mask referenceWithout(String observer) {
        return agreed(drawn.entrySet().stream()
                .filter(entry -> !entry.getKey().equals(observer))
                .map(Map.Entry::getValue)
                .toList());
    }

    /**
     * Dice of each observer against what all the others agree on; empty with one observer.
     *
     * @return by observer
     */
    public Map<String, Double> observersAgainstRest() {
        if (drawn.size() < 2) {
            return Map.of();
        }
        Map<String, Double> dice = new TreeMap<>();
        drawn.forEach((observer, mask) -> dice.put(observer, MaskScores.dice(referenceWithout(observer), mask)));
        return dice;
    }

    private static Mask agreed(List<Mask> masks) {
        return masks.size() == 1 ? masks.get(0) : Consensus.majority(masks);
    }

    /** Area of a mask on this slice in square centimetres. */
    public double areaCm2(Mask mask) {
        return mask.count() * slice.pixelAreaMm2() / 100;
    }
}
