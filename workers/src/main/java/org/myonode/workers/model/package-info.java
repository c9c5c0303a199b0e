/** Model packages and the engine that runs them: the only place that knows DJL. */
@org.jspecify.annotations.NullMarked
package org.myonode.workers.model;
