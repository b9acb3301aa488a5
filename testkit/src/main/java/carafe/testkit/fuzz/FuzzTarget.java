package carafe.testkit.fuzz;

/** Something that takes bytes of a stranger. */
@FunctionalInterface
public interface FuzzTarget {
    /**
     * Takes one input. A refusal that the parser promises is caught here; whatever else is thrown
     * is a finding, and so is an assertion of the target's own that fails.
     *
     * @return what came of it in a word or two: inputs with a result that was not there before are
     *     kept and changed further
     */
    Object run(byte[] input) throws Exception;
}
