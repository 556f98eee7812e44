"""Files and folders: read, changed, copied, and reported."""

import json
import os
import stat

import pytest

import keras_estimator_cli
from keras_estimator.cli.upgrade import command as command_module

V1 = b"keras_estimator.compat.v1"
OLD = b"import tensorflow as tf\nx = tf.layers.dense\n"
NEW = OLD.replace(b"tensorflow", V1)


@pytest.fixture
def tree(tmp_path):
    root = tmp_path / "src"
    (root / "sub").mkdir(parents=True)
    (root / ".git").mkdir()
    (root / "a.py").write_bytes(OLD)
    (root / "sub" / "b.py").write_bytes(b"import os\n")
    (root / "sub" / "data.csv").write_bytes(b"tensorflow\n")
    (root / ".git" / "c.py").write_bytes(OLD)
    return root


def test_by_default_nothing_is_written(tree, command):
    code, out, _ = command("upgrade", tree)
    assert code == 0
    assert (tree / "a.py").read_bytes() == OLD
    assert f"{tree}/a.py:1: import tensorflow as tf\n    -> import" in out
    assert "Would change: 1 file\n" in out
    assert "Runs as it is: 1 use of 1 name\n  tf.layers.dense (1)" in out
    assert "Nothing is open." in out
    assert "Nothing has been written." in out


def test_in_place_changes_the_files_and_keeps_their_modes(tree, command):
    (tree / "a.py").chmod(0o750)
    code, out, _ = command("upgrade", "--in-place", tree)
    assert code == 0
    assert (tree / "a.py").read_bytes() == NEW
    assert stat.S_IMODE((tree / "a.py").stat().st_mode) == 0o750
    assert sorted(os.listdir(tree)) == [".git", "a.py", "sub"]
    assert (tree / ".git" / "c.py").read_bytes() == OLD
    assert "Nothing has been written" not in out
    assert command("upgrade", "--in-place", tree)[0] == 0
    assert (tree / "a.py").read_bytes() == NEW


def test_in_place_goes_through_links(tree, command):
    (tree / "link.py").symlink_to(tree / "a.py")
    assert command("upgrade", "--in-place", tree / "link.py")[0] == 0
    assert (tree / "link.py").is_symlink()
    assert (tree / "a.py").read_bytes() == NEW


def test_output_is_a_copy_with_all_files(tree, command, tmp_path):
    code, out, _ = command("upgrade", tree, "--output", tmp_path / "new")
    assert code == 0
    assert (tree / "a.py").read_bytes() == OLD
    assert (tmp_path / "new" / "a.py").read_bytes() == NEW
    assert (tmp_path / "new/sub/data.csv").read_bytes() == b"tensorflow\n"
    assert not (tmp_path / "new" / ".git").exists()
    assert f"The changed copy is in {tmp_path}/new." in out


def test_output_may_be_inside_of_the_folder(tree, command):
    assert command("upgrade", tree, "--output", tree / "new")[0] == 0
    assert sorted(os.listdir(tree / "new")) == ["a.py", "sub"]


def test_output_is_not_written_over(tree, command, tmp_path):
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "a.py").write_text("mine")
    arguments = ["upgrade", tree, "--output", tmp_path / "new"]
    code, _, err = command(*arguments)
    assert code == 2
    assert "is not empty" in err
    assert (tmp_path / "new" / "a.py").read_text() == "mine"
    assert command(*arguments, "--force")[0] == 0
    assert (tmp_path / "new" / "a.py").read_bytes() == NEW


def test_a_diff_goes_to_stdout_and_the_report_does_not(tree, command):
    code, out, err = command("upgrade", "--diff", tree / "a.py")
    assert code == 0
    assert out.splitlines()[2:] == [
        "@@ -1,2 +1,2 @@",
        "-import tensorflow as tf",
        "+import keras_estimator.compat.v1 as tf",
        " x = tf.layers.dense",
    ]
    assert "Runs as it is" in err
    assert (tree / "a.py").read_bytes() == OLD


def test_a_diff_says_where_no_line_ends(write, command):
    path = write("import tensorflow as tf")
    _, out, _ = command("upgrade", "--diff", path)
    assert out.count("\\ No newline at end of file\n") == 2


def test_what_is_open_is_exit_code_1_with_file_and_line(write, command):
    path = write("import tensorflow as tf\ntf.train.batch\ntf.train.batch\n")
    code, out, _ = command("upgrade", path)
    assert code == 1
    assert f"To be done by hand\n  {path}:2: tf.train.batch: " in out
    assert f"[also {path}:3]" in out


def test_python_2_is_reported_and_left_alone(tree, command):
    text = b'import tensorflow as tf\nprint "loss"\n'
    (tree / "old.py").write_bytes(text)
    code, out, _ = command("upgrade", "--in-place", tree)
    assert code == 1
    assert (
        f'{tree}/old.py:2: syntax: Python 3 cannot read this line: print "'
        in out
    )
    assert "2to3" in out
    assert (tree / "old.py").read_bytes() == text
    assert (tree / "a.py").read_bytes() == NEW


CODINGS = {
    "crlf": OLD.replace(b"\n", b"\r\n"),
    "bom": b"\xef\xbb\xbf# \xc3\xa9\n" + OLD,
    "latin": b"# coding: latin-1\n# \xe9\n" + OLD,
    "no last line break": OLD.rstrip(),
    "form feed": b"\x0c\n" + OLD,
}


@pytest.mark.parametrize("content", CODINGS.values(), ids=CODINGS)
def test_encodings_and_line_breaks_stay(tmp_path, command, content):
    path = tmp_path / "a.py"
    path.write_bytes(content)
    assert command("upgrade", "--in-place", path)[0] == 0
    assert path.read_bytes() == content.replace(b"tensorflow", V1)


def test_what_is_in_no_encoding_is_reported(tmp_path, command):
    path = tmp_path / "a.py"
    path.write_bytes(b"# \xe9\n" + OLD)
    code, out, _ = command("upgrade", "--in-place", path)
    assert code == 1
    assert f"{path}: syntax: " in out
    assert path.read_bytes() == b"# \xe9\n" + OLD


def test_a_path_that_does_not_exist_is_exit_code_2(command):
    code, out, err = command("upgrade", "/nowhere.py")
    assert (code, out) == (2, "")
    assert "there is no such file or folder" in err


def test_code_without_tensorflow_needs_nothing(write, command):
    code, out, _ = command("upgrade", write("import os\n"))
    assert (code, out) == (0, "1 file of code, none with TensorFlow.\n")


def test_json_has_all_of_the_report(write, command):
    path = write(
        """\
        import tensorflow as tf
        tf.Session
        tf.train.batch
        tf.reshape; tf.reshape
        """
    )
    code, out, _ = command("upgrade", "--json", path)
    assert code == 1
    report = json.loads(out)
    (file,) = report["files"]
    assert file["path"] == str(path)
    assert file["changed"] is True
    assert file["api"] == "v1"
    assert file["changes"] == [
        {
            "line": 1,
            "before": "import tensorflow as tf",
            "after": "import keras_estimator.compat.v1 as tf",
        }
    ]
    assert [(p["line"], p["kind"]) for p in file["points"]] == [
        (2, "different"),
        (3, "open"),
    ]
    assert file["names"] == {"tf.reshape": 2}
    assert report["summary"] == {
        "files": 1,
        "files_changed": 1,
        "changes": 1,
        "open": 1,
        "different": 1,
        "names": {"tf.reshape": 2},
    }


def test_what_the_other_files_are_for_decides_where_one_does_not_tell(
    tree, command
):
    (tree / "a.py").write_text("import tensorflow as tf\ntf.compat.v1.layers\n")
    neutral = "import tensorflow as tf\ntf.reshape\n"
    (tree / "neutral.py").write_text(neutral)
    command("upgrade", "--in-place", tree)
    assert (tree / "neutral.py").read_text() == neutral
    command("upgrade", "--in-place", tree)
    assert (tree / "neutral.py").read_text() == neutral
    command("upgrade", "--in-place", "--api", "v1", tree / "neutral.py")
    assert "compat.v1 as tf" in (tree / "neutral.py").read_text()


def notebook(*cells):
    return {
        "cells": [
            {"cell_type": kind, "metadata": {}, "source": source}
            for kind, source in cells
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 4,
    }


def test_cells_of_a_notebook_are_one_program(tmp_path, command):
    path = tmp_path / "a.ipynb"
    content = notebook(
        ("markdown", ["import tensorflow as tf"]),
        (
            "code",
            ["%matplotlib inline\n", "import tensorflow as tf\n", "é = 1"],
        ),
        ("code", ["%%bash\n", "import tensorflow"]),
        ("code", "!pip list\ntf.train.batch"),
    )
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    code, out, _ = command("upgrade", "--in-place", path)
    assert code == 1
    assert f"{path}:cell 4:2: tf.train.batch: " in out
    assert f"{path}:cell 2:2: import tensorflow as tf" in out
    new = "import keras_estimator.compat.v1 as tf\n"
    content["cells"][1]["source"][1] = new
    assert path.read_text() == (
        json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    )


def test_what_is_no_notebook_is_reported(tmp_path, command):
    path = tmp_path / "a.ipynb"
    path.write_text('{"worksheets": ["tensorflow"]}')
    code, out, _ = command("upgrade", path)
    assert code == 1
    assert "it is not of format 4" in out


@pytest.mark.parametrize(
    "call",
    [
        'importlib.import_module("tensorflow")',
        "__import__('tensorflow.layers')",
    ],
)
def test_an_import_by_a_call_is_open(write, command, call):
    path = write(f"import importlib\ntf = {call}\n")
    code, out, _ = command("upgrade", path)
    assert code == 1
    assert f'{path}:2: import of "tensorflow' in out


def test_a_file_can_be_written_to_a_file(tree, command, tmp_path):
    (tree / "a.py").chmod(0o750)
    new = tmp_path / "there" / "new.py"
    code, out, _ = command("upgrade", tree / "a.py", "--output", new)
    assert code == 0
    assert new.read_bytes() == NEW
    assert stat.S_IMODE(new.stat().st_mode) == 0o750
    assert (tree / "a.py").read_bytes() == OLD
    assert f"The changed copy is in {new}." in out


def test_a_file_is_written_over_by_force_only(tree, command, tmp_path):
    new = tmp_path / "new.py"
    new.write_text("mine")
    arguments = ["upgrade", tree / "a.py", "--output", new]
    code, _, err = command(*arguments)
    assert code == 2
    assert "this file exists" in err
    assert new.read_text() == "mine"
    assert command(*arguments, "--force")[0] == 0
    assert new.read_bytes() == NEW


def test_a_file_without_a_change_is_copied_too(tree, command, tmp_path):
    new = tmp_path / "new.py"
    assert command("upgrade", tree / "sub/b.py", "--output", new)[0] == 0
    assert new.read_bytes() == b"import os\n"


def test_a_file_is_not_its_own_copy(tree, command):
    path = tree / "a.py"
    code, _, err = command("upgrade", path, "--output", path, "--force")
    assert code == 2
    assert "Give --in-place instead" in err
    assert path.read_bytes() == OLD


def test_several_files_need_a_folder(tree, command, tmp_path):
    new = tmp_path / "new.py"
    new.write_text("mine")
    code, _, err = command("upgrade", tree, "--output", new, "--force")
    assert code == 2
    assert "name a folder" in err
    assert new.read_text() == "mine"


def test_a_file_can_be_written_into_a_folder(tree, command, tmp_path):
    new = tmp_path / "new"
    assert command("upgrade", tree / "a.py", "--output", new)[0] == 0
    assert (new / "a.py").read_bytes() == NEW


def test_libraries_are_kept_from_stderr(write, capfd, monkeypatch):
    def say(*_):
        os.write(2, b"I0000 00:00:1 cudart_stub.cc:31] no GPU\n")
        return []

    monkeypatch.setattr(command_module, "_upgraded", say)
    path = write("import tensorflow as tf\n")
    assert keras_estimator_cli.main(["upgrade", str(path)]) == 0
    said = capfd.readouterr()
    assert said.out
    assert not said.err
