"""The works that are timed; `__main__` runs one of them and prints figures.

Whatever is in this folder must also run on Python 3.7 with TensorFlow 1.15, but
for `keras_fit`, `fused` and `importing`, which know the current one only.
"""
