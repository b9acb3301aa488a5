package carafe.image.unpack;

import static carafe.image.unpack.TarBuilder.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import carafe.image.snapshot.LayerLease;
import carafe.image.snapshot.LayerStore;
import carafe.image.snapshot.Snapshot;
import carafe.image.snapshot.Snapshots;
import carafe.linux.fs.Devices;
import carafe.linux.fs.FileCalls;
import carafe.linux.fs.FileStat;
import carafe.linux.fs.RawNames;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random layers, unpacked each on its own and stacked by overlayfs, show what applying them one
 * after the other to one file system gives. The seed is the test's argument.
 */
class OverlayEquivalenceIT {
    private static final List<String> NAMES = List.of("a", "b", "c");
    private static final int SEEDS = 60;

    @TempDir Path dir;

    private static Stream<Long> seeds() {
        long first = Long.getLong("carafe.seed", 1);
        return Stream.iterate(first, seed -> seed + 1).limit(Long.getLong("carafe.seeds", SEEDS));
    }

    /** Writes one layer's tar and changes the model in the same way. */
    private static final class LayerGen {
        private final Gen gen;
        private final ModelTree model;
        private final TarBuilder tar = new TarBuilder();

        LayerGen(Gen gen, ModelTree model) {
            this.gen = gen;
            this.model = model;
        }

        byte[] build() {
            removals();
            for (int i = gen.upTo(8); i >= 0; i--) {
                add();
            }
            return tar.build();
        }

        private String path() {
            StringBuilder path = new StringBuilder(gen.of(NAMES));
            while (!gen.oneIn(2) && path.length() < 8) {
                path.append('/').append(gen.of(NAMES));
            }
            return path.toString();
        }

        /**
         * Whiteouts act on what lower layers left, so the model takes them first; the directories
         * that they are in exist in this layer then.
         */
        private void removals() {
            List<String> directories = new ArrayList<>();
            for (int i = gen.upTo(4); i > 0; i--) {
                String path = path();
                if (gen.oneIn(3)) {
                    ModelTree.Node node = model.find(path);
                    if (node != null) {
                        node.children.clear();
                    }
                    directories.add(path + "/x");
                    tar.file(path + "/.wh..wh..opq", "");
                } else {
                    int slash = path.lastIndexOf('/') + 1;
                    ModelTree.Node node = model.find(path.substring(0, Math.max(0, slash - 1)));
                    if (node != null) {
                        node.children.remove(path.substring(slash));
                    }
                    directories.add(path);
                    tar.file(path.substring(0, slash) + ".wh." + path.substring(slash), "");
                }
            }
            if (gen.oneIn(25)) {
                model.root.children.clear();
                tar.file(".wh..wh..opq", "");
            }
            directories.forEach(model::parent);
        }

        private void add() {
            String path = path();
            if (blockedByOwn(path)) {
                return;
            }
            String name = ModelTree.name(path);
            int mode = gen.of(List.of(0644, 0755, 04711, 01777, 0));
            long owner = gen.of(List.of(0L, 1000L, 4294967294L));
            char type = gen.of(List.of('0', '0', '2', '5', '5', '5', '1', '3', '6'));
            if (type == '1') {
                hardlink(path);
                return;
            }
            ModelTree.Node parent = model.parent(path);
            ModelTree.Node old = parent.children.get(name);
            String what = what(type, path);
            if (type == '5' && old != null && old.isDirectory()) {
                old.mode = mode;
                old.owner = owner;
            } else {
                parent.children.put(
                        name, new ModelTree.Node(type, what, type == '2' ? 0777 : mode, owner));
            }
            write(type, path, what, mode, owner);
        }

        private String what(char type, String path) {
            return switch (type) {
                case '0' -> path + gen.upTo(1000);
                case '2' -> "to" + gen.upTo(9);
                case '3' -> "1:" + (3 + gen.upTo(5));
                default -> "";
            };
        }

        private void write(char type, String path, String what, int mode, long owner) {
            TarBuilder.Header header =
                    new TarBuilder.Header(type, bytes(path)).mode(mode).owner(owner, owner);
            byte[] content = type == '0' ? bytes(what) : new byte[0];
            switch (type) {
                case '0' -> header.size(content.length);
                case '2' -> header.link(bytes(what)).mode(0777);
                case '3' -> header.device(1, Integer.parseInt(what.substring(2)));
                default -> {}
            }
            tar.add(header, content);
        }

        /** Whether a path leads through a file of this very layer, which is an error. */
        private boolean blockedByOwn(String path) {
            for (int at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1)) {
                ModelTree.Node node = model.find(path.substring(0, at));
                if (node != null && !node.isDirectory()) {
                    return true;
                }
            }
            return false;
        }

        private void hardlink(String path) {
            List<String> files = new ArrayList<>();
            collect("", model.root, files);
            files.removeIf(
                    f -> path.startsWith(f + "/") || f.startsWith(path + "/") || f.equals(path));
            if (files.isEmpty()) {
                return;
            }
            String target = gen.of(files);
            ModelTree.Node node = model.find(target);
            if (node != null) {
                model.parent(path).children.put(ModelTree.name(path), node);
                tar.hardlink(path, target);
            }
        }

        private static void collect(String path, ModelTree.Node node, List<String> files) {
            node.children.forEach((name, child) -> {
                String below = path.isEmpty() ? name : path + "/" + name;
                if (child.isDirectory()) {
                    collect(below, child, files);
                } else {
                    files.add(below);
                }
            });
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void stackedLayersShowTheModel(long seed) throws Exception {
        Gen gen = new Gen(seed);
        ModelTree model = new ModelTree();
        List<byte[]> tars = new ArrayList<>();
        for (int i = 1 + gen.upTo(5); i > 0; i--) {
            tars.add(new LayerGen(gen, model).build());
        }

        LayerStore store = LayerStore.open(dir.resolve("l"), FileCalls.linux());
        ImageUnpacker unpacker = new ImageUnpacker(store, Store.LIMITS, 3);
        List<LayerSource> sources = Layers.of(tars.toArray(byte[][]::new));
        Snapshot snapshot;
        try (LayerLease lease = unpacker.unpack(sources, Store.DEADLINE)) {
            snapshot =
                    Snapshots.open(dir.resolve("s"), store, FileCalls.linux())
                            .prepare(
                                    "c",
                                    lease.bottomFirst().stream().map(l -> l.chainId()).toList());
        }

        try (OverlayView view = new OverlayView(snapshot.lowerTopFirst(), dir.resolve("o"))) {
            assertThat(text(view.path())).isEqualTo(model.text());
        }
    }

    private static String text(Path root) throws IOException {
        StringBuilder text = new StringBuilder();
        print(root, "", text);
        return text.toString();
    }

    private static void print(Path at, String path, StringBuilder text) throws IOException {
        FileStat stat = FileCalls.linux().stat(FileCalls.HOST, RawNames.of(at.toString()));
        text.append(path.isEmpty() ? "/" : path)
                .append(" %s %o %d%n".formatted(what(at, stat), stat.permissions(), stat.uid()));
        if (stat.isDirectory()) {
            Set<Path> children = new TreeSet<>();
            try (Stream<Path> found = Files.list(at)) {
                found.forEach(children::add);
            }
            for (Path child : children) {
                print(child, path + "/" + child.getFileName(), text);
            }
        }
    }

    private static String what(Path at, FileStat stat) throws IOException {
        return switch (stat.type()) {
            case FileStat.S_IFDIR -> "5 ";
            case FileStat.S_IFLNK -> "2 " + Files.readSymbolicLink(at);
            case FileStat.S_IFCHR ->
                    "3 %d:%d".formatted(Devices.major(stat.rdev()), Devices.minor(stat.rdev()));
            case FileStat.S_IFIFO -> "6 ";
            default -> "0 " + Files.readString(at, StandardCharsets.ISO_8859_1);
        };
    }
}
