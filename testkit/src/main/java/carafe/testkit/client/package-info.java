/** Our own CRI client, as kubelet would be one: calls with deadlines, and readers of its logs. */
@NullMarked
package carafe.testkit.client;

import org.jspecify.annotations.NullMarked;
