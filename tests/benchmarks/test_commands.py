"""The table, the record, the picture and the README, on made-up figures."""

import shutil

import pytest

from benchmarks import __main__ as command
from benchmarks import catalog
from benchmarks import growth
from benchmarks import options
from benchmarks import plot
from benchmarks import readme
from benchmarks import record
from benchmarks import runner
from benchmarks import table


def _run(work, stack, number, sizes=None, **figures):
    return {
        "work": work,
        "stack": stack,
        "round": number,
        "sizes": sizes or {},
        "load": 0.1,
        "figures": figures,
        "versions": {"python": "3.11.7"},
    }


@pytest.fixture
def measured():
    made = record.new(["mlp"])
    for number in range(3):
        ours = {"steps/s": 4000.0 + 100 * number, "MB": 20.0}
        real = {"steps/s": 2000.0, "MB": 40.0}
        record.add(made, _run("mlp", "ours", number, **ours))
        record.add(made, _run("mlp", "real", number, **real))
        record.add(made, _run("first", "ours", number, s=2.0))
        record.add(made, _run("first", "real", number, s=1.0))
        record.add(made, _run("import", "ours", number, s=0.2, MB=30.0))
    return made


def _line(measured, work, figure):
    (found,) = (
        line
        for line in table.lines(measured)
        if (line.row.work, line.row.figure) == (work, figure)
    )
    return found


def test_ratio_is_how_many_times_better_ours_is(measured):
    assert _line(measured, "mlp", "steps/s").value == pytest.approx(2.05)
    assert _line(measured, "mlp", "MB").value == pytest.approx(2.0)
    assert _line(measured, "first", "s").value == pytest.approx(0.5)


def test_line_says_whether_its_target_is_reached(measured):
    assert _line(measured, "mlp", "steps/s").is_reached
    assert not _line(measured, "first", "s").is_reached
    assert _line(measured, "import", "s").is_reached
    assert not _line(measured, "import", "MB").is_reached


def test_failed_run_leaves_the_others(measured):
    for run in measured["runs"]:
        if (run["work"], run["stack"], run["round"]) == ("mlp", "real", 1):
            del run["figures"]
            run["error"] = "no memory"

    assert len(_line(measured, "mlp", "steps/s").values) == 2
    assert [run["error"] for run in record.failures(measured)] == ["no memory"]


def test_record_is_read_as_it_was_written(measured, tmp_path):
    record.write(measured, tmp_path / "new" / "ratios.json")

    assert record.read(tmp_path / "new" / "ratios.json") == measured
    assert {"cpu", "cores", "memory_gib", "load_before"} <= set(
        measured["machine"]
    )


def test_readme_gets_the_table_and_its_figures(measured, tmp_path):
    shutil.copy(readme.FOLDER / "README.md", tmp_path)
    cells = [table.cells(line) for line in table.lines(measured)]
    command.write_readme(measured, cells, tmp_path)
    command.write_readme(measured, cells, tmp_path)

    text = (tmp_path / "README.md").read_text()
    row = "| mlp | steps/s | 4,100 | tf.estimator 2.15 | 2,000 | 2.05x |"
    assert text.count(row) == 1
    assert measured["date"] in text
    assert (tmp_path / "ratios.json").exists()


def test_document_without_the_markers_is_refused(tmp_path):
    path = tmp_path / "README.md"
    path.write_text("# Nothing\n")
    with pytest.raises(readme.MarkerError, match="end of ratios"):
        readme.write(path, "ratios", "text")


def test_table_for_a_terminal_has_columns(measured):
    text = table.as_text([table.cells(line) for line in table.lines(measured)])
    head, *rest = text.splitlines()

    assert head.startswith("work")
    assert "2.05x" in rest[0]
    assert rest[0].index("mlp") == head.index("work")


def test_pictures_are_drawn(measured, tmp_path):
    pytest.importorskip("matplotlib")
    plot.ratios(table.lines(measured), tmp_path / "ratios.svg")
    plot.growth(_curves(), tmp_path / "growth.svg")

    for name in ("ratios.svg", "growth.svg"):
        assert "<svg" in (tmp_path / name).read_text()


def _curves():
    made = record.new([])
    for size, rate in ((0, 900.0), (10, 500.0)):
        for number in range(3):
            run = _run("grow.hooks", "ours", number, {"number": size})
            run["figures"] = {"steps/s": rate + number}
            record.add(made, run)
    return growth.curves(made)


def test_curve_has_the_median_of_each_size():
    assert _curves() == {
        "hooks": {"steps/s": {"ours": [(0, 901.0), (10, 501.0)]}}
    }
    assert growth.cells(_curves())[1][1:] == ("10", "ours", "steps/s", "501")


def test_stacks_take_turns_and_no_one_is_always_first():
    jobs = list(runner.in_alternation({"mlp": (("ours", "real"), {})}, 2))

    assert [(job.round, job.stack) for job in jobs] == [
        (0, "ours"),
        (0, "real"),
        (1, "real"),
        (1, "ours"),
    ]


def test_stack_without_an_interpreter_is_left_out():
    parser = options.parser("", "out")
    found = options.pythons(parser.parse_args(["--real", "python3.11"]))

    assert found["real"] == "python3.11"
    assert "tf1" not in found
    with pytest.raises(SystemExit, match="tf1"):
        options.pythons(parser.parse_args(["--stacks", "ours,tf1"]))


def test_unknown_work_is_refused():
    with pytest.raises(SystemExit, match="no such work"):
        options.known(["mpl"], list(catalog.WORKS))
