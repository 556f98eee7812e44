"""What the command says before it does anything."""

import subprocess
import sys
from pathlib import Path

import pytest

import keras_estimator
import keras_estimator_cli
from keras_estimator import cli

_SCRIPT = Path(keras_estimator_cli.__file__)


@pytest.mark.parametrize("name", ["upgrade", "inspect", "convert"])
def test_help_has_examples_and_exit_codes(command, name):
    code, out, _ = command(name, "--help")
    assert code == 0
    assert f"keras-estimator {name} " in out
    assert "examples:" in out
    assert "exit codes:" in out


def test_help_lists_the_commands(command):
    code, out, _ = command("--help")
    assert code == 0
    assert "upgrade   rewrite the imports of programs" in out


def test_version_is_that_of_the_package(command):
    code, out, _ = command("--version")
    assert (code, out) == (
        0,
        f"keras-estimator {keras_estimator.__version__}\n",
    )


def test_wrong_arguments_are_exit_code_2(command):
    code, _, err = command("upgrade")
    assert code == 2
    assert "PATH" in err
    code, _, err = command()
    assert code == 2
    assert "COMMAND" in err


def test_help_does_not_wait_for_tensorflow():
    program = (
        "import sys, keras_estimator_cli\n"
        "try:\n"
        "    keras_estimator_cli.main(['upgrade', '--help'])\n"
        "except SystemExit:\n"
        "    pass\n"
        "slow = {'tensorflow', 'keras', 'keras_estimator', 'libcst'}\n"
        "assert not slow & set(sys.modules), slow & set(sys.modules)\n"
    )
    subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        cwd=_SCRIPT.parent,
        stdout=subprocess.DEVNULL,
    )


def test_the_package_has_the_command_too():
    assert cli.main is keras_estimator_cli.main


def test_upgrade_without_libcst_says_what_to_install(command, monkeypatch):
    monkeypatch.setattr(keras_estimator_cli, "_has", lambda package: False)
    code, _, err = command("upgrade", ".")
    assert code == 2
    assert 'pip install "keras-estimator[upgrade]"' in err


def test_a_started_command_is_quiet_and_finds_its_errors():
    """As it is run: `python -m`, with what TensorFlow says when it loads."""
    done = subprocess.run(
        [sys.executable, "-m", "keras_estimator_cli", "inspect", "/nowhere"],
        capture_output=True,
        text=True,
        cwd=_SCRIPT.parent,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == (
        "keras-estimator: /nowhere: there is no model directory, no "
        "checkpoint (/nowhere.index), no SavedModel and no .keras file of "
        "this name.\n"
    )
