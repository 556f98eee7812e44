"""A directory of exports: each is a folder named by the time of its writing.

```
exports/1735689600/saved_model.pb
exports/1735689600/variables/...
exports/1735689660/...
```

TensorFlow Serving watches such a directory, and serves the newest.
"""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

import tensorflow as tf

from keras_estimator.errors import ExportDeniedError
from keras_estimator.errors import ExportDirError
from keras_estimator.errors import ExportDiskFullError
from keras_estimator.errors import ExportWriteError
from keras_estimator.errors import KerasEstimatorError

_ATTEMPTS = 10
# A file that grows beyond a limit of the user is "out of range".
_FULL = (tf.errors.ResourceExhaustedError, tf.errors.OutOfRangeError)
_TAKEN = (tf.errors.AlreadyExistsError, tf.errors.FailedPreconditionError)


def publish(folder: str, directory: str) -> str:
    """Lets a complete export appear under the name of the present second.

    If another one has that name already, it waits for the next second.

    Args:
        folder: Where it is now, on the same file system.
        directory: Where it goes.

    Returns:
        Its path.

    Raises:
        ExportWriteError: If none of several seconds is free.
    """
    for _ in range(_ATTEMPTS):
        now = time.time()
        path = f"{directory}/{int(now):010d}"
        if not tf.io.gfile.exists(path):
            try:
                tf.io.gfile.rename(folder, path)
            except _TAKEN:
                pass  # Another process was quicker.
            else:
                return path
        tf.compat.v1.logging.warning(
            "Directory %s already exists; waiting for the next second.", path
        )
        time.sleep(1 - now % 1)
    raise ExportWriteError(
        f"`{directory}` has exports of the present second and of those after "
        f"it, up to {path!r}. Does the clock of another machine that exports "
        "there run ahead? Remove them, or export to another directory."
    )


@contextmanager
def naming_failed_exports(
    directory: str, argument: str = "export_dir_base"
) -> Iterator[None]:
    """Says what to do where an export cannot be written.

    Args:
        directory: Where it goes.
        argument: What the user calls that.

    Raises:
        ExportDeniedError: If nobody may write there.
        ExportDirError: If it is no directory.
        ExportDiskFullError: If there is no space left.
        ExportWriteError: If the file system fails in another way.
    """
    try:
        yield
    except KerasEstimatorError:
        raise
    except tf.errors.PermissionDeniedError as error:
        raise ExportDeniedError(
            f"{argument}={directory!r} cannot be written: "
            f"{_reason(error)}. Choose another directory, or let this user "
            "write there."
        ) from error
    except _FULL as error:
        raise ExportDiskFullError(
            f"There is no space for an export in {directory!r}: "
            f"{_reason(error)}. Nothing of it is left. Free some space, or "
            "choose another disk."
        ) from error
    except tf.errors.FailedPreconditionError as error:
        raise ExportDirError(
            f"{argument}={directory!r} cannot be written: "
            f"{_reason(error)}. Choose another directory."
        ) from error
    except (tf.errors.OpError, OSError) as error:
        raise ExportWriteError(
            f"{argument}={directory!r} cannot be written: "
            f"{_reason(error)}. Nothing of the export is left. See to the "
            "file system, or choose another directory."
        ) from error


def _reason(error: Exception) -> str:
    """Returns the message without the operation that wrote."""
    message = getattr(error, "message", str(error))
    message = re.sub(r"^\{\{.*?\}\} ", "", message)
    return re.sub(r" \[Op:\w+\]\s*$", "", message)
