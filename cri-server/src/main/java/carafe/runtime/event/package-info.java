/** What happened to pods and containers, told to whoever listens. */
@NullMarked
package carafe.runtime.event;

import org.jspecify.annotations.NullMarked;
