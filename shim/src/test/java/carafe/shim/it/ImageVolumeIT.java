package carafe.shim.it;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.shim.wire.Message;
import carafe.shim.wire.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Images that config.json mounts by the names of shim.json's volumes. */
class ImageVolumeIT {
    private TestFiles files;
    private ShimBundle bundle;
    private Path top;
    private Path bottom;

    @BeforeEach
    void makeBundle() throws IOException {
        files = TestFiles.make();
        bundle = ShimBundle.in(files);
        top = files.newDirectory();
        bottom = files.newDirectory();
        Files.createDirectories(bottom.resolve("deep/dir"));
        Files.writeString(bottom.resolve("deep/dir/file"), "below");
        Files.createDirectories(top.resolve("deep/more"));
        Files.createSymbolicLink(top.resolve("absolute"), Path.of("/deep/dir"));
        Files.createSymbolicLink(top.resolve("up"), Path.of("../../../../deep"));
        Files.createSymbolicLink(top.resolve("out"), files.rootfs());
    }

    @AfterEach
    void deleteBundle() throws IOException {
        bundle.close();
        files.close();
    }

    @ParameterizedTest
    @CsvSource({
        "'',deep/dir/file,below",
        "deep,dir/file,below",
        "absolute,file,below",
        "up,dir/file,below",
        "deep/dir/file,'',below"
    })
    void aPartOfTheStackIsMounted(String subPath, String file, String content) throws IOException {
        String script = "cat /v/" + file + "; touch /v/x";
        String path = file.isEmpty() ? "cat /v" : script;
        volume(subPath);
        bundle.withConfig(Config.script(path).mount("/v", "volumes/0", "rbind", "ro").json())
                .started();
        bundle.awaitExit();
        assertThat(LogLines.textOf(bundle.logText())).contains(content);
        assertThat(Files.readString(Path.of("/proc/self/mountinfo")))
                .doesNotContain(bundle.path().toString());
    }

    @ParameterizedTest
    @CsvSource({"out,2", "none,2", "deep/dir/file/x,20"})
    void whatIsNotInTheImageIsNotMounted(String subPath, int errno) throws IOException {
        volume(subPath);
        Message result =
                bundle.withConfig(Config.script("true").mount("/v", "volumes/0", "rbind").json())
                        .create();
        assertThat(result).isInstanceOf(Reply.Failed.class);
        Reply.Failed failed = (Reply.Failed) result;
        assertThat(failed.step()).isEqualTo("volumes.sub_path");
        assertThat(failed.path()).isEqualTo(subPath);
        assertThat(failed.errno()).isEqualTo(errno);
    }

    @Test
    void aLayerThatIsGoneIsTheVolumesFailure() throws IOException {
        bundle.with("\"volumes\":[{\"source\":\"volumes/0\",\"lower\":[\"/none/a\",\"/none/b\"]}]");
        Message result =
                bundle.withConfig(Config.script("true").mount("/v", "volumes/0", "rbind").json())
                        .create();
        assertThat(result).isInstanceOf(Reply.Failed.class);
        assertThat(((Reply.Failed) result).step()).isEqualTo("volumes.image");
        assertThat(((Reply.Failed) result).path()).isEqualTo("/v");
    }

    private void volume(String subPath) {
        bundle.with(
                "\"volumes\":[{\"source\":\"volumes/0\",\"lower\":[%s,%s],\"subPath\":%s}]"
                        .formatted(
                                ShimBundle.quote(top.toString()),
                                ShimBundle.quote(bottom.toString()),
                                ShimBundle.quote(subPath)));
    }
}
