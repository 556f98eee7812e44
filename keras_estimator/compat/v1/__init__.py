"""`tensorflow.compat.v1` with what TensorFlow 2.16 removed from it.

```python
import keras_estimator.compat.v1 as tf   # was: import tensorflow as tf
```

What TensorFlow still has is TensorFlow's own. `estimator`, `layers`,
`nn.rnn_cell`, the hooks in `train` and `data.experimental`, and `keras` (which
is `tf_keras`) are back.
"""

from typing import Any

from keras_estimator.compat import _overlay
from keras_estimator.compat.v1 import contrib
from keras_estimator.compat.v1 import data
from keras_estimator.compat.v1 import estimator
from keras_estimator.compat.v1 import layers
from keras_estimator.compat.v1 import nn
from keras_estimator.compat.v1 import train
from keras_estimator.compat.v1._legacy import tf_keras
from keras_estimator.compat.v1.behavior import disable_control_flow_v2
from keras_estimator.compat.v1.behavior import disable_eager_execution
from keras_estimator.compat.v1.behavior import disable_resource_variables
from keras_estimator.compat.v1.behavior import disable_tensor_equality
from keras_estimator.compat.v1.behavior import disable_v2_behavior
from keras_estimator.compat.v1.behavior import disable_v2_tensorshape

_overlay.install_finder()
_get, __dir__ = _overlay.overlay(__name__)


def __getattr__(name: str) -> Any:
    return tf_keras() if name == "keras" else _get(name)


__all__ = [
    "contrib",
    "data",
    "disable_control_flow_v2",
    "disable_eager_execution",
    "disable_resource_variables",
    "disable_tensor_equality",
    "disable_v2_behavior",
    "disable_v2_tensorshape",
    "estimator",
    "layers",
    "nn",
    "train",
]
