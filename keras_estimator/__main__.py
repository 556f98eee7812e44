"""`python -m keras_estimator`: the same as the command `keras-estimator`."""

import sys

from keras_estimator.cli import main

if __name__ == "__main__":
    sys.exit(main())
