"""What a failed write of a checkpoint says."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import tensorflow as tf

from keras_estimator.errors import CheckpointWriteError
from keras_estimator.errors import DiskFullError
from keras_estimator.errors import WriteDeniedError

# A file that grows beyond a limit of the user or the file system is "out of
# range" to TensorFlow. To a loop over an input that is the end of the input.
_FULL = (tf.errors.ResourceExhaustedError, tf.errors.OutOfRangeError)
# What else file systems say. All other errors are about what is to be written.
_FAILED = (
    tf.errors.AbortedError,
    tf.errors.DataLossError,
    tf.errors.DeadlineExceededError,
    tf.errors.InternalError,
    tf.errors.NotFoundError,
    tf.errors.UnavailableError,
    tf.errors.UnknownError,
)


@contextmanager
def naming_failed_writes(path: str) -> Iterator[None]:
    """Says what to do where a checkpoint cannot be written.

    Args:
        path: What is written.

    Raises:
        DiskFullError: If there is no space left.
        WriteDeniedError: If nobody may write there.
        CheckpointWriteError: If the file system fails in another way.
    """
    try:
        yield
    except CheckpointWriteError:
        raise
    except _FULL as error:
        raise DiskFullError(
            f"There is no space for `{path}`: {_reason(error)}. Checkpoints "
            "from before are as they were. Free some space (or raise the "
            "limit of the size of files), keep fewer checkpoints with "
            "`RunConfig(keep_checkpoint_max=...)`, or move model_dir to "
            "another disk; then train again: it goes on from the newest one."
        ) from error
    except tf.errors.PermissionDeniedError as error:
        raise WriteDeniedError(
            f"`{path}` cannot be written: {_reason(error)}. Choose another "
            "folder, or let this user write there."
        ) from error
    except _FAILED as error:
        raise CheckpointWriteError(
            f"`{path}` cannot be written: {_reason(error)}. Checkpoints from "
            "before are as they were. See to the file system; then train "
            "again: it goes on from the newest one."
        ) from error


def _reason(error: tf.errors.OpError) -> str:
    """Returns the message without the operation that wrote."""
    message = re.sub(r"^\{\{.*?\}\} ", "", error.message)
    return re.sub(r" \[Op:\w+\]\s*$", "", message)
