"""What an exporter has exported as the best, over restarts.

Event files know every evaluation, but not which of them became an export: the
process may have been killed in between, and others evaluate, too. So a file in
model_dir says so:

```
best_export.NAME.json
{"exported": results, "exporting": results or null, "newest": "1700000000"}
```

An export counts from the moment at which its folder is there: `exporting` is
written before that, with the name of the newest export until then.
"""

import json
import os
from collections.abc import Mapping
from typing import Any

import tensorflow as tf

from keras_estimator.checkpoint.staging import staged
from keras_estimator.evaluations import from_json
from keras_estimator.evaluations import to_json
from keras_estimator.training.artifacts import newest_export


class ExportRecord:
    """The record of one exporter of one model.

    Args:
        model_dir: Where the file is.
        name: Name of the exporter.
        export_path: Where the exports are.
    """

    def __init__(self, model_dir: str, name: str, export_path: str) -> None:
        self._model_dir = model_dir
        self._file = f"best_export.{name}.json"
        self._export_path = export_path

    def exists(self) -> bool:
        """Whether the exporter has ever begun to export."""
        return bool(tf.io.gfile.exists(self._path))

    def best(self) -> dict[str, Any] | None:
        """Returns the results of what was exported last, `None` without any."""
        with tf.io.gfile.GFile(self._path, "r") as file:
            stored = json.loads(file.read())
        is_complete = newest_export(self._export_path) != stored["newest"]
        under_way = stored["exporting"]
        found = under_way if under_way and is_complete else stored["exported"]
        return None if found is None else from_json(found)

    def begin(
        self, exported: Mapping[str, Any] | None, results: Mapping[str, Any]
    ) -> None:
        """Takes note of an export that is about to be written.

        Args:
            exported: Results of what was exported last, `None` without any.
            results: Results of what is exported now.
        """
        self._write(exported, results)

    def end(self, results: Mapping[str, Any]) -> None:
        """Takes note that it is complete."""
        self._write(results, None)

    @property
    def _path(self) -> str:
        return os.path.join(self._model_dir, self._file)

    def _write(
        self,
        exported: Mapping[str, Any] | None,
        exporting: Mapping[str, Any] | None,
    ) -> None:
        content = {
            "exported": None if exported is None else to_json(exported),
            "exporting": None if exporting is None else to_json(exporting),
            "newest": newest_export(self._export_path),
        }
        with staged(self._model_dir) as files:
            with tf.io.gfile.GFile(files.path(self._file), "w") as file:
                file.write(json.dumps(content))
            files.publish(self._file)
