package carafe.runtime.shim;

/** A registered listener; closing it means that it is not called any more. Idempotent. */
@FunctionalInterface
public interface Watch extends AutoCloseable {
    @Override
    void close();
}
