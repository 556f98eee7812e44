"""The programs in docs/summaries.md, as a reader would run them."""

import re
import textwrap
from pathlib import Path

import numpy as np
import tensorflow as tf

import keras_estimator as ke
import keras_estimator.compat.v1 as tf1

_GUIDE = Path(__file__).parents[2] / "docs" / "summaries.md"
_BLOCKS = re.findall(r"```python\n(.*?)```", _GUIDE.read_text(), re.DOTALL)


def block(*words):
    """The one block that has all of these words."""
    (found,) = (b for b in _BLOCKS if all(word in b for word in words))
    return found


def function(body, name="model_fn"):
    """A model_fn of fragments of the guide."""
    lines = "\n".join(textwrap.indent(part, "    ") for part in body)
    return f"def {name}(features, labels, mode, config):\n{lines}"


def input_fn():
    x = np.linspace(0, 1, 24, dtype=np.float32).reshape(12, 2)
    y = (x[:, :1] > 0.5).astype(np.float32)
    return tf.data.Dataset.from_tensor_slices((x, y)).batch(4)


def written(directory):
    """[(step, tag)] of the summaries in a folder."""
    return [
        (event.step, value.tag)
        for path in sorted(Path(directory).glob("*.tfevents.*"))
        for event in tf1.train.summary_iterator(str(path))
        for value in event.summary.value
    ]


def trained(program, name, model_dir, **names):
    """An Estimator with the function `name` of a program, after 3 steps."""
    exec(program, names)
    config = ke.RunConfig(save_summary_steps=2, log_step_count_steps=None)
    one = ke.Estimator(names[name], model_dir, config)
    return one.train(input_fn)


def test_summaries_of_keras(model_dir):
    trained(block("def model_fn", "Dense"), "model_fn", model_dir)
    assert written(model_dir) == [
        (step, tag)
        for step in (1, 3)
        for tag in ("loss", "hidden", "predictions/mean")
    ]


def test_summaries_of_tf1(model_dir):
    trained(block("def tf1_model_fn"), "tf1_model_fn", model_dir)
    tags = ["dense/bias", "dense/kernel"]
    assert sorted(written(model_dir))[:3] == [
        (1, "loss"),
        *((1, f"weights/weights/{tag}") for tag in tags),
    ]


def test_a_writer_of_its_own_and_fit(model_dir):
    program = block("def model_fn", "Dense")
    writer = block("create_file_writer").split("...\n", 1)[1]
    program = program.replace("mode):", "mode, config):").replace(
        "    return", f"{writer}    return"
    )
    one = trained(program, "model_fn", model_dir)
    assert written(f"{model_dir}/details") == [(1, "hidden"), (3, "hidden")]
    before = len(written(model_dir))
    names = {"estimator": one, "dataset": input_fn(), "ke": ke, "tf": tf}
    exec(block("callbacks").replace('"model"', f'"{model_dir}"'), names)
    assert [step for step, _ in written(model_dir)[before:]] == [4] * 3


def test_evaluations_and_metrics_of_training(model_dir):
    body = [
        "w = tf.get_variable('w', [], initializer=tf.ones_initializer())",
        "predictions = tf.sigmoid(w * features[:, :1])",
        "loss = tf.reduce_mean(tf.square(predictions - labels))",
        "labels = tf.cast(labels[:, 0], tf.int32)",
        "classes = tf.cast(tf.round(predictions[:, 0]), tf.int32)",
        "probabilities = predictions[:, 0]",
        "train_op = tf.train.GradientDescentOptimizer(0.1).minimize(",
        "    loss, tf.train.get_global_step())",
        block("eval_metric_ops = "),
        block("train_metrics"),
        block("histogram_summary").replace(
            "evaluation_hooks",
            "train_op=train_op, eval_metric_ops=eval_metric_ops, "
            "evaluation_hooks",
        ),
    ]
    one = trained(function(body), "model_fn", model_dir, tf=tf1)
    assert (1, "auc") in written(model_dir)
    one.evaluate(input_fn)
    found = written(one.eval_dir())
    assert found.count((3, "histogram_summary/predictions")) == 3
    assert (3, "accuracy") in found
    assert (3, "confusion/0") in found
