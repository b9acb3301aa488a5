/**
 * What runs between clone and execve: setup, which makes or enters the container, and init or the
 * exec'd process. Everything here runs in a child of control that ends or becomes another program,
 * so it may allocate.
 */
@NullMarked
package carafe.shim.child;

import org.jspecify.annotations.NullMarked;
