package carafe.image.unpack;

import static carafe.image.unpack.TarBuilder.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EntryPathTest {
    @ParameterizedTest
    @CsvSource({
        "a/b,a/b",
        "./a//b/./c/,a/b/c",
        "/a,a",
        "///,''",
        "'',''",
        ".,''",
        "..,''",
        "../../a,a",
        "a/../../b,b",
        "a/b/..,a",
        "...,...",
        ".../..b,.../..b"
    })
    void bringsPathsIntoOneForm(String raw, String clean) {
        assertThat(EntryPath.clean(bytes(raw))).isEqualTo(bytes(clean));
    }

    @Test
    void keepsEveryByteButSlashAndNul() {
        byte[] name = new byte[254];
        for (int i = 1, at = 0; i < 256; i++) {
            if (i != '/') {
                name[at++] = (byte) i;
            }
        }
        assertThat(EntryPath.clean(name)).isEqualTo(name);
    }

    @Test
    void refusesWhatTheKernelCannotName() {
        for (String name : new String[] {"a\0b", "x".repeat(256), "x/".repeat(2049)}) {
            assertThatThrownBy(() -> EntryPath.clean(bytes(name)))
                    .isInstanceOf(CarafeException.Invalid.class);
        }
    }

    @ParameterizedTest
    @CsvSource({"a/b/c,a/b,c", "a,'',a", "'','',''"})
    void splitsOffTheName(String path, String parent, String name) {
        assertThat(EntryPath.parent(bytes(path))).isEqualTo(bytes(parent));
        assertThat(EntryPath.name(bytes(path))).isEqualTo(bytes(name));
    }
}
