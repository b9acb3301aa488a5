package carafe.image.unpack;

import static carafe.image.unpack.TarBuilder.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import carafe.image.snapshot.Layer;
import carafe.image.snapshot.LayerLease;
import carafe.image.snapshot.LayerStore;
import carafe.image.snapshot.Snapshot;
import carafe.image.snapshot.Snapshots;
import carafe.image.snapshot.TreeCheck;
import carafe.linux.fs.Devices;
import carafe.linux.fs.DirEntries;
import carafe.linux.fs.Fd;
import carafe.linux.fs.FileCalls;
import carafe.linux.fs.FileStat;
import carafe.linux.fs.OpenFlags;
import carafe.linux.fs.OpenHow;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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
    /** Bytes as Latin-1: a layer's names are no text. */
    private static final List<String> NAMES =
            List.of("a", "b", "c", "a", "b", "c", "\u00ff\u0001", "a b\\", "\u00e4\u007f\n", "-");

    private static final List<ModelTree.Stamp> STAMPS =
            List.of(
                    new ModelTree.Stamp(0644, 0, 0, 1_000_000_000, 0),
                    new ModelTree.Stamp(0755, 1000, 1001, 1_700_000_000, 123_456_789),
                    new ModelTree.Stamp(04711, 4294967294L, 7, 1, 1),
                    new ModelTree.Stamp(01777, 12, 4294967294L, 4_000_000_000L, 0),
                    new ModelTree.Stamp(0, 0, 5, 0, 999_999_999));

    private static final int SEEDS = 200;

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
        private final Set<ModelTree.Node> described = new HashSet<>();

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
            ModelTree.Stamp stamp = gen.of(STAMPS);
            char type = gen.of(List.of('0', '0', '2', '5', '5', '5', '1', '3', '6'));
            if (type == '1') {
                hardlink(path);
                return;
            }
            ModelTree.Node parent = model.parent(path);
            ModelTree.Node old = parent.children.get(name);
            String what = what(type, path);
            ModelTree.Node node;
            if (type == '5' && old != null && old.isDirectory()) {
                node = old;
                node.stamp = stamp;
            } else {
                node = new ModelTree.Node(type, what, type == '2' ? stamp.withMode(0777) : stamp);
                parent.children.put(name, node);
            }
            if (described.add(node)) {
                node.attributes.clear();
            }
            if ((type == '0' || type == '5') && gen.oneIn(3)) {
                node.attributes.put("user.k" + gen.upTo(3), "v" + gen.upTo(100) + "\u00fe\\");
            }
            write(type, path, what, stamp, node.attributes);
        }

        private String what(char type, String path) {
            return switch (type) {
                case '0' -> path + gen.upTo(1000);
                case '2' -> "to" + gen.upTo(9);
                case '3' -> "1:" + (3 + gen.upTo(5));
                default -> "";
            };
        }

        private void write(
                char type,
                String path,
                String what,
                ModelTree.Stamp stamp,
                Map<String, String> attributes) {
            List<String> pax = new ArrayList<>();
            if (stamp.nanos() != 0) {
                pax.addAll(List.of("mtime", "%d.%09d".formatted(stamp.seconds(), stamp.nanos())));
            }
            attributes.forEach((key, value) -> pax.addAll(List.of("SCHILY.xattr." + key, value)));
            if (!pax.isEmpty()) {
                tar.pax(pax.toArray(String[]::new));
            }
            TarBuilder.Header header =
                    new TarBuilder.Header(type, bytes(path))
                            .mode(stamp.mode())
                            .time(stamp.seconds())
                            .owner(stamp.owner(), stamp.group());
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
                            .prepare("c", lease.bottomFirst().stream().map(l -> l.id()).toList());
        }

        for (Layer layer : store.list()) {
            List<String> findings = new ArrayList<>();
            TreeCheck check =
                    new TreeCheck(FileCalls.linux(), layer, (at, what) -> findings.add(at + what));
            assertThat(check.run()).isEqualTo(TreeCheck.Outcome.COMPARED);
            assertThat(findings).isEmpty();
        }
        try (OverlayView view = new OverlayView(snapshot.lowerTopFirst(), dir.resolve("o"))) {
            // The view's own root is the test's; a container's is the snapshot's.
            assertThat(withoutRoot(text(view.path()))).isEqualTo(withoutRoot(model.text()));
            assertThat(text(snapshot.upper()))
                    .isEqualTo(model.text().lines().findFirst().orElse("") + "\n");
        }
    }

    /** What an image sees of layers that another one brought equals what it would bring itself. */
    @ParameterizedTest
    @MethodSource("someSeeds")
    void layersOfAnotherImageShowTheSame(long seed) throws Exception {
        Gen gen = new Gen(seed);
        ModelTree model = new ModelTree();
        List<byte[]> tars = new ArrayList<>();
        for (int i = 1 + gen.upTo(4); i > 0; i--) {
            tars.add(new LayerGen(gen, model).build());
        }
        List<byte[]> others = new ArrayList<>();
        others.add(new LayerGen(new Gen(-seed), new ModelTree()).build());
        others.addAll(tars);
        LayerStore shared = LayerStore.open(dir.resolve("shared"), FileCalls.linux());
        shown(shared, tars, "first");
        LayerStore own = LayerStore.open(dir.resolve("own"), FileCalls.linux());
        assertThat(shown(shared, others, "second")).isEqualTo(shown(own, others, "alone"));
    }

    private static Stream<Long> someSeeds() {
        return seeds().filter(seed -> seed % 5 == 0);
    }

    private String shown(LayerStore store, List<byte[]> tars, String name) throws Exception {
        ImageUnpacker unpacker = new ImageUnpacker(store, Store.LIMITS, 3);
        List<LayerSource> sources = Layers.of(tars.toArray(byte[][]::new));
        try (LayerLease lease = unpacker.unpack(sources, Store.DEADLINE)) {
            Snapshot snapshot =
                    Snapshots.open(dir.resolve("s-" + name), store, FileCalls.linux())
                            .prepare("c", lease.bottomFirst().stream().map(l -> l.id()).toList());
            try (OverlayView view =
                    new OverlayView(snapshot.lowerTopFirst(), dir.resolve("o-" + name))) {
                return withoutRoot(text(view.path())) + text(snapshot.upper());
            }
        }
    }

    private static String withoutRoot(String text) {
        return text.substring(text.indexOf('\n') + 1);
    }

    /** In the model's words, read by bytes. */
    private static String text(Path root) throws IOException {
        StringBuilder text = new StringBuilder();
        FileCalls calls = FileCalls.linux();
        // Seen through another process's root, which is a magic link.
        OpenHow any = new OpenHow(OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY, 0, 0);
        int fd = calls.openat2(FileCalls.HOST, bytes(root.toString()), any);
        try (Fd top = new Fd(calls, fd)) {
            print(calls, top.number(), new byte[] {'.'}, "", text);
        }
        return text.toString();
    }

    private static void print(
            FileCalls calls, int dirFd, byte[] name, String path, StringBuilder text)
            throws IOException {
        FileStat stat = calls.stat(dirFd, name);
        text.append(path.isEmpty() ? "/" : path)
                .append(
                        " %s %o %d:%d %d.%09d %s%n"
                                .formatted(
                                        what(calls, dirFd, name, stat),
                                        stat.permissions(),
                                        stat.uid(),
                                        stat.gid(),
                                        stat.modified().seconds(),
                                        stat.modified().nanos(),
                                        attributes(calls, dirFd, name)));
        if (stat.isDirectory()) {
            try (Fd dir = new Fd(calls, calls.openat2(dirFd, name, OpenHow.DIRECTORY_NO_LINKS))) {
                Set<String> children = new TreeSet<>();
                DirEntries entries = new DirEntries(calls, dir.number());
                for (var each = entries.next(); each != null; each = entries.next()) {
                    children.add(latin1(each.name()));
                }
                for (String child : children) {
                    print(calls, dir.number(), bytes(child), path + "/" + child, text);
                }
            }
        }
    }

    private static String latin1(byte[] raw) {
        return new String(raw, StandardCharsets.ISO_8859_1);
    }

    private static Map<String, String> attributes(FileCalls calls, int dirFd, byte[] name)
            throws IOException {
        Map<String, String> found = new TreeMap<>();
        for (byte[] each : calls.listxattrat(dirFd, name)) {
            found.put(latin1(each), latin1(calls.getxattrat(dirFd, name, each)));
        }
        return found;
    }

    private static String what(FileCalls calls, int dirFd, byte[] name, FileStat stat)
            throws IOException {
        return switch (stat.type()) {
            case FileStat.S_IFDIR -> "5 ";
            case FileStat.S_IFLNK -> "2 " + latin1(calls.readlinkat(dirFd, name));
            case FileStat.S_IFCHR ->
                    "3 %d:%d".formatted(Devices.major(stat.rdev()), Devices.minor(stat.rdev()));
            case FileStat.S_IFIFO -> "6 ";
            default -> {
                ByteBuffer content = ByteBuffer.allocateDirect(4096);
                try (Fd file = new Fd(calls, calls.openat2(dirFd, name, OpenHow.READ_NO_LINKS))) {
                    calls.read(file.number(), content);
                }
                byte[] raw = new byte[content.flip().remaining()];
                content.get(raw);
                yield "0 " + latin1(raw);
            }
        };
    }
}
