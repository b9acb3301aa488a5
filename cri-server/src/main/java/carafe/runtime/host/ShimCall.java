package carafe.runtime.host;

import carafe.base.CarafeException;
import carafe.base.trace.Spans;
import carafe.runtime.port.ShimException;
import carafe.runtime.shim.StepFailure;
import java.util.concurrent.Callable;

/** A conversation with a shim, as a span of its own; translates how it failed. */
final class ShimCall {
    private ShimCall() {}

    /**
     * @param name of its span
     */
    static <T> T of(String name, Callable<T> call) throws ShimException {
        return of(() -> Spans.<T, Exception>traced(name, call::call));
    }

    /** Without a span: what only reads a file. */
    static <T> T of(Callable<T> call) throws ShimException {
        try {
            return call.call();
        } catch (CarafeException.Deadline e) {
            throw new ShimException.Late(String.valueOf(e.getMessage()));
        } catch (CarafeException.Unavailable | CarafeException.NotFound e) {
            throw new ShimException.Gone(String.valueOf(e.getMessage()));
        } catch (CarafeException e) {
            if (e.getCause() instanceof StepFailure step) {
                throw new ShimException.Failed(
                        step.step(), step.path(), step.errno(), String.valueOf(step.getMessage()));
            }
            throw e;
        } catch (ShimException e) {
            throw e;
        } catch (Exception e) {
            throw new CarafeException.Internal("talk to a shim: " + e, e);
        }
    }
}
