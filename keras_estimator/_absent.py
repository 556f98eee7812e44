"""What to say of names that tf.estimator has and this package does not."""

from collections.abc import Callable
from typing import Any

_CANNED = (
    "Canned estimators are not here yet; a release of their own will bring "
    "them. Write the layers in a model_fn for `Estimator`: an old model_dir "
    "can be continued, variables are restored by their names."
)
_HEAD = (
    "Heads are not here yet; a release of their own will bring them. Compute "
    "loss and metrics in model_fn, and return an `EstimatorSpec`."
)
_SPEC = "Use `tf.feature_column.make_parse_example_spec`."
_TREES = "Use the package ydf (Yggdrasil Decision Forests)."
_BUILT_BY_HAND = "Write the layers in model_fn."
# By beginning or end of a name.
_INSTEAD = (
    ("BoostedTrees", _TREES),
    ("boosted_trees", _TREES),
    ("Baseline", _CANNED),
    ("DNN", _CANNED),
    ("KMeans", _CANNED),
    ("Linear", _CANNED),
    ("RNN", _CANNED),
    ("Head", _HEAD),
    ("parse_example_spec", _SPEC),
    ("logit_fn", _BUILT_BY_HAND),
    ("logit_fn_builder", _BUILT_BY_HAND),
)


def absent(module: str) -> Callable[[str], Any]:
    """Returns a `__getattr__` for a module with names of tf.estimator.

    Args:
        module: The module's `__name__`.
    """

    def get(name: str) -> Any:
        raise AttributeError(
            f"module {module!r} has no attribute {name!r}. {_instead(name)}The "
            "names of tf.estimator that are not here, and what to use instead, "
            "are in docs/compatibility.md."
        )

    return get


def _instead(name: str) -> str:
    for part, sentence in _INSTEAD:
        if name.startswith(part) or name.endswith(part):
            return f"{sentence} "
    return ""
