"""`tensorflow.compat.v1` with what TensorFlow 2.16 removed from it.

```python
import keras_estimator.compat.v1 as tf   # was: import tensorflow as tf
```

What TensorFlow still has is TensorFlow's own. `estimator`, `layers`,
`nn.rnn_cell`, the hooks in `train` and `data.experimental`, and `keras` (which
is `tf_keras`) are back.
"""

import importlib.util
from typing import TYPE_CHECKING
from typing import Any

from keras_estimator.compat import _finder
from keras_estimator.compat import _overlay
from keras_estimator.compat.v1 import _dimensions
from keras_estimator.compat.v1 import compat
from keras_estimator.compat.v1 import contrib
from keras_estimator.compat.v1 import data
from keras_estimator.compat.v1 import distribute
from keras_estimator.compat.v1 import estimator
from keras_estimator.compat.v1 import feature_column
from keras_estimator.compat.v1 import layers
from keras_estimator.compat.v1 import nn
from keras_estimator.compat.v1 import pywrap_tensorflow
from keras_estimator.compat.v1 import summary
from keras_estimator.compat.v1 import tpu
from keras_estimator.compat.v1 import train
from keras_estimator.compat.v1._legacy import tf_keras
from keras_estimator.compat.v1.behavior import disable_control_flow_v2
from keras_estimator.compat.v1.behavior import disable_eager_execution
from keras_estimator.compat.v1.behavior import disable_resource_variables
from keras_estimator.compat.v1.behavior import disable_tensor_equality
from keras_estimator.compat.v1.behavior import disable_v2_behavior
from keras_estimator.compat.v1.behavior import disable_v2_tensorshape
from keras_estimator.compat.v1.dimension import Dimension
from keras_estimator.compat.v1.graph_mode import enable_eager_execution
from keras_estimator.compat.v1.graph_mode import reset_default_graph
from keras_estimator.compat.v1.graphs import Graph
from keras_estimator.compat.v1.placeholders import placeholder
from keras_estimator.compat.v1.placeholders import placeholder_with_default
from keras_estimator.compat.v1.placeholders import sparse_placeholder
from keras_estimator.compat.v1.sessions import InteractiveSession
from keras_estimator.compat.v1.sessions import Session

if TYPE_CHECKING:
    # What editors complete after `tf.`; ours are imported above.
    from tensorflow.compat.v1 import *  # noqa: F403

_finder.install()
_dimensions.install()
_get, __dir__ = _overlay.overlay(__name__)


def __getattr__(name: str) -> Any:
    return tf_keras() if name == "keras" else _get(name)


__all__ = [
    "Dimension",
    "Graph",
    "InteractiveSession",
    "Session",
    "compat",
    "contrib",
    "data",
    "disable_control_flow_v2",
    "disable_eager_execution",
    "disable_resource_variables",
    "disable_tensor_equality",
    "disable_v2_behavior",
    "disable_v2_tensorshape",
    "distribute",
    "enable_eager_execution",
    "estimator",
    "feature_column",
    "layers",
    "nn",
    "placeholder",
    "placeholder_with_default",
    "pywrap_tensorflow",
    "reset_default_graph",
    "sparse_placeholder",
    "summary",
    "tpu",
    "train",
]
# `from keras_estimator.compat.v1 import *` takes what it took in TF1: also what
# is TensorFlow's.
__all__ += [
    name
    for name in __dir__()
    if name in ("__version__", "__git_version__", "__compiler_version__")
    or not (name.startswith("_") or name in __all__)
    if name != "keras" or importlib.util.find_spec("tf_keras")
]
