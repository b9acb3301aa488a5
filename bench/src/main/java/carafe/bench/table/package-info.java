/** What measurements become: rows with a verdict, a file of them, a chart. */
@NullMarked
package carafe.bench.table;

import org.jspecify.annotations.NullMarked;
