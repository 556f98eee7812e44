"""Classes that stand in for TensorFlow's own, and say so to `isinstance`."""

import abc
from typing import Any


# Of abc, so that programs can derive from a stand-in and an abstract class.
class StandIn(abc.ABCMeta):
    """Makes a class take all objects of the class that it stands for.

    TensorFlow goes on making objects of its own class, and programs ask
    whether these are of ours. Classes derived from ours are ordinary ones.

    ```python
    class Optimizer(_v1.train.Optimizer, metaclass=StandIn):
        stands_for = _v1.train.Optimizer
    ```
    """

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, cls._asked_for()) or (
            super().__instancecheck__(instance)
        )

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, cls._asked_for()) or (
            super().__subclasscheck__(subclass)
        )

    def _asked_for(cls) -> Any:
        return vars(cls).get("stands_for", ())
