package carafe.server.doctor;

/**
 * One thing that doctor looked at.
 *
 * @param mark how it stands
 * @param topic what was looked at, in two or three words
 * @param found what is there
 * @param meaning what follows for pods; empty when nothing does
 * @param fix what to do; empty when there is nothing to do
 */
public record Finding(Mark mark, String topic, String found, String meaning, String fix) {
    /** How a finding stands. */
    public enum Mark {
        OK("ok"),
        WARN("warn"),
        FAIL("FAIL");

        private final String text;

        Mark(String text) {
            this.text = text;
        }

        /** The mark as it is printed. */
        String text() {
            return text;
        }
    }

    static Finding ok(String topic, String found) {
        return new Finding(Mark.OK, topic, found, "", "");
    }

    /** Works, with something missing. */
    static Finding warn(String topic, String found, String meaning, String fix) {
        return new Finding(Mark.WARN, topic, found, meaning, fix);
    }

    /** Carafe cannot run pods like this. */
    static Finding fail(String topic, String found, String meaning, String fix) {
        return new Finding(Mark.FAIL, topic, found, meaning, fix);
    }
}
