package dev.overtake.cli;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.overtake.core.policy.Hints;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Arrows point one way: cli, then bench, control and sim, then platforms, driver, then core. */
class LayeringTest {
  private static final JavaClasses OURS =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("-tests.jar"))
          .importPackages("dev.overtake");

  private static final String CORE = "dev.overtake.core..";
  private static final String DRIVER = "dev.overtake.driver..";
  private static final String PLATFORM = "dev.overtake.platform.*..";
  private static final String CONTROL = "dev.overtake.control..";
  private static final String SIM = "dev.overtake.sim..";
  private static final String BENCH = "dev.overtake.bench..";
  private static final String CLI = "dev.overtake.cli..";
  private static final String CLIENT = "dev.overtake.client..";

  /** From the bottom to the top: each may use those before it. No layer uses the client. */
  private static final List<String> LAYERS =
      List.of(CORE, DRIVER, PLATFORM, CONTROL, SIM, BENCH, CLI, CLIENT);

  @Test
  void everyClassIsInOneLayer() {
    classes().should().resideInAnyPackage(LAYERS.toArray(String[]::new)).check(OURS);
  }

  @Test
  void noLayerUsesOneAboveIt() {
    for (int i = 0; i < LAYERS.size() - 1; i++) {
      noClasses()
          .that()
          .resideInAPackage(LAYERS.get(i))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(LAYERS.subList(i + 1, LAYERS.size()).toArray(String[]::new))
          .check(OURS);
    }
  }

  @Test
  void coreUsesNothingButJava() {
    classes()
        .that()
        .resideInAPackage(CORE)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(CORE, "java..", "org.jspecify.annotations")
        .check(OURS);
  }

  @Test
  void driverUsesNothingButCoreAndJava() {
    classes()
        .that()
        .resideInAPackage(DRIVER)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(DRIVER, CORE, "java..", "org.jspecify.annotations")
        .check(OURS);
  }

  @Test
  void platformUsesNothingButDriverCoreAndJava() {
    classes()
        .that()
        .resideInAPackage(PLATFORM)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(PLATFORM, DRIVER, CORE, "java..", "org.jspecify.annotations")
        .check(OURS);
  }

  @Test
  void clientUsesNothingButHintsAndJava() {
    classes()
        .that()
        .resideInAPackage(CLIENT)
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(CLIENT, "java..", "org.jspecify.annotations")
                .or(JavaClass.Predicates.type(Hints.class)))
        .check(OURS);
  }

  @Test
  void platformsKnowNothingOfOneAnother() {
    slices().matching("dev.overtake.platform.(*)..").should().notDependOnEachOther().check(OURS);
  }

  @Test
  void controlBenchAndSimKnowNothingOfOneAnother() {
    knowsNothingOf(BENCH, CONTROL, SIM);
    knowsNothingOf(CONTROL, BENCH, SIM);
    knowsNothingOf(SIM, BENCH, CONTROL);
  }

  private static void knowsNothingOf(String layer, String... others) {
    noClasses()
        .that()
        .resideInAPackage(layer)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(others)
        .check(OURS);
  }

  @Test
  void theSimulatorTouchesNoPlatform() {
    knowsNothingOf(SIM, PLATFORM);
  }

  @Test
  void onlyTheModelsTouchOnnx() {
    onlyIn("dev.overtake.bench.model..", "ai.onnx..", "ai.onnxruntime..");
  }

  @Test
  void onlyTheDaemonServesHttpAndMetrics() {
    onlyIn("dev.overtake.control.daemon..", "com.sun.net.httpserver..", "io.micrometer..");
  }

  @Test
  void onlyTheCommandLineTouchesPicocli() {
    onlyIn(CLI, "picocli..");
  }

  @Test
  void onlyTheCommandLineTouchesJline() {
    onlyIn(CLI, "org.jline..");
  }

  private static void onlyIn(String user, String... libraries) {
    noClasses()
        .that(not(resideInAnyPackage(user)))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(libraries)
        .check(OURS);
  }

  @Test
  void packagesFormNoCycle() {
    slices().matching("dev.overtake.(**)").should().beFreeOfCycles().check(OURS);
  }

  @Test
  void everyPackageIsNullMarked() {
    assertThat(OURS).isNotEmpty();
    assertThat(OURS.stream().map(JavaClass::getPackage).distinct())
        .allSatisfy(
            packageOfOurs ->
                assertThat(packageOfOurs.tryGetAnnotationOfType(NullMarked.class))
                    .as("@NullMarked in package-info.java of %s", packageOfOurs.getName())
                    .isPresent());
  }
}
