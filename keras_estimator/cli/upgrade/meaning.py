"""What a name of TensorFlow in a program stands for, then and now."""

from collections import Counter
from collections.abc import Mapping
from collections.abc import Sequence
from typing import NamedTuple

from keras_estimator.cli.upgrade import namespace
from keras_estimator.cli.upgrade.namespace import OVERLAY
from keras_estimator.cli.upgrade.places import is_known
from keras_estimator.cli.upgrade.places import is_private
from keras_estimator.cli.upgrade.scan import Scan

_MODEL_TO_ESTIMATOR = "keras.estimator.model_to_estimator"
# What TensorFlow 2 has of Keras under shorter names.
_KERAS_ALIASES = ("losses", "metrics", "optimizers")
# They mean the same in both.
_EITHER = ("tensorflow.compat.", "tensorflow.python", "tensorflow.core")
# Which TensorFlow `import tensorflow` means in a program.
V1 = "v1"
V2 = "v2"


class Place(NamedTuple):
    """Where a name is found today.

    Attributes:
        root: The module of `namespace.find`: the overlay, the package, or
            TensorFlow, where the name stays as it is.
        path: What follows it.
    """

    root: str
    path: str

    @property
    def dotted(self) -> str:
        """The whole name."""
        return f"{self.root}.{self.path}".rstrip(".")

    @property
    def shown(self) -> str:
        """The name as programs write it."""
        root = self.root if self.root == "keras_estimator" else "tf"
        return f"{root}.{self.path}".rstrip(".")

    @property
    def exists(self) -> bool:
        """Whether it is there."""
        return namespace.exists(self.root, self.path)


class Meaning:
    """Finds the places of the names of one program.

    Args:
        scan: Its imports and uses.
        api: What `import tensorflow` means in it.
    """

    def __init__(self, scan: Scan, api: str) -> None:
        self._api = api
        self._attributes = _attributes(scan)
        self._wants_keras_3 = any(
            use.dotted.endswith(_MODEL_TO_ESTIMATOR) for use in scan.uses
        )

    def place(self, dotted: str) -> Place | None:
        """Returns where a name is today.

        Args:
            dotted: The name as it was imported or used, with what its first
                part stands for: `tensorflow.train.AdamOptimizer`.

        Returns:
            The place, where the name need not exist; `None` for a private name
            that has no public place.
        """
        root, _, rest = dotted.partition(".")
        if root == "keras_estimator":
            return _of_ours(rest)
        if root == "tensorflow_estimator":
            rest = _of_its_package(rest)
        api, path = _without_compat(rest, self._api)
        if is_private(path):
            return self._of_private(path)
        if api == V2:
            return self._of_v2(path)
        if not namespace.exists(OVERLAY, path) and _is_module_there(path):
            return Place("tensorflow", path)
        return Place(OVERLAY, path)

    def _of_private(self, path: str) -> Place | None:
        used = self._attributes.get(f"tensorflow.{path}", frozenset())
        module, _, name = path.rpartition(".")
        public = None
        if is_known(path):
            # A module, also where something public has its name.
            public = namespace.public_place(path, used)
            return None if public is None else Place(OVERLAY, public)
        if not used and is_private(module):
            public = namespace.public_name(module, name)
        if public is None and used:
            public = namespace.public_place(path, used)
        if public is None:
            public = _through_modules(path.split("."))
        if public is not None:
            return Place(OVERLAY, public)
        return None

    def _of_v2(self, path: str) -> Place:
        first, _, rest = path.partition(".")
        if first == "estimator":
            return Place("keras_estimator", rest)
        if path == _MODEL_TO_ESTIMATOR:
            return Place("keras_estimator", "model_to_estimator")
        if not self._wants_keras_3:
            if first in _KERAS_ALIASES:
                path = f"keras.{path}"
            if path.startswith("keras"):
                return Place(OVERLAY, path)
        there = Place("tensorflow", path)
        if there.exists or not namespace.exists(OVERLAY, path):
            return there
        return Place(OVERLAY, path)

    def stays_private(self, dotted: str) -> bool:
        """Whether a private name can be left: TensorFlow still has it."""
        _, path = _without_compat(dotted.partition(".")[2], self._api)
        return still_there(path, self._attributes.get(dotted, frozenset()))


def still_there(path: str, used: frozenset[str] = frozenset()) -> bool:
    """Whether TensorFlow still has a module, or a name in one."""
    module, _, name = path.rpartition(".")
    return namespace.is_private_there(path, used) or (
        not used and namespace.is_private_there(module, frozenset({name}))
    )


def guessed_api(scan: Scan) -> str | None:
    """Returns which TensorFlow a program was written for, by what it uses.

    Returns:
        `"v1"` or `"v2"`; `None` if what it uses is in both.
    """
    bound = {
        name.dotted for statement in scan.statements for name in statement.names
    }
    if not any(
        name.startswith("tensorflow") and not name.startswith(_EITHER)
        for name in bound
    ):
        return None
    # What is imported as compat.v1 says nothing of `import tensorflow`.
    written = [use.dotted for use in scan.uses if use.base == "tensorflow"]
    written += [name for name in bound if not name.startswith(_EITHER)]
    votes = Counter(map(_vote, written))
    if {"tensorflow", "tensorflow.compat.v1"} <= bound:
        votes[V2] += 1
    if votes[V1] or votes[V2]:
        return V1 if votes[V1] >= votes[V2] else V2
    # What was upgraded keeps `import tensorflow` only for TensorFlow 2.
    return V2 if any(n.startswith("keras_estimator") for n in bound) else None


def _vote(dotted: str) -> str | None:
    root, _, path = dotted.partition(".")
    if root != "tensorflow" or not path or is_private(path):
        return None
    if f"{path}.".startswith("compat."):
        # A program of TF1 has no need to write tf.compat.v1 at each name.
        return V2 if f"{path}.".startswith("compat.v1.") else None
    if path.partition(".")[0] in ("keras", "estimator"):
        return None
    if path.startswith("contrib"):
        return V1
    in_v1 = namespace.exists(OVERLAY, path)
    in_v2 = namespace.exists("tensorflow", path)
    if in_v1 == in_v2:
        return None
    return V1 if in_v1 else V2


def _attributes(scan: Scan) -> Mapping[str, frozenset[str]]:
    """Returns what is used of each module."""
    found: dict[str, set[str]] = {}
    for use in scan.uses:
        if use.attributes:
            root, _, rest = use.base.partition(".")
            if root == "tensorflow_estimator":
                rest = _of_its_package(rest)
            base = f"tensorflow.{rest}".rstrip(".")
            found.setdefault(base, set()).add(use.attributes[0])
    return {base: frozenset(names) for base, names in found.items()}


def _of_ours(rest: str) -> Place:
    if f"{rest}.".startswith("compat.v1."):
        return Place(OVERLAY, rest.removeprefix("compat.v1").lstrip("."))
    return Place("keras_estimator", rest)


def _of_its_package(rest: str) -> str:
    """Returns where tensorflow had what `tensorflow_estimator` has."""
    if rest.startswith("python.estimator.api"):
        rest = rest.removeprefix("python.estimator.api").lstrip(".")
        return rest.removeprefix("_v1.").removeprefix("_v2.") or "estimator"
    return rest or "estimator"


def _without_compat(path: str, api: str) -> tuple[str, str]:
    while f"{path}.".startswith("compat.v1."):
        api, path = V1, path.removeprefix("compat.v1").lstrip(".")
    if f"{path}.".startswith("compat.v2."):
        api, path = V2, path.removeprefix("compat.v2").lstrip(".")
    return api, path


def _is_module_there(path: str) -> bool:
    """Whether TensorFlow has a module that its public names do not show."""
    first = path.partition(".")[0]
    return first in ("core", "tools") and namespace.exists("tensorflow", path)


def _through_modules(parts: Sequence[str]) -> str | None:
    """Returns the public place of `module.Class.attribute`."""
    for count in range(len(parts) - 1, 0, -1):
        module, name = ".".join(parts[:count]), parts[count]
        if not is_private(module):
            return None
        if is_known(f"{module}.{name}"):
            continue
        public = namespace.public_name(module, name)
        if public is not None:
            found = ".".join((public, *parts[count + 1 :]))
            return found if namespace.exists(OVERLAY, found) else None
    return None
