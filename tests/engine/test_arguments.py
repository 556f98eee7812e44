"""Which arguments a user's function gets, and how they are passed."""

import functools

import pytest

from keras_estimator.engine.arguments import Params
from keras_estimator.engine.arguments import argument_names
from keras_estimator.engine.arguments import call_model_fn
from keras_estimator.engine.arguments import check_model_fn
from keras_estimator.engine.arguments import describe_function
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import MissingParamError
from keras_estimator.errors import ModelFnError


class Methods:
    def method(self, features, mode):
        return "method", features, mode

    @classmethod
    def of_class(cls, features, params):
        return "of_class", features, params

    @staticmethod
    def static(features, config):
        return "static", features, config

    def __call__(self, features, labels):
        return "called", features, labels


def decorated(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper


@pytest.mark.parametrize(
    ("function", "names"),
    [
        (lambda: 0, ()),
        (lambda a, b=1, *c, d, e=2, **f: 0, ("a", "b", "d", "e")),
        (lambda a, /, b: 0, ("b",)),
        (functools.partial(lambda a, b, c: 0, 1), ("b", "c")),
        (functools.partial(lambda a, b, c: 0, b=1), ("a", "c")),
        (
            functools.partial(functools.partial(lambda a, b, c: 0, 1), c=2),
            ("b",),
        ),
        (Methods().method, ("features", "mode")),
        (Methods.of_class, ("features", "params")),
        (Methods.static, ("features", "config")),
        (Methods(), ("features", "labels")),
        (decorated(lambda features, mode: 0), ("features", "mode")),
    ],
)
def test_arguments_that_can_be_passed_by_name(function, names):
    assert argument_names(function) == names


@pytest.mark.parametrize(
    ("model_fn", "result"),
    [
        (lambda features: features, "x"),
        (lambda features, labels: (features, labels), ("x", "y")),
        (lambda mode, labels, features: (mode, labels), ("train", "y")),
        (lambda features, labels, params: params, {"rate": 1}),
        (lambda features, labels, config: config, "configured"),
        (lambda features, labels, mode="?": mode, "train"),
        (lambda features, labels, *, mode: mode, "train"),
        (lambda features, labels, **kwargs: kwargs, {}),
        (Methods().method, ("method", "x", "train")),
        (Methods.of_class, ("of_class", "x", {"rate": 1})),
        (Methods.static, ("static", "x", "configured")),
        (Methods(), ("called", "x", "y")),
        (
            functools.partial(
                lambda net, features, labels, mode: (net, mode), "resnet"
            ),
            ("resnet", "train"),
        ),
        (
            functools.partial(lambda features, labels, width: width, width=3),
            3,
        ),
        (decorated(lambda features, mode: mode), "train"),
    ],
)
def test_a_model_fn_gets_what_it_names(model_fn, result):
    optional = {
        "mode": "train",
        "params": {"rate": 1},
        "config": "configured",
    }
    check_model_fn(model_fn, None)
    takes_labels = "labels" in argument_names(model_fn)
    labels = "y" if takes_labels else None
    assert call_model_fn(model_fn, "x", labels, optional) == result


def test_labels_without_an_argument_for_them_are_an_error():
    def unsupervised(features, mode):
        pass

    with pytest.raises(
        ModelFnError, match="does not take labels, but input_fn returns labels"
    ) as error:
        call_model_fn(unsupervised, 1, 2, {"mode": "train"})
    assert "unsupervised" in str(error.value)
    assert "return only features from input_fn" in str(error.value)


@pytest.mark.parametrize(
    "error",
    [
        ValueError("None values not supported."),
        ValueError("Received: labels=None and logits of shape (None, 3)"),
        ValueError("Attempt to convert a value (None) to a Tensor."),
        TypeError("'NoneType' object is not subscriptable"),
    ],
)
def test_an_error_about_none_says_that_there_are_no_labels(error):
    def model_fn(features, labels, mode):
        raise error

    with pytest.raises((ModelFnError, ArgumentTypeError)) as caught:
        call_model_fn(model_fn, 1, None, {"mode": "infer"})
    text = str(caught.value)
    assert text.startswith(f"{error} (`labels` are None in model_fn ")
    assert "return the predictions before labels are used" in text


@pytest.mark.parametrize(
    "error",
    [
        ValueError("Input 0 with name 'None': got shape (None, 3)"),
        ValueError("Shapes (None,) and [None] and (2, None, ) differ"),
        ValueError("no\n  \u2022 training=None\n  \u2022 mask=None"),
        ValueError("there is something else"),
        AttributeError("'NoneType' object has no attribute 'shape'"),
    ],
)
def test_an_error_about_something_else_is_left_as_it_is(error):
    def model_fn(features, labels, mode):
        raise error

    with pytest.raises(type(error)) as caught:
        call_model_fn(model_fn, 1, None, {"mode": "infer"})
    assert caught.value is error


def test_labels_that_are_none_need_no_argument():
    assert call_model_fn(lambda features: features, 1, None, {}) == 1


@pytest.mark.parametrize("other", [None, 3, "model_fn", object()])
def test_what_cannot_be_called_is_no_model_fn(other):
    kind = ModelFnError if other is None else ArgumentTypeError
    with pytest.raises(kind, match="must be a function of") as error:
        check_model_fn(other, None)
    assert f"type {type(other).__name__}" in str(error.value)


@pytest.mark.parametrize(
    ("model_fn", "params", "message"),
    [
        (
            lambda x, labels: 0,
            None,
            r"must include features .* \['x', 'labels'",
        ),
        (lambda: 0, None, r"must include features argument. It has: \[\]"),
        (lambda features, /: 0, None, "must include features argument"),
        (
            functools.partial(lambda features, mode: 0, 1),
            None,
            "must include features argument",
        ),
        (
            lambda features: 0,
            {"rate": 1},
            r"not include params argument, but params \(\{'rate': 1\}\)",
        ),
        (lambda features: 0, {}, "does not include params argument"),
        (
            lambda features, is_training: 0,
            None,
            r"not expected args: \['is_training'\].*functools.partial",
        ),
        (lambda features, rate=1: 0, None, r"expected args: \['rate'\]"),
    ],
)
def test_a_model_fn_that_cannot_be_called_is_refused(model_fn, params, message):
    with pytest.raises(ModelFnError, match=message):
        check_model_fn(model_fn, params)


def test_params_may_be_anything_if_the_model_fn_takes_them():
    for params in ({"rate": 1}, {}, object(), 3):
        check_model_fn(lambda features, params: 0, params)


def test_a_function_is_described_by_name_and_place():
    line = Methods.method.__code__.co_firstlineno
    place = f"({__file__}:{line})"
    for function in (
        Methods().method,
        functools.partial(Methods.method, Methods()),
        functools.partial(functools.partial(Methods().method), 1),
        decorated(Methods.method),
    ):
        assert describe_function(function) == f"`Methods.method` {place}"
    assert describe_function(Methods()) == "`Methods`"
    assert describe_function(len) == "`len`"


def test_params_explain_a_missing_key():
    params = Params({"learning_rate": 0.1, "units": 3})
    with pytest.raises(MissingParamError) as error:
        _ = params["learning_rat"]
    assert isinstance(error.value, KeyError)
    assert str(error.value) == (
        "`params` has no 'learning_rat'. Did you mean 'learning_rate'? The "
        "Estimator was given params={'learning_rate': 0.1, 'units': 3}: add "
        "the key there, or read it with `params.get('learning_rat', default)`."
    )


def test_params_are_a_dict():
    params = Params({"units": 3})
    assert params == {"units": 3}
    assert params.get("rate", 5) == 5
    assert "rate" not in params
    assert dict(**params) == {"units": 3}
    with pytest.raises(MissingParamError, match="has no 7. The Est"):
        params[7]
