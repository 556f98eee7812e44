import dataclasses
import json
import re

import pytest

from keras_estimator.distribute.cluster import TaskConfig
from keras_estimator.distribute.cluster import TaskType
from keras_estimator.distribute.cluster import device_filters
from keras_estimator.distribute.cluster import parse_tf_config
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError

CLUSTER = {
    "chief": ["chief:1"],
    "worker": ["w0:1", "w1:1", "w2:1"],
    "ps": ["ps0:1", "ps1:1"],
}
LEGACY = {"master": ["m:1"], "worker": ["w0:1", "w1:1"], "ps": ["ps0:1"]}


def parse(cluster, task_type, task_id, **others):
    task = {"type": task_type, "index": task_id}
    return parse_tf_config(
        json.dumps({"cluster": cluster, "task": task, **others})
    )


def refused(error, *words):
    return pytest.raises(error, match=".*".join(map(re.escape, words)))


def test_nothing_said_is_a_local_run():
    assert parse_tf_config("{}") == TaskConfig()


@pytest.mark.parametrize(
    ("task", "is_chief", "global_id", "master"),
    [
        (("chief", 0), True, 0, "grpc://chief:1"),
        (("worker", 0), False, 1, "grpc://w0:1"),
        (("worker", 2), False, 3, "grpc://w2:1"),
        (("worker", "2"), False, 3, "grpc://w2:1"),
        (("ps", 1), False, 5, "grpc://ps1:1"),
    ],
)
def test_each_task_of_a_cluster_knows_its_place(
    task, is_chief, global_id, master
):
    config = parse(CLUSTER, *task)
    assert (config.task_type, config.task_id) == (task[0], int(task[1]))
    assert config.is_chief == is_chief
    assert config.global_id_in_cluster == global_id
    assert config.master == master
    assert (config.num_worker_replicas, config.num_ps_replicas) == (4, 2)
    assert config.cluster["worker"] == {0: "w0:1", 1: "w1:1", 2: "w2:1"}


def test_other_jobs_are_numbered_by_name_between_chief_and_ps():
    cluster = {**CLUSTER, "zoo": ["z:1"], "annex": ["a:1", "b:1"]}
    tasks = [("annex", 0), ("worker", 0), ("zoo", 0), ("ps", 0)]
    ids = [parse(cluster, *task).global_id_in_cluster for task in tasks]
    assert ids == [1, 3, 6, 7]


def test_an_evaluator_is_outside_of_the_cluster():
    config = parse(CLUSTER, "evaluator", 7, eval_session_master="em")
    assert config == TaskConfig(
        task_type="evaluator",
        task_id=7,
        is_chief=False,
        num_worker_replicas=0,
        global_id_in_cluster=None,
        evaluation_master="em",
    )


def test_a_cluster_of_one_runs_in_process():
    assert parse({"chief": ["c:1"]}, "chief", 0).master == ""


def test_the_platform_may_choose_the_addresses():
    config = parse(CLUSTER, "worker", 0, session_master="sm")
    assert config.master == "sm"
    local = parse_tf_config('{"session_master": "a", "eval_session_master": 1}')
    assert (local.master, local.evaluation_master) == ("a", 1)


def test_service_and_model_dir_are_handed_through():
    config = parse_tf_config('{"service": {"a": 1}, "model_dir": "/x"}')
    assert (config.service, config.model_dir) == ({"a": 1}, "/x")


def test_a_job_may_leave_tasks_out():
    cluster = {"chief": ["c:1"], "worker": {"0": "a:1", "2": "b:1"}}
    config = parse(cluster, "worker", 2)
    assert config.master == "grpc://b:1"
    assert config.num_worker_replicas == 3
    with refused(ConfigError, "1 is not a valid task_id for task_type worker"):
        parse(cluster, "worker", 1)


def test_the_chief_of_old_programs_is_called_master():
    master = parse(LEGACY, "master", 0)
    assert master.is_chief
    assert master.num_worker_replicas == 3
    assert parse(LEGACY, "ps", 0).global_id_in_cluster == 3


def test_a_task_config_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        TaskConfig().task_id = 1


# What is refused


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", "Expecting value at line 1, column 1"),
        ('{"task":\n oops}', "Expecting value at line 2, column 2"),
    ],
)
def test_text_that_is_no_json_is_quoted_with_the_place(text, where):
    with refused(
        ConfigError, f"TF_CONFIG is not valid JSON: {where}", repr(text)
    ):
        parse_tf_config(text)


@pytest.mark.parametrize("text", ["[]", "5", "null", '"a"'])
def test_tf_config_is_an_object(text):
    with refused(ConfigError, "must be a JSON object", f"TF_CONFIG={text!r}"):
        parse_tf_config(text)


@pytest.mark.parametrize("task", ["[]", "null", '"chief"'])
def test_the_task_is_an_object(task):
    with refused(ConfigError, 'TF_CONFIG["task"] must be an object', task):
        parse_tf_config(f'{{"task": {task}}}')


@pytest.mark.parametrize(
    ("task", "words"),
    [
        ({"type": "ps", "index": 0}, "task type must be WORKER"),
        ({"type": "worker", "index": 1}, "task index must be 0"),
    ],
)
def test_a_task_of_its_own_is_a_worker(task, words):
    with refused(ConfigError, f'If "cluster" is not set in TF_CONFIG, {words}'):
        parse_tf_config(json.dumps({"task": task}))


@pytest.mark.parametrize(
    ("cluster", "chief"),
    [({"worker": ["w:1"]}, "chief"), ({"master": []}, "master")],
)
def test_a_cluster_has_a_chief(cluster, chief):
    with refused(ConfigError, f'it must have one "{chief}" node', str(cluster)):
        parse(cluster, "worker", 0)


def test_a_cluster_has_only_one_chief():
    with refused(ConfigError, 'only one "chief" node', '["a", "b"]'):
        parse({"chief": ["a", "b"]}, "chief", 0)


def test_a_cluster_has_a_chief_or_a_master():
    with refused(ConfigError, "If `master` node exists", "job `chief` is not"):
        parse({"chief": ["a"], "master": ["b"]}, "chief", 0)


def test_a_cluster_with_a_master_has_no_evaluator():
    with refused(ConfigError, "task_type `evaluator` is not supported"):
        parse(LEGACY, "evaluator", 0)


@pytest.mark.parametrize(
    ("task_type", "task_id", "words"),
    [
        (None, 0, "task type must be set"),
        ("worker", None, "task index must be set"),
        ("worker", -1, "Task index must be non-negative number. Received: "),
        ("worker", "a", 'TF_CONFIG["task"]["index"]="a"'),
        ("worker", 1.5, 'TF_CONFIG["task"]["index"]=1.5'),
        ("cook", 0, "cook is not a valid task_type in the cluster_spec: {'ch"),
        ("worker", 3, "3 is not a valid task_id for task_type worker in the"),
    ],
)
def test_the_task_is_one_of_the_cluster(task_type, task_id, words):
    with refused(ConfigError, words):
        parse(CLUSTER, task_type, task_id)


@pytest.mark.parametrize("cluster", [None, ["a"], "a"])
def test_a_cluster_is_a_dict(cluster):
    with refused(
        ArgumentTypeError,
        'TF_CONFIG["cluster"] must be a dictionary',
        json.dumps(cluster),
    ):
        parse(cluster, "worker", 0)


@pytest.mark.parametrize("tasks", ["a:1", None, [1], {"x": "a:1"}])
def test_a_job_is_a_list_of_addresses(tasks):
    with refused(
        ArgumentTypeError,
        "The tasks for job 'chief' must be a list or a dictionary",
        f'TF_CONFIG["cluster"]["chief"]={json.dumps(tasks)}',
    ):
        parse({"chief": tasks}, "chief", 0)


def test_the_service_is_a_dict():
    with refused(ArgumentTypeError, 'If "service" is set in TF_CONFIG', "[]"):
        parse_tf_config('{"service": []}')


@pytest.mark.parametrize("model_dir", ["", 5])
def test_the_model_dir_is_text(model_dir):
    with refused(
        ConfigError,
        "model_dir in TF_CONFIG should be non-empty",
        f'TF_CONFIG["model_dir"]={json.dumps(model_dir)}',
    ):
        parse_tf_config(json.dumps({"model_dir": model_dir}))


# Device filters


@pytest.mark.parametrize(
    ("task", "filters"),
    [
        ((TaskType.CHIEF, 0), ["/job:ps", "/job:chief"]),
        ((TaskType.MASTER, 0), ["/job:ps", "/job:master"]),
        ((TaskType.WORKER, 2), ["/job:ps", "/job:worker/task:2"]),
        (
            (TaskType.PS, 1),
            ["/job:ps", "/job:worker", "/job:chief", "/job:master"],
        ),
        ((TaskType.EVALUATOR, 0), None),
        (("zoo", 0), None),
    ],
)
def test_a_task_sees_the_devices_that_it_talks_to(task, filters):
    assert device_filters(*task) == filters
