"""RunConfig: what its values, TF_CONFIG and `replace` make of it."""

import json
import os
import pathlib
from unittest import mock

from google.protobuf.json_format import MessageToDict

PROPERTIES = (
    "model_dir",
    "tf_random_seed",
    "save_summary_steps",
    "save_checkpoints_steps",
    "save_checkpoints_secs",
    "session_config",
    "keep_checkpoint_max",
    "keep_checkpoint_every_n_hours",
    "log_step_count_steps",
    "train_distribute",
    "protocol",
    "eval_distribute",
    "experimental_max_worker_delay_secs",
    "session_creation_timeout_secs",
    "checkpoint_save_graph_def",
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

CLUSTER = {
    "chief": ["chief:1"],
    "worker": ["w0:1", "w1:1", "w2:1"],
    "ps": ["ps0:1", "ps1:1"],
}
LEGACY = {"master": ["m:1"], "worker": ["w0:1", "w1:1"], "ps": ["ps0:1"]}
OTHER_JOBS = {**CLUSTER, "zoo": ["z:1"], "annex": ["a0:1", "a1:1"]}


def seen(config):
    facts = {name: getattr(config, name) for name in PROPERTIES}
    if facts["session_config"] is not None:
        facts["session_config"] = MessageToDict(config.session_config)
    facts["cluster"] = config.cluster_spec.as_dict()
    return facts


def outcome(call, says=()):
    """What a call returned or raised, and which words the error has."""
    try:
        return call()
    except (ValueError, TypeError) as error:
        raised = ValueError if isinstance(error, ValueError) else TypeError
        return [raised.__name__, [w for w in says if w in str(error)]]


def scenario_values(stack, path):
    ConfigProto = stack.tf2.compat.v1.ConfigProto
    RunConfig = stack.tf.estimator.RunConfig
    table = {
        "defaults": {},
        "path": {"model_dir": pathlib.Path("/a/b")},
        "seed": {"tf_random_seed": 7},
        "negative seed": {"tf_random_seed": -7},
        "steps": {"save_checkpoints_steps": 5},
        "steps 0": {"save_checkpoints_steps": 0},
        "steps None": {"save_checkpoints_steps": None},
        "secs": {"save_checkpoints_secs": 5},
        "secs None": {"save_checkpoints_secs": None},
        "steps, secs None": {
            "save_checkpoints_steps": 5,
            "save_checkpoints_secs": None,
        },
        "both None": {
            "save_checkpoints_steps": None,
            "save_checkpoints_secs": None,
        },
        "no summaries": {"save_summary_steps": None},
        "summaries 0": {"save_summary_steps": 0},
        "keep all": {"keep_checkpoint_max": None},
        "keep 0": {"keep_checkpoint_max": 0},
        "no hours": {"keep_checkpoint_every_n_hours": None},
        "half an hour": {"keep_checkpoint_every_n_hours": 0.5},
        "no log": {"log_step_count_steps": None},
        "session": {"session_config": ConfigProto(log_device_placement=True)},
        "device_fn": {"device_fn": lambda op: "/cpu:0"},
        "device_fn **": {"device_fn": lambda op, **others: "/cpu:0"},
        "protocol": {"protocol": "grpc+verbs"},
        "negative delay": {"experimental_max_worker_delay_secs": -1},
        "no timeout": {"session_creation_timeout_secs": None},
        "no graph": {"checkpoint_save_graph_def": False},
    }
    return {
        name: outcome(lambda kw=kwargs: seen(RunConfig(**kw)))
        for name, kwargs in table.items()
    }


def scenario_refused(stack, path):
    RunConfig = stack.estimator.RunConfig
    not_negative = "should be >= 0"
    positive = "should be > 0"
    table = [
        ({"model_dir": ""}, ["model_dir", "should be non-empty"]),
        (
            {"save_checkpoints_steps": 1, "save_checkpoints_secs": 1},
            [
                "`save_checkpoints_steps` and `save_checkpoints_secs` cannot "
                "be both set."
            ],
        ),
        ({"save_checkpoints_steps": -1}, [not_negative]),
        ({"save_checkpoints_secs": -1}, [not_negative]),
        ({"save_checkpoints_steps": "a"}, []),
        ({"save_summary_steps": -1}, [not_negative]),
        ({"keep_checkpoint_max": -1}, [not_negative]),
        ({"keep_checkpoint_every_n_hours": 0}, [positive]),
        ({"log_step_count_steps": 0}, [positive]),
        ({"session_creation_timeout_secs": 0}, [positive]),
        ({"tf_random_seed": 1.0}, ["tf_random_seed must be integer."]),
        (
            {"experimental_max_worker_delay_secs": 1.5},
            ["experimental_max_worker_delay_secs must be an integer if set."],
        ),
        (
            {"session_config": {}},
            ["session_config must be instance of ConfigProto"],
        ),
        ({"protocol": "http"}, ["protocol should be grpc or grpc+verbs"]),
        ({"device_fn": 1}, ['must be callable with exactly one argument "op"']),
        ({"device_fn": lambda x: ""}, ["device_fn must be callable"]),
        ({"device_fn": lambda op, y=1: ""}, ["device_fn must be callable"]),
        ({"device_fn": lambda: ""}, ["device_fn must be callable"]),
        ({"nonsense": 1}, ["unexpected keyword argument", "nonsense"]),
    ]
    return [
        outcome(lambda kw=kwargs: seen(RunConfig(**kw)), says)
        for kwargs, says in table
    ]


def scenario_replace(stack, path):
    config = stack.estimator.RunConfig(save_checkpoints_steps=5)
    refusal = "Replacing {} is not supported"
    table = [
        ({"save_checkpoints_secs": 3}, []),
        ({"save_checkpoints_secs": None}, []),
        ({"save_checkpoints_steps": 9}, []),
        ({"save_checkpoints_steps": None}, []),
        ({"save_checkpoints_steps": None, "save_checkpoints_secs": None}, []),
        ({"save_checkpoints_steps": None, "save_checkpoints_secs": 7}, []),
        (
            {"save_checkpoints_steps": 1, "save_checkpoints_secs": 1},
            ["cannot be both set"],
        ),
        ({"model_dir": "/c", "tf_random_seed": 3}, []),
        ({"model_dir": ""}, ["model_dir should be non-empty"]),
        ({"save_summary_steps": -1}, ["save_summary_steps should be >= 0"]),
        ({"nonsense": 1}, [refusal.format("nonsense")]),
        ({"task_id": 1}, [refusal.format("task_id"), "Allowed properties are"]),
        ({}, []),
    ]
    facts = [
        outcome(lambda kw=kwargs: seen(config.replace(**kw)), says)
        for kwargs, says in table
    ]
    return {"facts": facts, "unchanged": seen(config)}


def scenario_subclass(stack, path):
    class Config(stack.estimator.RunConfig):
        def __init__(self, batches=1, **kwargs):
            self._batches = [batches]
            super().__init__(**kwargs)
            self._task_id = 3

        @property
        def batches(self):
            return self._batches

    config = Config(batches=4, save_summary_steps=2)
    other = config.replace(model_dir="/d")
    return {
        "kept": [isinstance(other, Config), other.batches, other.task_id],
        "deep copy": other.batches is not config.batches,
        "values": [other.save_summary_steps, other.model_dir, config.model_dir],
        "equal": [config == config.replace(), config == config],
        "read only": outcome(lambda: _set(config), ["model_dir"]),
    }


def _set(config):
    try:
        config.model_dir = "/e"
    except AttributeError:
        return "AttributeError"
    return "set"


def with_tf_config(stack, tf_config, says=(), **kwargs):
    text = tf_config if isinstance(tf_config, str) else json.dumps(tf_config)
    with mock.patch.dict(os.environ, TF_CONFIG=text):
        return outcome(lambda: seen(stack.estimator.RunConfig(**kwargs)), says)


def scenario_tasks(stack, path):
    """Each task of some clusters, those that do not exist too."""
    invalid = "is not a valid task_"
    tasks = [
        (CLUSTER, "chief", 0, []),
        (CLUSTER, "worker", 0, []),
        (CLUSTER, "worker", 2, []),
        (CLUSTER, "worker", "1", []),
        (CLUSTER, "ps", 1, []),
        (CLUSTER, "evaluator", 0, []),
        (CLUSTER, "evaluator", 7, []),
        (CLUSTER, "worker", 3, ["3 " + invalid + "id for task_type worker"]),
        (CLUSTER, "chief", 1, ["1 " + invalid + "id for task_type chief"]),
        (CLUSTER, "cook", 0, ["cook " + invalid + "type in the cluster_spec"]),
        (CLUSTER, "worker", -1, ["Task index must be non-negative number."]),
        (CLUSTER, "worker", "a", []),
        (CLUSTER, "worker", None, ["task index must be set"]),
        (CLUSTER, None, 0, ["task type must be set"]),
        (CLUSTER, "", 0, ["task type must be set"]),
        (LEGACY, "master", 0, []),
        (LEGACY, "worker", 1, []),
        (LEGACY, "ps", 0, []),
        (LEGACY, "evaluator", 0, ["task_type `evaluator` is not supported."]),
        (LEGACY, "chief", 0, ["chief " + invalid + "type in the cluster_spec"]),
        (
            {**LEGACY, "chief": ["c:1"]},
            "chief",
            0,
            ["If `master` node exists in `cluster`, job `chief`"],
        ),
        (
            {**LEGACY, "master": ["m:1", "n:1"]},
            "master",
            0,
            ['must have only one "master" node'],
        ),
        (
            {**CLUSTER, "chief": ["c:1", "d:1"]},
            "chief",
            0,
            ['must have only one "chief" node'],
        ),
        (
            {"worker": ["w:1"]},
            "worker",
            0,
            ['If "cluster" is set in TF_CONFIG, it must have one "chief" node'],
        ),
        ({"chief": []}, "chief", 0, []),
        ({"chief": ["c:1"], "worker": []}, "chief", 0, []),
        ({"chief": ["c:1"]}, "chief", 0, []),
        ({"chief": ["c:1"]}, "evaluator", 0, []),
        (
            {"chief": ["c:1"], "worker": {"0": "a:1", "1": "b:1"}},
            "worker",
            1,
            [],
        ),
        (
            {"chief": ["c:1"], "worker": {"0": "a:1", "2": "b:1"}},
            "worker",
            2,
            [],
        ),
        ({**CLUSTER, "evaluator": ["e:1"]}, "evaluator", 0, []),
        ({**CLUSTER, "evaluator": ["e:1"]}, "worker", 0, []),
        (OTHER_JOBS, "zoo", 0, []),
        (OTHER_JOBS, "annex", 1, []),
        (OTHER_JOBS, "worker", 0, []),
        (OTHER_JOBS, "ps", 0, []),
    ]
    return [
        with_tf_config(
            stack,
            {"cluster": cluster, "task": {"type": job, "index": index}},
            says,
        )
        for cluster, job, index, says in tasks
    ]


def scenario_tf_config(stack, path):
    """The other keys of TF_CONFIG, and text that is none."""
    worker = {"cluster": CLUSTER, "task": {"type": "worker", "index": 0}}
    masters = {"session_master": "sm", "eval_session_master": "em"}
    unset = 'If "cluster" is not set in TF_CONFIG, task '
    table = [
        ({}, []),
        ("", []),
        ("{bad", []),
        ({"cluster": {}, "task": {}}, []),
        ({"cluster": CLUSTER}, ["task type must be set"]),
        ({"cluster": CLUSTER, "task": {"type": "ps"}}, ["index must be set"]),
        ({"cluster": CLUSTER, "task": {"index": 1}}, ["type must be set"]),
        ({"task": {"type": "worker", "index": "0"}}, []),
        ({"task": {"type": "ps", "index": 0}}, [unset + "type must be WORKER"]),
        ({"task": {"type": "worker", "index": 1}}, [unset + "index must be 0"]),
        ({"task": {"type": "evaluator", "index": 0}}, [unset + "type must be"]),
        ({"task": {"type": None}}, [unset + "type must be WORKER"]),
        (masters, []),
        ({**worker, **masters}, []),
        (
            {
                "cluster": CLUSTER,
                "task": {"type": "evaluator", "index": 0},
                **masters,
            },
            [],
        ),
        (
            {
                "cluster": LEGACY,
                "task": {"type": "master", "index": 0},
                **masters,
            },
            [],
        ),
        ({"cluster": None}, ["must be a dictionary mapping one or more job"]),
        ({"cluster": ["a"]}, ["must be a dictionary mapping one or more job"]),
        (
            {"cluster": {"chief": "a"}, "task": {"type": "chief", "index": 0}},
            ["The tasks for job 'chief' must be a list or a dictionary"],
        ),
        (
            {"cluster": {"chief": [1]}, "task": {"type": "chief", "index": 0}},
            [],
        ),
        ({"service": {"a": 1}}, []),
        ({"service": None}, []),
        ({"service": []}, ['If "service" is set in TF_CONFIG, it must be a']),
        ({"model_dir": "/x"}, []),
        ({"model_dir": ""}, ["model_dir in TF_CONFIG should be non-empty"]),
        ({"model_dir": None}, []),
        ({"environment": "cloud"}, []),
    ]
    with_dir = {"model_dir": "/x"}
    refusal = "`model_dir` provided in RunConfig construct, if set, must have"
    session_config = stack.tf2.compat.v1.ConfigProto(log_device_placement=True)
    return {
        "table": [with_tf_config(stack, *row) for row in table],
        "same dir": with_tf_config(stack, with_dir, model_dir="/x"),
        "two dirs": with_tf_config(stack, with_dir, [refusal], model_dir="/y"),
        "own session": with_tf_config(
            stack, worker, session_config=session_config
        ),
    }


def scenario_strategies(stack, path):
    """Strategies are kept; the way through experimental_distribute too."""

    class Distribute:
        train_distribute = None
        eval_distribute = None
        remote_cluster = None

    training = Distribute()
    training.train_distribute = "t"
    evaluation = Distribute()
    evaluation.eval_distribute = "e"

    def strategies(**kwargs):
        config = stack.estimator.RunConfig(**kwargs)
        return [config.train_distribute, config.eval_distribute]

    conflict = ["Either", "experimental_distribute.train_distribute", "be set"]
    return [
        outcome(lambda: strategies(train_distribute="t", eval_distribute="e")),
        outcome(lambda: strategies(experimental_distribute=training)),
        outcome(lambda: strategies(experimental_distribute=evaluation)),
        outcome(
            lambda: strategies(
                train_distribute="t", experimental_distribute=evaluation
            )
        ),
        outcome(
            lambda: strategies(
                train_distribute="t", experimental_distribute=training
            ),
            conflict,
        ),
    ]
