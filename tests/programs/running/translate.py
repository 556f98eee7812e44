"""The text of a program as it is run: with its imports changed."""

import re

_NAMES = re.compile(
    r"^(import|from) tensorflow(?:\.compat\.v1)?"
    r"(?= as tf$| import |\.contrib\b)",
    re.MULTILINE,
)


def with_names_of(namespace):
    """Returns a function that lets texts import from another namespace.

    Args:
        namespace: Module that stands for `tensorflow` and
            `tensorflow.compat.v1`.
    """

    def translate(text):
        return _NAMES.sub(r"\1 " + namespace, text)

    return translate
