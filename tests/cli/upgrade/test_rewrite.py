"""One program at a time: its new text, and what is found in it."""

import textwrap

import pytest

from keras_estimator.cli.upgrade.findings import DIFFERENT
from keras_estimator.cli.upgrade.findings import OPEN
from keras_estimator.cli.upgrade.meaning import guessed_api
from keras_estimator.cli.upgrade.rewrite import rewrite
from keras_estimator.cli.upgrade.scan import scan
from keras_estimator.cli.upgrade.source import Source


def upgraded(text, api="v1"):
    """Returns the new text and the findings."""
    source = Source(textwrap.dedent(text))
    edits, findings = rewrite(source, scan(source), api)
    return source.edited(edits).text, findings


def guess(text):
    return guessed_api(scan(Source(textwrap.dedent(text))))


V1 = "keras_estimator.compat.v1"
IMPORTS = {
    "import tensorflow as tf": f"import {V1} as tf",
    "import tensorflow": f"import {V1} as tensorflow",
    "import tensorflow.compat.v1 as tf": f"import {V1} as tf",
    "import tensorflow.compat.v1": f"import {V1} as tensorflow",
    "from tensorflow.compat import v1 as tf": (
        "from keras_estimator.compat import v1 as tf"
    ),
    "import os, tensorflow as tf, numpy as np": (
        f"import os, {V1} as tf, numpy as np"
    ),
    "import os; import tensorflow as tf  # here": (
        f"import os; import {V1} as tf  # here"
    ),
    "from tensorflow import estimator, layers": (
        f"from {V1} import estimator, layers"
    ),
    "from tensorflow.contrib import layers, slim as s": (
        f"from {V1}.contrib import layers, slim as s"
    ),
    "import tensorflow.contrib.slim as s": f"import {V1}.contrib.slim as s",
    "import tensorflow.contrib.slim": f"import {V1} as tensorflow",
    "from tensorflow.contrib.layers import fully_connected": (
        f"from {V1}.contrib.layers import fully_connected"
    ),
    "from tensorflow.contrib.learn.python.learn import learn_runner": (
        f"from {V1}.contrib.learn import learn_runner"
    ),
    "from tensorflow.contrib.learn.python.learn.learn_runner import run": (
        f"from {V1}.contrib.learn.learn_runner import run"
    ),
    "from tensorflow.python.saved_model import signature_constants": (
        f"from {V1}.saved_model import signature_constants"
    ),
    "from tensorflow.python.platform import gfile, flags": (
        f"from {V1} import gfile, flags"
    ),
    "from tensorflow.python.platform import tf_logging as logging": (
        f"from {V1} import logging"
    ),
    "from tensorflow.python.platform import tf_logging": (
        f"import {V1}.logging as tf_logging"
    ),
    "from tensorflow.python.ops import rnn_cell": (
        f"from {V1}.nn import rnn_cell"
    ),
    "from tensorflow.python.ops.rnn_cell_impl import GRUCell": (
        f"from {V1}.nn.rnn_cell import GRUCell"
    ),
    "from tensorflow.python.ops import math_ops": f"import {V1} as math_ops",
    "from tensorflow.python.ops.math_ops import reduce_sum as total": (
        f"from {V1} import reduce_sum as total"
    ),
    "from tensorflow.python.framework import dtypes, ops": (
        f"import {V1} as dtypes\nimport {V1} as ops"
    ),
    "from tensorflow.python.estimator.estimator import Estimator": (
        f"from {V1}.estimator import Estimator"
    ),
    "from tensorflow.python.training.session_run_hook import SessionRunHook": (
        f"from {V1}.train import SessionRunHook"
    ),
    "from tensorflow_estimator.python.estimator import run_config": (
        "from tensorflow_estimator.python.estimator import run_config"
    ),
    "from tensorflow_estimator.python.estimator.run_config import RunConfig": (
        f"from {V1}.estimator import RunConfig"
    ),
    "from tensorflow import keras": f"from {V1} import keras",
    "import tensorflow.keras as keras": f"import {V1}.keras as keras",
    "from tensorflow.keras import layers": f"from {V1}.keras import layers",
    "from tensorflow.keras.layers import Dense": (
        f"from {V1}.keras.layers import Dense"
    ),
    "from tensorflow.python.keras.layers import Dense": (
        f"from {V1}.keras.layers import Dense"
    ),
    # Left as they are.
    "import numpy as np": "import numpy as np",
    "from . import tensorflow": "from . import tensorflow",
    "import tensorflow_hub as hub": "import tensorflow_hub as hub",
    "from tensorflow.core.example import example_pb2": (
        "from tensorflow.core.example import example_pb2"
    ),
    "from tensorflow.contrib import ffmpeg": (
        "from tensorflow.contrib import ffmpeg"
    ),
    "from tensorflow import *": "from tensorflow import *",
}


@pytest.mark.parametrize("before", IMPORTS)
def test_an_import_becomes(before):
    assert upgraded(before)[0] == IMPORTS[before]


@pytest.mark.parametrize("before", IMPORTS)
def test_a_second_time_changes_nothing(before):
    once = IMPORTS[before]
    assert upgraded(once)[0] == once


@pytest.mark.parametrize(
    "after",
    sorted({text for text in IMPORTS.values() if text.count(V1)}),
)
def test_what_is_written_can_be_imported(after):
    exec(after, {})


def test_all_but_the_imports_stays_byte_for_byte():
    text = '''\
        # import tensorflow as tf
        """import tensorflow as tf"""
        try:
        \timport tensorflow.compat.v1 as tf   # tabs
        except  ImportError :
        \timport tensorflow as tf
        x = ( tf . layers
              . dense ) ;y=tf.\\
          zeros
        def f( layers, tf=tf ) :
            import tensorflow as tensor
            return  layers.anything ( tensor.ones )
        '''
    new, findings = upgraded(text)
    expected = textwrap.dedent(text)
    expected = expected.replace(
        "\timport tensorflow.compat.v1", f"\timport {V1}"
    )
    expected = expected.replace(
        "import tensorflow as tensor", f"import {V1} as tensor"
    )
    expected = expected.replace("\timport tensorflow as", f"\timport {V1} as")
    assert new == expected
    assert findings.names == {"tf.layers.dense": 1, "tf.zeros": 1, "tf.ones": 1}


def test_a_statement_that_is_split_keeps_its_place():
    new, findings = upgraded(
        """\
        if True:
            from tensorflow.contrib import layers, ffmpeg, slim  # these
        """
    )
    assert new == textwrap.dedent(
        f"""\
        if True:
            from tensorflow.contrib import ffmpeg
            from {V1}.contrib import layers, slim  # these
        """
    )
    (point,) = findings.points
    assert (point.line, point.kind, point.name) == (
        2,
        OPEN,
        "tf.contrib.ffmpeg",
    )
    assert "tensorflow-io" in point.message


def test_names_are_followed_through_assignments():
    _, findings = upgraded(
        """\
        import tensorflow as tf
        flags = tf.app.flags
        FLAGS = flags.FLAGS
        flags.DEFINE_string("a", "b", "c")
        FLAGS.a.strip()
        slim = tf.contrib.slim
        slim.no_such_thing(1)
        """
    )
    assert findings.names["tf.app.flags.DEFINE_string"] == 1
    assert findings.names["tf.app.flags.FLAGS"] == 2
    (point,) = findings.points
    assert (point.line, point.name) == (7, "tf.contrib.slim.no_such_thing")


def test_what_has_no_equivalent_is_open_with_what_to_do():
    _, findings = upgraded(
        """\
        import tensorflow as tf
        a = tf.train.batch([1], 2)
        b = tf.contrib.gan.gan_model
        c = tf.data.Dataset.no_such_method
        d = tf.layers.dense
        """
    )
    batch, gan, method = findings.open_points
    assert batch.line == 2
    assert "`dataset.batch(n)`" in batch.message
    assert gan.name == "tf.contrib.gan"
    assert method.name == "tf.data.Dataset.no_such_method"
    assert method.line == 4
    assert findings.names == {"tf.layers.dense": 1}


def test_sessions_differ():
    _, findings = upgraded("import tensorflow as tf\nwith tf.Session() as s: 0")
    (point,) = findings.points
    assert point.kind == DIFFERENT
    assert "tf.Graph().as_default()" in point.message
    assert not findings.open_points


def test_private_names_with_a_public_place_get_it():
    new, findings = upgraded(
        """\
        import tensorflow as tf
        from tensorflow.python.ops import array_ops, rnn_cell_impl
        x = array_ops.concat([array_ops.zeros([2])], 0)
        y = rnn_cell_impl.BasicLSTMCell(3)
        z = tf.python.ops.math_ops.reduce_sum(x)
        """
    )
    assert new == textwrap.dedent(
        f"""\
        import {V1} as tf
        import {V1} as array_ops
        import {V1}.nn.rnn_cell as rnn_cell_impl
        x = array_ops.concat([array_ops.zeros([2])], 0)
        y = rnn_cell_impl.BasicLSTMCell(3)
        z = tf.reduce_sum(x)
        """
    )
    assert not findings.points


def test_private_names_without_one_stay_while_tensorflow_has_them():
    text = (
        "from tensorflow.python.client import device_lib\n"
        "device_lib.list_local_devices()\n"
    )
    new, findings = upgraded(text)
    assert new == text
    (point,) = findings.points
    assert point.kind == DIFFERENT
    assert "is left as it is" in point.message


def test_private_names_that_are_gone_are_open():
    text = (
        "from tensorflow.python.ops import rnn_cell_impl\n"
        "rnn_cell_impl._Linear(1)\n"
    )
    new, findings = upgraded(text)
    assert new == text
    (point,) = findings.open_points
    assert point.line == 1
    assert "_Linear" in point.message


def test_a_private_module_is_not_taken_for_what_has_its_name():
    text = (
        "from tensorflow.python.ops import variable_scope\n"
        "variable_scope._VariableStore()\n"
    )
    assert upgraded(text)[0] == text
    new, _ = upgraded(
        "from tensorflow.python.ops import variable_scope as vs\n"
        "vs.variable_scope('a'), vs.get_variable\n"
    )
    assert new.startswith(f"import {V1} as vs\n")


def test_protocol_buffers_run_as_they_are():
    text = (
        "from tensorflow.core.framework import summary_pb2\n"
        "summary_pb2.Summary.Value()\n"
    )
    new, findings = upgraded(text)
    assert new == text
    assert not findings.points


def test_a_star_import_is_open():
    _, findings = upgraded("from tensorflow import *")
    (point,) = findings.open_points
    assert "by their names" in point.message


def test_model_to_estimator_of_the_keras_of_old_is_open():
    _, findings = upgraded(
        "import tensorflow as tf\n"
        "tf.keras.estimator.model_to_estimator(tf.keras.Sequential())\n"
    )
    (point,) = findings.open_points
    assert "Keras 3" in point.message


def test_what_is_done_already_is_looked_at_again():
    _, findings = upgraded(
        f"import {V1} as tf\ntf.layers.dense\ntf.train.shuffle_batch\n"
    )
    assert findings.names == {"tf.layers.dense": 1}
    assert [point.line for point in findings.open_points] == [3]
    assert findings.api is None


TWO = """\
    import tensorflow as tf
    def model_fn(features, labels, mode):
        x = tf.keras.layers.Dense(3)(features)
        x = tf.compat.v1.layers.dense(
            x, 2)  # kept
        loss = tf.losses.MeanSquaredError()(labels, x)
        return tf.estimator.EstimatorSpec(mode, loss=loss)
    spec = tf.estimator.export.PredictOutput
    data = tf.data.Dataset.range(3)
    """


def test_a_program_of_tensorflow_2_keeps_tensorflow():
    new, findings = upgraded(TWO, "v2")
    assert new == textwrap.dedent(
        f"""\
        import tensorflow as tf
        import keras_estimator
        import {V1} as tf1
        def model_fn(features, labels, mode):
            x = tf1.keras.layers.Dense(3)(features)
            x = tf1.layers.dense(
                x, 2)  # kept
            loss = tf1.keras.losses.MeanSquaredError()(labels, x)
            return keras_estimator.EstimatorSpec(mode, loss=loss)
        spec = keras_estimator.export.PredictOutput
        data = tf.data.Dataset.range(3)
        """
    )
    assert not findings.open_points
    assert findings.names["keras_estimator.EstimatorSpec"] == 1
    assert guess(new) == "v2"
    assert upgraded(new, "v2")[0] == new


def test_a_program_of_tensorflow_2_is_told_of_its_keras():
    _, findings = upgraded(TWO, "v2")
    (point,) = findings.points
    assert (point.line, point.kind) == (3, DIFFERENT)
    assert "Keras 2" in point.message


def test_model_to_estimator_in_tensorflow_2_takes_keras_3():
    new, findings = upgraded(
        """\
        import tensorflow as tf
        m = tf.keras.Sequential()
        e = tf.keras.estimator.model_to_estimator(m)
        """,
        "v2",
    )
    assert new == textwrap.dedent(
        """\
        import tensorflow as tf
        import keras_estimator
        m = tf.keras.Sequential()
        e = keras_estimator.model_to_estimator(m)
        """
    )
    assert not findings.open_points


def test_a_taken_name_is_not_given_again():
    new, _ = upgraded(
        """\
        import tensorflow as tf
        tf1 = 3
        tf.compat.v1.layers.dense
        """,
        "v2",
    )
    assert f"import {V1} as tf_v1\n" in new
    assert "\ntf_v1.layers.dense" in new


GUESSES = {
    "import tensorflow as tf\ntf.placeholder": "v1",
    "import tensorflow as tf\ntf.contrib.anything": "v1",
    "import tensorflow as tf\ntf.compat.v1.train.AdamOptimizer": "v2",
    "import tensorflow as tf\ntf.optimizers.Adam": "v2",
    "import tensorflow as tf\nimport tensorflow.compat.v1 as v": "v2",
    "import tensorflow as tf\ntf.estimator.Estimator; tf.reshape": None,
    "import tensorflow.compat.v1 as tf\ntf.placeholder": None,
    "import tensorflow as tf\ntf = tf.compat.v1\ntf.placeholder": None,
    "import tensorflow as tf\ntf.get_variable; tf.layers.dense\n"
    "tf.compat.v1.logging.info": "v1",
    "import numpy": None,
}


@pytest.mark.parametrize("text", GUESSES)
def test_which_tensorflow_a_program_is_for_is_told_by_its_names(text):
    assert guess(text) == GUESSES[text]


_UNUSED = "It is not used in this file: delete the import"


def test_what_is_gone_of_a_part_is_named_as_it_is_written():
    findings = upgraded(
        """
        from tensorflow.contrib.data.python.ops import threadpool
        from tensorflow.contrib.data.python.ops import sliding
        threadpool.PrivateThreadPool(3)
        """
    )[1]
    threads, windows = findings.open_points
    assert threads.name == "tensorflow.contrib.data.python.ops.threadpool"
    assert "options.threading.private_threadpool_size = n" in threads.message
    assert "PrivateThreadPool" in threads.message
    assert _UNUSED not in threads.message
    assert windows.name == "tensorflow.contrib.data.python.ops.sliding"
    assert "dataset.window(" in windows.message
    assert _UNUSED in windows.message


def test_an_import_of_what_is_gone_stays_also_if_it_is_not_used():
    text = "from tensorflow.contrib import gan\n"
    after, findings = upgraded(text)
    assert after == text
    assert _UNUSED in findings.open_points[0].message
    findings = upgraded(f"{text}gan.gan_model(1)\n")[1]
    assert _UNUSED not in findings.open_points[0].message


def test_a_private_module_of_contrib_becomes_the_part_with_its_names():
    after, findings = upgraded(
        """
        from tensorflow.contrib.cluster_resolver.python.training import (
            tpu_cluster_resolver)
        tpu_cluster_resolver.TPUClusterResolver()
        """
    )
    assert f"import {V1}.contrib.cluster_resolver as tpu_cluster" in after
    assert not findings.open_points
