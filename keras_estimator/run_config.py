"""How an `Estimator` runs: folders, intervals, seeds and its place in a job."""

import copy
import difflib
import inspect
import numbers
import os
from collections.abc import Callable
from collections.abc import Iterator
from typing import Any

import tensorflow as tf

from keras_estimator._types import Path
from keras_estimator.checkpoint.best_policy import BestCheckpoints
from keras_estimator.distribute.cluster import TaskConfig
from keras_estimator.distribute.cluster import TaskType
from keras_estimator.distribute.cluster import device_filters
from keras_estimator.distribute.cluster import parse_tf_config
from keras_estimator.distribute.strategy import check_one_replica
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError

__all__ = ["RunConfig", "TaskType"]


class _NotGiven:
    """Tells "not given" from `None`, which turns checkpoints off."""

    def __repr__(self) -> str:
        return "<not given>"


_NOT_GIVEN: Any = _NotGiven()

_NOT_NEGATIVE = (
    "save_summary_steps",
    "save_checkpoints_steps",
    "save_checkpoints_secs",
    "keep_checkpoint_max",
)
_POSITIVE = (
    "keep_checkpoint_every_n_hours",
    "log_step_count_steps",
    "session_creation_timeout_secs",
)
_SAVING = ("save_checkpoints_steps", "save_checkpoints_secs")
_PROTOCOLS = ("grpc", "grpc+verbs")
# Property: its class, if it is given; and how an error says so.
_KINDS = (
    ("tf_random_seed", int, "must be integer"),
    ("experimental_max_worker_delay_secs", int, "must be an integer if set"),
    (
        "session_config",
        tf.compat.v1.ConfigProto,
        "must be instance of ConfigProto",
    ),
)


class RunConfig:
    """The settings of a run of an `Estimator`.

    What concerns a cluster (`task_type`, `is_chief`, `num_ps_replicas` and so
    on) is read from the environment variable TF_CONFIG when the object is made.

    A subclass may keep attributes of its own: `replace` carries them over. Each
    property reads the attribute of the same name with a leading underscore.

    Args:
        model_dir: Folder for checkpoints, summaries and the graph. `None` lets
            the `Estimator` choose. TF_CONFIG may name it too, but no other one.
        tf_random_seed: Seed of the graph, int. Defaults to `None`: every run
            differs.
        save_summary_steps: Steps between summaries, >= 0. `None` and 0 write
            none.
        save_checkpoints_steps: Steps between checkpoints, >= 0. Not together
            with `save_checkpoints_secs`.
        save_checkpoints_secs: Seconds between checkpoints, >= 0. Defaults to
            600 if neither of the two is given. If both are `None`, or the only
            one given is, no checkpoint is written.
        session_config: `tf.compat.v1.ConfigProto` or `None`.
        keep_checkpoint_max: Number of newest checkpoints to keep, >= 0. `None`
            and 0 keep all.
        keep_checkpoint_every_n_hours: Hours after which one more checkpoint is
            kept for good, > 0.
        log_step_count_steps: Steps between log lines of loss and speed, > 0.
            `None` logs none.
        train_distribute: `tf.distribute.Strategy` for training, of one
            replica: on its device the model runs.
        device_fn: Function of one argument `op` that returns a device name.
        protocol: Protocol of the servers, "grpc" or "grpc+verbs".
        eval_distribute: `tf.distribute.Strategy` for evaluation, of one
            replica.
        experimental_distribute: Object with `train_distribute` and
            `eval_distribute`, another way to give the two.
        experimental_max_worker_delay_secs: Longest time in seconds that a
            worker waits before it starts, int.
        session_creation_timeout_secs: Longest time in seconds to wait for a
            session, > 0.
        checkpoint_save_graph_def: Whether to write `graph.pbtxt` and `.meta`
            files beside checkpoints.
        progress_bar: Whether train, evaluate and predict show a progress bar
            on stderr. `None` shows it in a terminal or notebook, unless INFO
            lines of the log, which tell the same, are shown there; not where
            the environment variable CI is set. `False` shows none, `True`
            always shows it; in a file, as it is in the end.
        keep_best_checkpoints: `BestCheckpoints`, by which checkpoints are kept
            that evaluate best. `None` keeps only the newest.

    Raises:
        ConfigError: If a value is out of its range, two of them are in
            conflict, or TF_CONFIG is wrong. All faults are reported at once.
        ArgumentTypeError: If a number or a path is something else.
        UnsupportedError: If a strategy has several replicas.

    Example:
    >>> config = RunConfig(save_checkpoints_steps=500)
    >>> config.replace(save_checkpoints_secs=60).save_checkpoints_steps is None
    True
    """

    def __init__(
        self,
        model_dir: Path | None = None,
        tf_random_seed: int | None = None,
        save_summary_steps: int | None = 100,
        save_checkpoints_steps: int | None = _NOT_GIVEN,
        save_checkpoints_secs: float | None = _NOT_GIVEN,
        session_config: tf.compat.v1.ConfigProto | None = None,
        keep_checkpoint_max: int | None = 5,
        keep_checkpoint_every_n_hours: float | None = 10000,
        log_step_count_steps: int | None = 100,
        train_distribute: tf.distribute.Strategy | None = None,
        device_fn: Callable[[Any], str] | None = None,
        protocol: str | None = None,
        eval_distribute: tf.distribute.Strategy | None = None,
        experimental_distribute: Any = None,
        experimental_max_worker_delay_secs: int | None = None,
        session_creation_timeout_secs: float | None = 7200,
        checkpoint_save_graph_def: bool = True,
        *,
        progress_bar: bool | None = None,
        keep_best_checkpoints: BestCheckpoints | None = None,
    ) -> None:
        if (
            save_checkpoints_steps is _NOT_GIVEN
            and save_checkpoints_secs is _NOT_GIVEN
        ):
            save_checkpoints_secs = 600
        self._model_dir = _path(model_dir)
        self._tf_random_seed = tf_random_seed
        self._save_summary_steps = save_summary_steps
        self._save_checkpoints_steps = _given(save_checkpoints_steps)
        self._save_checkpoints_secs = _given(save_checkpoints_secs)
        self._session_config = session_config
        self._keep_checkpoint_max = keep_checkpoint_max
        self._keep_checkpoint_every_n_hours = keep_checkpoint_every_n_hours
        self._log_step_count_steps = log_step_count_steps
        self._train_distribute = train_distribute
        self._device_fn = device_fn
        self._protocol = protocol
        self._eval_distribute = eval_distribute
        self._experimental_distribute = experimental_distribute
        self._experimental_max_worker_delay_secs = (
            experimental_max_worker_delay_secs
        )
        self._session_creation_timeout_secs = session_creation_timeout_secs
        self._checkpoint_save_graph_def = checkpoint_save_graph_def
        self._progress_bar = progress_bar
        self._keep_best_checkpoints = keep_best_checkpoints
        _check(self)
        self._take_strategies()
        self._take_task(_task_of_environment())

    def _take_strategies(self) -> None:
        """Moves the strategies of `experimental_distribute` to their places."""
        for name in ("train_distribute", "eval_distribute"):
            strategy = getattr(self._experimental_distribute, name, None)
            if strategy is None:
                continue
            if getattr(self, name) is not None:
                raise ConfigError(
                    f"Either `{name}` or `experimental_distribute.{name}` can "
                    f"be set. Received: {name}={getattr(self, name)!r}, "
                    f"experimental_distribute.{name}={strategy!r}."
                )
            setattr(self, f"_{name}", strategy)
        _check_replicas(self)

    def _take_task(self, task: TaskConfig) -> None:
        """Sets what TF_CONFIG says about the cluster and this process."""
        if task.model_dir and self._model_dir not in (None, task.model_dir):
            raise ConfigError(
                "`model_dir` provided in RunConfig construct, if set, must "
                "have the same value as the model_dir in TF_CONFIG. Received: "
                f"model_dir={self._model_dir!r}, "
                f'TF_CONFIG["model_dir"]={task.model_dir!r}.'
            )
        if task.model_dir:
            tf.compat.v1.logging.info(
                "Using model_dir in TF_CONFIG: %s", task.model_dir
            )
        self._model_dir = self._model_dir or task.model_dir
        self._cluster_spec = tf.train.ClusterSpec(task.cluster)
        self._task_type = task.task_type
        self._task_id = task.task_id
        self._is_chief = task.is_chief
        self._master = task.master
        self._evaluation_master = task.evaluation_master
        self._num_ps_replicas = task.num_ps_replicas
        self._num_worker_replicas = task.num_worker_replicas
        self._global_id_in_cluster = task.global_id_in_cluster
        self._service = task.service
        if task.cluster and self._session_config is None:
            self._session_config = _session_config(task)

    def replace(self, **kwargs: Any) -> "RunConfig":
        """Returns a copy of this object with other values of some properties.

        Setting one of `save_checkpoints_steps` and `save_checkpoints_secs`
        sets the other one to `None`.

        Args:
            **kwargs: New values by argument name of the constructor.

        Returns:
            A deep copy, of the same class.

        Raises:
            ConfigError: If a name is not one of the constructor's, or a value
                is out of its range.
            ArgumentTypeError: If a number or a path is something else.

        Example:
        >>> RunConfig(model_dir="a").replace(model_dir="b").model_dir
        'b'
        """
        unknown = [name for name in kwargs if name not in _DEFAULTS]
        if unknown:
            raise ConfigError(
                "\n".join(_not_replaceable(name) for name in unknown)
            )
        new = copy.deepcopy(self)
        for name, value in kwargs.items():
            setattr(new, f"_{name}", value)
        new._model_dir = _path(new._model_dir)
        for name, other in (_SAVING, _SAVING[::-1]):
            if kwargs.get(name) is not None and other not in kwargs:
                setattr(new, f"_{other}", None)
        _check(new)
        _check_replicas(new)
        return new

    @property
    def model_dir(self) -> str | None:
        """Folder for checkpoints, summaries and the graph."""
        return self._model_dir

    @property
    def tf_random_seed(self) -> int | None:
        """Seed of the graph."""
        return self._tf_random_seed

    @property
    def save_summary_steps(self) -> int | None:
        """Steps between summaries."""
        return self._save_summary_steps

    @property
    def save_checkpoints_steps(self) -> int | None:
        """Steps between checkpoints."""
        return self._save_checkpoints_steps

    @property
    def save_checkpoints_secs(self) -> float | None:
        """Seconds between checkpoints."""
        return self._save_checkpoints_secs

    @property
    def session_config(self) -> tf.compat.v1.ConfigProto | None:
        """Settings of sessions; a cluster fills in device filters."""
        return self._session_config

    @property
    def keep_checkpoint_max(self) -> int | None:
        """Number of newest checkpoints to keep."""
        return self._keep_checkpoint_max

    @property
    def keep_checkpoint_every_n_hours(self) -> float | None:
        """Hours after which one more checkpoint is kept for good."""
        return self._keep_checkpoint_every_n_hours

    @property
    def log_step_count_steps(self) -> int | None:
        """Steps between log lines of loss and speed."""
        return self._log_step_count_steps

    @property
    def train_distribute(self) -> tf.distribute.Strategy | None:
        """Strategy for training."""
        return self._train_distribute

    @property
    def device_fn(self) -> Callable[[Any], str] | None:
        """Function that places operations on devices."""
        return self._device_fn

    @property
    def protocol(self) -> str | None:
        """Protocol of the servers."""
        return self._protocol

    @property
    def eval_distribute(self) -> tf.distribute.Strategy | None:
        """Strategy for evaluation."""
        return self._eval_distribute

    @property
    def experimental_max_worker_delay_secs(self) -> int | None:
        """Longest time in seconds that a worker waits before it starts."""
        return self._experimental_max_worker_delay_secs

    @property
    def session_creation_timeout_secs(self) -> float | None:
        """Longest time in seconds to wait for a session."""
        return self._session_creation_timeout_secs

    @property
    def checkpoint_save_graph_def(self) -> bool:
        """Whether graph files are written beside checkpoints."""
        return self._checkpoint_save_graph_def

    @property
    def progress_bar(self) -> bool | None:
        """Whether calls show a progress bar; `None` where it makes sense."""
        return self._progress_bar

    @property
    def keep_best_checkpoints(self) -> BestCheckpoints | None:
        """By which checkpoints are kept that evaluate best."""
        return self._keep_best_checkpoints

    @property
    def cluster_spec(self) -> tf.train.ClusterSpec:
        """The cluster, empty for a local run and for an evaluator."""
        return self._cluster_spec

    @property
    def task_type(self) -> str:
        """Job of this process in the cluster."""
        return self._task_type

    @property
    def task_id(self) -> int:
        """Index of this process within its job."""
        return self._task_id

    @property
    def is_chief(self) -> bool:
        """Whether this process saves checkpoints and summaries."""
        return self._is_chief

    @property
    def master(self) -> str:
        """Address to run on, `""` in process."""
        return self._master

    @property
    def evaluation_master(self) -> str:
        """Address to evaluate on, `""` in process."""
        return self._evaluation_master

    @property
    def num_ps_replicas(self) -> int:
        """Number of parameter servers."""
        return self._num_ps_replicas

    @property
    def num_worker_replicas(self) -> int:
        """Number of workers, the chief among them."""
        return self._num_worker_replicas

    @property
    def global_id_in_cluster(self) -> int | None:
        """Number of this process within the cluster; the chief is 0."""
        return self._global_id_in_cluster

    @property
    def service(self) -> dict[str, Any] | None:
        """What the platform put into TF_CONFIG for its own use."""
        return self._service

    def __repr__(self) -> str:
        defaults = {**_DEFAULTS, **_LOCAL_RUN}
        values = {name: getattr(self, f"_{name}") for name in defaults}
        changed = {k: v for k, v in values.items() if v != defaults[k]}
        listed = ", ".join(
            f"{name}={' '.join(repr(value).split())}"
            for name, value in {**changed, **values}.items()
        )
        return f"{type(self).__name__}({listed})"


# What `replace` may change, and the values of `RunConfig()`.
_DEFAULTS: dict[str, Any] = {
    name: parameter.default
    for name, parameter in inspect.signature(RunConfig).parameters.items()
} | {"save_checkpoints_steps": None, "save_checkpoints_secs": 600}

_LOCAL_RUN: dict[str, Any] = {
    "cluster_spec": tf.train.ClusterSpec({}),
    **{
        name: getattr(TaskConfig(), name)
        for name in (
            "task_type",
            "task_id",
            "is_chief",
            "master",
            "evaluation_master",
            "num_ps_replicas",
            "num_worker_replicas",
            "global_id_in_cluster",
            "service",
        )
    },
}


def _given(value: Any) -> Any:
    return None if value is _NOT_GIVEN else value


def _path(model_dir: Any) -> str | None:
    if model_dir is None:
        return None
    try:
        return os.fsdecode(model_dir)
    except TypeError as error:
        raise ArgumentTypeError(
            "`model_dir` must be a path or None. Received: "
            f"model_dir={model_dir!r} ({type(model_dir).__name__})."
        ) from error


def _task_of_environment() -> TaskConfig:
    text = os.environ.get("TF_CONFIG")
    if text is None:
        return TaskConfig()
    tf.compat.v1.logging.info("TF_CONFIG environment variable: %s", text)
    return parse_tf_config(text)


def _session_config(task: TaskConfig) -> tf.compat.v1.ConfigProto | None:
    filters = device_filters(task.task_type, task.task_id)
    if filters is None:
        return None
    config = tf.compat.v1.ConfigProto(
        allow_soft_placement=True, device_filters=filters
    )
    # One pass of graph rewriting: graphs of a cluster are large.
    rewriting = config.graph_options.rewrite_options
    rewriting.meta_optimizer_iterations = rewriting.ONE
    return config


def _not_replaceable(name: str) -> str:
    near = difflib.get_close_matches(name, _DEFAULTS, n=1)
    hint = f" Did you mean `{near[0]}`?" if near else ""
    return (
        f"Replacing {name} is not supported.{hint} Allowed properties are "
        f"{list(_DEFAULTS)}."
    )


def _check(config: RunConfig) -> None:
    _check_types(config)
    faults = [
        f"{name} {expectation}. Received: `{name}={getattr(config, name)!r}`."
        for name, expectation, is_met in _expectations(config)
        if not is_met
    ]
    if None not in (getattr(config, name) for name in _SAVING):
        received = ", ".join(
            f"{name}={getattr(config, name)!r}" for name in _SAVING
        )
        faults.append(
            "`save_checkpoints_steps` and `save_checkpoints_secs` cannot be "
            f"both set. Received: {received}. Set one of them to None."
        )
    if faults:
        raise ConfigError("\n".join(faults))


def _check_types(config: RunConfig) -> None:
    """Raises if something else is where a number or an object should be."""
    for name in (*_NOT_NEGATIVE, *_POSITIVE):
        value = getattr(config, name)
        if not isinstance(value, (numbers.Real, type(None))):
            raise ArgumentTypeError(
                f"`{name}` must be a number or None. Received: "
                f"{name}={value!r} ({type(value).__name__})."
            )
    shown = config.progress_bar
    if not isinstance(shown, (bool, type(None))):
        raise ArgumentTypeError(
            "`progress_bar` must be True, False, or None for where it makes "
            f"sense. Received: progress_bar={shown!r} "
            f"({type(shown).__name__})."
        )
    best = config.keep_best_checkpoints
    if not isinstance(best, (BestCheckpoints, type(None))):
        raise ArgumentTypeError(
            "`keep_best_checkpoints` must be a `BestCheckpoints` or None. "
            f"Received: keep_best_checkpoints={best!r} "
            f"({type(best).__name__}). Write `RunConfig(keep_best_checkpoints="
            "BestCheckpoints(keep=3))`."
        )


def _expectations(config: RunConfig) -> Iterator[tuple[str, str, bool]]:
    """Yields of each property its name, what it should be, and whether it is.

    The numbers are numbers: `_check_types` has seen to that.
    """
    for name in _NOT_NEGATIVE:
        number = getattr(config, name)
        yield name, "should be >= 0", number is None or number >= 0
    for name in _POSITIVE:
        number = getattr(config, name)
        expectation = "should be > 0; use None for no such limit"
        yield name, expectation, number is None or number > 0
    yield "model_dir", "should be non-empty", config.model_dir != ""
    for name, kind, expectation in _KINDS:
        value = getattr(config, name)
        yield name, expectation, isinstance(value, (kind, type(None)))
    yield (
        "device_fn",
        'must be callable with exactly one argument "op"',
        config.device_fn is None or _takes_only_op(config.device_fn),
    )
    yield (
        "protocol",
        "should be grpc or grpc+verbs",
        config.protocol in (None, *_PROTOCOLS),
    )


def _check_replicas(config: RunConfig) -> None:
    check_one_replica("train_distribute", config.train_distribute)
    check_one_replica("eval_distribute", config.eval_distribute)


def _takes_only_op(device_fn: Any) -> bool:
    if not callable(device_fn):
        return False
    try:
        parameters = inspect.signature(device_fn).parameters.values()
    except ValueError:  # a builtin that does not tell its arguments
        return False
    positional = (
        inspect.Parameter.POSITIONAL_ONLY,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
    )
    return [p.name for p in parameters if p.kind in positional] == ["op"]
