"""Tokenization: lower case, punctuation, then the longest known pieces."""

from __future__ import absolute_import
from __future__ import division
from __future__ import print_function

import collections
import unicodedata

import six
import tensorflow as tf


def convert_to_unicode(text):
    """Converts `text` to Unicode (if it's not already), assuming utf-8."""
    if six.PY3:
        if isinstance(text, str):
            return text
        elif isinstance(text, bytes):
            return text.decode("utf-8", "ignore")
    raise ValueError("Unsupported string type: %s" % (type(text)))


def load_vocab(vocab_file):
    """Loads a vocabulary file into a dictionary."""
    vocab = collections.OrderedDict()
    with tf.gfile.GFile(vocab_file, "r") as reader:
        while True:
            token = convert_to_unicode(reader.readline())
            if not token:
                break
            vocab[token.strip()] = len(vocab)
    return vocab


class FullTokenizer(object):
    """Runs end-to-end tokenization."""

    def __init__(self, vocab_file, do_lower_case=True):
        self.vocab = load_vocab(vocab_file)
        self.do_lower_case = do_lower_case

    def tokenize(self, text):
        text = convert_to_unicode(text)
        if self.do_lower_case:
            text = unicodedata.normalize("NFD", text.lower())
        pieces = []
        for word in "".join(
                c if c.isalnum() else " %s " % c for c in text).split():
            pieces.extend(self.wordpiece(word))
        return pieces

    def wordpiece(self, word):
        pieces = []
        start = 0
        while start < len(word):
            end = len(word)
            while start < end:
                piece = ("##" if start else "") + word[start:end]
                if piece in self.vocab:
                    break
                end -= 1
            if start == end:
                return ["[UNK]"]
            pieces.append(piece)
            start = end
        return pieces

    def convert_tokens_to_ids(self, tokens):
        return [self.vocab[token] for token in tokens]
