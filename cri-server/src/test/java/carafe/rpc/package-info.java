@NullMarked
package carafe.rpc;

import org.jspecify.annotations.NullMarked;
