@NullMarked
package carafe.streaming.session;

import org.jspecify.annotations.NullMarked;
