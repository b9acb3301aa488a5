package carafe.e2e;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** The arrows of the house, and the rules that hold in every room of it. */
final class HouseTest {
    /** Fewer would mean that a module was not on the class path, and nothing was checked. */
    private static final int LEAST_CLASSES = 300;

    private static final List<String> MODULES =
            List.of(
                    "carafe.base..",
                    "carafe.linux..",
                    "carafe.shim.wire..",
                    "carafe.shim.sys..",
                    "carafe.image..",
                    "carafe.network..",
                    "carafe.metrics..",
                    "carafe.runtime..",
                    "carafe.config..",
                    "carafe.rpc..",
                    "carafe.server..");

    private static final DescribedPredicate<JavaClass> GENERATED =
            resideInAPackage("carafe.proto.cri..");

    private static final JavaClasses HOUSE =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("carafe")
                    .that(not(resideInAnyPackage("carafe.testkit..", "carafe.bench..")));

    @Test
    void theWholeHouseWasScanned() {
        assertThat(HOUSE.that(not(GENERATED))).hasSizeGreaterThan(LEAST_CLASSES);
        assertThat(MODULES)
                .allSatisfy(module ->
                        assertThat(HOUSE.that(resideInAPackage(module)))
                                .as("classes in %s", module)
                                .isNotEmpty());
    }

    @Test
    void baseKnowsNobody() {
        noClasses()
                .that()
                .resideInAPackage("carafe.base..")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("carafe..").and(not(resideInAPackage("carafe.base.."))))
                .check(HOUSE);
    }

    @Test
    void linuxKnowsOnlyBase() {
        noClasses()
                .that()
                .resideInAPackage("carafe.linux..")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("carafe..")
                                .and(not(resideInAnyPackage("carafe.linux..", "carafe.base.."))))
                .check(HOUSE);
    }

    @Test
    void theShimKnowsOnlyItsMessages() {
        noClasses()
                .that()
                .resideInAPackage("carafe.shim..")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("carafe..").and(not(resideInAPackage("carafe.shim.."))))
                .check(HOUSE);
    }

    @Test
    void theShimsMessagesKnowNobody() {
        noClasses()
                .that()
                .resideInAPackage("carafe.shim.wire..")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("carafe..")
                                .and(not(resideInAPackage("carafe.shim.wire.."))))
                .check(HOUSE);
    }

    @Test
    void imagesNetworkStreamingAndMetricsDoNotKnowEachOther() {
        List<String> wings =
                List.of(
                        "carafe.image..",
                        "carafe.network..",
                        "carafe.streaming..",
                        "carafe.metrics..");
        for (String wing : wings) {
            DescribedPredicate<JavaClass> allowed =
                    resideInAnyPackage(wing, "carafe.base..", "carafe.linux..");
            noClasses()
                    .that()
                    .resideInAPackage(wing)
                    .should()
                    .dependOnClassesThat(resideInAPackage("carafe..").and(not(allowed)))
                    .allowEmptyShould(true)
                    .check(HOUSE);
        }
    }

    @Test
    void theRuntimeKnowsNeitherProtocolNorConfigurationNorServer() {
        noClasses()
                .that()
                .resideInAPackage("carafe.runtime..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "carafe.proto..",
                        "carafe.rpc..",
                        "carafe.config..",
                        "carafe.server..",
                        "io.grpc..")
                .check(HOUSE);
    }

    @Test
    void onlyRpcSeesTheProtocolsClasses() {
        noClasses()
                .that()
                .resideOutsideOfPackages("carafe.proto.cri..", "carafe.rpc..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("carafe.proto.cri..")
                .check(HOUSE);
    }

    @Test
    void onlyLinuxImportsJna() {
        noClasses()
                .that()
                .resideOutsideOfPackage("carafe.linux..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.sun.jna..")
                .check(HOUSE);
    }

    @Test
    void onlyShimSysImportsTheCompilersInterop() {
        noClasses()
                .that()
                // Demo and probe are compiled as the shim is, and are no part of the daemon.
                .resideOutsideOfPackages("carafe.shim.sys..", "carafe.demo..", "carafe.probe..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.teavm.interop..")
                .check(HOUSE);
    }

    @Test
    void oneClassNamesTheGrpcStatus() {
        Set<String> naming =
                HOUSE.that(not(GENERATED)).stream()
                        .filter(each ->
                                each.getDirectDependenciesFromSelf().stream()
                                        .anyMatch(to ->
                                                to.getTargetClass()
                                                        .isEquivalentTo(io.grpc.Status.class)))
                        .map(HouseTest::outermost)
                        .collect(Collectors.toCollection(TreeSet::new));

        assertThat(naming).hasSize(1);
    }

    @Test
    void noPackagesGoInACircle() {
        slices().matching("carafe.(**)").should().beFreeOfCycles().check(HOUSE);
    }

    @Test
    void everyPackageIsNullMarked() throws ClassNotFoundException {
        Set<String> packages =
                HOUSE.that(not(GENERATED)).stream()
                        .map(JavaClass::getPackage)
                        .map(JavaPackage::getName)
                        .collect(Collectors.toCollection(TreeSet::new));
        for (String name : packages) {
            Class<?> info = Class.forName(name + ".package-info");
            assertThat(info.isAnnotationPresent(NullMarked.class)).as(name).isTrue();
        }
    }

    @Test
    void onlyCommandsPrint() {
        noClasses()
                .that(not(resideInAnyPackage("carafe.server..", "carafe.shim..", "carafe.demo..")))
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(HOUSE);
    }

    @Test
    void nothingHangsOnAThread() {
        noClasses()
                .should()
                .dependOnClassesThat(belongToAnyOf(ThreadLocal.class))
                .check(HOUSE.that(not(GENERATED)));
    }

    @Test
    void namesSayWhatAClassIs() {
        noClasses()
                .should()
                .haveNameMatching(".*(Utils?|Helper|Manager|Impl)(\\$.*)?")
                .check(HOUSE.that(not(GENERATED)));
    }

    @Test
    void nobodyWritesToTheJdksLog() {
        noClasses()
                .that()
                .resideOutsideOfPackage("carafe.server..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.util.logging..")
                .check(HOUSE);
    }

    private static String outermost(JavaClass each) {
        String name = each.getName();
        int nested = name.indexOf('$');
        return nested < 0 ? name : name.substring(0, nested);
    }
}
