/** Parsers under chance: seeds, mutations of them, and what must hold for all. */
@NullMarked
package carafe.testkit.fuzz;

import org.jspecify.annotations.NullMarked;
