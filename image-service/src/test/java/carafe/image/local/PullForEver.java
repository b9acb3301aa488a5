package carafe.image.local;

import java.nio.file.Path;

/** Pulls and removes one image again and again, until it is killed. */
final class PullForEver {
    private PullForEver() {}

    public static void main(String[] args) {
        try (LocalImages images = TestImages.open(Path.of(args[0]))) {
            System.out.println("pulling");
            System.out.flush();
            while (true) {
                images.pull(TestImages.request(args[1]));
                images.remove(args[1]);
            }
        }
    }
}
