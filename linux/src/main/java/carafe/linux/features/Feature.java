package carafe.linux.features;

/**
 * One finding about this machine.
 *
 * @param name stable, short, for people and scripts
 * @param verdict whether it is there
 * @param detail what was seen
 * @param follows what it means for containers; empty when all is well
 * @param fix what to do about it; empty when all is well
 */
public record Feature(String name, Verdict verdict, String detail, String follows, String fix) {
    /** How good the finding is. */
    public enum Verdict {
        /** There. */
        PRESENT,
        /** Not there, Carafe does without. */
        DEGRADED,
        /** Not there, Carafe cannot run containers. */
        MISSING
    }

    static Feature present(String name, String detail) {
        return new Feature(name, Verdict.PRESENT, detail, "", "");
    }

    static Feature degraded(String name, String detail, String follows, String fix) {
        return new Feature(name, Verdict.DEGRADED, detail, follows, fix);
    }

    static Feature missing(String name, String detail, String follows, String fix) {
        return new Feature(name, Verdict.MISSING, detail, follows, fix);
    }
}
