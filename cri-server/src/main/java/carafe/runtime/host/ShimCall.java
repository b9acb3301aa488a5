package carafe.runtime.host;

import carafe.base.CarafeException;
import carafe.runtime.port.ShimException;
import carafe.runtime.shim.StepFailure;
import java.util.concurrent.Callable;

/** Translates how a conversation with a shim failed. */
final class ShimCall {
    private ShimCall() {}

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
