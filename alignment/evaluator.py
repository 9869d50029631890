"""The evaluator: how a grid is aligned while a model of sentence-transformers is trained."""

import csv
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import Any

from sentence_transformers.sentence_transformer.evaluation import BaseEvaluator

from alignment import InputError, capabilities, models
from alignment.engines import quiet
from alignment.grids import ConceptGrid, resolve_grid
from concepts import CONCEPTS

logger = logging.getLogger(__name__)

PRIMARY = "calibrated_alignment_score"


class CrossLingualAlignmentEvaluator(BaseEvaluator):
    """Measure a grid each time the trainer evaluates: the means of a record, without its intervals.

    It can be given to a ``SentenceTransformerTrainer`` or a ``SequentialEvaluator``, or called on a
    model. Texts stand behind the prompts that the model asks for, as in an experiment. Concepts
    that the model is trained on do not belong in the grid.

    Args:
        grid: as of ``CrossLingualAlignmentExperiment``: a grid, its name, or a file.
        queries: questions that rows of the grid answer, or a file of them: then search is measured.
        name: before the names of the metrics, in that of the table, and in the model card.
        k: nearest neighbours looked at.
        write_csv: whether to add a row to a table where an output path is given.

    Raises:
        InputError: for a grid or questions that cannot be measured.
    """

    def __init__(
        self,
        grid: ConceptGrid | str | PathLike[str] | None = None,
        queries: Any = None,
        name: str = "",
        *,
        k: int = 3,
        write_csv: bool = True,
    ):
        super().__init__()
        self.grid = resolve_grid(grid, None, CONCEPTS)
        # where they do not fit, it is said before the training
        options = {} if queries is None else {"queries": queries}
        self.requests = capabilities.requests(capabilities.defaults() | options, self.grid)
        C, L = len(self.grid.concepts), len(self.grid.languages)
        if min(C, L) < 2 or not 1 <= k < C * L:
            raise InputError(
                f"{C} concepts in {L} languages and k = {k} have no calibrated score; give two "
                "concepts, two languages and k neighbours among their texts, or more"
            )
        self.name, self.k, self.write_csv = name, k, write_csv
        self.primary_metric = f"{name}_{PRIMARY}" if name else PRIMARY
        self.csv_file = f"cross_lingual_alignment_evaluation{name and '_' + name}_results.csv"

    def __call__(
        self, model: Any, output_path: str | None = None, epoch: float = -1, steps: int = -1
    ) -> dict[str, float]:
        """Return the metrics of a model, which stays in the mode that it is in.

        Args:
            model: a SentenceTransformer.
            output_path: folder of the table; None writes none.
            epoch: of the training, for the table; −1 outside.
            steps: likewise.
        """
        with quiet(), _mode_kept(model):
            values = self._measure(models.load(model))
        when = f" after epoch {epoch} and {steps} steps" if epoch != -1 else ""
        logger.info("%s%s: %s %.4f", self.name or self.grid.name, when, PRIMARY, values[PRIMARY])
        if output_path is not None and self.write_csv:
            self._write(Path(output_path), {"epoch": epoch, "steps": steps} | values)
        metrics: dict[str, float] = self.prefix_name_to_metrics(values, self.name)
        self.store_metrics_in_model_card_data(model, metrics, epoch, steps)
        return metrics

    def get_config_dict(self) -> dict[str, Any]:
        """Return what the model card says of the grid."""
        asked = capabilities.settings(self.requests)
        return {
            "grid": self.grid.name,
            "concepts": len(self.grid.concepts),
            "languages": ", ".join(self.grid.languages),
            "k": self.k,
            **{name: shown for name, (shown, compared) in asked.items() if compared},
        }

    def _measure(self, model: models.Model) -> dict[str, float]:
        """Return the means over the grid, by language, and of the search; none undefined."""
        from alignment.measure.measurement import measure
        from alignment.measure.metrics import mean_present
        from alignment.record.analysis import Context

        X = self.grid.spread(model.embed(self.grid.flat_texts()))
        m = measure(X, self.grid, self.k)
        by_language = mean_present(m.values[PRIMARY], axis=0)
        found = dict(m.means)
        for code, value in zip(self.grid.languages, by_language, strict=True):
            found[f"{PRIMARY}_{code}"] = value
        context = Context(m, model, model.embed, self.requests)
        for key, request in self.requests.items():
            found |= capabilities.capabilities()[key].means(request, context)
        return {name: float(value) for name, value in found.items() if value == value}

    def _write(self, folder: Path, row: dict[str, float]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / self.csv_file
        new = not path.is_file()
        with path.open("a", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, row)
            if new:
                table.writeheader()
            table.writerow(row)


@contextmanager
def _mode_kept(model: Any) -> Iterator[None]:
    """Leave each module of a model in training or not, as it is: encoding ends the training."""
    modes = [(module, module.training) for module in model.modules()]
    try:
        yield
    finally:
        for module, training in modes:
            module.training = training
