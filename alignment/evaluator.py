"""The evaluator: measure a grid while a model is trained with sentence-transformers."""

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
from alignment.measure.measurement import measure
from alignment.measure.metrics import mean_present
from alignment.record.analysis import Context
from alignment.record.core import RANKED_BY as PRIMARY
from concepts import CONCEPTS

logger = logging.getLogger(__name__)


class CrossLingualAlignmentEvaluator(BaseEvaluator):
    """Measure a grid each time the trainer evaluates: the means of a record, without intervals.

    Give it to a ``SentenceTransformerTrainer`` or a ``SequentialEvaluator``, or call it on a model.
    Texts get the prompts that the model asks for, as in an experiment. The grid should not contain
    concepts that the model is trained on.

    Args:
        grid: as for ``CrossLingualAlignmentExperiment``: a grid, its name, or a file.
        queries: questions that rows of the grid answer, or a file of them, to measure search too.
        name: prefix of the metrics; also in the names of the table and the model card's section.
        k: number of nearest neighbours.
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
        """Return the metrics of a model; its modules stay in training mode or not, as they were.

        Args:
            model: a SentenceTransformer.
            output_path: folder of the table; None to write none.
            epoch, steps: of the training, for the table; −1 outside of it.
        """
        with quiet(), _same_mode(model):
            values = self._measure(models.load(model))
        when = f" after epoch {epoch} and {steps} steps" if epoch != -1 else ""
        logger.info("%s%s: %s %.4f", self.name or self.grid.name, when, PRIMARY, values[PRIMARY])
        if output_path is not None and self.write_csv:
            self._write(Path(output_path), {"epoch": epoch, "steps": steps} | values)
        metrics: dict[str, float] = self.prefix_name_to_metrics(values, self.name)
        self.store_metrics_in_model_card_data(model, metrics, epoch, steps)
        return metrics

    def get_config_dict(self) -> dict[str, Any]:
        """Return what the model card says about the grid."""
        settings = capabilities.settings(self.requests)
        return {
            "grid": self.grid.name,
            "concepts": len(self.grid.concepts),
            "languages": ", ".join(self.grid.languages),
            "k": self.k,
            **{name: shown for name, (shown, compared) in settings.items() if compared},
        }

    def _measure(self, model: models.Model) -> dict[str, float]:
        """Return the means over the grid, by language, and of the search; none undefined."""
        m = measure(self.grid.spread(model.embed(self.grid.flat_texts())), self.grid, self.k)
        names = (f"{PRIMARY}_{code}" for code in self.grid.languages)
        by_language = zip(names, mean_present(m.values[PRIMARY], axis=0), strict=True)
        means = dict(m.means) | dict(by_language)
        context = Context(m, model, model.embed, self.requests)
        for key, request in self.requests.items():
            means |= capabilities.capabilities()[key].means(request, context)
        return {name: float(value) for name, value in means.items() if value == value}

    def _write(self, folder: Path, row: dict[str, float]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / self.csv_file).open("a", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, row)
            if file.tell() == 0:
                table.writeheader()
            table.writerow(row)


@contextmanager
def _same_mode(model: Any) -> Iterator[None]:
    """Restore the training mode of each module, because encoding switches the model to eval()."""
    modes = [(module, module.training) for module in model.modules()]
    try:
        yield
    finally:
        for module, training in modes:
            module.training = training
