/** The pages for operators and physicists, rendered on the server; only this package knows the web framework. */
@NullMarked
package org.myonode.node.web;

import org.jspecify.annotations.NullMarked;
