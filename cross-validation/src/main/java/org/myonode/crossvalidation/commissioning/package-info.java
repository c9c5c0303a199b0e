/** What a model does on phantoms that no training has seen: the figures for a model card and for a site's acceptance. */
@org.jspecify.annotations.NullMarked
package org.myonode.crossvalidation.commissioning;
