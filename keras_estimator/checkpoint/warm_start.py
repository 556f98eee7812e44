"""Which variables start from another checkpoint, and under which names."""

import os
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any
from typing import NamedTuple

import tensorflow as tf

from keras_estimator._types import Path
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError


class VocabInfo(tf.compat.v1.train.VocabInfo):
    """How the rows of a variable move from an old vocabulary to a new one.

    Args:
        new_vocab: Path to the vocabulary file of the model to be trained, one
            entry a line.
        new_vocab_size: Number of entries of `new_vocab` in use.
        num_oov_buckets: Number of rows for entries out of the vocabulary.
        old_vocab: Path to the vocabulary file of the checkpoint.
        old_vocab_size: Number of entries of `old_vocab` in use. Defaults to
            -1, all of them.
        backup_initializer: Initializer of the rows that the checkpoint does
            not have. Defaults to `None`, zeros.
        axis: Dimension of the variable that the vocabulary counts: 0 for
            embeddings and linear weights, 1 for the kernel of an output layer
            over classes. Defaults to 0.

    Raises:
        ConfigError: If `axis` is neither 0 nor 1.

    Example:
    >>> VocabInfo("new.txt", 100, num_oov_buckets=1, old_vocab="old.txt").axis
    0
    """

    def __new__(
        cls,
        new_vocab: str,
        new_vocab_size: int,
        num_oov_buckets: int,
        old_vocab: str,
        old_vocab_size: int = -1,
        backup_initializer: Any = None,
        axis: int = 0,
    ) -> "VocabInfo":
        """Checks the axis."""
        if axis not in (0, 1):
            raise ConfigError(
                "The only supported values for the axis argument are 0 and 1. "
                f"Provided axis: {axis!r}. Use `axis=0` for rows and `axis=1` "
                "for columns."
            )
        return super().__new__(
            cls,
            new_vocab,
            new_vocab_size,
            num_oov_buckets,
            old_vocab,
            old_vocab_size,
            backup_initializer,
            axis,
        )


class _Settings(NamedTuple):
    ckpt_to_initialize_from: str
    vars_to_warm_start: str | Sequence[Any] | None
    var_name_to_vocab_info: Mapping[str, tf.compat.v1.train.VocabInfo]
    var_name_to_prev_var_name: Mapping[str, str]


class WarmStartSettings(_Settings):
    """Which variables start from another checkpoint, for `warm_start_from`.

    Args:
        ckpt_to_initialize_from: Path to a checkpoint, or to a folder whose
            newest checkpoint is meant.
        vars_to_warm_start: Which variables: a regular expression over the
            trainable ones; a list of regular expressions over all global ones;
            a list of variables; or `None` for only those that
            `var_name_to_vocab_info` names. Defaults to `'.*'`, all trainable
            ones.
        var_name_to_vocab_info: dict of variable name to `VocabInfo`, for
            variables whose vocabulary has changed. Defaults to none.
        var_name_to_prev_var_name: dict of variable name to its name in the
            checkpoint, where the two differ. Defaults to none.

    Raises:
        ConfigError: If `ckpt_to_initialize_from` is empty.
        ArgumentTypeError: If it is not a path.

    Example:
    >>> settings = WarmStartSettings("/tmp/old", vars_to_warm_start="dense.*")
    >>> settings.var_name_to_prev_var_name
    {}
    """

    def __new__(
        cls,
        ckpt_to_initialize_from: Path,
        vars_to_warm_start: str | Sequence[Any] | None = ".*",
        var_name_to_vocab_info: (
            Mapping[str, tf.compat.v1.train.VocabInfo] | None
        ) = None,
        var_name_to_prev_var_name: Mapping[str, str] | None = None,
    ) -> "WarmStartSettings":
        """Fills in the defaults."""
        if not ckpt_to_initialize_from:
            raise ConfigError(
                "`ckpt_to_initialize_from` MUST be set in WarmStartSettings. "
                f"Received: {ckpt_to_initialize_from!r}. Name a checkpoint or "
                "a folder with checkpoints."
            )
        if not isinstance(ckpt_to_initialize_from, (str, bytes, os.PathLike)):
            raise ArgumentTypeError(
                "`ckpt_to_initialize_from` must be a path. Received: "
                f"{ckpt_to_initialize_from!r} "
                f"({type(ckpt_to_initialize_from).__name__})."
            )
        return super().__new__(
            cls,
            os.fsdecode(ckpt_to_initialize_from),
            vars_to_warm_start,
            var_name_to_vocab_info or {},
            var_name_to_prev_var_name or {},
        )


def warm_start_settings(
    warm_start_from: Path | WarmStartSettings | None,
) -> WarmStartSettings | None:
    """Returns the settings that an argument `warm_start_from` stands for.

    Args:
        warm_start_from: Path to a checkpoint, to a folder with checkpoints or
            to a SavedModel; settings; or `None`.

    Returns:
        Settings, or `None` for a start from scratch.

    Raises:
        ConfigError: If `warm_start_from` is anything else.

    Example:
    >>> warm_start_settings("/tmp/old/model.ckpt-100").vars_to_warm_start
    '.*'
    """
    if warm_start_from is None or isinstance(
        warm_start_from, WarmStartSettings
    ):
        return warm_start_from
    if not isinstance(warm_start_from, (str, bytes, os.PathLike)):
        raise ConfigError(
            "warm_start_from must be a string or a WarmStartSettings, instead "
            f"got {type(warm_start_from)}. Received: `warm_start_from="
            f"{warm_start_from!r}`. Give the path of a checkpoint or of a "
            "SavedModel."
        )
    path = os.fsdecode(warm_start_from)
    variables = os.path.join(path, "variables", "variables")
    if tf.io.gfile.exists(variables + ".index"):
        tf.compat.v1.logging.info("Warm-starting from a SavedModel")
        return WarmStartSettings(variables)
    return WarmStartSettings(path)
