package carafe.shim.child;

/** Which step a child is at, so that a failure can name it. */
final class Progress {
    private String step = "setup";
    private String path = "";

    /** Enters a step that is about nothing in particular. */
    void at(String newStep) {
        at(newStep, "");
    }

    /** Enters a step about a path. */
    void at(String newStep, String newPath) {
        step = newStep;
        path = newPath;
    }

    String step() {
        return step;
    }

    String path() {
        return path;
    }
}
