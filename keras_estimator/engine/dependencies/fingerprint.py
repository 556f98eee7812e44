"""Whether `model_fn` would build the same program if it were called again.

`tf.estimator` called `model_fn` at each `train`, `evaluate` and `predict`, so
a learning rate that the user changed in between took effect. Here a program is
built once and used again, as long as nothing that `model_fn` depends on has
changed: its code, its closure, the globals and attributes that its code reads,
and the same of the user's functions, classes and objects that it reaches.

```python
watch = Watch(model_fn)
before = watch.snapshot()
spec = model_fn(features, labels, mode)
token = watch.built(before)
...
LEARNING_RATE = 0.01
watch.stale(token)  # ["globals.LEARNING_RATE changed from 0.1 to 0.01"]
```

What is not seen, so that a change of it does not call `model_fn` again:

* the inside of installed libraries and of their objects. Seen are: plain
  values in their modules, public attributes of their objects that are plain or
  arrays, absl flags, NumPy arrays, pandas objects, protocol buffers,
  `os.environ`, and settings such as `argparse.Namespace` and `ConfigDict`;
* what libraries keep to themselves: `keras.config`, gin's bindings, the
  vocabulary that a layer was adapted to;
* the inside of hooks, variables, tensors, iterators, locks and open files. Of
  Keras layers, `trainable` and public attributes are seen;
* files, `np.memmap`, random state, the time;
* names that exist at run time only, as in `sys.modules[name].LR`;
* what `model_fn` writes itself, see `Watch`;
* the inside of the objects that are furthest from `model_fn`, and of single
  containers, beyond `walk.LIMIT` parts. A list, a set, or a dict of texts, of
  plain values of one type is one part, whatever its size.
"""

import dataclasses
from collections.abc import Callable
from collections.abc import Mapping
from typing import Any

from keras_estimator.engine.dependencies.differences import Written
from keras_estimator.engine.dependencies.differences import differences
from keras_estimator.engine.dependencies.tokens import Token
from keras_estimator.engine.dependencies.walk import Walk


@dataclasses.dataclass(frozen=True, eq=False)
class Fingerprint:
    """All that a function depends on, at one time.

    Attributes:
        token: A comparable value for the function, and for all it reaches.
        objects: `id` -> object, of all the objects that were reached.
    """

    token: Token
    objects: Mapping[int, Any]


def fingerprint(function: Callable[..., Any]) -> Fingerprint:
    """Returns what a function depends on, as it is now.

    Args:
        function: A function, method, partial, or object with `__call__`.

    Returns:
        A `Fingerprint`, to compare by `changes`.

    Example:
    >>> rates = {"generator": 0.1}
    >>> before = fingerprint(lambda: rates["generator"])
    >>> rates["generator"] = 0.2
    >>> changes(before, fingerprint(lambda: rates["generator"]))
    ["globals.rates['generator']"]
    """
    walk = Walk()
    return Fingerprint(walk.run(function), walk.objects)


def changes(before: Fingerprint, after: Fingerprint) -> list[str]:
    """Returns the paths of what differs between two fingerprints.

    Args:
        before: A fingerprint.
        after: A later one, usually of the same function.

    Returns:
        Paths from the function on, such as `globals.LR`, `closure.units`,
        `defaults[0]`, `self.rate`, `globals.build_net.globals.WIDTH`; the
        shortest first.
    """
    return [found.path for found in differences(before.token, after.token)]


def describe_change(before: Fingerprint, after: Fingerprint, path: str) -> str:
    """Returns in words what happened at a path that `changes` returned.

    Args:
        before: A fingerprint.
        after: A later one.
        path: One of the paths of `changes(before, after)`.

    Returns:
        A text such as `globals.LR changed from 0.1 to 0.01`.
    """
    found = differences(before.token, after.token)
    texts = {difference.path: difference.describe() for difference in found}
    return texts[path]


class Watch:
    """Knows when the programs that a `model_fn` built are out of date.

    Many model functions leave something behind: they append to a list, count
    their calls, set `self.logits`. What differs between just before and just
    after a call was written by that call; it is not compared any more, for
    any program of the `model_fn`, wherever it is reached, nor is what lies
    below it. What the user changes there *too* goes unseen. Of a dict or an
    object only the keys or attributes that were written are left out, of a
    list that grew all of it.

    One watch belongs to one `model_fn`, for as long as that is in use. It
    keeps the objects alive that were written to.

    Args:
        function: The `model_fn`.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self._written = Written()

    def snapshot(self) -> Fingerprint:
        """Returns what `model_fn` depends on now, right before it is called.

        Returns:
            A fingerprint. The keys of its `objects` are the ids of all that
            existed before the call, as far as `model_fn` can reach it.
        """
        return fingerprint(self._function)

    def built(self, before: Fingerprint) -> Fingerprint:
        """Returns what the program depends on that was just built.

        Args:
            before: The `snapshot` from right before `model_fn` was called.

        Returns:
            A fingerprint to keep with the program. It does not keep the
            objects alive that it describes, except those that are compared
            by identity.
        """
        after = self.snapshot()
        found = differences(before.token, after.token, self._written)
        for difference in list(found):
            self._written.add(difference, after.objects)
        return Fingerprint(after.token, {})

    def stale(self, token: Fingerprint) -> list[str]:
        """Returns why a program must be built anew.

        Args:
            token: What `built` returned for the program.

        Returns:
            The changes in words, empty if the program can be used.
        """
        now = self.snapshot()
        found = differences(token.token, now.token, self._written)
        return [difference.describe() for difference in found]
