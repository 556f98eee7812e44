"""Names of tf.estimator that are not here, and what is said of them."""

import pytest

import keras_estimator as ke
import keras_estimator.compat.v1 as tf


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("DNNClassifier", "Canned estimators are not here yet.*in a model_fn"),
        ("DNNLinearCombinedRegressor", "Canned estimators are not here yet"),
        ("LinearEstimator", "Canned estimators are not here yet"),
        ("BaselineClassifier", "Canned estimators are not here yet"),
        ("BoostedTreesClassifier", "Use the package ydf"),
        ("BinaryClassHead", "Heads are not here yet.*`EstimatorSpec`"),
        ("MultiHead", "Heads are not here yet"),
        ("classifier_parse_example_spec", "make_parse_example_spec"),
        ("Nothing", r"'Nothing'\. The names"),
    ],
)
def test_names_say_what_to_use_instead(name, says):
    for module in (ke, tf.estimator):
        with pytest.raises(AttributeError, match=says) as error:
            getattr(module, name)
        assert "docs/compatibility.md" in str(error.value)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("KMeans", "Canned estimators"),
        ("RNNClassifier", "Canned estimators"),
        ("LinearSDCA", "Canned estimators"),
        ("dnn_logit_fn_builder", "Write the layers in model_fn"),
        ("call_logit_fn", "Write the layers in model_fn"),
    ],
)
def test_experimental_names_do_too(name, says):
    for module in (ke.experimental, tf.estimator.experimental):
        with pytest.raises(AttributeError, match=says):
            getattr(module, name)
