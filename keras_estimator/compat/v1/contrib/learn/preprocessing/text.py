"""Numbers words, and texts by them, in NumPy."""

import collections
import itertools
import pickle
import re
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from keras_estimator.errors import ConfigError

# Several capitals, the parts of a name like `TextLine`, any word.
_WORDS = re.compile(
    r"[A-Z]{2,}(?![a-z])|[A-Z][a-z]+(?=[A-Z])|[\'\w\-]+", re.UNICODE
)


def tokenizer(iterator: Iterable[str]) -> Iterator[list[str]]:
    """Yields the words of each text.

    Args:
        iterator: Texts.

    Example:
    >>> list(tokenizer(["Don't ask: it's TF-1!"]))
    [["Don't", 'ask', "it's", 'TF', '-1']]
    """
    for text in iterator:
        yield _WORDS.findall(text)


class CategoricalVocabulary:
    """Gives categories numbers, from 1 on; 0 is what is unknown.

    Args:
        unknown_token: What 0 is called.
        support_reverse: Whether numbers can be turned back.
    """

    def __init__(
        self, unknown_token: str = "<UNK>", support_reverse: bool = True
    ) -> None:
        self._unknown = unknown_token
        self._support_reverse = support_reverse
        self._mapping: dict[Any, int] = {unknown_token: 0}
        self._categories = [unknown_token]
        self._counts: dict[Any, int] = collections.defaultdict(int)
        self._is_frozen = False

    def __len__(self) -> int:
        return len(self._mapping)

    def freeze(self, freeze: bool = True) -> None:
        """Sets whether new categories are unknown.

        Args:
            freeze: `False` to number new ones again.
        """
        self._is_frozen = freeze

    def get(self, category: Any) -> int:
        """Returns the number of a category; a new one gets the next.

        Args:
            category: Text or integer.
        """
        number = self._mapping.get(category)
        if number is None:
            if self._is_frozen:
                return 0
            number = self._mapping[category] = len(self._mapping)
            self._categories.append(category)
        return number

    def add(self, category: Any, count: int = 1) -> None:
        """Counts a category.

        Args:
            category: Text or integer.
            count: How often it was there.
        """
        if self.get(category):
            self._counts[category] += count

    def trim(self, min_frequency: int, max_frequency: int = -1) -> None:
        """Numbers anew those that are neither too rare nor too frequent.

        The most frequent comes first.

        Args:
            min_frequency: Categories with a count above this are kept,
            max_frequency: and below this; without bound if it is not positive.
        """
        by_name = sorted(
            self._counts.items(), key=lambda i: (isinstance(i[0], str), i[0])
        )
        # Equally frequent ones in reverse, as the sort by name was.
        ordered = sorted(by_name, key=lambda i: i[1], reverse=True)
        kept = {
            category: count
            for category, count in ordered
            if count > min_frequency
            and (max_frequency <= 0 or count < max_frequency)
        }
        self._categories = [self._unknown, *kept]
        self._mapping = {c: i for i, c in enumerate(self._categories)}
        self._counts = collections.defaultdict(int, kept)

    def reverse(self, class_id: int) -> Any:
        """Returns the category of a number.

        Args:
            class_id: The number.

        Raises:
            ConfigError: If it was made without that.
        """
        if not self._support_reverse:
            raise ConfigError(
                "This vocabulary wasn't initialized with support_reverse to "
                "support reverse() function."
            )
        return self._categories[class_id]


class VocabularyProcessor:
    """Turns texts into rows of numbers of words.

    Args:
        max_document_length: Length of a row: longer texts are cut, shorter
            ones filled with 0.
        min_frequency: How often a word is there at the most, to be left out.
        vocabulary: A `CategoricalVocabulary` to begin with.
        tokenizer_fn: Function of texts that yields lists of words.

    Example:
    >>> processor = VocabularyProcessor(3)
    >>> [row.tolist() for row in processor.fit_transform(["a b", "b c d e"])]
    [[1, 2, 0], [2, 3, 4]]
    """

    def __init__(
        self,
        max_document_length: int,
        min_frequency: int = 0,
        vocabulary: CategoricalVocabulary | None = None,
        tokenizer_fn: Callable[[Iterable[str]], Iterable[list[str]]]
        | None = None,
    ) -> None:
        self.max_document_length = max_document_length
        self.min_frequency = min_frequency
        self.vocabulary_ = vocabulary or CategoricalVocabulary()
        self._tokenizer = tokenizer_fn or tokenizer

    def fit(
        self, raw_documents: Iterable[str], unused_y: Any = None
    ) -> "VocabularyProcessor":
        """Numbers the words of texts; returns itself.

        Args:
            raw_documents: The texts.
            unused_y: Has no effect.
        """
        for tokens in self._tokenizer(raw_documents):
            for token in tokens:
                self.vocabulary_.add(token)
        if self.min_frequency > 0:
            self.vocabulary_.trim(self.min_frequency)
        self.vocabulary_.freeze()
        return self

    def fit_transform(
        self, raw_documents: Iterable[str], unused_y: Any = None
    ) -> Iterator[np.ndarray]:
        """Numbers the words of texts, and yields a row for each.

        Args:
            raw_documents: The texts, to be read twice.
            unused_y: Has no effect.
        """
        self.fit(raw_documents)
        return self.transform(raw_documents)

    def transform(self, raw_documents: Iterable[str]) -> Iterator[np.ndarray]:
        """Yields a row of int64 numbers for each text.

        Args:
            raw_documents: The texts.
        """
        for tokens in self._tokenizer(raw_documents):
            row = np.zeros(self.max_document_length, np.int64)
            numbers = map(self.vocabulary_.get, tokens)
            found = list(itertools.islice(numbers, self.max_document_length))
            row[: len(found)] = found
            yield row

    def reverse(self, documents: Iterable[Iterable[int]]) -> Iterator[str]:
        """Yields the text of each row.

        Args:
            documents: Rows of numbers.
        """
        for row in documents:
            yield " ".join(map(self.vocabulary_.reverse, row))

    def save(self, filename: str) -> None:
        """Writes it to a file.

        Args:
            filename: Path of the file.
        """
        with tf.io.gfile.GFile(filename, "wb") as file:
            file.write(pickle.dumps(self))

    @classmethod
    def restore(cls, filename: str) -> "VocabularyProcessor":
        """Returns what `save` has written here.

        Args:
            filename: Path of the file. It is a pickle: read only your own.
        """
        with tf.io.gfile.GFile(filename, "rb") as file:
            restored: VocabularyProcessor = pickle.loads(file.read())
        return restored
