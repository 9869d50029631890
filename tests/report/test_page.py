"""The page as a file: made of the record alone, whole or not at all, small, and safe to open."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from conftest import analysed, random_vectors, unit
from msgspec.structs import replace

from alignment.compare.models import compare_results
from alignment.compare.report import write_comparison_page
from alignment.grids import ConceptGrid
from alignment.record import PAGE_FILE, RESULTS_FILE
from alignment.report.page import lookup, write_page
from concepts import CONCEPTS

SMALL = CONCEPTS.in_languages(["en", "de", "ar"])
LINKS = ("src", "href")
ATTACK = "<script>document.title='run'</script><img src=x onerror=\"document.title='run'\">"


class Read(HTMLParser):
    """The elements, scripts, styles and text of a page, whose tags are all closed."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.scripts, self.styles, self.text, self.open = [], [], [], "", []
        self.feed(page)
        assert not self.open

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in ("br", "img", "input", "link", "meta"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += f"{data}\n"
        if self.lasttag in ("script", "style") and data.strip():
            (self.scripts if self.lasttag == "script" else self.styles).append(data)


def page_of(results, folder):
    write_page(results, folder / "page.html")
    return (folder / "page.html").read_text(encoding="utf-8")


def noisy(grid=CONCEPTS, seed=0, noise=0.9):
    C, L = len(grid.concepts), len(grid.languages)
    return unit(random_vectors(seed, (C, 1, 16)) + noise * random_vectors(seed + 1, (C, L, 16)))


@pytest.fixture(scope="module")
def attacked():
    """A record of a grid with markup for texts, concepts, categories and a model's name."""
    rows = {
        f"{n} {ATTACK}": {"en": f"{ATTACK} {n}", "ar": f"ماء {n}", "category": ATTACK}
        for n in range(6)
    }
    grid = ConceptGrid.from_dict(rows)
    X = unit(np.random.default_rng(0).normal(size=(6, 2, 8)))
    return replace(analysed(X, grid), model=f"model {ATTACK}")


def test_a_page_of_1200_texts_in_12_languages_stays_under_a_megabyte_and_a_half(large, tmp_path):
    page = page_of(large.results, tmp_path)
    assert len(page.encode()) < 1.5e6
    listed = re.search(r"all texts of (\d+) of 1,200 concepts", page)
    assert listed and int(listed[1]) == len(large.results.text_neighbors) > 10


def test_text_of_a_grid_is_never_markup(attacked, tmp_path):
    page = page_of(attacked, tmp_path)
    read = Read(page)
    assert not [tag for tag, _ in read.elements if tag == "img"]
    assert not [name for _, given in read.elements for name in given if name.startswith("on")]
    kinds = [given.get("type") for tag, given in read.elements if tag == "script"]
    assert kinds == ["application/json", "application/json", None]
    assert "&lt;script&gt;" in page and "<script>document" not in page
    texts = json.loads(read.scripts[0])
    assert texts["concepts"][0]["texts"]["0"].startswith(ATTACK)


def test_the_policy_names_the_one_script_and_lets_nothing_be_loaded(attacked, tmp_path):
    read = Read(page_of(attacked, tmp_path))
    (policy,) = (given["content"] for _, given in read.elements if "http-equiv" in given)
    digest = base64.b64encode(hashlib.sha256(read.scripts[-1].encode()).digest()).decode()
    assert dict(rule.split(" ", 1) for rule in policy.split("; ")) == {
        "default-src": "'none'",
        "script-src": f"'sha256-{digest}'",
        "style-src": "'unsafe-inline'",  # figures have style attributes
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    assert len(read.styles) == 1
    assert not [given for _, given in read.elements if "url(" in given.get("style", "")]
    links = [value for _, given in read.elements for n, value in given.items() if n in LINKS]
    assert all(link.startswith(("#", "data:")) for link in links)


def test_ids_are_unique_and_references_lead_to_them(tmp_path):
    first, second = (analysed(noisy(SMALL, seed), SMALL) for seed in (0, 5))
    runs = [("first", first), ("second", second)]
    comparison = compare_results([(*run, None) for run in runs], {"third": "it <b>cannot</b>"})
    write_comparison_page(comparison, runs, tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    elements = Read(page).elements
    ids = [given["id"] for _, given in elements if "id" in given]
    assert len(ids) == len(set(ids))
    named = {*re.findall(r"(?:url\(|href=\")#([^)\"]+)", page)}
    named |= {given["aria-labelledby"] for _, given in elements if "aria-labelledby" in given}
    assert named and named <= set(ids)
    assert "it &lt;b&gt;cannot&lt;/b&gt;" in page
    for name in ("first", "second"):
        assert f"<h2>{name}</h2>" in page


def test_the_verdict_says_which_languages_are_not_known_and_what_fails(tmp_path):
    X = noisy(noise=0.2)
    X[:, 3] = random_vectors(9, X[:, 3].shape)
    results = analysed(X, CONCEPTS)
    assert results.support["de"].verdict == "not supported"
    page = page_of(results, tmp_path)
    head = page[page.index('class="verdict"') : page.index("<nav")]
    low, high = results.intervals["calibrated_alignment_score"]
    score = f"{results.calibrated['alignment_score']:.3f} (95 % CI {low:.3f} to {high:.3f})"
    assert score in head and "It supports 7 of 8 languages; not supported: German." in head
    assert f"{results.errors.total:,} of 840 retrievals fail" in head


def test_many_languages_have_a_picture_instead_of_a_map(tmp_path, monkeypatch):
    results = analysed(noisy(SMALL), SMALL)
    for most, maps in ((3, 1), (2, 0)):
        monkeypatch.setattr(lookup, "MAX_MAPPED", most)
        page = page_of(results, tmp_path)
        assert page.count('<table class="map"') == maps
        assert page.count("too many for a map") == 1 - maps


def test_the_command_writes_it_with_the_record_or_nothing(program, tmp_path):
    options = ("--model", "use-multilingual", "--languages", "en,de", "--html", "--no-figures")
    assert program(*options, "--output", "out").returncode == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} == {RESULTS_FILE, PAGE_FILE}
    page = (tmp_path / "out" / PAGE_FILE).read_text(encoding="utf-8")
    assert str(tmp_path) not in page
    (tmp_path / "blocked" / PAGE_FILE).mkdir(parents=True)
    done = program(*options, "--output", "blocked")
    assert done.returncode == 1 and "a folder is in the way" in done.stderr
    assert [path.name for path in (tmp_path / "blocked").iterdir()] == [PAGE_FILE]
    assert program("--from", f"out/{RESULTS_FILE}", "--html", "--output", "again").returncode == 0
    assert (tmp_path / "again" / PAGE_FILE).read_text(encoding="utf-8") == page
