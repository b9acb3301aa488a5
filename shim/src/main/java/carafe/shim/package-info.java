/** The program carafe-shim: its entry and roles. */
@NullMarked
package carafe.shim;

import org.jspecify.annotations.NullMarked;
