/** Black-box tests: the real daemon, shim, registry, plugins and crictl, as root. */
@NullMarked
package carafe.e2e;

import org.jspecify.annotations.NullMarked;
