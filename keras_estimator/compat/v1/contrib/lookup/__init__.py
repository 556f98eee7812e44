"""`tf.contrib.lookup`: tables between words and ids."""

from keras_estimator.compat._missing import missing
from keras_estimator.compat.v1.contrib.lookup.builders import (
    index_table_from_file,
)
from keras_estimator.compat.v1.contrib.lookup.builders import (
    index_table_from_tensor,
)
from keras_estimator.compat.v1.contrib.lookup.builders import (
    index_to_string_table_from_file,
)
from keras_estimator.compat.v1.contrib.lookup.builders import (
    index_to_string_table_from_tensor,
)
from keras_estimator.compat.v1.contrib.lookup.deprecated import index_to_string
from keras_estimator.compat.v1.contrib.lookup.deprecated import string_to_index
from keras_estimator.compat.v1.contrib.lookup.deprecated import (
    string_to_index_table_from_file,
)
from keras_estimator.compat.v1.contrib.lookup.deprecated import (
    string_to_index_table_from_tensor,
)
from keras_estimator.compat.v1.contrib.lookup.hashing import FastHashSpec
from keras_estimator.compat.v1.contrib.lookup.hashing import HasherSpec
from keras_estimator.compat.v1.contrib.lookup.hashing import StrongHashSpec
from keras_estimator.compat.v1.contrib.lookup.initializers import (
    KeyValueTensorInitializer,
)
from keras_estimator.compat.v1.contrib.lookup.initializers import (
    TextFileIdTableInitializer,
)
from keras_estimator.compat.v1.contrib.lookup.initializers import TextFileIndex
from keras_estimator.compat.v1.contrib.lookup.initializers import (
    TextFileInitializer,
)
from keras_estimator.compat.v1.contrib.lookup.initializers import (
    TextFileStringTableInitializer,
)
from keras_estimator.compat.v1.contrib.lookup.tables import HashTable
from keras_estimator.compat.v1.contrib.lookup.tables import (
    IdTableWithHashBuckets,
)
from keras_estimator.compat.v1.contrib.lookup.tables import (
    MutableDenseHashTable,
)
from keras_estimator.compat.v1.contrib.lookup.tables import MutableHashTable

__getattr__ = missing(__name__)

__all__ = [
    "FastHashSpec",
    "HashTable",
    "HasherSpec",
    "IdTableWithHashBuckets",
    "KeyValueTensorInitializer",
    "MutableDenseHashTable",
    "MutableHashTable",
    "StrongHashSpec",
    "TextFileIdTableInitializer",
    "TextFileIndex",
    "TextFileInitializer",
    "TextFileStringTableInitializer",
    "index_table_from_file",
    "index_table_from_tensor",
    "index_to_string",
    "index_to_string_table_from_file",
    "index_to_string_table_from_tensor",
    "string_to_index",
    "string_to_index_table_from_file",
    "string_to_index_table_from_tensor",
]
