package org.myonode.phantom;

/**
 * Skin, fat under the skin, limbs, and the muscular wall of abdomen and chest.
 *
 * <p>The wall is a set of layers under a polar curve. In the abdomen: rectus in its sheath on both sides of the linea
 * alba, and lateral to the semilunar line external oblique, internal oblique and transversus with thin fat planes
 * between, all thinning towards the lumbodorsal fascia. In the chest: pectoral, latissimus and serratus, the
 * intercostal ring in which the ribs run, back muscles beside the spine.
 */
final class Trunk {
    private final Scene scene;
    private final Canvas canvas;
    private final Section section;
    private final Habitus habitus;
    private final Limbs limbs;
    /** Distance to the skin of the trunk and limbs for every pixel. */
    final float[] skinDistance;

    /** Distance to the cavity for every pixel, in the warped frame. */
    final float[] cavityDistance;

    Trunk(Scene scene, Limbs limbs) {
        this.scene = scene;
        this.limbs = limbs;
        canvas = scene.canvas;
        section = scene.section;
        habitus = scene.habitus;
        skinDistance = new float[canvas.n * canvas.n];
        cavityDistance = new float[canvas.n * canvas.n];
    }

    void paint() {
        float ref = (float) scene.ref;
        boolean torso = ref > -186 && ref < 742;
        boolean walled = ref > -150 && ref < 478;
        float peritoneal = (float) (0.5 + 0.12 * habitus.perirenal);
        for (int p = 0; p < skinDistance.length; p++) {
            float x = canvas.x[p];
            float y = canvas.y[p];
            float d = torso ? section.skinDistance(x, y) : 400;
            d = limbs.skinDistance(x, y, d);
            skinDistance[p] = d;
            cavityDistance[p] = 300;
            if (d > canvas.edge / 2) {
                continue;
            }
            float skin = (d + 1.9f) / canvas.edge + 0.5f;
            skin = skin < 0 ? 0 : skin > 1 ? 1 : skin;
            float fat = scene.fat(x, y);
            canvas.put(p, d, fat + skin * (25 - fat), skin > 0.5f ? Label.SKIN : Label.SUBCUTANEOUS_FAT);
            if (!walled || d > -1.5f) {
                continue;
            }
            float sx = canvas.softX[p];
            float sy = canvas.softY[p];
            float index = Section.index(sx, sy);
            float radius = (float) Math.sqrt(sx * sx + sy * sy);
            float outer = (radius - Section.sample(section.muscle, index)) * Section.sample(section.muscleSlope, index);
            if (outer > canvas.edge / 2) {
                continue;
            }
            float inner = (radius - Section.sample(section.cavity, index)) * Section.sample(section.cavitySlope, index);
            cavityDistance[p] = inner;
            float thickness = Section.sample(section.thickness, index);
            if (inner < canvas.edge) {
                canvas.put(p, outer, scene.visceralFat(sx, sy), Label.VISCERAL_FAT);
            }
            if (inner > -canvas.edge) {
                wall(p, sx, sy, -outer, thickness, Math.max(outer, -(inner - peritoneal)));
            }
        }
    }

    private void wall(int p, float x, float y, float depth, float thickness, float distance) {
        float chest = (float) section.chest;
        if (chest < 0.5f) {
            abdominal(p, x, y, depth, thickness, distance);
        } else {
            thoracic(p, x, y, depth, thickness, distance);
        }
    }

    private void abdominal(int p, float x, float y, float depth, float thickness, float distance) {
        float side = Math.abs(x);
        float thin = thickness - 1.6f;
        if (thin < 1.4f) {
            canvas.put(p, Math.max(distance, depth - 1.3f), 5, Label.OTHER);
            return;
        }
        boolean front = y < -0.35f * section.front && side < habitus.rectusGap / 2 + habitus.rectusWidth;
        if (front) {
            float intersection = Math.abs(scene.coarse(x, 0)) < 0.05f ? 25 : 0;
            canvas.put(p, distance, scene.muscle(x, y, 0.6f) - intersection, Label.SKELETAL_MUSCLE);
            return;
        }
        float ends = (float) Math.min(1, thin / habitus.wall);
        float plane = (float) habitus.wallFatPlane * (1.35f - 0.75f * ends) * (1 + 0.7f * scene.medium(x, y));
        float first = (0.36f + 0.05f * scene.coarse(x, y)) * thin;
        float second = (0.73f + 0.05f * scene.coarse(y, x)) * thin;
        float gap = Math.min(Math.abs(depth - first), Math.abs(depth - second));
        float fat = 0.5f + (plane / 2 - gap) / Math.max(canvas.edge, 1.2f);
        // Wide pixels see a thin plane only as a darker line.
        float most = Math.min(0.9f, plane / canvas.edge);
        fat = fat < 0 ? 0 : Math.min(fat, most);
        float muscle = scene.muscle(x, y, 0.55f);
        canvas.put(
                p,
                distance,
                muscle + fat * (habitus.fatHu - muscle),
                fat > 0.62f ? Label.INTERMUSCULAR_FAT : Label.SKELETAL_MUSCLE);
    }

    private void thoracic(int p, float x, float y, float depth, float thickness, float distance) {
        float ring = thickness - depth;
        float muscle = scene.muscle(x, y, 0.7f);
        float fat = 0;
        float plane = (float) (0.8 + 3.5 * habitus.type.subcutaneousFat() + 1.5 * habitus.type.muscleFat());
        float outerLayer = Math.max(4, (thickness - 12) * 0.55f);
        if (ring > 11) {
            float gap = Math.abs(ring - 12.5f - plane / 2);
            fat = 0.5f + (plane / 2 - gap) / 1.2f;
            if (thickness > 22) {
                float other = Math.abs(depth - outerLayer - 2.5f * scene.coarse(x, y));
                fat = Math.max(fat, 0.5f + (plane / 3 - other) / 1.2f);
            }
            if (thickness < 16) {
                fat = 1;
            }
        } else {
            fat = 0.12f + 0.5f * Math.max(0, scene.medium(x, y)) - (ring > 8.5f ? -0.3f : 0);
        }
        fat = fat < 0 ? 0 : fat > 0.95f ? 0.95f : fat;
        canvas.put(
                p,
                distance,
                muscle + fat * (habitus.fatHu - muscle),
                fat > 0.62f ? Label.INTERMUSCULAR_FAT : Label.SKELETAL_MUSCLE);
    }
}
