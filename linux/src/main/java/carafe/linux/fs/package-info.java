/**
 * Path work that cannot be led astray: everything starts at a directory descriptor, names are raw
 * bytes, links are followed only where asked for and never out of the root.
 */
@NullMarked
package carafe.linux.fs;

import org.jspecify.annotations.NullMarked;
