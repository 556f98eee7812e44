"""Reads the TF_CONFIG environment variable into plain values.

`TF_CONFIG` is JSON text that tells a process which cluster it is part of and
which task of it this process is:

```
{"cluster": {"chief": ["host0:2222"],
             "worker": ["host1:2222", "host2:2222"],
             "ps": ["host3:2222"]},
 "task": {"type": "worker", "index": 1}}
```

A cluster has exactly one chief. An evaluator is a task that its cluster does
not list. Without a cluster there is one process, `worker` 0, that is its own
chief. A cluster of old programs calls the chief `master`.
"""

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError


class TaskType:
    """The kinds of task that a cluster is made of."""

    MASTER = "master"
    PS = "ps"
    WORKER = "worker"
    CHIEF = "chief"
    EVALUATOR = "evaluator"


@dataclasses.dataclass(frozen=True)
class TaskConfig:
    """What TF_CONFIG says about this process; the defaults are a local run.

    Args:
        cluster: Job name to the addresses of its tasks by index; empty for a
            local run and for an evaluator.
        task_type: Job of this process, a name of `TaskType` or the user's own.
        task_id: Index of this process within its job, >= 0.
        is_chief: Whether this process saves checkpoints and summaries.
        num_ps_replicas: Number of `ps` tasks.
        num_worker_replicas: Number of `worker` tasks and the chief.
        global_id_in_cluster: Number of this process within the cluster: the
            chief is 0, the other jobs follow by name, `ps` is last. `None` for
            an evaluator.
        master: Address to run on, `""` in process.
        evaluation_master: Address to evaluate on, `""` in process.
        service: What the platform put there for its own use.
        model_dir: Folder for checkpoints, if the platform chooses it.
    """

    cluster: Mapping[str, Mapping[int, str]] = dataclasses.field(
        default_factory=dict
    )
    task_type: str = TaskType.WORKER
    task_id: int = 0
    is_chief: bool = True
    num_ps_replicas: int = 0
    num_worker_replicas: int = 1
    global_id_in_cluster: int | None = 0
    master: str = ""
    evaluation_master: str = ""
    service: dict[str, Any] | None = None
    model_dir: str | None = None


def parse_tf_config(text: str) -> TaskConfig:
    """Returns what the text of TF_CONFIG says about this process.

    Args:
        text: JSON text of the environment variable; `"{}"` if it is not set.

    Returns:
        A `TaskConfig`.

    Raises:
        ConfigError: If the text is not a JSON object, or its cluster and task
            do not fit together.
        ArgumentTypeError: If `cluster` or `service` has the wrong type.

    Example:
    >>> task = parse_tf_config('''{
    ...     "cluster": {"chief": ["a:1"], "worker": ["b:1", "c:1"]},
    ...     "task": {"type": "worker", "index": 1}}''')
    >>> task.master, task.global_id_in_cluster, task.num_worker_replicas
    ('grpc://c:1', 2, 3)
    """
    tf_config = _load(text)
    shared: dict[str, Any] = {
        "service": _service(tf_config),
        "model_dir": _model_dir(tf_config),
    }
    cluster = _cluster(tf_config.get("cluster", {}))
    task = _task(tf_config)
    if not cluster:
        _check_local_task(task)
        return TaskConfig(
            master=tf_config.get("session_master", ""),
            evaluation_master=tf_config.get("eval_session_master", ""),
            **shared,
        )
    task_type, task_id = _task_in(cluster, task)
    if task_type == TaskType.EVALUATOR:
        return TaskConfig(
            task_type=task_type,
            task_id=task_id,
            is_chief=False,
            num_worker_replicas=0,
            global_id_in_cluster=None,
            evaluation_master=tf_config.get("eval_session_master", ""),
            **shared,
        )
    chief = _chief_type(cluster)
    return TaskConfig(
        cluster=cluster,
        task_type=task_type,
        task_id=task_id,
        is_chief=task_type == chief,
        num_ps_replicas=len(cluster.get(TaskType.PS, {})),
        num_worker_replicas=len(cluster.get(TaskType.WORKER, {})) + 1,
        global_id_in_cluster=_global_id(cluster, task_type, task_id),
        master=tf_config.get(
            "session_master", _address(cluster, task_type, task_id)
        ),
        **shared,
    )


def device_filters(task_type: str, task_id: int) -> list[str] | None:
    """Returns the devices that a task of a cluster may see.

    Chief and workers exchange variables with the parameter servers only, so
    that none of them waits for another one that is down.

    Args:
        task_type: Job of the task.
        task_id: Index of the task within its job, >= 0.

    Returns:
        Device filters for a `ConfigProto`, or `None` for a task of another
        kind, which sees all devices.

    Example:
    >>> device_filters("worker", 2)
    ['/job:ps', '/job:worker/task:2']
    """
    if task_type in (TaskType.MASTER, TaskType.CHIEF):
        return ["/job:ps", f"/job:{task_type}"]
    if task_type == TaskType.WORKER:
        return ["/job:ps", f"/job:worker/task:{task_id}"]
    if task_type == TaskType.PS:
        return ["/job:ps", "/job:worker", "/job:chief", "/job:master"]
    return None


def _load(text: str) -> dict[str, Any]:
    try:
        tf_config = json.loads(text)
    except json.JSONDecodeError as error:
        raise ConfigError(
            f"TF_CONFIG is not valid JSON: {error.msg} at line {error.lineno}, "
            f"column {error.colno}. Received: TF_CONFIG={text!r}. Correct the "
            "text, or unset the environment variable for a local run."
        ) from error
    if not isinstance(tf_config, dict):
        raise ConfigError(
            'TF_CONFIG must be a JSON object with the keys "cluster" and '
            f'"task". Received: TF_CONFIG={text!r}.'
        )
    return tf_config


def _service(tf_config: dict[str, Any]) -> dict[str, Any] | None:
    service = tf_config.get("service")
    if service is not None and not isinstance(service, dict):
        raise ArgumentTypeError(
            'If "service" is set in TF_CONFIG, it must be a dict. Given '
            f"{type(service)}. Received: "
            f'TF_CONFIG["service"]={_shown(service)}.'
        )
    return service


def _model_dir(tf_config: dict[str, Any]) -> str | None:
    model_dir = tf_config.get("model_dir")
    if model_dir is not None and (
        not isinstance(model_dir, str) or not model_dir
    ):
        raise ConfigError(
            "model_dir in TF_CONFIG should be non-empty text. Received: "
            f'TF_CONFIG["model_dir"]={_shown(model_dir)}. Leave the key out, '
            "or name a folder."
        )
    return model_dir


def _task(tf_config: dict[str, Any]) -> dict[str, Any]:
    task = tf_config.get("task", {})
    if not isinstance(task, dict):
        raise ConfigError(
            'TF_CONFIG["task"] must be an object like {"type": "worker", '
            f'"index": 0}}. Received: {_shown(task)}.'
        )
    return task


def _cluster(cluster: Any) -> dict[str, dict[int, str]]:
    if not isinstance(cluster, dict):
        raise ArgumentTypeError(
            'TF_CONFIG["cluster"] must be a dictionary mapping one or more job '
            "names to lists of network addresses. Received: "
            f"{_shown(cluster)}."
        )
    return {job: _tasks(job, tasks) for job, tasks in cluster.items()}


def _tasks(job: str, tasks: Any) -> dict[int, str]:
    """Returns the addresses of a job by task index.

    A job may also be written as an object, index to address, to leave out the
    tasks that do not matter.
    """
    wrong = ArgumentTypeError(
        f"The tasks for job {job!r} must be a list or a dictionary from "
        "integers to strings. Received: "
        f'TF_CONFIG["cluster"]["{job}"]={_shown(tasks)}.'
    )
    if isinstance(tasks, list):
        tasks = dict(enumerate(tasks))
    if not isinstance(tasks, dict):
        raise wrong
    if not all(isinstance(address, str) for address in tasks.values()):
        raise wrong
    try:
        return {int(index): address for index, address in tasks.items()}
    except ValueError as error:
        raise wrong from error


def _check_local_task(task: dict[str, Any]) -> None:
    task_type = task.get("type", TaskType.WORKER)
    if task_type != TaskType.WORKER:
        raise ConfigError(
            'If "cluster" is not set in TF_CONFIG, task type must be WORKER. '
            f"Received: {_shown(task)}. Set the cluster, or leave the task out "
            "for a local run."
        )
    if _index(task.get("index", 0)) != 0:
        raise ConfigError(
            'If "cluster" is not set in TF_CONFIG, task index must be 0. '
            f"Received: {_shown(task)}. Set the cluster, or leave the task out "
            "for a local run."
        )


def _task_in(
    cluster: dict[str, dict[int, str]], task: dict[str, Any]
) -> tuple[str, int]:
    """Returns type and index of the task, both found to be in the cluster."""
    chief = _chief_type(cluster)
    if not cluster.get(chief):
        raise ConfigError(
            f'If "cluster" is set in TF_CONFIG, it must have one "{chief}" '
            f'node. Received: TF_CONFIG["cluster"]={_listed(cluster)}. Name '
            f"one of the workers {chief} instead."
        )
    if len(cluster[chief]) > 1:
        raise ConfigError(
            f'The "cluster" in TF_CONFIG must have only one "{chief}" node. '
            f"Received: {_shown(_listed(cluster)[chief])}. Make the others "
            "workers."
        )
    task_type = task.get("type")
    if not task_type:
        raise ConfigError(
            'If "cluster" is set in TF_CONFIG, task type must be set. '
            f'Received: TF_CONFIG["task"]={_shown(task)}.'
        )
    if task.get("index") is None:
        raise ConfigError(
            'If "cluster" is set in TF_CONFIG, task index must be set. '
            f'Received: TF_CONFIG["task"]={_shown(task)}.'
        )
    task_id = _index(task["index"])
    if task_type == TaskType.EVALUATOR and chief == TaskType.MASTER:
        raise ConfigError(
            "If `master` node exists in `cluster`, task_type `evaluator` is "
            "not supported. Rename the job `master` to `chief`."
        )
    if task_type == TaskType.EVALUATOR:
        return task_type, task_id
    if task_type not in cluster:
        raise ConfigError(
            f"{task_type} is not a valid task_type in the cluster_spec: "
            f"{_listed(cluster)}. Note that these values may be coming from "
            "the TF_CONFIG environment variable."
        )
    if task_id not in cluster[task_type]:
        raise ConfigError(
            f"{task_id} is not a valid task_id for task_type {task_type} in "
            f"the cluster_spec: {_listed(cluster)}. Note that these values may "
            "be coming from the TF_CONFIG environment variable."
        )
    return task_type, task_id


def _chief_type(cluster: dict[str, dict[int, str]]) -> str:
    if TaskType.MASTER not in cluster:
        return TaskType.CHIEF
    if TaskType.CHIEF in cluster:
        raise ConfigError(
            "If `master` node exists in `cluster`, job `chief` is not "
            f"supported. Received: {_listed(cluster)}. Keep one of the two."
        )
    return TaskType.MASTER


def _index(index: Any) -> int:
    wrong = ConfigError(
        "Task index must be non-negative number. Received: "
        f'TF_CONFIG["task"]["index"]={_shown(index)}.'
    )
    if not isinstance(index, (int, str)):
        raise wrong
    try:
        number = int(index)
    except ValueError as error:
        raise wrong from error
    if number < 0:
        raise wrong
    return number


def _global_id(
    cluster: dict[str, dict[int, str]], task_type: str, task_id: int
) -> int:
    order = {_chief_type(cluster): 0, TaskType.PS: 2}
    before = 0
    for job in sorted(cluster, key=lambda job: (order.get(job, 1), job)):
        if job == task_type:
            break
        before += max(cluster[job], default=-1) + 1
    return before + task_id


def _address(
    cluster: dict[str, dict[int, str]], task_type: str, task_id: int
) -> str:
    if len(cluster) == 1 and len(cluster[task_type]) == 1:
        return ""  # the only process needs no server
    return "grpc://" + cluster[task_type][task_id]


def _listed(cluster: dict[str, dict[int, str]]) -> dict[str, list[str]]:
    return {job: list(tasks.values()) for job, tasks in cluster.items()}


def _shown(value: Any) -> str:
    return json.dumps(value)
