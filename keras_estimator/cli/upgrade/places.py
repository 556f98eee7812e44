"""Where the private modules of TensorFlow have their names in public.

Keys are modules below `tensorflow`; values are places below `tf`, where `""`
is `tf` itself, to be tried in this order.
"""

from collections.abc import Iterator

_TOP = ("",)
_TOP_AND = {
    "array_ops": ("sets",),
    "check_ops": ("debugging",),
    "clip_ops": (),
    "confusion_matrix": ("math",),
    "control_flow_ops": (),
    "cond": (),
    "custom_gradient": (),
    "data_flow_ops": ("queue",),
    "functional_ops": (),
    "gradients": (),
    "gradients_impl": (),
    "histogram_ops": (),
    "image_ops": ("image",),
    "init_ops": ("initializers",),
    "io_ops": ("io",),
    "linalg_ops": ("linalg",),
    "logging_ops": ("summary",),
    "lookup_ops": ("lookup",),
    "map_fn": (),
    "math_ops": ("math",),
    "numerics": ("debugging",),
    "parsing_ops": ("io",),
    "partitioned_variables": (),
    "random_ops": ("random",),
    "resource_variable_ops": (),
    "script_ops": (),
    "session_ops": (),
    "sets_impl": ("sets",),
    "sparse_ops": ("sparse",),
    "special_math_ops": ("math",),
    "state_ops": (),
    "string_ops": ("strings",),
    "template": (),
    "tensor_array_ops": (),
    "variable_scope": (),
    "variables": (),
    "while_loop": (),
}
_PLACES: dict[str, tuple[str, ...]] = {
    **{f"python.ops.{name}": ("", *more) for name, more in _TOP_AND.items()},
    "python": _TOP,
    "python.client.session": _TOP,
    "python.client.timeline": (),
    "python.data": ("data",),
    "python.data.ops.dataset_ops": ("data",),
    "python.data.ops.iterator_ops": ("data",),
    "python.data.ops.readers": ("data",),
    "python.data.experimental": ("data.experimental",),
    "python.estimator": ("estimator",),
    "python.feature_column": ("feature_column",),
    "python.feature_column.feature_column": ("feature_column",),
    "python.feature_column.feature_column_lib": ("feature_column",),
    "python.feature_column.feature_column_v2": ("feature_column",),
    "python.framework.constant_op": _TOP,
    "python.framework.dtypes": ("", "dtypes"),
    "python.framework.errors": ("errors",),
    "python.framework.errors_impl": ("errors",),
    "python.framework.graph_util": ("graph_util",),
    "python.framework.graph_io": ("", "train"),
    "python.framework.importer": _TOP,
    "python.framework.meta_graph": ("train",),
    "python.framework.ops": _TOP,
    "python.framework.random_seed": ("", "random"),
    "python.framework.sparse_tensor": ("", "sparse"),
    "python.framework.tensor_shape": _TOP,
    "python.framework.tensor_util": _TOP,
    "python.framework.test_util": ("test",),
    "python.framework.versions": ("", "version"),
    "python.layers": ("layers",),
    "python.layers.base": ("layers",),
    "python.layers.convolutional": ("layers",),
    "python.layers.core": ("layers",),
    "python.layers.layers": ("layers",),
    "python.layers.normalization": ("layers",),
    "python.layers.pooling": ("layers",),
    "python.lib.io.file_io": ("io", "gfile"),
    "python.lib.io.python_io": ("python_io",),
    "python.lib.io.tf_record": ("python_io", "io"),
    "python.ops": _TOP,
    "python.ops.candidate_sampling_ops": ("nn", "random"),
    "python.ops.ctc_ops": ("nn",),
    "python.ops.embedding_ops": ("nn",),
    "python.ops.losses": ("losses",),
    "python.ops.losses.losses": ("losses",),
    "python.ops.losses.losses_impl": ("losses",),
    "python.ops.losses.util": ("losses",),
    "python.ops.metrics": ("metrics",),
    "python.ops.metrics_impl": ("metrics",),
    "python.ops.nn": ("nn",),
    "python.ops.nn_impl": ("nn",),
    "python.ops.nn_ops": ("nn",),
    "python.ops.rnn": ("nn",),
    "python.ops.rnn_cell": ("nn.rnn_cell",),
    "python.ops.rnn_cell_impl": ("nn.rnn_cell",),
    "python.ops.summary_ops": ("summary",),
    "python.platform": _TOP,
    "python.platform.app": ("app",),
    "python.platform.flags": ("flags",),
    "python.platform.gfile": ("gfile",),
    "python.platform.resource_loader": ("resource_loader",),
    "python.platform.test": ("test",),
    "python.platform.tf_logging": ("logging",),
    "python.saved_model": ("saved_model",),
    "python.saved_model.builder": ("saved_model.builder", "saved_model"),
    "python.saved_model.builder_impl": ("saved_model.builder", "saved_model"),
    "python.saved_model.constants": ("saved_model.constants", "saved_model"),
    "python.saved_model.loader": ("saved_model.loader", "saved_model"),
    "python.saved_model.loader_impl": ("saved_model.loader", "saved_model"),
    "python.saved_model.main_op": ("saved_model.main_op",),
    "python.saved_model.signature_constants": (
        "saved_model.signature_constants",
        "saved_model",
    ),
    "python.saved_model.signature_def_utils": (
        "saved_model.signature_def_utils",
        "saved_model",
    ),
    "python.saved_model.signature_def_utils_impl": (
        "saved_model.signature_def_utils",
    ),
    "python.saved_model.simple_save": ("saved_model",),
    "python.saved_model.tag_constants": (
        "saved_model.tag_constants",
        "saved_model",
    ),
    "python.saved_model.utils": ("saved_model.utils", "saved_model"),
    "python.summary.summary": ("summary",),
    "python.summary.writer.writer": ("summary",),
    "python.training": ("train",),
    "python.util.compat": ("compat",),
    "python.util.nest": ("nest",),
    "python.util.tf_export": (),
    "python.util.tf_inspect": (),
}
# Private folders all of whose modules have one public place.
_FOLDERS: dict[str, tuple[str, ...]] = {
    "python.data": ("data", "data.experimental"),
    "python.estimator": (
        "estimator",
        "estimator.export",
        "estimator.inputs",
        "estimator.experimental",
    ),
    "python.layers": ("layers",),
    "python.ops.losses": ("losses",),
    "python.ops.linalg": ("linalg",),
    "python.ops.distributions": ("distributions",),
    "python.summary": ("summary",),
    "python.training": ("train", "", "nn"),
    "python.saved_model": ("saved_model",),
}


def places(private: str) -> tuple[str, ...]:
    """Returns where the names of a private module may be found in public.

    Args:
        private: What follows `tensorflow.`: `python.ops.math_ops`, or
            `contrib.layers.python.layers.layers`.
    """
    before, marker, after = private.partition(".python")
    if before.startswith("contrib") and marker:
        return tuple(_of_contrib(before, after))
    if private.startswith("python.keras"):
        return (private.removeprefix("python."), "keras")
    if private in _PLACES:
        return _PLACES[private]
    for folder, found in _FOLDERS.items():
        if private.startswith(f"{folder}."):
            return found
    return ()


def is_private(path: str) -> bool:
    """Whether a name below `tensorflow` is no public one of TensorFlow 1."""
    return "python" in path.split(".")


def is_known(private: str) -> bool:
    """Whether a private name is known to be a module."""
    return private in _PLACES


def _of_contrib(part: str, below: str) -> Iterator[str]:
    """Yields the public places of a module of `tf.contrib`."""
    yield part
    last = below.rpartition(".")[2]
    if last:
        # learn.python.learn.learn_runner is the module learn.learn_runner
        yield f"{part}.{last}"
