"""`tf.contrib.learn.preprocessing`; what it does is from TensorFlow 1.15.5."""

import pytest

import keras_estimator.compat.v1 as tf
from keras_estimator.errors import ConfigError

preprocessing = tf.contrib.learn.preprocessing
_DOCUMENTS = [
    "Don't ask me: it's TF-1, the U.S.A. model!",
    "the cat sat on the mat",
    "a cat's dog-house 3.14 :) HTTPServer",
    "",
    "the dog the cat x_y",
]


def processed(**options):
    """Returns rows, two of them as words, the number of words, a new row."""
    one = preprocessing.VocabularyProcessor(6, **options)
    rows = [row.tolist() for row in one.fit_transform(_DOCUMENTS)]
    words = list(one.reverse(one.transform(_DOCUMENTS[:2])))
    (new,) = one.transform(["new the cat"])
    return rows, words, len(one.vocabulary_), new.tolist()


def test_words_are_numbered_as_they_come():
    rows, words, count, new = processed()
    assert rows == [
        [1, 2, 3, 4, 5, 6],
        [7, 12, 13, 14, 7, 15],
        [16, 17, 18, 19, 20, 21],
        [0, 0, 0, 0, 0, 0],
        [7, 23, 7, 12, 24, 0],
    ]
    assert words == ["Don't ask me it's TF -1", "the cat sat on the mat"]
    assert (count, new) == (25, [0, 7, 12, 0, 0, 0])


def test_rare_words_are_left_out():
    rows, words, count, new = processed(min_frequency=1)
    assert rows[1] == [1, 2, 0, 0, 1, 0]
    assert rows[4] == [1, 0, 1, 2, 0, 0]
    assert words[1] == "the cat <UNK> <UNK> the <UNK>"
    assert (count, new) == (3, [0, 1, 2, 0, 0, 0])


def test_a_tokenizer_of_ones_own():
    rows, _, count, _ = processed(
        tokenizer_fn=lambda texts: (text.split() for text in texts)
    )
    assert rows[0] == [1, 2, 3, 4, 5, 6]
    assert rows[1] == [6, 9, 10, 11, 6, 12]
    assert count == 21


def test_words_are_taken_from_texts():
    (words, *_, empty, _) = preprocessing.tokenizer(_DOCUMENTS)
    expected = "Don't ask me it's TF -1 the U S A model"
    assert (words, empty) == (expected.split(), [])


def test_it_is_kept_in_a_file(tmp_path):
    one = preprocessing.VocabularyProcessor(2).fit(["a b"])
    path = str(tmp_path / "vocabulary")
    one.save(path)
    again = preprocessing.VocabularyProcessor.restore(path)
    (row,) = again.transform(["b c"])
    assert row.tolist() == [2, 0]


def test_a_vocabulary_may_be_one_way():
    vocabulary = preprocessing.CategoricalVocabulary(support_reverse=False)
    assert [vocabulary.get("a"), vocabulary.get("b")] == [1, 2]
    vocabulary.freeze()
    assert vocabulary.get("c") == 0
    vocabulary.freeze(False)
    assert vocabulary.get("c") == 3
    with pytest.raises(ConfigError, match="support_reverse"):
        vocabulary.reverse(1)


def test_frequent_words_are_trimmed_too():
    vocabulary = preprocessing.CategoricalVocabulary()
    for word, count in (("the", 9), ("cat", 3), ("dog", 3), ("emu", 1)):
        vocabulary.add(word, count)
    vocabulary.trim(1, max_frequency=9)
    assert [vocabulary.get(w) for w in ("cat", "dog")] == [1, 2]
    assert len(vocabulary) == 3
