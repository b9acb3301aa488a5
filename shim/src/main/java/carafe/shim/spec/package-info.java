/** What the bundle says: config.json (OCI runtime-spec) and shim.json as records. */
@NullMarked
package carafe.shim.spec;

import org.jspecify.annotations.NullMarked;
