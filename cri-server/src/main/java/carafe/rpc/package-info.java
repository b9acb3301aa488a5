/**
 * CRI v1 over gRPC: one class per RPC translates between protocol messages and the domain's
 * records; one adapter logs, measures and guards them; one border turns failures into gRPC codes.
 */
@NullMarked
package carafe.rpc;

import org.jspecify.annotations.NullMarked;
