/** Programs that networks are made with, and the bounds they run in. */
@NullMarked
package carafe.network.process;

import org.jspecify.annotations.NullMarked;
