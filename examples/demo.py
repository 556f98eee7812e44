"""Runs both MNIST examples and prints a table: `make demo`."""

import argparse
import tempfile

from examples import mnist_cnn_keras
from examples import mnist_cnn_tf1

PROGRAMS = {
    "TF1 program, one line changed": mnist_cnn_tf1.main,
    "the same network, Keras-native": mnist_cnn_keras.main,
}


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=300)
    args = parser.parse_args(argv)
    rows = {}
    for name, program in PROGRAMS.items():
        print(f"\n--- {name}\n", flush=True)
        model_dir = tempfile.mkdtemp(prefix="keras_estimator_demo_")
        rows[name] = program(
            ["--steps", str(args.steps), "--model-dir", model_dir]
        )
    print(table(rows))


def table(rows):
    """Returns the results as text, one line a program."""
    lines = [f"\n{'':32}{'accuracy':>10}{'right':>12}{'steps/s':>10}"]
    for name, row in rows.items():
        lines.append(
            f"{name:32}{row['test accuracy']:>10.3f}"
            f"{row['predicted right']:>12}{row['steps/s']:>10.1f}"
        )
    lines.append("\nTraining and evaluation, as TensorBoard shows them:")
    for name, row in rows.items():
        lines.append(f"  {name}:")
        lines.append(f"    tensorboard --logdir {row['model_dir']}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
