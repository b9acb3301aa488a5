/** Build time only: packs the demo program as an OCI archive, the same bytes every time. */
@NullMarked
package carafe.demo.image;

import org.jspecify.annotations.NullMarked;
