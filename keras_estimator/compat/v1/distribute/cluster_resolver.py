"""`tf.distribute.cluster_resolver`, for programs that run without a TPU."""

from typing import Any

import tensorflow as tf

from keras_estimator.compat import _overlay
from keras_estimator.errors import UnsupportedError

_v1 = tf.compat.v1
_LOCAL = ("", "local")
_ADDRESS = "grpc://"


class TPUClusterResolver(tf.distribute.cluster_resolver.ClusterResolver):
    """Stands for the cluster of a TPU, of which there is none here.

    Nobody is asked for the TPU, and `master()` is `""`: what runs, runs in
    this process.

    Args:
        tpu: Name of the TPU, or its address; `None`, `""` and `"local"` for
            none. Anything else is warned of.
        zone: Has no effect.
        project: Has no effect.
        job_name: Name of the job.
        *args: Have no effect: where Google Cloud would be found.
        **kwargs: Have no effect.

    Example:
    ```python
    resolver = tf.contrib.cluster_resolver.TPUClusterResolver(FLAGS.tpu_name)
    config = tf.contrib.tpu.RunConfig(cluster=resolver, model_dir="model")
    ```
    """

    def __init__(
        self,
        tpu: Any = None,
        zone: str | None = None,
        project: str | None = None,
        job_name: str = "worker",
        *args: Any,
        **kwargs: Any,
    ) -> None:
        # A list of addresses was accepted as well.
        first = tpu[0] if isinstance(tpu, (list, tuple)) and tpu else tpu
        self._tpu = tf.compat.as_text(first or "")
        self._job_name = job_name
        self.task_type = job_name
        self.task_id = 0
        if self._tpu not in _LOCAL:
            _v1.logging.warning(
                "TPUClusterResolver: the TPU %r is not used: it runs on this "
                "machine's CPU or GPU.",
                self._tpu,
            )

    @property
    def environment(self) -> str:
        """Where it runs: nothing is known of that."""
        return ""

    @property
    def rpc_layer(self) -> str | None:
        """The protocol: that of the address."""
        return "grpc" if self._tpu.startswith(_ADDRESS) else None

    def master(
        self,
        task_type: str | None = None,
        task_id: int | None = None,
        rpc_layer: str | None = None,
    ) -> str:
        """Returns the address that was given, `""` if it was none.

        Args:
            task_type: Has no effect.
            task_id: Has no effect.
            rpc_layer: Has no effect.
        """
        return self._tpu if self._tpu.startswith(_ADDRESS) else ""

    get_master = master

    def cluster_spec(self) -> tf.train.ClusterSpec:
        """Returns a cluster of nothing."""
        return tf.train.ClusterSpec({})

    def get_job_name(self) -> str | None:
        """Returns the name of the job, `None` without a TPU."""
        return None if self._tpu in _LOCAL else self._job_name

    def num_accelerators(
        self,
        task_type: str | None = None,
        task_id: int | None = None,
        config_proto: Any = None,
    ) -> dict[str, int]:
        """Returns how many there are: none.

        Args:
            task_type: Has no effect.
            task_id: Has no effect.
            config_proto: Has no effect.
        """
        return {}

    def get_tpu_system_metadata(self) -> Any:
        """Is there to say that there is no TPU.

        Raises:
            UnsupportedError: Always.
        """
        raise UnsupportedError(
            f"TPUClusterResolver(tpu={self._tpu!r}).get_tpu_system_metadata(): "
            "there is no TPU here. Leave it out with use_tpu=False."
        )


__getattr__, __dir__ = _overlay.overlay(__name__)

__all__ = ["TPUClusterResolver"]
