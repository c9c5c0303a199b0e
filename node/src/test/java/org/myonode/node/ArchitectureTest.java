package org.myonode.node;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Set;

/** The rules of the house: who may know whom, and where each library is at home. */
@AnalyzeClasses(packages = "org.myonode", importOptions = ArchitectureTest.WithoutTests.class)
class ArchitectureTest {

    /** Neither test classes nor the test jars of other modules. */
    static final class WithoutTests implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return new DoNotIncludeTests().includes(location) && !location.contains("-tests.jar");
        }
    }

    @ArchTest
    static final ArchRule packages_have_no_cycles =
            slices().matching("org.myonode.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule receiving_and_working_never_meet = noClasses()
            .that()
            .resideInAPackage("org.myonode.storage..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.myonode.workers..");

    @ArchTest
    static final ArchRule working_and_receiving_never_meet = noClasses()
            .that()
            .resideInAPackage("org.myonode.workers..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.myonode.storage..", "org.myonode.crossvalidation..", "org.myonode.phantom..");

    @ArchTest
    static final ArchRule dicom_and_db_are_leaves = noClasses()
            .that()
            .resideInAPackage("org.myonode.dicom..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.myonode.db..",
                    "org.myonode.storage..",
                    "org.myonode.workers..",
                    "org.myonode.phantom..",
                    "org.myonode.crossvalidation..");

    @ArchTest
    static final ArchRule db_is_a_leaf = noClasses()
            .that()
            .resideInAPackage("org.myonode.db..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.myonode.dicom..",
                    "org.myonode.storage..",
                    "org.myonode.workers..",
                    "org.myonode.phantom..",
                    "org.myonode.crossvalidation..");

    @ArchTest
    static final ArchRule nobody_depends_on_the_assembly = noClasses()
            .that()
            .resideOutsideOfPackage("org.myonode.node..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.myonode.node..");

    @ArchTest
    static final ArchRule cross_validation_neither_queues_nor_exports = noClasses()
            .that()
            .resideInAPackage("org.myonode.crossvalidation..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.myonode.workers.export..", "org.myonode.workers.queue..");

    @ArchTest
    static final ArchRule quartz_is_at_home_in_the_queue = confined("org.quartz..", "org.myonode.workers.queue..");

    @ArchTest
    static final ArchRule djl_is_at_home_in_model = confined("ai.djl..", "org.myonode.workers.model..");

    @ArchTest
    static final ArchRule the_web_framework_is_at_home_in_the_web = confined("io.javalin..", "org.myonode.node.web..");

    @ArchTest
    static final ArchRule the_embedded_database_is_at_home_in_db = confined("io.zonky..", "org.myonode.db..");

    @ArchTest
    static final ArchRule the_graph_api_is_at_home_in_training =
            confined("org.tensorflow..", "org.myonode.crossvalidation.training..");

    @ArchTest
    static final ArchRule the_image_codec_is_at_home_in_codec =
            confined("com.github.jaiimageio..", "org.myonode.dicom.codec..");

    @ArchTest
    static final ArchRule decoders_are_known_to_dicom_alone = noClasses()
            .that()
            .resideOutsideOfPackage("org.myonode.dicom..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.myonode.dicom.codec..");

    @ArchTest
    static final ArchRule time_comes_from_a_clock = classes().should(new ArchCondition<>("ask a Clock for the time") {
        private static final Set<Class<?>> TIMES = Set.of(Instant.class, LocalDate.class, LocalDateTime.class);

        @Override
        public void check(JavaClass item, ConditionEvents events) {
            for (JavaCall<?> call : item.getCodeUnitCallsFromSelf()) {
                boolean now = call.getName().equals("now")
                        && call.getTarget().getRawParameterTypes().stream()
                                .noneMatch(type -> type.isEquivalentTo(Clock.class))
                        && TIMES.stream().anyMatch(call.getTargetOwner()::isEquivalentTo);
                boolean millis = call.getName().equals("currentTimeMillis");
                if (now || millis) {
                    events.add(SimpleConditionEvent.violated(item, call.getDescription()));
                }
            }
        }
    });

    @ArchTest
    static final ArchRule names_say_what_a_class_is =
            noClasses().should().haveNameMatching(".*(Util|Utils|Helper|Manager|Impl)");

    private static ArchRule confined(String library, String home) {
        return noClasses()
                .that()
                .resideOutsideOfPackage(home)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library);
    }
}
