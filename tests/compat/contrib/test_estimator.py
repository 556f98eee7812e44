"""`tf.contrib.estimator`: what is back, and what is said of the rest."""

import numpy as np
import pytest
import tensorflow as tf2

import keras_estimator as ke
import keras_estimator.compat.v1 as tf
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError
from keras_estimator.errors import InputFnError
from keras_estimator.errors import ModelFnError
from keras_estimator.errors import UnsupportedError

contrib = tf.contrib.estimator


def model_fn(features, labels, mode, params):
    w = tf.get_variable("w", [], initializer=tf.zeros_initializer())
    y = (w + params["bias"]) * features["x"]
    loss = None if labels is None else tf.reduce_mean(tf.square(y - labels))
    train_op = None
    if mode == tf.estimator.ModeKeys.TRAIN:
        optimizer = contrib.clip_gradients_by_norm(
            tf.train.GradientDescentOptimizer(1.0), 0.25
        )
        train_op = optimizer.minimize(loss, tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, {"y": y}, loss, train_op)


def input_fn():
    features = {
        "x": [1.0, 2.0],
        "id": ["a", "b"],
        "tags": tf.SparseTensor([[0, 1]], ["t"], [2, 2]),
    }
    dataset = tf2.data.Dataset.from_tensors((features, [4.0, 8.0]))
    return dataset.repeat(2)


@pytest.fixture(scope="module")
def estimator(tmp_path_factory):
    path = str(tmp_path_factory.mktemp("model"))
    one = ke.Estimator(
        contrib.replicate_model_fn(model_fn, devices=["/cpu:0"]),
        path,
        params={"bias": 1.0},
    )
    return one.train(input_fn)


def serving_input_fn():
    x = tf.placeholder(tf.float32, [None], "x")
    names = tf.placeholder(tf.string, [None], "id")
    features = {"x": x, "id": names}
    return tf.estimator.export.ServingInputReceiver(features, features)


def test_gradients_are_clipped(estimator):
    assert float(estimator.get_variable_value("w")) == pytest.approx(0.5)


def test_features_are_among_the_predictions(estimator):
    more = contrib.forward_features(
        estimator, ["id", "tags"], sparse_default_values={"tags": "none"}
    )
    first, second = list(more.predict(input_fn))[:2]
    assert (first["id"], second["id"]) == (b"a", b"b")
    assert first["tags"].tolist() == [b"none", b"t"]
    assert (float(first["y"]), float(second["y"])) == (1.5, 3.0)
    assert more.model_dir == estimator.model_dir
    assert more.params == {"bias": 1.0}


def test_features_are_served(estimator, tmp_path):
    more = contrib.forward_features(estimator, "id")
    folder = contrib.export_saved_model_for_mode(
        more, str(tmp_path), serving_input_fn
    )
    found = ke.predictor.from_saved_model(folder)({"x": [2.0], "id": ["c"]})
    assert [tf.compat.as_text(name) for name in found["id"]] == ["c"]
    assert found["y"].tolist() == [3.0]


@pytest.mark.parametrize(
    ("keys", "defaults", "says"),
    [
        ("other", None, 'Key "other" is not in features'),
        (["id", "y"], None, 'Key "y" is not in features'),
        (None, None, r"Feature \(tags\) should be a Tensor"),
        ("id", {"id": ""}, "expected to be a `SparseTensor`"),
    ],
    ids=["absent", "no feature", "sparse", "dense"],
)
def test_features_that_cannot_be_forwarded(estimator, keys, defaults, says):
    more = contrib.forward_features(estimator, keys, defaults)
    with pytest.raises(ModelFnError, match=says):
        list(more.predict(input_fn))


def test_a_prediction_is_not_replaced(estimator):
    def other(features, labels, mode):
        return tf.estimator.EstimatorSpec(mode, {"x": features["x"]})

    more = contrib.forward_features(ke.Estimator(other), "x")
    with pytest.raises(ModelFnError, match=r"Cannot forward feature key \(x\)"):
        list(more.predict(input_fn))


def test_wrong_keys_are_refused_at_once(estimator):
    with pytest.raises(ArgumentTypeError, match="string or a list of strings"):
        contrib.forward_features(estimator, 3)
    with pytest.raises(ArgumentTypeError, match="with type: int"):
        contrib.forward_features(estimator, ["a", 3])
    with pytest.raises(ArgumentTypeError, match="must be an `Estimator`"):
        contrib.forward_features(model_fn)


def test_an_input_fn_makes_a_receiver(estimator, tmp_path):
    def dense(count):
        features = {"x": tf.zeros([count])}
        return tf2.data.Dataset.from_tensors((features, tf.zeros([count])))

    receiver_fn = contrib.build_supervised_input_receiver_fn_from_input_fn(
        dense, count=2
    )
    with tf.Graph().as_default():
        receiver = receiver_fn()
        assert sorted(receiver.receiver_tensors) == ["label", "x"]
        assert receiver.features["x"].shape.as_list() == [None]
        assert receiver.labels.shape.as_list() == [None]
    with pytest.raises(InputFnError, match="must return"):
        contrib.build_supervised_input_receiver_fn_from_input_fn(
            lambda: {"x": tf.zeros([2])}
        )
    folder = contrib.export_all_saved_models(
        estimator,
        str(tmp_path),
        {"eval": receiver_fn, "infer": serving_input_fn},
    )
    loaded = tf2.saved_model.load(folder.decode(), tags=["serve"])
    assert "serving_default" in loaded.signatures
    with pytest.raises(ArgumentTypeError, match="must be an `Estimator`"):
        contrib.export_all_saved_models(model_fn, "a", {})


def test_there_is_one_tower():
    with pytest.raises(UnsupportedError, match="Give one of them"):
        contrib.replicate_model_fn(model_fn, devices=["/gpu:0", "/gpu:1"])
    with pytest.raises(ConfigError, match="need to be reduced"):
        contrib.replicate_model_fn(model_fn, tf.losses.Reduction.NONE)
    with pytest.raises(ArgumentTypeError, match="tf.train.Optimizer"):
        contrib.clip_gradients_by_norm("adam", 1.0)


def test_clipping_is_by_the_norm_of_all_gradients():
    with tf.Graph().as_default(), tf.Session() as session:
        a = tf.get_variable("a", [], initializer=tf.zeros_initializer())
        b = tf.get_variable("b", [], initializer=tf.zeros_initializer())
        tf.get_variable("unused", [])
        optimizer = contrib.clip_gradients_by_norm(
            tf.train.GradientDescentOptimizer(1.0), 1.0
        )
        train_op = optimizer.minimize(3.0 * a - 4.0 * b)
        assert optimizer.get_name() == "ClipByNormGradientDescent"
        session.run(tf.global_variables_initializer())
        session.run(train_op)
        np.testing.assert_allclose(session.run([a, b]), [-0.6, 0.8], rtol=1e-6)


def test_what_moved_on_is_there():
    for name in ke.experimental.__all__:
        if hasattr(contrib, name):
            assert getattr(contrib, name) is getattr(ke.experimental, name)
    assert contrib.stop_if_no_increase_hook
    assert contrib.InMemoryEvaluatorHook
    assert contrib.add_metrics is ke.add_metrics


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("multi_class_head", "heads are not here yet.*EstimatorSpec"),
        ("RNNClassifier", "canned estimators are not here yet"),
        ("SavedModelEstimator", "warm_start_from"),
        ("Nothing", r"docs/compatibility\.md"),
    ],
)
def test_what_is_not_back_says_so(name, says):
    with pytest.raises(AttributeError, match=says):
        getattr(contrib, name)
