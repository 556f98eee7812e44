"""What of a session_config is heeded."""

import pytest
import tensorflow as tf

import keras_estimator as ke
from keras_estimator import session_config
from keras_estimator.engine import _tensorflow
from keras_estimator.errors import ConfigError
from tests import processes

_v1 = tf.compat.v1


@pytest.fixture(autouse=True)
def _soft_placement_is_put_back():
    before = tf.config.get_soft_device_placement()
    yield
    tf.config.set_soft_device_placement(before)


@pytest.fixture
def _jit_is_put_back():
    before = tf.config.optimizer.get_jit()
    yield
    tf.config.optimizer.set_jit(before)


@pytest.mark.usefixtures("_jit_is_put_back")
def test_global_jit_level_lets_tensorflow_look_for_clusters(model_dir):
    config = _v1.ConfigProto()
    options = config.graph_options.optimizer_options
    options.global_jit_level = _v1.OptimizerOptions.ON_1
    ke.Estimator(
        lambda features, labels, mode: None,
        model_dir,
        ke.RunConfig(session_config=config),
    )
    assert tf.config.optimizer.get_jit() == "autoclustering"


def test_an_empty_one_changes_nothing_else():
    session_config.apply(_v1.ConfigProto())
    assert tf.config.optimizer.get_jit() == ""


@pytest.mark.usefixtures("_jit_is_put_back")
def test_the_jit_level_off_turns_it_off():
    tf.config.optimizer.set_jit("autoclustering")
    config = _v1.ConfigProto(allow_soft_placement=True)
    options = config.graph_options.optimizer_options
    options.global_jit_level = _v1.OptimizerOptions.OFF
    session_config.apply(config)
    assert tf.config.optimizer.get_jit() == ""


def test_soft_placement_is_what_the_latest_config_says(monkeypatch):
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda _: [])
    session_config.apply(_v1.ConfigProto(allow_soft_placement=True))
    assert tf.config.get_soft_device_placement()
    session_config.apply(_v1.ConfigProto(allow_soft_placement=False))
    assert not tf.config.get_soft_device_placement()
    # An Estimator without one changes nothing in the process.
    session_config.apply(None)
    assert not tf.config.get_soft_device_placement()


def test_soft_placement_that_the_user_sets_stays(monkeypatch):
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda _: [])
    session_config.apply(_v1.ConfigProto(allow_soft_placement=True))
    tf.config.set_soft_device_placement(False)
    session_config.apply(None)
    assert not tf.config.get_soft_device_placement()


def test_soft_placement_stays_where_there_are_gpus(monkeypatch):
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda _: ["gpu"])
    session_config.apply(_v1.ConfigProto(allow_soft_placement=False))
    assert tf.config.get_soft_device_placement()


def test_fields_without_effect_are_listed_once(caplog):
    config = _v1.ConfigProto(
        allow_soft_placement=True,
        use_per_session_threads=True,
        operation_timeout_in_ms=1000,
        device_count={"CPU": 2},
        gpu_options=_v1.GPUOptions(allocator_type="BFC"),
    )
    config.graph_options.place_pruned_graph = True
    with caplog.at_level("INFO", "tensorflow"):
        ke.Estimator(
            lambda features, labels, mode: None,
            config=ke.RunConfig(session_config=config),
        )
    lines = [line for line in caplog.messages if "no effect" in line]
    assert lines == [
        "These fields of session_config have no effect here: "
        'device_count["CPU"], gpu_options.allocator_type, '
        "graph_options.place_pruned_graph, operation_timeout_in_ms, "
        "use_per_session_threads."
    ]


def test_what_run_config_sets_for_a_cluster_is_not_listed(caplog):
    config = _v1.ConfigProto(
        allow_soft_placement=True, device_filters=["/job:ps"]
    )
    rewriting = config.graph_options.rewrite_options
    rewriting.meta_optimizer_iterations = rewriting.ONE
    with caplog.at_level("INFO", "tensorflow"):
        session_config.apply(config)
    assert not caplog.messages


@pytest.mark.parametrize("numbers", ["a", "0,x", "-1", "0,,1"])
def test_gpus_that_are_no_numbers_are_refused(numbers):
    options = _v1.GPUOptions(visible_device_list=numbers)
    with pytest.raises(ConfigError, match="visible_device_list") as error:
        session_config.apply(
            _v1.ConfigProto(gpu_options=options, allow_soft_placement=True)
        )
    assert repr(numbers) in str(error.value)


def test_gpus_that_are_not_there_are_refused(monkeypatch):
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda _: ["gpu"])
    options = _v1.GPUOptions(visible_device_list="0,3")
    with pytest.raises(ConfigError, match="'3' is none. This machine has 1"):
        session_config.apply(
            _v1.ConfigProto(gpu_options=options, allow_soft_placement=True)
        )


@pytest.fixture
def shown(monkeypatch):
    """Returns what is made visible of two GPUs that there seem to be."""
    asked = []
    gpus = ["gpu:0", "gpu:1"]
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda _: gpus)
    monkeypatch.setattr(tf.config, "get_visible_devices", lambda _: gpus)
    monkeypatch.setattr(
        tf.config, "set_visible_devices", lambda *args: asked.append(args)
    )
    return asked


@pytest.mark.parametrize(
    ("count", "expected"),
    [(0, []), (1, ["gpu:0"]), (8, ["gpu:0", "gpu:1"])],
)
def test_the_count_of_gpus_is_heeded(shown, caplog, count, expected):
    with caplog.at_level("INFO", "tensorflow"):
        session_config.apply(_v1.ConfigProto(device_count={"GPU": count}))
    assert shown == [(expected, "GPU")]
    assert not caplog.messages


def test_the_count_of_gpus_is_of_those_that_are_listed(shown):
    options = _v1.GPUOptions(visible_device_list="1,0")
    session_config.apply(
        _v1.ConfigProto(device_count={"GPU": 1}, gpu_options=options)
    )
    assert shown[-1] == (["gpu:1"], "GPU")


def test_no_count_of_gpus_leaves_them(shown):
    session_config.apply(_v1.ConfigProto(device_count={"CPU": 4}))
    assert shown == []


def test_gpus_can_be_hidden_only_before_tensorflow_starts(
    shown, caplog, monkeypatch
):
    def fail(*_):
        raise RuntimeError("Visible devices cannot be modified")

    monkeypatch.setattr(tf.config, "set_visible_devices", fail)
    with caplog.at_level("WARNING", "tensorflow"):
        session_config.apply(_v1.ConfigProto(device_count={"GPU": 0}))
    assert caplog.messages == [
        """session_config's device_count["GPU"]=0 has no effect: TensorFlow """
        "has started already, and keeps 2 visible GPUs. Make the Estimator "
        "before TensorFlow computes anything, or start the program anew."
    ]


def test_without_gpus_a_count_of_them_needs_nothing(caplog):
    with caplog.at_level("INFO", "tensorflow"):
        session_config.apply(
            _v1.ConfigProto(allow_soft_placement=True, device_count={"GPU": 0})
        )
    assert not caplog.messages


def test_the_fraction_of_memory_is_asked_for(monkeypatch):
    asked = []
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda _: ["gpu"])
    monkeypatch.setattr(_tensorflow, "set_gpu_memory_fraction", asked.append)
    options = _v1.GPUOptions(per_process_gpu_memory_fraction=0.25)
    session_config.apply(_v1.ConfigProto(gpu_options=options))
    assert asked == [0.25]


def test_the_fraction_of_memory_may_come_too_late(caplog, monkeypatch):
    tf.constant(1) + 1  # starts TensorFlow's devices
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda _: ["gpu"])
    options = _v1.GPUOptions(per_process_gpu_memory_fraction=0.25)
    with caplog.at_level("WARNING", "tensorflow"):
        session_config.apply(_v1.ConfigProto(gpu_options=options))
    assert (
        "gpu_options.per_process_gpu_memory_fraction=0.25 has no effect"
        in caplog.text
    )


def test_threads_and_placement_in_a_new_process():
    program = """
        import tensorflow as tf
        from tensorflow.python.eager import context
        from keras_estimator import session_config
        from keras_estimator.engine import _tensorflow
        _tensorflow.set_gpu_memory_fraction(0.25)
        session_config.apply(tf.compat.v1.ConfigProto(
            intra_op_parallelism_threads=1,
            inter_op_parallelism_threads=3,
            log_device_placement=True,
            gpu_options=tf.compat.v1.GPUOptions(
                allow_growth=True, visible_device_list="0"),
        ))
        threads = tf.config.threading
        assert threads.get_intra_op_parallelism_threads() == 1
        assert threads.get_inter_op_parallelism_threads() == 3
        assert tf.debugging.get_log_device_placement()
        tf.constant(1)
        asked = context.context().config.gpu_options
        assert asked.per_process_gpu_memory_fraction == 0.25
        for gpu in tf.config.get_visible_devices("GPU"):
            assert tf.config.experimental.get_memory_growth(gpu)
    """
    ended = processes.run(program)
    assert ended.returncode == 0, ended.stderr


def test_too_late_is_said(caplog):
    tf.constant(1) + 1  # starts TensorFlow's devices
    wanted = tf.config.threading.get_intra_op_parallelism_threads() + 1
    with caplog.at_level("WARNING", "tensorflow"):
        session_config.apply(
            _v1.ConfigProto(intra_op_parallelism_threads=wanted)
        )
    kept = tf.config.threading.get_intra_op_parallelism_threads() or (
        "its own choice (0)"
    )
    assert caplog.messages[-1] == (
        f"session_config's intra_op_parallelism_threads={wanted} has no "
        f"effect: TensorFlow has started already, and keeps {kept}. Make the "
        "Estimator before TensorFlow computes anything, or start the program "
        "anew."
    )
