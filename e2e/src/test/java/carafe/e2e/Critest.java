package carafe.e2e;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** One run of the critest program against a node. */
final class Critest {
    private Critest() {}

    /**
     * @param code of the program; −1 when its time was over
     * @param passed specs that ran to their end
     * @param refused specs that skipped themselves, as {@code name: reason}
     */
    record Result(int code, int passed, List<String> failed, List<String> refused, Path output) {
        String summary() {
            return "critest: %d passed, %d failed, %d skipped themselves; output in %s"
                    .formatted(passed, failed.size(), refused.size(), output);
        }
    }

    /**
     * @param program critest's path
     * @param arguments more of them
     */
    static Result run(Node node, String program, List<String> arguments, int minutes)
            throws IOException, InterruptedException {
        Path out = Path.of("target", "critest.out").toAbsolutePath();
        Path report = Path.of("target", "critest.xml").toAbsolutePath();
        Files.deleteIfExists(report);
        String endpoint = "unix://" + node.instance().socket();
        List<String> command = new ArrayList<>();
        command.add(program);
        command.addAll(List.of("--config", "/dev/null"));
        command.addAll(List.of("--runtime-endpoint", endpoint, "--image-endpoint", endpoint));
        command.addAll(List.of("--runtime-service-timeout", "120s"));
        command.addAll(List.of("--ginkgo.no-color", "--ginkgo.junit-report", report.toString()));
        command.addAll(arguments);
        Process critest =
                new ProcessBuilder(command)
                        .directory(node.instance().scratch().toFile())
                        .redirectErrorStream(true)
                        .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                        .redirectOutput(out.toFile())
                        .start();
        boolean ended = critest.waitFor(minutes, TimeUnit.MINUTES);
        critest.descendants().forEach(ProcessHandle::destroyForcibly);
        critest.destroyForcibly();
        return read(ended ? critest.exitValue() : -1, report, out);
    }

    private static Result read(int code, Path report, Path out) throws IOException {
        int passed = 0;
        List<String> failed = new ArrayList<>();
        List<String> refused = new ArrayList<>();
        NodeList cases = cases(report);
        for (int i = 0; i < cases.getLength(); i++) {
            Element each = (Element) cases.item(i);
            String name = each.getAttribute("name");
            NodeList skipped = each.getElementsByTagName("skipped");
            switch (each.getAttribute("status")) {
                case "passed" -> passed += name.startsWith("[It]") ? 1 : 0;
                case "skipped" -> {
                    // What was filtered out has no reason.
                    String message = ((Element) skipped.item(0)).getAttribute("message");
                    if (message.contains(" - ")) {
                        refused.add(name + ": " + message);
                    }
                }
                case "pending" -> {}
                default -> failed.add(name);
            }
        }
        return new Result(code, passed, failed, refused, out);
    }

    private static NodeList cases(Path report) throws IOException {
        if (!Files.exists(report)) {
            throw new IOException("critest wrote no report " + report);
        }
        try {
            return DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(report.toFile())
                    .getElementsByTagName("testcase");
        } catch (ParserConfigurationException | SAXException e) {
            throw new IOException("critest's report %s cannot be read".formatted(report), e);
        }
    }
}
