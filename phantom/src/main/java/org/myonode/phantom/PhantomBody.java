package org.myonode.phantom;

import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A patient made of formulas. Immutable and thread-safe; a slice is drawn anew at each call and equal calls give equal
 * pixels. Coordinates are mm; z grows towards the head and is 0 at the top of the sacrum.
 *
 * <p><b>Method.</b> {@link BodyType} and the seed give a {@link Habitus}, a list of sizes and tissue levels.
 * All tables are written for a reference adult along the spine; {@link Spine} maps this patient's heights to it, so that
 * organs follow the vertebrae. For one plane {@link Section} lays out skin, muscle surface and cavity as polar curves;
 * then painters go over the {@link Canvas} from outside to inside: {@link Trunk} (skin, fat, wall layers), {@link Organs}
 * and {@link Bowel}, {@link Periphery} (hips, limbs, neck), {@link Muscles} (psoas, quadratus, erectors), {@link
 * Skeleton}, {@link Backbone}. Shapes have signed distances, so edges get partial volume; places are gently warped so
 * that nothing is an exact ellipse. {@link Scanner} blurs, adds correlated noise and the couch.
 *
 * <p><b>Muscle truth.</b> The drawn compartments are what an expert would outline. {@link MuscleRule} keeps of them what
 * lies within -29 to 150 HU in the noisy image after a 3 x 3 median, so truth contains the observer's threshold and
 * depends, a little, on pixel size and noise. Bowel and vessels never count.
 *
 * <p><b>Not real.</b> Planes have no thickness: there is no partial volume along z beyond that of the shapes. Loops of
 * bowel may run through each other; muscle bellies of limbs, hips and neck are cells, not anatomy; there is no
 * mesenteric root, no lymph node, no disease, no breathing, no beam hardening. Lungs have specks for vessels. Left and
 * right differ only by warp, scoliosis and a few sizes.
 */
public final class PhantomBody {
    private final long seed;
    private final BodyType type;
    private final Spine spine;
    private final Habitus habitus;
    private final Acquisition acquisition;
    private final Set<Implant> implants;
    private final boolean prone;
    private final double couchTop;
    private final Bowel bowel;

    private PhantomBody(long seed, BodyType type, Acquisition acquisition, Set<Implant> implants, boolean prone) {
        this.seed = seed;
        this.type = type;
        this.acquisition = acquisition;
        this.implants = Set.copyOf(implants);
        this.prone = prone;
        habitus = new Habitus(seed, type);
        spine = habitus.spine;
        bowel = new Bowel(habitus);
        double lowest = 0;
        for (double ref = -160; ref < 460; ref += 55) {
            Section section = new Section(habitus, spine.zOfReference(ref));
            int side = prone ? 3 * Section.ANGLES / 4 : Section.ANGLES / 4;
            lowest = Math.max(lowest, section.skin[side]);
            lowest = Math.max(lowest, section.skin[side + (prone ? -60 : 60)] * 0.93);
        }
        couchTop = lowest + (prone ? -habitus.down : habitus.down) + 1;
    }

    /** The patient of a seed, of a type drawn from the seed. */
    public static PhantomBody of(long seed) {
        return of(seed, BodyType.sample(new Random(seed * 0x9E3779B97F4A7C15L + 17)));
    }

    /** The patient of a seed with a given type. */
    public static PhantomBody of(long seed, BodyType type) {
        return new PhantomBody(
                seed, type, Acquisition.sample(new Random(seed * 0xD1342543DE82EF95L + 5)), Set.of(), false);
    }

    /** The same patient on another scanner. */
    public PhantomBody seenBy(Acquisition other) {
        return new PhantomBody(seed, type, other, implants, prone);
    }

    /** The same patient with metal. */
    public PhantomBody with(Set<Implant> metal) {
        return new PhantomBody(seed, type, acquisition, metal, prone);
    }

    /**
     * The same patient on the belly: the couch lies in front. The body keeps its shape, and the image stays in the
     * patient's coordinates, row 0 anterior.
     */
    public PhantomBody prone() {
        return new PhantomBody(seed, type, acquisition, implants, true);
    }

    public long seed() {
        return seed;
    }

    public BodyType type() {
        return type;
    }

    /** All levels from head to foot. */
    public List<LevelRange> levels() {
        return spine.levels();
    }

    /** The body of one vertebra. Throws IllegalArgumentException for L5 or L6 where the patient has none. */
    public LevelRange level(Vertebra level) {
        return spine.level(level);
    }

    /** Metal that this patient has. */
    public Set<Implant> implants() {
        return implants;
    }

    /** Whether the patient lies on the belly. */
    public boolean isProne() {
        return prone;
    }

    /** The scanner that sees this patient. */
    public Acquisition acquisition() {
        return acquisition;
    }

    /** Height of this patient for a height of the reference adult (top of the sacrum 0, top of C1 600). */
    double zOfReference(double reference) {
        return spine.zOfReference(reference);
    }

    /** Lowest height worth scanning: mid thigh, mm. */
    public double inferiorZMm() {
        return spine.zOfReference(-330);
    }

    /** Highest height worth scanning: just above the vertex, mm. */
    public double superiorZMm() {
        return spine.zOfReference(752);
    }

    /** An axial image of size x size pixels centred on the scanner axis. */
    public PhantomSlice slice(double zMm, int size, double spacingMm) {
        return slice(zMm, size, spacingMm, 0, 0);
    }

    /** An axial image whose centre is moved to the patient's left by centreXMm and to posterior by centreYMm. */
    public PhantomSlice slice(double zMm, int size, double spacingMm, double centreXMm, double centreYMm) {
        Section section = new Section(habitus, zMm);
        Canvas canvas = new Canvas(size, spacingMm, centreXMm, centreYMm, habitus.turn, habitus.left, habitus.down);
        Scene scene = new Scene(habitus, section, canvas, 300);
        Limbs limbs = new Limbs(habitus, section);
        Trunk trunk = new Trunk(scene, limbs);
        trunk.paint();
        new Organs(scene, trunk, bowel).paint();
        new Periphery(scene, trunk, limbs).paint();
        new Muscles(scene, trunk).paint();
        new Skeleton(scene, trunk).paint();
        new Backbone(scene).paint();
        if (!implants.isEmpty()) {
            Hardware hardware = new Hardware(scene, implants);
            hardware.paint();
            hardware.streaks();
        }
        Scanner scanner = new Scanner(acquisition);
        scanner.couch(canvas, centreXMm, centreYMm, couchTop, prone);
        int body = 0;
        for (byte label : canvas.label) {
            body += label == Label.AIR || label == Label.TABLE ? 0 : 1;
        }
        double girth = Math.sqrt(body * spacingMm * spacingMm * 4 / Math.PI);
        short[] hu = scanner.image(canvas, seed * 31 + Double.hashCode(zMm), girth, section.halfWidth / section.front);
        MuscleRule.apply(size, hu, canvas.label);
        return new PhantomSlice(size, spacingMm, zMm, hu, canvas.label);
    }

    /** count slices upwards from lowestZMm; computed in parallel, a few ms each. */
    public PhantomVolume volume(int size, double spacingMm, double lowestZMm, double sliceSpacingMm, int count) {
        return new PhantomVolume(
                spacingMm,
                sliceSpacingMm,
                IntStream.range(0, count)
                        .parallel()
                        .mapToObj(k -> slice(lowestZMm + k * sliceSpacingMm, size, spacingMm))
                        .toList());
    }

    /** True skeletal muscle at a height, cm2, on a grid of 512 x 512 pixels of 0.977 mm. */
    public double muscleAreaCm2(double zMm) {
        return slice(zMm, 512, 0.9765625).muscleAreaCm2();
    }
}
