/** Runtime handlers: who makes a pod's containers. */
@NullMarked
package carafe.runtime.handler;

import org.jspecify.annotations.NullMarked;
