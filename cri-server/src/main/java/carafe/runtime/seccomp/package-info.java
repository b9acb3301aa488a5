/**
 * Seccomp profiles compiled to BPF by the daemon: read, resolve against capabilities and
 * architecture, assemble. The shim only loads the bytes. Source: seccomp(2), OCI runtime-spec
 * linux.seccomp and the profile format that Kubernetes takes from Docker.
 */
@NullMarked
package carafe.runtime.seccomp;

import org.jspecify.annotations.NullMarked;
