"""Errors in the user's functions show the user's own lines, and no others."""

import inspect
import os
import re
import subprocess
import sys
import textwrap
import traceback

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_estimator as ke
import keras_estimator.compat.v1 as v1

_HERE = __file__
_OUTSIDE = tf.Variable(1.0)


def _rows(count=5):
    rows = {"x": np.ones((2, 3), np.float32)}, np.ones(2, np.float32)
    return tf.data.Dataset.from_tensors(rows).repeat(count)


def _spec(mode, loss):
    """A spec whose steps count and run what the loss needs."""
    return ke.EstimatorSpec(
        mode,
        predictions={"y": loss[None]},
        loss=loss,
        train_op=v1.train.get_global_step().assign_add(1),
    )


def _model_fn(features, labels, mode):
    return _spec(mode, tf.reduce_mean(features["x"]))


def _estimator(model_dir, model_fn=_model_fn, **options):
    return ke.Estimator(model_fn, str(model_dir), **options)


def _verbs(estimator, input_fn):
    return {
        "train": lambda: estimator.train(input_fn),
        "evaluate": lambda: estimator.evaluate(input_fn),
        "predict": lambda: list(estimator.predict(input_fn)),
    }


class _Shown:
    """What Python prints of an error.

    Attributes:
        error: The error.
        text: All that is printed.
        frames: (function, line of code) of each frame of the error.
        files: The files of all frames that are printed, those of other errors
            that are chained to it too.
        last: The last line of a frame that is anywhere in the text.
    """

    def __init__(self, call):
        with pytest.raises(Exception) as info:  # noqa: PT011
            call()
        self.error = info.value
        self.text = "".join(traceback.format_exception(self.error))
        found = traceback.extract_tb(self.error.__traceback__)
        self.frames = [(f.name, f.line) for f in found][2:]  # not of the test
        self.files = set(re.findall(r'File "(.*?)"', self.text))
        self.last = re.findall(r'File ".*", line \d+, in .*\n +(.*)', self.text)
        self.last = self.last[-1] if self.last else None


# While model_fn is called ----------------------------------------------------


def _column(features):
    return features["z"]


def _misses_a_feature(features, labels, mode):
    return _spec(mode, _column(features))


@pytest.mark.parametrize("verb", ["train", "evaluate", "predict"])
def test_an_error_of_model_fn_ends_in_its_line(model_dir, verb):
    estimator = _estimator(model_dir, _misses_a_feature)
    shown = _Shown(_verbs(estimator, _rows)[verb])
    assert shown.frames == [
        ("_misses_a_feature", "return _spec(mode, _column(features))"),
        ("_column", 'return features["z"]'),
    ]
    assert type(shown.error) is KeyError
    assert shown.files == {_HERE}


def _multiplies_wrongly(features, labels, mode):
    return _spec(mode, tf.matmul(features["x"], tf.ones([4, 2])))


def _convolves_rows(features, labels, mode):
    return _spec(mode, keras.layers.Conv2D(3, 3)(features["x"]))


def _convolves_rows_in_tf1(features, labels, mode):
    return _spec(mode, v1.layers.conv2d(features["x"], 3, 3))


def _asks_a_tensor(features, labels, mode):
    return _spec(mode, 1.0 if features["x"][0, 0] > 0 else 2.0)


class _Broken(keras.layers.Layer):
    def call(self, x):
        return x + self.nothing


def _has_a_layer_of_the_user(features, labels, mode):
    return _spec(mode, _Broken()(features["x"]))


@pytest.mark.parametrize(
    ("model_fn", "last"),
    [
        (_multiplies_wrongly, "tf.matmul("),
        (_convolves_rows, "keras.layers.Conv2D("),
        (_convolves_rows_in_tf1, "v1.layers.conv2d("),
        (_asks_a_tensor, 'features["x"][0, 0] > 0'),
        (_has_a_layer_of_the_user, "return x + self.nothing"),
    ],
)
def test_frames_of_tensorflow_and_keras_are_left_out(model_dir, model_fn, last):
    shown = _Shown(lambda: _estimator(model_dir, model_fn).train(_rows))
    assert last in shown.frames[-1][1]
    assert (model_fn.__name__) in [name for name, _ in shown.frames]
    assert shown.files == {_HERE}


def test_an_error_raised_from_another_shows_both_lines(model_dir):
    def model_fn(features, labels, mode):
        try:
            _column(features)
        except KeyError as error:
            raise LookupError("no column z") from error

    shown = _Shown(lambda: _estimator(model_dir, model_fn).train(_rows))
    assert shown.frames[-1] == (
        "model_fn",
        'raise LookupError("no column z") from error',
    )
    assert isinstance(shown.error.__cause__, KeyError)
    assert 'return features["z"]' in shown.text
    assert "direct cause" in shown.text
    assert shown.files == {_HERE}


def test_what_is_refused_in_model_fn_shows_the_line_first(model_dir):
    """TensorFlow's own words come first, with the line; then what to do."""

    def model_fn(features, labels, mode):
        return _spec(mode, tf.reduce_mean(features["x"]) * _OUTSIDE)

    shown = _Shown(lambda: _estimator(model_dir, model_fn).train(_rows))
    assert isinstance(shown.error, ke.errors.ModelFnError)
    first = shown.text.split("direct cause")[0]
    assert 'tf.reduce_mean(features["x"]) * _OUTSIDE' in first
    assert shown.files == {_HERE}


def test_a_wrong_spec_shows_where_it_was_made(model_dir):
    def model_fn(features, labels, mode):
        return ke.EstimatorSpec(mode, loss=tf.reduce_mean(features["x"]))

    shown = _Shown(lambda: _estimator(model_dir, model_fn).train(_rows))
    assert isinstance(shown.error, ke.errors.SpecError)
    assert shown.frames[-1][0] == "model_fn"
    assert "return ke.EstimatorSpec(" in shown.frames[-1][1]
    assert "train_op" in shown.text


def test_what_model_fn_returned_names_the_function_and_its_place(model_dir):
    def model_fn(features, labels, mode):
        pass

    shown = _Shown(lambda: _estimator(model_dir, model_fn).train(_rows))
    line = inspect.getsourcelines(model_fn)[1]
    assert f"{_HERE}:{line}" in str(shown.error)
    assert shown.frames == []


def test_an_error_of_a_hook_ends_in_its_line(model_dir):
    class Hook(ke.SessionRunHook):
        def after_run(self, run_context, run_values):
            run_values.nothing  # noqa: B018

    estimator = _estimator(model_dir)
    shown = _Shown(lambda: estimator.train(_rows, hooks=[Hook()]))
    assert shown.frames[-1][0] == "after_run"
    assert shown.files == {_HERE}


def test_a_context_manager_of_the_user_stays(model_dir):
    class Section:
        def __enter__(self):
            return self

        def __exit__(self, *error):
            raise RuntimeError("closing failed")

    def model_fn(features, labels, mode):
        with Section():
            return _model_fn(features, labels, mode)

    shown = _Shown(lambda: _estimator(model_dir, model_fn).train(_rows))
    assert [name for name, _ in shown.frames] == ["model_fn", "__exit__"]


def test_all_frames_are_there_on_request(model_dir):
    keras.config.disable_traceback_filtering()
    try:
        estimator = _estimator(model_dir, _misses_a_feature)
        shown = _Shown(lambda: estimator.train(_rows))
    finally:
        keras.config.enable_traceback_filtering()
    package = os.path.dirname(ke.__file__)
    assert any(file.startswith(package) for file in shown.files)
    assert shown.frames[-1] == ("_column", 'return features["z"]')


def test_an_error_that_nobody_meant_keeps_its_frames(model_dir, monkeypatch):
    """A fault of the package itself can be found by what is printed."""
    estimator = _estimator(model_dir)
    monkeypatch.setattr(estimator, "_values", None)
    shown = _Shown(lambda: estimator.train(_rows))
    assert isinstance(shown.error, AttributeError)
    assert shown.frames[-1][0] == "train"
    assert "self._values." in shown.last


# While input_fn is called ----------------------------------------------------


def _has_no_file():
    raise OSError("no such file: rows.csv")


def _takes_a_wrong_key():
    return _rows().map(lambda features, labels: features["z"])


def _reshapes_wrongly():
    x = tf.constant(np.ones((2, 3), np.float32))
    return {"x": tf.reshape(x, [5])}, None


@pytest.mark.parametrize(
    ("input_fn", "last"),
    [
        (_has_no_file, 'raise OSError("no such file: rows.csv")'),
        (_takes_a_wrong_key, 'features["z"]'),
        (_reshapes_wrongly, "tf.reshape(x, [5])"),
    ],
)
@pytest.mark.parametrize("verb", ["train", "predict"])
def test_an_error_of_input_fn_ends_in_its_line(model_dir, input_fn, last, verb):
    shown = _Shown(_verbs(_estimator(model_dir), input_fn)[verb])
    assert last in shown.last
    assert input_fn.__name__ in [name for name, _ in shown.frames]
    assert shown.files == {_HERE}


def test_what_input_fn_returned_names_the_function_and_its_place(model_dir):
    def input_fn():
        pass

    shown = _Shown(lambda: _estimator(model_dir).train(input_fn))
    line = inspect.getsourcelines(input_fn)[1]
    assert f"{_HERE}:{line}" in str(shown.error)
    assert shown.frames == []


# While steps run -------------------------------------------------------------


def _refuses_ones(features, labels, mode):
    check = v1.assert_greater(features["x"], 5.0, message="too small")
    with tf.control_dependencies([check]):
        return _spec(mode, tf.reduce_mean(features["x"]))


def _reshapes_by_value(features, labels, mode):
    size = tf.cast(tf.reduce_sum(features["x"]), tf.int32)
    return _spec(mode, tf.reduce_mean(tf.reshape(features["x"], [size, 2])))


def _reshapes_by_value_in_keras(features, labels, mode):
    size = keras.ops.cast(keras.ops.sum(features["x"]), "int32")
    x = keras.ops.reshape(features["x"], (size, 2))
    return _spec(mode, keras.ops.mean(x))


def _fails_in_a_branch(features, labels, mode):
    def small():
        return tf.reduce_mean(tf.reshape(features["x"], [size, 2]))

    size = tf.cast(tf.reduce_sum(features["x"]), tf.int32)
    loss = tf.cond(size < 10, small, lambda: 0.0)
    return _spec(mode, loss)


@pytest.mark.parametrize("verb", ["train", "evaluate", "predict"])
def test_an_operation_that_fails_shows_the_line_that_made_it(model_dir, verb):
    estimator = _estimator(model_dir, _refuses_ones)
    shown = _Shown(_verbs(estimator, _rows)[verb])
    assert isinstance(shown.error, tf.errors.InvalidArgumentError)
    assert "too small" in shown.text
    assert shown.last.startswith("check = v1.assert_greater(")
    assert shown.files == {_HERE}


@pytest.mark.parametrize(
    ("model_fn", "last"),
    [
        (_reshapes_by_value, "tf.reshape("),
        (_reshapes_by_value_in_keras, "keras.ops.reshape("),
        (_fails_in_a_branch, "tf.cond(size < 10"),
    ],
)
def test_a_wrong_shape_at_run_time_shows_the_line(model_dir, model_fn, last):
    shown = _Shown(lambda: _estimator(model_dir, model_fn).train(_rows))
    assert isinstance(shown.error, tf.errors.InvalidArgumentError)
    assert "Input to reshape is a tensor with 6 values" in shown.text
    assert last in shown.last
    assert f"in {model_fn.__name__}" in shown.text
    assert shown.files == {_HERE}
    assert "stack traces unavailable" not in shown.text
    assert "inference_run" not in shown.text


def test_a_step_amid_many_shows_the_line_too(model_dir):
    """Steps that no hook looks at run in one call."""

    def model_fn(features, labels, mode):
        step = tf.cast(v1.train.get_global_step(), tf.int32)
        size = tf.where(step < 7, 6, 7)
        return _spec(mode, tf.reduce_mean(tf.reshape(features["x"], [size])))

    estimator = _estimator(model_dir, model_fn)
    shown = _Shown(lambda: estimator.train(lambda: _rows(20)))
    assert 'tf.reshape(features["x"], [size])' in shown.last
    assert shown.files == {_HERE}


def test_of_two_that_may_have_failed_both_are_shown(model_dir):
    def model_fn(features, labels, mode):
        low = v1.assert_greater(features["x"], 0.0)
        high = v1.assert_less(features["x"], 0.5, message="too large")
        with tf.control_dependencies([low, high]):
            return _spec(mode, tf.reduce_mean(features["x"]))

    shown = _Shown(lambda: _estimator(model_dir, model_fn).train(_rows))
    assert "too large" in shown.text
    assert "one of these places" in shown.text
    assert "low = v1.assert_greater(" in shown.text
    assert "high = v1.assert_less(" in shown.text


def test_the_error_of_an_operation_has_the_class_of_tensorflow(model_dir):
    """As programs catch it; what TensorFlow chained to it is not shown."""
    shown = _Shown(lambda: _estimator(model_dir, _refuses_ones).train(_rows))
    assert type(shown.error) is tf.errors.InvalidArgumentError
    assert shown.error.error_code == tf.errors.INVALID_ARGUMENT
    assert shown.text.count("Traceback (most recent call last)") == 1


def _halve(x):
    raise ZeroDivisionError("cannot halve")


def test_py_func_shows_the_line_of_the_function(model_dir):
    def model_fn(features, labels, mode):
        y = tf.numpy_function(_halve, [features["x"]], tf.float32)
        return _spec(mode, tf.reduce_mean(y))

    shown = _Shown(lambda: _estimator(model_dir, model_fn).train(_rows))
    assert 'raise ZeroDivisionError("cannot halve")' in shown.text
    assert "y = tf.numpy_function(_halve" in shown.last


# While the input is read -----------------------------------------------------


def _generated():
    def rows():
        yield np.ones(3, np.float32)
        raise ValueError("row 1 is broken")

    spec = tf.TensorSpec([3], tf.float32)
    data = tf.data.Dataset.from_generator(rows, output_signature=spec)
    return data.map(lambda x: ({"x": x}, x))


def _through_python():
    data = _rows().map(lambda f, y: tf.numpy_function(_halve, [y], tf.float32))
    return data.map(lambda x: ({"x": tf.ensure_shape(x, [2])}, x))


def _of_rubbish():
    data = tf.data.Dataset.from_tensors(b"rubbish")
    data = data.map(lambda x: tf.io.parse_tensor(x, tf.float32))
    return data.map(lambda x: ({"x": x}, x))


def _checked_after_get_next():
    x = v1.data.make_one_shot_iterator(_rows()).get_next()[0]["x"]
    with tf.control_dependencies([v1.assert_greater(x, 5.0)]):
        return {"x": tf.identity(x)}, x


@pytest.mark.parametrize(
    ("input_fn", "words"),
    [
        (_generated, 'raise ValueError("row 1 is broken")'),
        (_through_python, 'raise ZeroDivisionError("cannot halve")'),
        (_of_rubbish, "Could not parse"),
        (_checked_after_get_next, "Condition x > y did not hold"),
    ],
)
@pytest.mark.parametrize("verb", ["train", "predict"])
def test_an_error_in_the_data_names_input_fn(model_dir, input_fn, words, verb):
    shown = _Shown(_verbs(_estimator(model_dir), input_fn)[verb])
    assert isinstance(shown.error, tf.errors.OpError)
    assert words in shown.text
    line = inspect.getsourcelines(input_fn)[1]
    assert shown.text.rstrip().endswith(
        f"see input_fn `{input_fn.__qualname__}` ({_HERE}:{line})."
    )
    assert shown.frames == []


def test_an_operation_of_the_input_is_not_taken_for_one_of_model_fn(model_dir):
    """Both may have the same name."""

    def model_fn(features, labels, mode):
        return _spec(mode, tf.io.parse_tensor(features["text"], tf.float32))

    def input_fn():
        data = tf.data.Dataset.from_tensors(b"rubbish").repeat(2)
        return data.map(lambda text: {"text": _parsed_twice(text)})

    def _parsed_twice(text):
        return tf.strings.as_string(tf.io.parse_tensor(text, tf.float32))

    shown = _Shown(lambda: _estimator(model_dir, model_fn).train(input_fn))
    assert "{{node ParseTensor}}" in shown.text
    assert "was made here" not in shown.text
    assert "see input_fn" in shown.text


# What is printed -------------------------------------------------------------

_PROGRAM = """
import tempfile
import numpy as np
import tensorflow as tf
import keras_estimator as ke

def head(features):
    return tf.matmul(features["x"], tf.ones([4, 1]))

def model_fn(features, labels, mode):
    return ke.EstimatorSpec(mode, predictions=head(features))

def input_fn():
    return tf.data.Dataset.from_tensors({"x": np.ones((2, 3), np.float32)})

estimator = ke.Estimator(model_fn, tempfile.mkdtemp())
for prediction in estimator.predict(input_fn):
    print(prediction)
"""


def test_a_program_that_fails_prints_its_own_lines_only(tmp_path):
    path = tmp_path / "program.py"
    path.write_text(_PROGRAM)
    root = os.path.dirname(os.path.dirname(ke.__file__))
    run = subprocess.run(
        [sys.executable, str(path)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": root},
        check=False,
    )
    assert run.returncode == 1
    printed = run.stderr[run.stderr.index("Traceback") :]
    lines = [line for line in printed.splitlines() if set(line) - set(" ^~")]
    expected = f"""\
        Traceback (most recent call last):
          File "{path}", line 17, in <module>
            for prediction in estimator.predict(input_fn):
          File "{path}", line 11, in model_fn
            return ke.EstimatorSpec(mode, predictions=head(features))
          File "{path}", line 8, in head
            return tf.matmul(features["x"], tf.ones([4, 1]))"""
    assert lines[:-1] == textwrap.dedent(expected).splitlines()
    assert lines[-1].startswith("ValueError: Dimensions must be equal")


# In Keras' loops -------------------------------------------------------------


def _loops(model_fn):
    """What may be called on an EstimatorModel, by name."""
    model, data = ke.EstimatorModel(model_fn), _rows()
    batch = next(iter(data))
    features = batch[0] if isinstance(batch, tuple) else batch
    labels = batch[1] if isinstance(batch, tuple) else None
    return {
        "fit": lambda: model.fit(data, verbose=0),
        "evaluate": lambda: model.evaluate(data, verbose=0),
        "predict": lambda: model.predict(data, verbose=0),
        "train_on_batch": lambda: model.train_on_batch(features, labels),
        "test_on_batch": lambda: model.test_on_batch(features, labels),
        "predict_on_batch": lambda: model.predict_on_batch(features),
    }


@pytest.mark.parametrize("loop", list(_loops(_misses_a_feature)))
def test_an_error_of_model_fn_ends_in_its_line_in_keras_loops(loop):
    shown = _Shown(_loops(_misses_a_feature)[loop])
    assert shown.frames[-2:] == [
        ("_misses_a_feature", "return _spec(mode, _column(features))"),
        ("_column", 'return features["z"]'),
    ]
    assert shown.files == {__file__}


def _looks_too_far(features, labels, mode):
    x = features["x"]
    far = tf.gather(tf.reshape(x, [-1]), tf.cast(x[0], tf.int32) + 9999)
    return _spec(mode, tf.reduce_mean(x + far))


@pytest.mark.parametrize("loop", ["fit", "evaluate", "train_on_batch"])
def test_an_operation_that_fails_in_keras_loops_shows_its_line(loop):
    shown = _Shown(_loops(_looks_too_far)[loop])
    assert isinstance(shown.error, tf.errors.InvalidArgumentError)
    assert shown.last.startswith("far = tf.gather(")
