"""The folder of the best checkpoints.

```
model/best_checkpoints/checkpoint      the state file: the best is the newest
model/best_checkpoints/results.json    which they are, and their evaluations
model/best_checkpoints/model.ckpt-20.index, ...
```

They are copies: what happens to the checkpoints in model_dir does not concern
them. `results.json` is what counts, best first; it is read again for each
evaluation, so that several processes, and those to come, agree. It also says
by which policy they were ranked: another one ranks them anew.
"""

import json
import math
import os
import threading
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from keras_estimator.checkpoint import bundle
from keras_estimator.checkpoint.best_policy import BestCheckpoints
from keras_estimator.checkpoint.best_policy import call_compare_fn
from keras_estimator.checkpoint.directory import STATE_FILE
from keras_estimator.checkpoint.directory import publish_listed
from keras_estimator.checkpoint.directory import settle_leftovers
from keras_estimator.checkpoint.directory import stage_state
from keras_estimator.checkpoint.failures import naming_failed_writes
from keras_estimator.checkpoint.staging import staged
from keras_estimator.errors import BestCheckpointsError
from keras_estimator.evaluations import from_json
from keras_estimator.evaluations import to_json

_v1 = tf.compat.v1
FOLDER = "best_checkpoints"
_RESULTS = "results.json"
# Instances may be of several Estimators with one model_dir.
_lock = threading.Lock()


class Evaluated(NamedTuple):
    """A checkpoint and what evaluate returned for it.

    Attributes:
        name: Name of the checkpoint, without folder and endings.
        step: Its global step.
        results: Result -> value.
    """

    name: str
    step: int
    results: dict[str, Any]


class BestDirectory:
    """Compares evaluations, and keeps copies of the best checkpoints.

    Args:
        model_dir: Where the checkpoints are, and the folder is.
        policy: What counts.
    """

    def __init__(self, model_dir: str, policy: BestCheckpoints) -> None:
        self._model_dir = model_dir
        self._path = os.path.join(model_dir, FOLDER)
        self._policy = policy

    def consider(
        self, name: str | None, checkpoint: str | None, results: Mapping
    ) -> None:
        """Keeps a checkpoint that was evaluated if it is among the best.

        Those from before are ranked again: the policy may be another one.

        Args:
            name: Name of the evaluation.
            checkpoint: What was evaluated; `None` for initial values.
            results: What evaluate returned.

        Raises:
            BestCheckpointsError: If it cannot be compared.
            CheckpointWriteError: If it cannot be copied.
        """
        if name != self._policy.name or checkpoint is None:
            return
        if not _is_in(checkpoint, self._model_dir):
            return
        current = Evaluated(
            os.path.basename(checkpoint),
            int(results["global_step"]),
            to_json(results),
        )
        with _lock:
            stored = _stored(self._path)
            known = self._known(stored)
            kept = self._ranked(known, current)
            is_changed = (
                kept != _entries(stored)
                or stored.get("policy") != self._described()
            )
            if kept and is_changed:
                self._write(known, kept, current, checkpoint)

    def _described(self) -> dict[str, Any]:
        """Returns by what checkpoints are ranked, as it is stored."""
        if self._policy.compare_fn is not None:
            return {"compare_fn": _name_of(self._policy.compare_fn)}
        return {
            "metric": self._policy.metric,
            "higher_is_better": self._policy.higher_is_better,
        }

    def _known(self, stored: Mapping[str, Any]) -> list[Evaluated]:
        """Returns those of the folder, in the order in which they are stored.

        Raises:
            BestCheckpointsError: If they are of another evaluation.
        """
        of_name = stored.get("evaluation", self._policy.name)
        if of_name != self._policy.name:
            raise BestCheckpointsError(
                f"`{self._path}` has the best checkpoints of the evaluation "
                f"{of_name!r}, and `BestCheckpoints(name="
                f"{self._policy.name!r})` asks for those of another one. Move "
                "that folder away to begin anew."
            )
        return [
            entry
            for entry in _entries(stored)
            if _exists(os.path.join(self._path, entry.name))
        ]

    def _ranked(
        self, known: Sequence[Evaluated], current: Evaluated
    ) -> list[Evaluated]:
        """Returns which are kept, best first; of equals the older is first.

        Those that another policy has kept may lack what counts now: they come
        last.
        """
        entries = list(known)
        if self._is_comparable(current):
            entries = [entry for entry in known if entry.step != current.step]
            entries.append(current)
        ranked: list[Evaluated] = []
        for entry in filter(self._has_what_counts, entries):
            place = next(
                (
                    i
                    for i, better in enumerate(ranked)
                    if self._is_better(better.results, entry.results)
                ),
                len(ranked),
            )
            ranked.insert(place, entry)
        ranked += [e for e in entries if not self._has_what_counts(e)]
        return ranked[: self._policy.keep]

    def _has_what_counts(self, entry: Evaluated) -> bool:
        if self._policy.compare_fn is not None:
            return True
        value: Any = entry.results.get(self._policy.metric)
        return _is_number(value) and not math.isnan(value)

    def _is_comparable(self, current: Evaluated) -> bool:
        """Whether it may be kept at all: NaN is never better."""
        if self._policy.compare_fn is not None:
            return True
        value = self._value(current.results)
        if math.isnan(value):
            _v1.logging.warning(
                "`%s` of the evaluation of step %d is not a number: that "
                "checkpoint is not kept among the best.",
                self._policy.metric,
                current.step,
            )
            return False
        return True

    def _is_better(
        self, best: Mapping[str, Any], current: Mapping[str, Any]
    ) -> bool:
        if self._policy.compare_fn is not None:
            return self._compare(best, current)
        then, now = self._value(best), self._value(current)
        return now > then if self._policy.higher_is_better else now < then

    def _compare(
        self, best: Mapping[str, Any], current: Mapping[str, Any]
    ) -> bool:
        compare_fn: Any = self._policy.compare_fn
        shown = f"`BestCheckpoints(compare_fn={_name_of(compare_fn)})`"
        given = f"the results {dict(best)!r} and {dict(current)!r}"
        try:
            answer = call_compare_fn(
                compare_fn, from_json(best), from_json(current)
            )
        except Exception as error:
            raise BestCheckpointsError(
                f"{shown} raised {type(error).__name__}: {error}. It was given "
                f"{given}. The best checkpoints are as they were; correct it, "
                "and evaluate again."
            ) from error
        if not isinstance(answer, (bool, np.bool_)):
            raise BestCheckpointsError(
                f"{shown} must return whether the current results are better, "
                f"True or False. It returned {answer!r} (of type "
                f"{type(answer).__name__}) for {given}."
            )
        return bool(answer)

    def _value(self, results: Mapping[str, Any]) -> float:
        metric = self._policy.metric
        if metric not in results:
            raise BestCheckpointsError(
                f"`BestCheckpoints(metric={metric!r})`: evaluate has returned "
                f"no such result. It has {sorted(results)}. Name one of these, "
                f"or add {metric!r} to `eval_metric_ops` of model_fn."
            )
        value = results[metric]
        if not _is_number(value):
            raise BestCheckpointsError(
                f"`BestCheckpoints(metric={metric!r})`: this result of "
                f"evaluate is not a number but {value!r}. Name one that is, or "
                "give a `compare_fn` that knows how to compare it."
            )
        return float(value)

    def _write(
        self,
        known: Sequence[Evaluated],
        kept: Sequence[Evaluated],
        current: Evaluated,
        checkpoint: str,
    ) -> None:
        """Lets the folder have what is kept, and only that."""
        paths = [os.path.join(self._path, entry.name) for entry in kept]
        is_kept = current in kept
        text = json.dumps(
            {
                "evaluation": self._policy.name,
                "policy": self._described(),
                "best": [entry._asdict() for entry in kept],
            },
            indent=1,
        )
        with naming_failed_writes(os.path.join(self._path, current.name)):
            settle_leftovers(self._path)
            with staged(self._path) as files:
                try:
                    if is_kept:
                        bundle.stage_copy(files, current.name, checkpoint)
                except tf.errors.NotFoundError:
                    _v1.logging.warning(
                        "%s was among the best, but has been deleted while it "
                        "was evaluated: it cannot be kept. Keep more of them "
                        "with `RunConfig(keep_checkpoint_max=...)`.",
                        checkpoint,
                    )
                    return
                with tf.io.gfile.GFile(files.path(_RESULTS), "w") as file:
                    file.write(f"{text}\n")
                stage_state(files, paths[::-1])
                if is_kept:
                    publish_listed(files, current.name, _RESULTS)
                else:
                    files.publish(_RESULTS)
                files.publish(STATE_FILE)
                for entry in known:
                    path = os.path.join(self._path, entry.name)
                    if path not in paths:
                        bundle.retire(files, path)
        if not is_kept:
            _v1.logging.info(
                "The best checkpoints are ranked anew: they are now those of "
                "the steps %s.",
                [entry.step for entry in kept],
            )
            return
        place = kept.index(current)
        _v1.logging.info(
            "Step %d is number %d of the best checkpoints: copied to %s.",
            current.step,
            place + 1,
            paths[place],
        )


def best_checkpoint(model_dir: str) -> str | None:
    """Returns the path of the best checkpoint, `None` if none was kept."""
    path = os.path.join(model_dir, FOLDER)
    for entry in _entries(_stored(path)):
        prefix = os.path.join(path, entry.name)
        if _exists(prefix):
            return prefix
    return None


def _stored(path: str) -> dict[str, Any]:
    """Returns the content of `results.json`, empty without one.

    Raises:
        BestCheckpointsError: If it cannot be understood.
    """
    file_name = os.path.join(path, _RESULTS)
    try:
        with tf.io.gfile.GFile(file_name) as file:
            content = json.loads(file.read())
        _entries(content)
    except tf.errors.NotFoundError:
        return {}
    except (AttributeError, TypeError, ValueError) as error:
        raise BestCheckpointsError(
            f"`{file_name}` is not as it was written: {error!r}. Restore it, "
            "or move the folder away to begin anew."
        ) from error
    return content


def _entries(stored: Mapping[str, Any]) -> list[Evaluated]:
    return [Evaluated(**entry) for entry in stored.get("best", [])]


def _exists(prefix: str) -> bool:
    return bool(tf.io.gfile.exists(f"{prefix}{bundle.INDEX}"))


def _is_in(path: str, directory: str) -> bool:
    return os.path.abspath(os.path.dirname(path)) == os.path.abspath(directory)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _name_of(function: Any) -> str:
    return getattr(function, "__qualname__", None) or repr(function)
