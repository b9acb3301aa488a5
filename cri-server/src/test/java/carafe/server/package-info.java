@NullMarked
package carafe.server;

import org.jspecify.annotations.NullMarked;
