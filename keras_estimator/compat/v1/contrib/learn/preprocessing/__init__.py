"""`tf.contrib.learn.preprocessing`: texts as numbers of words."""

from keras_estimator.compat._missing import missing
from keras_estimator.compat.v1.contrib.learn.preprocessing.text import (
    CategoricalVocabulary,
)
from keras_estimator.compat.v1.contrib.learn.preprocessing.text import (
    VocabularyProcessor,
)
from keras_estimator.compat.v1.contrib.learn.preprocessing.text import tokenizer

__getattr__ = missing(__name__)

__all__ = ["CategoricalVocabulary", "VocabularyProcessor", "tokenizer"]
