/** Links, addresses and routes by rtnetlink. */
@NullMarked
package carafe.linux.netlink;

import org.jspecify.annotations.NullMarked;
