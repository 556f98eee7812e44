"""Names of TensorFlow 1 that are gone, and what to use instead of each.

Keys are what a program writes after `tf.`; values are sentences, as the
`AttributeError` and the report of `keras-estimator upgrade` show them.
"""

REPLACEMENTS: dict[str, str] = {}
