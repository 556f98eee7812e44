"""`keras_estimator.compat.v1`: `tensorflow.compat.v1` with names back."""

import doctest
import importlib
import importlib.util
import inspect
import pickle
import pydoc
import textwrap

import pytest
import tensorflow

import keras_estimator
import keras_estimator.compat.v1 as tf
from tests import processes

_REAL = tensorflow.compat.v1


def _run(program):
    """Runs a program in a process of its own; returns what it prints."""
    done = processes.run(program)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "name",
    [
        "Variable",
        "get_variable",
        "losses.softmax_cross_entropy",
        "metrics.accuracy",
        "train.Saver",
        "train.Scaffold",
        "summary.scalar",
        "nn.relu",
        "data.Dataset",
        "logging.set_verbosity",
        "app.flags.DEFINE_string",
        "gfile.Exists",
        "GraphKeys.UPDATE_OPS",
    ],
)
def test_what_tensorflow_has_is_tensorflows(name):
    ours, theirs = tf, _REAL
    for part in name.split("."):
        ours, theirs = getattr(ours, part), getattr(theirs, part)
    assert ours is theirs


def test_hooks_in_train_are_those_that_do_not_slow_steps():
    assert tf.train.LoggingTensorHook is keras_estimator.LoggingTensorHook
    assert tf.train.SessionRunHook is keras_estimator.SessionRunHook
    assert issubclass(tf.train.StopAtStepHook, _REAL.train.SessionRunHook)


def test_estimator_is_back():
    assert tf.estimator.Estimator is keras_estimator.Estimator
    assert tf.estimator.EstimatorSpec is keras_estimator.EstimatorSpec
    assert tf.estimator.ModeKeys.PREDICT == "infer"
    assert tf.estimator.export.PredictOutput is (
        keras_estimator.export.PredictOutput
    )
    assert tf.estimator.inputs.numpy_input_fn is (
        keras_estimator.inputs.numpy_input_fn
    )


@pytest.mark.parametrize(
    "name",
    ["losses", "metrics", "train", "nn", "nn.rnn_cell", "estimator.inputs"],
)
def test_dotted_imports(name):
    module = importlib.import_module(f"keras_estimator.compat.v1.{name}")
    found = tf
    for part in name.split("."):
        found = getattr(found, part)
    for public in ("softmax_cross_entropy", "accuracy", "relu", "Saver"):
        if hasattr(found, public):
            assert getattr(module, public) is getattr(found, public)


@pytest.mark.parametrize(
    "line",
    [
        "import keras_estimator.compat.v1.layers as found",
        "import keras_estimator.compat.v1.train.experimental as found",
        "import keras_estimator.compat.v1.contrib.util as found",
        "from keras_estimator.compat.v1 import contrib as found",
        "from keras_estimator.compat.v1 import keras as found",
        "from keras_estimator.compat.v1.contrib import predictor as found",
        "from keras_estimator.compat.v1.estimator import export as found",
        "from keras_estimator.compat.v1.keras import backend as found",
        "from keras_estimator.compat.v1.keras.layers import Dense as found",
        "from keras_estimator.compat.v1.layers import dense as found",
        "from keras_estimator.compat.v1.losses import log_loss as found",
        "from keras_estimator.compat.v1.nn.rnn_cell import GRUCell as found",
        "from keras_estimator.compat.v1.saved_model "
        "import signature_constants as found",
        "from keras_estimator.compat.v1.saved_model.tag_constants "
        "import SERVING as found",
    ],
)
def test_imports_find_what_attributes_are(line):
    names = {}
    exec(line, names)
    path = line.removesuffix(" as found").split("compat.v1", 1)[1]
    expected = tf
    for part in path.replace(" import ", ".").strip(".").split("."):
        expected = getattr(expected, part)
    assert names["found"] is expected


def test_modules_of_keras_are_those_of_tf_keras():
    """A second copy of them would have layers that are no layers."""
    layers = importlib.import_module("keras_estimator.compat.v1.keras.layers")
    assert layers is importlib.import_module("tf_keras.api._v1.keras.layers")
    assert layers.__spec__.name == "tf_keras.api._v1.keras.layers"
    assert layers.Dense is importlib.import_module("tf_keras").layers.Dense
    assert tf.contrib.keras is tf.keras
    name = "keras_estimator.compat.v1.contrib.keras.layers"
    assert importlib.import_module(name) is layers


def test_compat_v1_is_the_overlay_again():
    assert tf.compat.v1 is tf
    assert tf.compat.v1.estimator is tf.estimator
    name = "keras_estimator.compat.v1.compat.v1"
    assert importlib.import_module(name) is tf
    assert importlib.import_module(f"{name}.estimator") is tf.estimator
    assert tf.__spec__.name == "keras_estimator.compat.v1"


def test_compat_v2_is_tensorflows():
    assert tf.compat.v2.function is tensorflow.function
    name = "keras_estimator.compat.v1.compat.v2"
    assert importlib.import_module(name).function is tensorflow.function
    assert tf.compat.as_bytes("a") == b"a"


def test_versions_are_those_of_tensorflow():
    assert tf.__version__ == tf.VERSION == tensorflow.__version__
    assert tf.GIT_VERSION == tensorflow.version.GIT_VERSION


def _message_of_import(line):
    with pytest.raises(ModuleNotFoundError) as error:
        exec(line, {})
    return str(error.value)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("import keras_estimator.compat.v1.placeholder", "tf.placeholder"),
        ("from keras_estimator.compat.v1 import learn", "any more"),
        ("from keras_estimator.compat.v1.train import learn", "any more"),
        ("from keras_estimator.compat.v1.losses import learn", "any more"),
        ("from keras_estimator.compat.v1.contrib import gan", "tensorflow-gan"),
        (
            "import keras_estimator.compat.v1.contrib.gan.python.losses",
            "tensorflow-gan",
        ),
        (
            "from keras_estimator.compat.v1.examples.tutorials import mnist",
            "tf.keras.datasets.mnist",
        ),
        (
            "from keras_estimator.compat.v1.python.ops import rnn_cell_impl",
            "use `tf.nn.rnn_cell`",
        ),
        (
            "from keras_estimator.compat.v1.python.platform.gfile import Open",
            "use `tf.gfile`",
        ),
        (
            "import keras_estimator.compat.v1.python.keras.engine.base_layer",
            "`tf.keras.layers.Layer`",
        ),
        ("import keras_estimator.compat.v1.python.grappler.item", "private"),
        ("from keras_estimator.compat.v1.keras.engine import x", "any more"),
    ],
)
def test_imports_of_what_is_gone_say_what_replaces_it(line, words):
    message = _message_of_import(line)
    assert message.startswith("No module named 'keras_estimator.compat.v1.")
    assert words in message


def test_a_name_of_another_spelling_is_offered():
    with pytest.raises(AttributeError) as error:
        _ = tf.reduce_men
    assert str(error.value) == (
        "module 'keras_estimator.compat.v1' has no attribute 'reduce_men': "
        "did you mean `tf.reduce_mean`?"
    )
    with pytest.raises(AttributeError, match=r"mean `tf\.layers\.conv2d`\?"):
        _ = tf.layers.conv2


def test_names_in_modules_of_tensorflow_say_what_replaces_them():
    with pytest.raises(AttributeError) as error:
        _ = tf.config.experimental_list_devices
    assert str(error.value) == (
        "module 'keras_estimator.compat.v1.config' has no attribute "
        "'experimental_list_devices': use `tf.config.list_logical_devices()`."
    )
    assert tf.config.list_physical_devices is (
        tensorflow.config.list_physical_devices
    )


def test_checkpoints_are_read_as_in_old_programs(tmp_path):
    tensor = tensorflow.constant([1.0])
    tensorflow.raw_ops.SaveV2(
        prefix=str(tmp_path / "a"),
        tensor_names=["w"],
        shape_and_slices=[""],
        tensors=[tensor],
    )
    reader = tf.pywrap_tensorflow.NewCheckpointReader(str(tmp_path / "a"))
    assert reader.get_variable_to_shape_map() == {"w": [1]}


def test_other_imports_are_left_alone():
    assert importlib.util.find_spec("keras_estimator.nothing") is None
    assert importlib.util.find_spec("keras_estimator_compat") is None
    name = "keras_estimator.compat.v1.__main__"
    assert importlib.util.find_spec(name) is None


def test_tools_that_look_into_modules_are_not_surprised():
    for module in (tf, tf.train, tf.layers, tf.config, tf.pywrap_tensorflow):
        assert dict(inspect.getmembers(module))
        assert inspect.unwrap(module) is module
        assert not hasattr(module, "__wrapped__")
    assert "LoggingTensorHook" in pydoc.render_doc(tf.train)
    assert doctest.DocTestFinder().find(tf)
    kept = pickle.loads(pickle.dumps(tf.train.AdamOptimizer))
    assert kept is tf.train.AdamOptimizer


@pytest.mark.parametrize("module", [tf, tf.train, tf.nn], ids=str)
def test_a_name_that_is_gone_says_so(module):
    with pytest.raises(AttributeError, match="does not have `tf.+` any more"):
        _ = module.learn


def test_dir_has_both():
    assert {"placeholder", "estimator", "layers"} <= set(dir(tf))
    assert {"AdamOptimizer", "LoggingTensorHook"} <= set(dir(tf.train))
    assert "dense" in dir(tf.layers)
    assert "LSTMCell" in dir(tf.nn.rnn_cell)


def test_dir_has_no_modules_that_the_overlay_imports():
    assert not {"Any", "importlib", "sys"} & {*dir(tf), *dir(tf.train)}


def test_import_star_takes_what_it_took_in_tensorflow_1():
    names = {}
    exec("from keras_estimator.compat.v1 import *", names)
    assert names["estimator"] is tf.estimator
    assert names["placeholder"] is tf.placeholder
    assert names["float32"] is tensorflow.float32
    assert names["keras"] is tf.keras
    assert names["__version__"] == tensorflow.__version__
    assert not [n for n in names if n.startswith("_") and "__" not in n]


def test_keras_is_tf_keras_and_loaded_when_it_is_asked_for():
    out = _run(
        """
        import sys
        import keras_estimator.compat.v1 as tf
        assert "tf_keras" not in sys.modules
        assert "keras" in dir(tf)
        assert tf.keras.__name__ == "tf_keras.api._v1.keras"
        print("tf_keras" in sys.modules)
        """
    )
    assert out.split() == ["True"]


def test_without_tf_keras_the_error_says_what_to_install():
    _run(
        """
        import sys
        sys.modules["tf_keras"] = None
        import keras_estimator.compat.v1 as tf
        tf.train.AdamOptimizer
        assert "keras" not in tf.__all__
        for name in ("layers.dense", "nn.rnn_cell.LSTMCell", "keras.layers"):
            try:
                found = tf
                for part in name.split("."):
                    found = getattr(found, part)
            except ImportError as error:
                assert "keras-estimator[tf1]" in str(error)
            else:
                raise AssertionError(name)
        try:
            from keras_estimator.compat.v1.keras.layers import Dense
        except ImportError as error:
            assert "keras-estimator[tf1]" in str(error)
        else:
            raise AssertionError
        """
    )


_TRAINS = """
    import tensorflow
    tensorflow.compat.v1.{switch}()
    import keras_estimator.compat.v1 as tf
    tf.{switch}()

    def model_fn(features, labels, mode):
        loss = tf.reduce_mean(tf.layers.dense(features, 1) ** 2)
        return tf.estimator.EstimatorSpec(
            mode, loss=loss,
            train_op=tf.train.AdamOptimizer().minimize(
                loss, tf.train.get_global_step()),
            eval_metric_ops={{"m": tf.metrics.mean(features)}},
        )

    def input_fn():
        return tf.data.Dataset.from_tensor_slices([[1.0], [2.0]]).batch(1)

    estimator = tf.estimator.Estimator(model_fn)
    estimator.train(input_fn)
    print(estimator.evaluate(input_fn)["global_step"])
"""


@pytest.mark.parametrize(
    "switch",
    ["disable_v2_behavior", "disable_eager_execution"],
)
def test_a_program_that_turns_tf2_off_for_the_whole_process(switch):
    """Ours keep to the program; also where a module calls TensorFlow's own."""
    assert _run(_TRAINS.format(switch=switch)).split() == ["2"]


@pytest.mark.parametrize(
    "switch",
    [
        "disable_control_flow_v2",
        "disable_resource_variables",
        "disable_tensor_equality",
        "disable_v2_tensorshape",
    ],
)
def test_switches_do_nothing(switch):
    getattr(tf, switch)()
    assert tensorflow.executing_eagerly()
    assert _REAL.resource_variables_enabled()
    assert _REAL.control_flow_v2_enabled()


def test_private_modules_of_contrib_are_the_public_ones():
    names = {}
    exec(
        textwrap.dedent("""
            from keras_estimator.compat.v1.contrib.learn.python.learn import (
                learn_runner)
            from keras_estimator.compat.v1.contrib.learn.python.learn.utils \
                import saved_model_export_utils as utils
            from keras_estimator.compat.v1.contrib.training.python.training \
                .hparam import HParams
            from keras_estimator.compat.v1.contrib.rnn.python.ops.rnn_cell \
                import LSTMBlockCell
            import keras_estimator.compat.v1.contrib.crf.python.ops.crf as crf
        """),
        names,
    )
    assert names["learn_runner"] is tf.contrib.learn.learn_runner
    assert names["utils"] is tf.contrib.learn.utils.saved_model_export_utils
    assert names["HParams"] is tf.contrib.training.HParams
    assert names["LSTMBlockCell"] is tf.contrib.rnn.LSTMBlockCell
    assert names["crf"] is tf.contrib.crf


@pytest.mark.parametrize(
    ("folder", "module", "public"),
    [
        ("training.python.training", "hparam", "training.HParams"),
        ("tpu.python.tpu", "tpu_config", "tpu.TPUConfig"),
        ("tpu.python.tpu", "tpu_estimator", "tpu.TPUEstimator"),
        ("tpu.python.tpu", "tpu_optimizer", "tpu.CrossShardOptimizer"),
        ("rnn.python.ops", "rnn_cell", "rnn.LSTMBlockCell"),
        ("rnn.python.ops", "core_rnn_cell", "rnn.LSTMCell"),
        ("layers.python.layers", "layers", "layers.fully_connected"),
        ("layers.python.layers", "regularizers", "layers.l2_regularizer"),
        ("layers.python.layers", "initializers", "layers.xavier_initializer"),
        (
            "framework.python.framework",
            "checkpoint_utils",
            "framework.load_variable",
        ),
        ("framework.python.ops", "variables", "framework.model_variable"),
        (
            "cluster_resolver.python.training",
            "tpu_cluster_resolver",
            "cluster_resolver.TPUClusterResolver",
        ),
        ("crf.python.ops", "crf", "crf.crf_log_likelihood"),
        ("lookup", "lookup_ops", "lookup.index_table_from_tensor"),
        ("learn.python", "learn", "learn.Experiment"),
        ("learn.python.learn.estimators", "run_config", "learn.RunConfig"),
        ("slim.python.slim", "model_analyzer", "slim.conv2d"),
    ],
)
def test_modules_of_contrib_without_a_public_one_show_all_of_it(
    folder, module, public
):
    names = {}
    where = f"keras_estimator.compat.v1.contrib.{folder}"
    part, name = public.split(".")
    exec(f"from {where} import {module} as one", names)
    exec(f"from {where}.{module} import {name} as two", names)
    exec(f"import {where}.{module} as three", names)
    wanted = getattr(getattr(tf.contrib, part), name)
    assert getattr(names["one"], name) is wanted
    assert names["two"] is wanted
    assert getattr(names["three"], name) is wanted


def test_a_function_with_the_name_of_its_private_module_is_itself():
    names = {}
    where = "keras_estimator.compat.v1.contrib.framework.python.ops"
    exec(f"from {where} import arg_scope", names)
    assert names["arg_scope"] is tf.contrib.framework.arg_scope


def test_private_modules_of_contrib_have_the_hints_of_the_public_ones():
    where = "from keras_estimator.compat.v1.contrib"
    for line, words in (
        ("slim.python.slim import evaluation", "Estimator.evaluate"),
        ("training.python.training import HParms", "in `tf.contrib.training`"),
        (
            "layers.python.layers.layers import legacy_relu",
            "use `tf.contrib.layers.relu`",
        ),
    ):
        assert words in _message_of_import(f"{where}.{line}")
