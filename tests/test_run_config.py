import copy
import functools
import inspect
import json
import pathlib
import re

import pytest
import tensorflow as tf

from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError
from keras_estimator.run_config import RunConfig
from keras_estimator.run_config import TaskType

PARAMETERS = [
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
    "device_fn",
    "protocol",
    "eval_distribute",
    "experimental_distribute",
    "experimental_max_worker_delay_secs",
    "session_creation_timeout_secs",
    "checkpoint_save_graph_def",
]


@pytest.fixture(autouse=True)
def _no_tf_config(monkeypatch):
    monkeypatch.delenv("TF_CONFIG", raising=False)


@pytest.fixture
def worker_1(monkeypatch):
    """Makes this process one of two workers."""
    tf_config = {
        "cluster": {"chief": ["c:1"], "worker": ["a:1", "b:1"]},
        "task": {"type": "worker", "index": 1},
    }
    monkeypatch.setenv("TF_CONFIG", json.dumps(tf_config))


def test_the_parameters_are_in_the_order_of_tf_estimator():
    parameters = inspect.signature(RunConfig).parameters.values()
    positional = [p.name for p in parameters if p.kind != p.KEYWORD_ONLY]
    assert positional == PARAMETERS


def test_a_parameter_that_is_not_given_is_told_from_none():
    parameters = inspect.signature(RunConfig).parameters
    assert repr(parameters["save_checkpoints_secs"].default) == "<not given>"


def test_a_path_becomes_text():
    assert RunConfig(pathlib.Path("/a/b")).model_dir == "/a/b"
    assert RunConfig().replace(model_dir=pathlib.Path("c")).model_dir == "c"


def test_a_model_dir_that_is_no_path_is_refused():
    with pytest.raises(ArgumentTypeError, match=r"`model_dir` .*=5 \(int\)"):
        RunConfig(model_dir=5)


def test_all_faults_are_reported_at_once():
    with pytest.raises(ConfigError) as caught:
        RunConfig(
            model_dir="", save_summary_steps=-1, protocol="http", device_fn=3
        )
    assert str(caught.value).splitlines() == [
        "save_summary_steps should be >= 0. Received: `save_summary_steps=-1`.",
        "model_dir should be non-empty. Received: `model_dir=''`.",
        'device_fn must be callable with exactly one argument "op". Received: '
        "`device_fn=3`.",
        "protocol should be grpc or grpc+verbs. Received: `protocol='http'`.",
    ]


def test_a_limit_of_zero_names_the_value_that_lifts_it():
    with pytest.raises(ConfigError, match="should be > 0; use None"):
        RunConfig(log_step_count_steps=0)


def test_text_is_no_number():
    with pytest.raises(
        ArgumentTypeError,
        match=r"`save_checkpoints_secs` must be a number .*='1h' \(str\)",
    ):
        RunConfig(save_checkpoints_secs="1h")


def test_steps_and_seconds_exclude_each_other():
    with pytest.raises(
        ConfigError, match="cannot be both set.*steps=3, .*secs=4. Set one"
    ):
        RunConfig(save_checkpoints_steps=3, save_checkpoints_secs=4)


class Placer:
    def place(self, op):
        return "/cpu:0"

    def __call__(self, op):
        return "/cpu:0"


@pytest.mark.parametrize(
    "device_fn",
    [
        Placer(),
        Placer().place,
        functools.partial(lambda job, op: job, "ps"),
        tf.compat.v1.train.replica_device_setter(ps_tasks=1),
    ],
)
def test_a_device_fn_is_anything_to_be_called_with_an_op(device_fn):
    assert RunConfig(device_fn=device_fn).device_fn is device_fn


def test_a_device_fn_that_hides_its_arguments_is_refused():
    with pytest.raises(ConfigError, match="device_fn must be callable"):
        RunConfig(device_fn=dict)


# replace


def test_replace_leaves_the_original_alone():
    config = RunConfig(model_dir="/a")
    other = config.replace(tf_random_seed=3)
    assert (config.tf_random_seed, other.tf_random_seed) == (None, 3)


def test_replace_copies_deeply():
    session_config = tf.compat.v1.ConfigProto(log_device_placement=True)
    config = RunConfig(session_config=session_config)
    other = config.replace()
    other.session_config.log_device_placement = False
    assert config.session_config.log_device_placement


@pytest.mark.parametrize(
    ("given", "steps", "secs"),
    [
        ({"save_checkpoints_secs": 3}, None, 3),
        ({"save_checkpoints_secs": None}, 5, None),
        ({"save_checkpoints_steps": 9}, 9, None),
        ({"save_checkpoints_steps": None}, None, None),
    ],
)
def test_the_last_interval_that_was_set_counts(given, steps, secs):
    config = RunConfig(save_checkpoints_steps=5).replace(**given)
    assert config.save_checkpoints_steps == steps
    assert config.save_checkpoints_secs == secs


def test_replace_names_the_nearest_property():
    with pytest.raises(
        ConfigError,
        match="Replacing keep_checkpoints_max is not supported. Did you mean "
        "`keep_checkpoint_max`.*\nReplacing zzz is not supported. Allowed",
    ):
        RunConfig().replace(keep_checkpoints_max=3, zzz=1)


def test_replace_checks_again():
    with pytest.raises(ConfigError, match="should be >= 0.*max=-1"):
        RunConfig().replace(keep_checkpoint_max=-1)


# subclasses


class SweepConfig(RunConfig):
    """What a program of tf.estimator would write."""

    def __init__(self, learning_rates, **kwargs):
        self._learning_rates = learning_rates
        super().__init__(**kwargs)

    @property
    def learning_rates(self):
        return self._learning_rates

    @property
    def is_chief(self):
        return self._learning_rates == [0.1]


def test_a_subclass_keeps_its_attributes_when_replaced():
    config = SweepConfig([0.1, 0.2], save_checkpoints_steps=5)
    other = config.replace(model_dir="/a")
    assert isinstance(other, SweepConfig)
    assert other.learning_rates == [0.1, 0.2]
    assert other.learning_rates is not config.learning_rates
    assert other.save_checkpoints_steps == 5


def test_a_subclass_may_override_properties():
    assert not SweepConfig([0.2]).is_chief


def test_a_subclass_may_set_the_attribute_behind_a_property():
    config = RunConfig()
    config._num_worker_replicas = 4
    assert config.replace().num_worker_replicas == 4


def test_properties_are_read_only():
    for name in PARAMETERS:
        if name == "experimental_distribute":
            continue
        with pytest.raises(AttributeError):
            setattr(RunConfig(), name, None)


def test_two_configs_are_equal_only_if_they_are_one():
    config = RunConfig()
    assert config == config
    assert config != copy.deepcopy(config)
    assert len({config, config.replace()}) == 2


# TF_CONFIG


def test_the_task_is_that_of_tf_config(worker_1):
    config = RunConfig()
    assert config.task_type == TaskType.WORKER
    assert config.task_id == 1
    assert not config.is_chief
    assert config.master == "grpc://b:1"
    assert config.evaluation_master == ""
    assert config.num_worker_replicas == 3
    assert config.num_ps_replicas == 0
    assert config.global_id_in_cluster == 2
    assert config.service is None
    assert config.cluster_spec == tf.train.ClusterSpec(
        {"chief": ["c:1"], "worker": ["a:1", "b:1"]}
    )


def test_a_cluster_sets_device_filters(worker_1):
    session_config = RunConfig().session_config
    assert session_config.allow_soft_placement
    assert session_config.device_filters == [
        "/job:ps",
        "/job:worker/task:1",
    ]


def test_a_cluster_leaves_the_users_session_config(worker_1):
    session_config = tf.compat.v1.ConfigProto()
    config = RunConfig(session_config=session_config)
    assert config.session_config is session_config


def test_tf_config_is_read_once(worker_1, monkeypatch):
    config = RunConfig()
    monkeypatch.delenv("TF_CONFIG")
    assert config.replace().task_id == 1


def test_two_model_dirs_are_refused_with_both(monkeypatch):
    monkeypatch.setenv("TF_CONFIG", '{"model_dir": "/x"}')
    assert RunConfig().model_dir == RunConfig(model_dir="/x").model_dir == "/x"
    with pytest.raises(ConfigError, match="same value.*'/y'.*'/x'"):
        RunConfig(model_dir="/y")


def test_a_broken_tf_config_is_quoted(monkeypatch):
    monkeypatch.setenv("TF_CONFIG", "{broken")
    with pytest.raises(ConfigError, match="TF_CONFIG='{broken'"):
        RunConfig()


# strategies


def test_strategies_are_values():
    strategy = tf.distribute.OneDeviceStrategy("/cpu:0")
    config = RunConfig(train_distribute=strategy, eval_distribute=strategy)
    assert config.train_distribute is config.eval_distribute is strategy
    assert config.replace().train_distribute is not None


def test_a_strategy_is_given_in_one_place():
    class Distribute:
        train_distribute = "other"

    with pytest.raises(
        ConfigError, match="Either `train_distribute` or `exp.*'one'.*'other'"
    ):
        RunConfig(train_distribute="one", experimental_distribute=Distribute)


# repr


def test_the_repr_starts_with_what_was_changed():
    config = RunConfig(
        save_checkpoints_steps=5,
        session_config=tf.compat.v1.ConfigProto(
            allow_soft_placement=True, log_device_placement=True
        ),
        tf_random_seed=1,
    )
    start = (
        "RunConfig(tf_random_seed=1, save_checkpoints_steps=5, "
        "save_checkpoints_secs=None, session_config=allow_soft_placement: true "
        "log_device_placement: true, model_dir=None, "
    )
    assert repr(config).startswith(start)
    assert "\n" not in repr(config)


def test_the_repr_of_a_subclass_has_its_name_and_each_property_once():
    text = repr(SweepConfig([0.1]))
    assert text.startswith("SweepConfig(model_dir=None, tf_random_seed=None, ")
    assert len(re.findall(r"\bmodel_dir=", text)) == 1
    assert text.endswith("global_id_in_cluster=0, service=None)")


def test_the_repr_shows_the_place_in_a_cluster_first(worker_1):
    assert re.match(
        r"RunConfig\(session_config=.*, cluster_spec=.*, task_id=1, "
        r"is_chief=False, master='grpc://b:1', num_worker_replicas=3, "
        r"global_id_in_cluster=2, model_dir=None",
        repr(RunConfig()),
    )


def test_a_progress_bar_is_decided_later_on_or_off():
    assert RunConfig().progress_bar is None
    config = RunConfig(progress_bar=False)
    assert copy.deepcopy(config).progress_bar is False
    assert config.replace(progress_bar=True).progress_bar is True
    assert config.replace(progress_bar=None).progress_bar is None
    assert repr(config).startswith("RunConfig(progress_bar=False, ")


def test_a_progress_bar_of_another_type_is_refused():
    message = (
        r"`progress_bar` must be True, False, or None for where it makes "
        r"sense\. Received: progress_bar='auto' \(str\)\."
    )
    with pytest.raises(ArgumentTypeError, match=message):
        RunConfig(progress_bar="auto")
    with pytest.raises(ArgumentTypeError, match=message):
        RunConfig().replace(progress_bar="auto")


def test_a_progress_bar_is_no_positional_argument():
    with pytest.raises(TypeError, match="positional"):
        RunConfig(*[None] * 17, True)
