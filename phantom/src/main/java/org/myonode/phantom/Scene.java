package org.myonode.phantom;

/** What every painter of one plane shares: the canvas, the layout and the textures of this height. */
final class Scene {
    final Habitus habitus;
    final Section section;
    final Canvas canvas;
    final double z;
    final double ref;
    /** In-plane size of the skeleton. */
    final float frame;

    private final Noise.Sheet fine;
    private final Noise.Sheet medium;
    private final Noise.Sheet coarse;
    private final float infiltration;

    Scene(Habitus habitus, Section section, Canvas canvas, double reach) {
        this.habitus = habitus;
        this.section = section;
        this.canvas = canvas;
        z = section.z;
        ref = section.ref;
        frame = (float) habitus.frame;
        fine = new Noise.Sheet(habitus.seed + 1, 2.6, z, reach);
        medium = new Noise.Sheet(habitus.seed + 2, 7, z, reach);
        coarse = new Noise.Sheet(habitus.seed + 3, 26, z, reach);
        infiltration = (float) habitus.type.muscleFat();
        canvas.warp(
                new Noise.Sheet(habitus.seed + 4, 34, z, reach),
                new Noise.Sheet(habitus.seed + 5, 34, z, reach),
                3.2f,
                new Noise.Sheet(habitus.seed + 6, 11, z, reach),
                new Noise.Sheet(habitus.seed + 7, 11, z, reach),
                0.9f);
    }

    float fine(float x, float y) {
        return fine.at(x, y);
    }

    float medium(float x, float y) {
        return medium.at(x, y);
    }

    float coarse(float x, float y) {
        return coarse.at(x, y);
    }

    /** Muscle with fat between its fibres; share is how much more or less than the patient's usual. */
    float muscle(float x, float y, float share) {
        float grain = 0.62f * fine.at(x, y) + 0.55f * medium.at(x, y);
        float threshold = 0.95f - 0.7f * infiltration * share;
        float fat = (grain - threshold) * 3;
        fat = fat < 0 ? 0 : fat > 0.85f ? 0.85f : fat;
        float tone = habitus.muscleHu + 4 * coarse.at(x, y) - 6 * infiltration * share * (1 + medium.at(x, y));
        return tone + fat * (habitus.fatHu - tone);
    }

    /** Fat under the skin, with thin septa. */
    float fat(float x, float y) {
        float septum = Math.abs(medium.at(x, y) + 0.35f * fine.at(x, y));
        float strand = septum < 0.035f ? 14 * (1 - septum / 0.035f) : 0;
        return habitus.fatHu + 3 * coarse.at(x, y) + strand;
    }

    /** Fat of mesentery and retroperitoneum, with strands. */
    float visceralFat(float x, float y) {
        float strand = Math.abs(medium.at(x, y) + 0.3f * fine.at(x, y));
        float add = strand < 0.07f ? 24 * (1 - strand / 0.07f) : 0;
        return habitus.visceralFatHu + 4 * coarse.at(x, y) + add;
    }

    /** A soft organ: low-frequency and fine texture around a level. */
    float tissue(float level, float x, float y) {
        return level + 2.5f * coarse.at(x, y) + 2 * medium.at(x, y);
    }

    /** Bone by depth under its surface: dense shell, trabeculae inside. */
    float bone(float x, float y, float depth, float shell, float share) {
        float spongy = habitus.trabecularHu * share * (1 + 0.22f * medium.at(x, y)) + 55 * fine.at(x, y);
        float t = (-depth - shell) / 1.1f;
        t = t < 0 ? 0 : t > 1 ? 1 : t;
        return habitus.corticalHu + t * (spongy - habitus.corticalHu);
    }
}
