import textwrap

import pytest

import keras_estimator_cli


@pytest.fixture
def command(capsys):
    """Runs the command; returns (exit code, stdout, stderr)."""

    def run(*arguments):
        try:
            code = keras_estimator_cli.main([str(each) for each in arguments])
        except SystemExit as end:
            code = end.code
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def write(tmp_path):
    """Writes a program; returns its path."""

    def write(text, name="program.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
        return path

    return write
