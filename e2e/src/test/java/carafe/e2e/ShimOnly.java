package carafe.e2e;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * A container test that runc 1.1.5 cannot pass, with the reason; it is skipped when the run's
 * handler is not the shim itself. {@code docs/handlers.md} lists each of them by name.
 */
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(ShimOnly.Condition.class)
@interface ShimOnly {
    /** What runc lacks. */
    String value();

    /** Skips what is annotated. */
    final class Condition implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            if (RuntimeHandlers.OF_THIS_RUN.equals(RuntimeHandlers.OWN)) {
                return ConditionEvaluationResult.enabled("the shim itself");
            }
            return AnnotationSupport.findAnnotation(context.getElement(), ShimOnly.class)
                    .map(reason -> ConditionEvaluationResult.disabled(reason.value()))
                    .orElseGet(() -> ConditionEvaluationResult.enabled("not the shim's alone"));
        }
    }
}
