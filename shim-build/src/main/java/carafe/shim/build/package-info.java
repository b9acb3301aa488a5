/** Makes the native program of module shim while building; never shipped. */
@NullMarked
package carafe.shim.build;

import org.jspecify.annotations.NullMarked;
