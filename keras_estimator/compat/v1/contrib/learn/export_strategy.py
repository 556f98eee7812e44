"""Export strategies: what exporters were called before."""

from collections.abc import Callable
from collections.abc import Mapping
from typing import Any
from typing import NamedTuple

from keras_estimator._types import Path
from keras_estimator.errors import UnsupportedError
from keras_estimator.training import Exporter
from keras_estimator.training import LatestExporter

_NAME = "Servo"


class ExportStrategy(NamedTuple):
    """A name, and what is exported under it after each evaluation.

    Attributes:
        name: Name of the folder below `export` in model_dir.
        exporter: The exporter.
        strip_default_attrs: Was set; SavedModels never have attributes with
            default values here.
    """

    name: str
    exporter: Exporter
    strip_default_attrs: bool | None = None


def make_export_strategy(
    serving_input_fn: Callable[[], Any],
    default_output_alternative_key: str | None = None,
    assets_extra: Mapping[str, Path] | None = None,
    as_text: bool = False,
    exports_to_keep: int | None = 5,
    strip_default_attrs: bool | None = None,
) -> ExportStrategy:
    """Returns what exports a SavedModel to `export/Servo`.

    Args:
        serving_input_fn: Returns a `ServingInputReceiver`.
        default_output_alternative_key: Must be `None`: an `Estimator` names
            its default signature in `export_outputs`.
        assets_extra: Path below `assets.extra` -> file to copy there.
        as_text: Whether the SavedModel is written as text.
        exports_to_keep: How many exports to keep; `None` for all.
        strip_default_attrs: Has no effect.

    Raises:
        UnsupportedError: If default_output_alternative_key is given.
    """
    if default_output_alternative_key is not None:
        raise UnsupportedError(
            "default_output_alternative_key is not supported in Estimator. "
            f"Received: {default_output_alternative_key!r}. Let "
            "`export_outputs` of the EstimatorSpec have that output under the "
            "key 'serving_default'."
        )
    exporter = LatestExporter(
        _NAME, serving_input_fn, assets_extra, as_text, exports_to_keep
    )
    return ExportStrategy(_NAME, exporter, strip_default_attrs)
