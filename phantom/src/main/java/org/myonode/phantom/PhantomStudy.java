package org.myonode.phantom;

/** Writes a phantom as a PET-CT study. */
public final class PhantomStudy {
    private PhantomStudy() {}
}
