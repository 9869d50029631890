"""The numbers of README and docs/, made from the records as Markdown; `make readme` writes them.

cog runs from the repository's root, and puts what a block prints below it.
"""

import csv
import json
import re
from pathlib import Path

from scipy.stats import pearsonr

from alignment.capabilities import capabilities
from alignment.compare import ranking as ranking_tables
from alignment.compare.models import Comparison
from alignment.compare.report import TABLES
from alignment.compare.verdicts import verdicts as sentences
from alignment.cost import show as cost_tables
from alignment.diagnosis.show import change
from alignment.grids import describe
from alignment.record import COMPARISON_FILE, RESULTS_FILE
from alignment.record.core import RANKED_BY
from alignment.report import error_tables, tables
from alignment.report.catalogue import catalogue, table_of
from alignment.report.render import markdown
from alignment.report.table import COUNT, ESTIMATE, NUMBER, PERCENT_1, WORDS, Column, Table
from alignment.report.words import (
    MEASURES,
    language,
    listed,
    number,
    percent,
    points,
    points_interval,
    signed_points,
    with_prompt,
)
from alignment.results import AlignmentResults
from alignment.search import show as search_tables
from alignment.search.findings import search_findings
from alignment.thresholds import show as threshold_tables
from concepts import LANGUAGES

PUBLISHED = json.loads(Path(__file__).with_name("published.json").read_text(encoding="utf-8"))
PUBLISHED_MODEL = f"{PUBLISHED['model'].split('/')[1]}, as published"
COSTS = f"examples/cost/{COMPARISON_FILE}"
TERMS = f"examples/{RESULTS_FILE}"
GRIDS = ("published", "emoji", "territories", "languages", "currencies")
PROBED = GRIDS[:2]
# Of docs/sentences.md: territories and udhr in twenty languages, udhr in fifteen of them
TEXTS = ("names", "sentences")
SENTENCES = (*TEXTS, "known")


def results(path=RESULTS_FILE) -> AlignmentResults:
    """Read a record of one run."""
    return AlignmentResults.from_json(path)


def compared(grid: str) -> Comparison:
    """Read the comparison on a grid."""
    return Comparison.from_json(f"comparisons/{grid}/{COMPARISON_FILE}")


def table(name, path=RESULTS_FILE) -> str:
    """Return a table of a record by its name in the catalogue, or one that is shortened here."""
    record = results(path)
    if name == "worst_errors":
        return markdown(error_tables.worst_errors(record, 10))
    if name != "closest_languages":
        return markdown(table_of(record, name))
    pairs = tables.language_pairs(record).shown("brief").defined("centroid_distance")
    pairs = pairs.by("centroid_distance")
    return markdown(pairs._replace(rows=[*pairs.rows[:3], *pairs.rows[3:][-3:]]))


def keys(name) -> str:
    """Return the description of each key in the docstring of a type of the records."""
    types = Comparison.json_schema()["$defs"] | AlignmentResults.json_schema()["$defs"]
    text = types[name]["description"].partition("Attributes:\n")[2]
    text = re.sub(r"\bNone\b", "null", text.replace("``", "`"))
    listed = re.findall(r"^    (\w+): (.*(?:\n {8}.*)*)\.$", text, re.MULTILINE)
    rows = [(f"`{key}`", " ".join(meaning.split())) for key, meaning in listed]
    return _table(("key", "what it is"), rows, WORDS)


def frames() -> str:
    """Return every table that ``frame`` gives, with what a row is and its columns."""
    both, record = compared("published"), results()

    def entries_of(key, comparison):
        return capabilities()[key].show(getattr(comparison.models[0], key), record).tables

    entries = catalogue(record) | entries_of("diagnosis", both)
    entries |= catalogue(_searched("use-multilingual")) | catalogue(results(THRESHOLDS))
    entries |= entries_of("cost", Comparison.from_json(COSTS))
    made = [(f"`{name}`", entry.make.func, entry.make()) for name, entry in entries.items()]
    for make in (*TABLES, search_tables.ranking):
        made.append((f"`{make(both).key}` of a comparison", make, make(both)))
    models = tuple(model.name for model in both.models)
    rows = []
    for title, make, table in made:
        names = table.data()[0]
        shown = [f"`{n}`" for n in names if n not in LANGUAGES and not n.startswith(models)]
        shown += ["one for each language"] * bool({*names} & {*LANGUAGES})
        shown += ["two for each model"] * bool({*names} & {*models})
        rows.append((title, make.__doc__.splitlines()[0], ", ".join(shown)))
    return _table(("table", "what it is", "columns"), rows, WORDS)


def what_ran() -> str:
    """Return which model the tables are of."""
    run = results().provenance
    return (
        f"These numbers are of **`{results().model}`** ({run.dimension} dimensions), which was "
        f"used instead of `{run.requested_model}` because the hub could not be reached where these "
        f"tables were made. The column *published* is of `{PUBLISHED['model']}`."
    )


def summary() -> str:
    """Return the three means and the score, beside the published ones."""
    published = [*(PUBLISHED[f"mean_{name}"] for name in MEASURES), PUBLISHED["alignment_score"]]
    return _beside(tables.summary(results()), 1, published)


def concepts() -> str:
    """Return one row per concept, beside the published similarity."""
    table, published = tables.concepts(results()).shown(), PUBLISHED["intra_concept_similarity"]
    return _beside(table, 2, [published[row[0].concept] for row in table.rows])


def findings(path=RESULTS_FILE) -> str:
    """Return the findings as a list."""
    return _bullets(results(path).findings)


def finding(code) -> str:
    """Quote the finding that begins with a language's name; nothing where there is none."""
    lines = (line for line in results().findings if line.startswith(language(code)))
    return next((f"> {line}" for line in lines), "")


def constant_score() -> str:
    """Return the score of an encoder that gives every text the same vector, on two grids."""
    sizes = ((15, 8), (5, 3))
    grids = " and ".join(f"{_constant_score(C, L):.3f} on a grid of {C} × {L}" for C, L in sizes)
    return (
        "An encoder that gives every text the same vector has an alignment score of 0.3 · 1 + "
        f"0.3 · (L−1)/(CL−1) + 0.4/C: {grids}."
    )


def score_of_nothing() -> str:
    """Return why the alignment score of this grid is not enough."""
    record = results()
    score = _constant_score(len(record.coverage.concepts), len(record.languages))
    unrelated = record.discriminability["different_concept_other_language"]
    return (
        f"The published score is not comparable between models: an encoder that gives every text "
        f"the same vector has {score:.3f} on this grid, and a model gains from a high cosine of "
        f"unrelated words (here {number(unrelated)})."
    )


def _constant_score(C: int, L: int) -> float:
    return 0.3 + 0.3 * (L - 1) / (C * L - 1) + 0.4 / C


def ranking(grid="published") -> str:
    """Return the ranking of a comparison, on the published grid with the published model below."""
    table = ranking_tables.ranking(compared(grid)).shown()
    if grid != "published":
        return markdown(table)
    rows = [(with_prompt(model), *row) for model, *row in table.rows]
    parts = (PUBLISHED[f"mean_{part}"] for part in MEASURES)
    rows.append((PUBLISHED_MODEL, "", "", number(PUBLISHED["alignment_score"]), *parts, ""))
    return markdown(table._replace(columns=(Column("model"), *table.columns[1:]), rows=rows))


def verdicts(grid="published") -> str:
    """Return the sentences of a comparison, as a list."""
    return _bullets(sentences(compared(grid)))


def across_grids() -> str:
    """Return one row per grid and model: what can be compared across grids, and what cannot."""
    columns = (
        Column("grid", lambda row: row[0].name),
        Column("concepts", lambda row: row[0].concepts, COUNT),
        Column("model", lambda row: row[1].name),
        Column("retrieval among 10", lambda row: row[1].scores["retrieval_among_10"], ESTIMATE),
        Column("rank", lambda row: row[1].rank, COUNT),
        Column(
            "calibrated score of this grid alone", lambda row: row[1].scores[RANKED_BY], ESTIMATE
        ),
    )
    return markdown(Table.of("across_grids", "", _models(GRIDS), *columns))


def language_table(code) -> str:
    """Return what sets one language apart, one row per probed grid and model."""
    rows = [("published", PUBLISHED_MODEL, _published_gap(code), "", "", "")]
    for grid, model in _models(PROBED):
        cells = ("not supported by this model", "", "", "")
        if row := model.diagnosis and model.diagnosis.languages.get(code):
            difference, (low, high) = row.retrieval.difference, row.retrieval.interval
            ends = f"[{signed_points(low)}, {signed_points(high)}]"
            detectable = row.retrieval.detectable
            smallest = "–" if detectable is None else points(detectable)
            cells = (f"{signed_points(difference)} {ends}", row.standing, smallest)
            cells += (f"{row.failing_count:,}",)
        rows.append((grid.name, model.name, *cells))
    header = (
        *("grid", "model", f"{language(code)}: difference in points [95 % CI]"),
        *("standing", "smallest detectable difference", "texts that fail"),
    )
    return _table(header, rows)


def language_forms(code) -> str:
    """Return what each form of the texts changes in a language, one row per grid and model."""
    probed = [(*row, row[1].diagnosis.forms) for row in _models(PROBED) if row[1].diagnosis]
    probed = [(grid.name, model.name, changes) for grid, model, changes in probed if changes]
    forms = list(dict.fromkeys(form for *_, changes in probed for form in changes))
    rows = []
    for *names, changes in probed:
        cells = (change(changes[f].get(code)) if f in changes else "no change" for f in forms)
        rows.append((*names, *cells))
    return _table(("grid", "model", *forms), rows)


def names_and_sentences() -> str:
    """Return how each model does in each language, on names of territories and on sentences."""

    def cell(row) -> str:
        return percent(row.among_10) + (f" {row.verdict}" if row.verdict != "supported" else "")

    supports = [(name, [_supports(grid)[name] for grid in TEXTS]) for name in _supports(TEXTS[0])]
    header = ("language", *(f"{name}: {text}" for name, _ in supports for text in TEXTS))
    rows = [
        (language(code), *(cell(support[code]) for _, both in supports for support in both))
        for code in supports[0][1][0]
    ]
    return _table(header, rows)


def _supports(grid) -> dict:
    """Return {model: {language: its support}} of a comparison."""
    return {model.name: model.support for model in compared(grid).models}


def what_names_foretell() -> str:
    """Return for each model how its languages' retrieval on names goes with that on sentences."""
    lines = []
    sentences = _supports("sentences")
    for name, names in _supports("names").items():
        both = names, sentences[name]
        correlation = pearsonr(*([row.among_10 for row in rows.values()] for rows in both))
        low, high = correlation.confidence_interval()
        changed = [language(c) for c, row in names.items() if both[1][c].verdict != row.verdict]
        lines.append(
            f"**{name}**: r = {correlation.statistic:.2f} (95 % CI {low:.2f} to {high:.2f}); "
            f"{len(changed)} of {len(names)} languages are judged otherwise on sentences"
            f"{': ' + listed(changed) if changed else ''}."
        )
    return _bullets(lines)


def in_retrieval(grid) -> str:
    """Return how the two best models of a comparison differ in retrieval between two languages."""
    comparison, metric = compared(grid), "cross_lingual_retrieval"
    best = {model.name for model in comparison.models[:2]}
    pairs = (pair for pair in comparison.pairs if pair.metric == metric)
    pair = next(pair for pair in pairs if {pair.a, pair.b} == best)
    ends = points_interval(pair.interval)
    return f"{pair.a} minus {pair.b}: {signed_points(pair.difference)} points, {ends}"


def form(grid, name, form, code) -> str:
    """Return what a form of the texts changes in a language."""
    (diagnosis,) = (model.diagnosis for model in compared(grid).models if model.name == name)
    row = diagnosis.forms[form][code]
    after, ends = row.bare + row.contrast.difference, points_interval(row.contrast.interval)
    return f"from {percent(row.bare)} to {percent(after)} % (of the change in points: {ends})"


def packaged_grids() -> str:
    """Return the grids that come with the package, as `--list` counts them."""
    rows = [
        ("published", len(results().coverage.concepts), len(LANGUAGES)),
        *((name, size, codes) for name, size, codes, _ in describe(tuple(LANGUAGES))),
    ]
    header = ("grid", f"concepts in the {len(LANGUAGES)} published languages", "languages")
    return _table(header, rows, COUNT)


def benchmark(name) -> str:
    """Return what a script of benchmarks/ wrote, or that it has not been run."""
    path = Path(f"benchmarks/{name}.md")
    if not path.exists():
        return f"*Not measured yet: `python benchmarks/{name}.py` writes this table.*"
    return path.read_text(encoding="utf-8").strip()


def costs() -> str:
    """Return what cheaper vectors cost each model of the example, a table a model."""
    models = Comparison.from_json(COSTS).models
    shown = (f"`{model.name}`:\n\n{markdown(cost_tables.costs(model.cost))}" for model in models)
    return "\n\n".join(shown)


def model_costs() -> str:
    """Return what the models of the example cost, and which of them are Pareto-optimal."""
    comparison = Comparison.from_json(COSTS)
    return f"{markdown(ranking_tables.model_costs(comparison))}\n\n{sentences(comparison)[-1]}"


def training() -> str:
    """Return the steps of the example's training, with what its evaluator measured."""
    names = {
        "steps": "steps",
        "calibrated_alignment_score": "calibrated score",
        "calibrated_intra_concept_similarity": "calibrated similarity",
        "intra_concept_similarity": "similarity",
        "cross_lingual_retrieval": "retrieval",
        "retrieval_among_10": "among 10",
    }
    with Path("examples/training.csv").open(encoding="utf-8") as file:
        rows = [[json.loads(row[n]) for n in names] for row in csv.DictReader(file)]
    steps, *values = names.values()
    columns = Column(steps, kind=COUNT), *(Column(value, kind=NUMBER) for value in values)
    return markdown(Table("training", "", columns, rows))


def file(path, kind) -> str:
    """Return a file, set as code."""
    return f"```{kind}\n{Path(path).read_text(encoding='utf-8').rstrip()}\n```"


SEARCHES = "examples/search"  # `make results` makes them


def search(name, model, *arguments) -> str:
    """Return a table of `alignment.search.show` of the worked example, by its name."""
    return markdown(getattr(search_tables, name)(_searched(model).search, *arguments))


def search_sentences(model) -> str:
    """Return the findings of the worked example's search, as a list."""
    return _bullets(search_findings(_searched(model).search))


def _searched(model) -> AlignmentResults:
    return results(f"{SEARCHES}/{model}/{RESULTS_FILE}")


def search_ranking() -> str:
    """Return the ranking of the worked example's models by search, and the tests."""
    comparison = Comparison.from_json(f"{SEARCHES}/{COMPARISON_FILE}")
    tests = _bullets(line for line in sentences(comparison) if "nDCG" in line)
    return f"{markdown(search_tables.ranking(comparison))}\n\n{tests}"


INT8 = ("published", "udhr")  # of examples/int8/, which `make results` makes too


def int8_ranking() -> str:
    """Return how two implementations of one model compare, on words and on sentences."""
    both = {grid: Comparison.from_json(f"examples/int8/{grid}.json") for grid in INT8}
    shown = {grid: ranking_tables.ranking(comparison).shown() for grid, comparison in both.items()}
    rows = [(grid, name, *row) for grid, table in shown.items() for name, _, *row in table.rows]
    model, _, *columns = shown["udhr"].columns
    table = Table("int8", "", (Column("grid"), model, *columns), rows)
    lines = (f"{grid}: {line}" for grid in INT8 for line in sentences(both[grid]))
    return f"{markdown(table)}\n\n{_bullets(lines)}"


def int8_languages() -> str:
    """Return in percent how often each language's texts are retrieved among ten, by both."""
    supports = {
        f"{grid}: {model.name}": model.support
        for grid in INT8
        for model in Comparison.from_json(f"examples/int8/{grid}.json").models
    }
    rows = [
        (language(code), *(support[code].among_10 for support in supports.values()))
        for code in next(iter(supports.values()))
    ]
    return _table(("language", *supports), rows, PERCENT_1)


THRESHOLDS = f"examples/thresholds/{RESULTS_FILE}"  # `make results` makes it


def thresholds(name) -> str:
    """Return a table of `alignment.thresholds.show` of the worked example, by its name."""
    return markdown(getattr(threshold_tables, name)(results(THRESHOLDS).thresholds))


def threshold_sentences() -> str:
    """Return the findings of the worked example's thresholds, as a list."""
    record = results(THRESHOLDS)
    margin = record.provenance.margin
    return _bullets(threshold_tables.threshold_findings(record.thresholds, margin))


def passing_a_search(texts) -> str:
    """Return how many negatives pass the threshold of duplicates in a search among these texts."""
    row = results(THRESHOLDS).thresholds.recommended["duplicates"]
    share, worst = row.false.value, row.most_false
    return (
        f"From a cosine of {number(row.cosine.value)} on, {100 * share:.1f} % of negatives "
        f"pass: in a search among {texts:,} texts that is {texts * share:,.0f} wrong ones for "
        f"every query, and between {language(worst.a)} and {language(worst.b)}, the worst pair, "
        f"{texts * worst.share:,.0f}."
    )


def _models(grids) -> list[tuple]:
    """Return (grid, model) for every model of the comparisons on the grids."""
    comparisons = (compared(grid) for grid in grids)
    return [(comparison.grid, model) for comparison in comparisons for model in comparison.models]


def _published_gap(code) -> str:
    """Return the difference of a language's pairs from the others, of the published numbers."""
    shares = PUBLISHED["cross_lingual_retrieval_percent_rounded_query_by_target"]
    pairs = {(a, b): share / 100 for a, row in shares.items() for b, share in row.items()}
    inside = [share for pair, share in pairs.items() if code in pair]
    outside = [share for pair, share in pairs.items() if code not in pair]
    return signed_points(sum(inside) / len(inside) - sum(outside) / len(outside))


def _beside(table: Table, column: int, published) -> str:
    """Return the table with the published numbers after one of its columns."""
    at = column + 1
    columns = (*table.columns[:at], Column("published", kind=NUMBER), *table.columns[at:])
    both = zip(table.rows, published, strict=True)
    rows = [(*row[:at], value, *row[at:]) for row, value in both]
    return markdown(table._replace(columns=columns, rows=rows))


def _bullets(sentences) -> str:
    return "\n".join(f"- {sentence}" for sentence in sentences)


def _table(header, rows, kind=NUMBER) -> str:
    """Return a table whose columns after the first are of a kind; words are shown as they are."""
    columns = (Column(name, kind=kind if n else WORDS, title=name) for n, name in enumerate(header))
    return markdown(Table("", "", tuple(columns), rows))
