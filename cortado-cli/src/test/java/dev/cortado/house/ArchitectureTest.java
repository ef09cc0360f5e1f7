package dev.cortado.house;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.GeneralCodingRules;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// The laws of the house that can be read off compiled classes.
class ArchitectureTest {
    private static final String HOME = "dev.cortado.";

    /// What each part of the house may use besides itself. Who is not named here knows nothing of the others; commands,
    /// recipes and the demonstration world may use all.
    private static final Map<String, Set<String>> MAY_USE = Map.of(
            "text", Set.of(),
            "tensor", Set.of(),
            "model", Set.of("tensor", "text"),
            "infer", Set.of("tensor", "text", "model"),
            "train", Set.of("tensor", "text", "model", "infer"),
            "bench", Set.of("tensor", "text", "model", "infer", "train"),
            "cli", Set.of("tensor", "text", "model", "infer", "train", "bench", "recipe", "world"),
            "recipe", Set.of("tensor", "text", "model", "infer", "train"),
            "world", Set.of("tensor", "text", "model", "infer", "train", "recipe"));

    private static final int MINIMUM_CLASSES = 100;

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("cortado-testkit"))
            .importPackages("dev.cortado");

    /// Without this, rules about classes that were not found would hold for ever.
    @Test
    void theHouseIsSeen() {
        Map<String, Integer> seen = new TreeMap<>();
        CLASSES.forEach(type -> seen.merge(part(type), 1, Integer::sum));
        assertThat(MAY_USE).as("parts with rules").containsKeys(seen.keySet().toArray(String[]::new));
        assertThat(seen).as("parts seen").containsKeys("text", "tensor", "model", "infer", "train", "cli", "recipe");
        assertThat(CLASSES.size()).as("classes by part: %s", seen).isGreaterThan(MINIMUM_CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        SlicesRuleDefinition.slices()
                .matching("dev.cortado.(**)")
                .should()
                .beFreeOfCycles()
                .check(CLASSES);
    }

    @Test
    void arrowsBetweenPartsPointDown() {
        MAY_USE.forEach((part, used) -> {
            String[] foreign = MAY_USE.keySet().stream()
                    .filter(other -> !other.equals(part) && !used.contains(other))
                    .map(other -> HOME + other + "..")
                    .toArray(String[]::new);
            if (foreign.length > 0) {
                noClasses()
                        .that()
                        .resideInAPackage(HOME + part + "..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(foreign)
                        .allowEmptyShould(true) // a part may come later than its rule
                        .check(CLASSES);
            }
        });
    }

    @Test
    void modelsKnowOfTextOnlyTokenizers() {
        noClasses()
                .that()
                .resideInAPackage("dev.cortado.model..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.cortado.text.chat..", "dev.cortado.text.corpus..", "dev.cortado.text.score..")
                .check(CLASSES);
    }

    @Test
    void onlyTensorsKnowTheBinding() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.cortado.tensor..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bytedeco..")
                .check(CLASSES);
    }

    @Test
    void onlyCommandsPrint() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.cortado.cli..")
                .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS)
                .check(CLASSES);
    }

    @Test
    void nothingIsFoundByReflection() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.lang.reflect..")
                .orShould()
                .callMethodWhere(target(name("forName")).and(target(owner(name("java.lang.Class")))))
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.ServiceLoader")
                .check(CLASSES);
    }

    @Test
    void nothingStaticChanges() {
        fields().that().areStatic().should().beFinal().check(CLASSES);
    }

    @Test
    void namesSayWhatThingsAre() {
        noClasses()
                .should()
                .haveNameMatching(".*[.$](\\w*(Utils?|Helper|Manager|Impl)|(Abstract|Base|Default)[A-Z]\\w*)")
                .check(CLASSES);
    }

    private static String part(JavaClass type) {
        return type.getPackageName().substring(HOME.length()).replaceFirst("\\..*", "");
    }
}
