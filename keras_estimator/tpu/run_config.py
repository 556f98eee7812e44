"""RunConfig: that of an Estimator, with what it says about TPUs."""

import copy
from typing import Any

import tensorflow as tf

from keras_estimator import run_config
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError
from keras_estimator.tpu.config import TPUConfig


class RunConfig(run_config.RunConfig):
    """The settings of a run of a `TPUEstimator`.

    Args:
        tpu_config: The `TPUConfig`. Defaults to `TPUConfig()`.
        evaluation_master: Address to evaluate on. Defaults to `master`.
        master: Address to train on; by default that of TF_CONFIG. Nobody is
            connected to: it is kept for who reads it.
        cluster: A cluster resolver, whose `master()` and `cluster_spec()` are
            taken. Not together with `master`.
        **kwargs: What `keras_estimator.RunConfig` takes, by name.

    Raises:
        ConfigError: If master and cluster are both given, or a cluster and a
            `session_config` with a cluster, or a value is out of its range.
        ArgumentTypeError: If tpu_config is no `TPUConfig`, or the cluster no
            cluster resolver.

    Example:
    ```python
    config = ke.tpu.RunConfig(
        model_dir="model",
        save_checkpoints_steps=1000,
        tpu_config=ke.tpu.TPUConfig(iterations_per_loop=100),
    )
    ```
    """

    def __init__(
        self,
        tpu_config: TPUConfig | None = None,
        evaluation_master: str | None = None,
        master: str | None = None,
        cluster: Any = None,
        **kwargs: Any,
    ) -> None:
        _check_tpu_config(tpu_config)
        super().__init__(**kwargs)
        # TPU programs drive their cluster from one process: no device filters.
        self._session_config = kwargs.get("session_config")
        self._tpu_config = TPUConfig() if tpu_config is None else tpu_config
        self._cluster = cluster
        if cluster:
            if master is not None:
                raise ConfigError(
                    "Both master and cluster are set. Received: "
                    f"master={master!r}, cluster={cluster!r}. Give one of them."
                )
            self._take_cluster(cluster)
        elif master is not None:
            self._master = master
        if evaluation_master is not None:
            self._evaluation_master = evaluation_master
        elif (
            not self._evaluation_master
            and self.task_type != run_config.TaskType.EVALUATOR
        ):
            self._evaluation_master = self._master

    def _take_cluster(self, cluster: Any) -> None:
        """Sets what a cluster resolver says."""
        if not hasattr(cluster, "cluster_spec"):
            raise ArgumentTypeError(
                "`cluster` must be a cluster resolver. Received: "
                f"cluster={cluster!r} ({type(cluster).__name__})."
            )
        self._master = cluster.master()
        self._cluster_spec = cluster.cluster_spec()
        session_config = copy.deepcopy(self._session_config)
        if session_config is None:
            session_config = tf.compat.v1.ConfigProto(
                allow_soft_placement=True, isolate_session_state=True
            )
        if session_config.HasField("cluster_def"):
            raise ConfigError(
                "You cannot provide a ClusterResolver and "
                "session_config.cluster_def. Leave one of them out."
            )
        if self._cluster_spec:
            session_config.cluster_def.CopyFrom(
                self._cluster_spec.as_cluster_def()
            )
        self._session_config = session_config

    @property
    def tpu_config(self) -> TPUConfig:
        """What concerns TPUs."""
        return self._tpu_config

    @property
    def cluster(self) -> Any:
        """The cluster resolver, if one was given."""
        return self._cluster

    def replace(self, **kwargs: Any) -> "RunConfig":
        """Returns a copy of this object with other values of some properties.

        Args:
            **kwargs: New values by argument name: `tpu_config`, and those of
                `keras_estimator.RunConfig`.

        Returns:
            A deep copy, of the same class.

        Raises:
            ConfigError: If another name is given, or a value is out of its
                range.
            ArgumentTypeError: If a value is something else.
        """
        others = {k: v for k, v in kwargs.items() if k != "tpu_config"}
        new: Any = super().replace(**others)
        if "tpu_config" in kwargs:
            _check_tpu_config(kwargs["tpu_config"])
            new._tpu_config = kwargs["tpu_config"]
        return new

    def __repr__(self) -> str:
        inherited = super().__repr__().removesuffix(")")
        return (
            f"{inherited}, tpu_config={self._tpu_config!r}, "
            f"cluster={self._cluster!r})"
        )


def _check_tpu_config(tpu_config: Any) -> None:
    if not isinstance(tpu_config, (TPUConfig, type(None))):
        raise ArgumentTypeError(
            "`tpu_config` must be a `TPUConfig` or None. Received: "
            f"tpu_config={tpu_config!r} ({type(tpu_config).__name__})."
        )
