"""The page in a real browser: headless Chromium, driven by playwright."""

import shutil

import pytest
from conftest import analysed
from test_page import SMALL, noisy

from alignment.compare.models import compare_results
from alignment.compare.report import write_comparison_page
from alignment.report.page import write_page
from cross_lingual_alignment import CrossLingualAlignmentExperiment

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no chromium here; apt-get install chromium (docs/report.md)"
)
SILENT = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync")
SIZES = {"wide": (1280, 900), "narrow": (390, 800)}


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=SILENT)
        yield chromium
        chromium.close()


@pytest.fixture
def opened(browser):
    """Open a file; no error of the browser is allowed, and no request after the file."""
    contexts, messages, requests = [], [], []

    def open_file(path, size="wide", **options):
        width, height = SIZES[size]
        viewport = {"width": width, "height": height}
        contexts.append(browser.new_context(viewport=viewport, **options))
        page = contexts[-1].new_page()
        page.on("console", lambda message: messages.append(message.text))
        page.on("pageerror", lambda error: messages.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(path.as_uri())
        return page

    yield open_file
    for context in contexts:
        context.close()
    assert not messages
    assert len(requests) == len(contexts) and all(url.startswith("file://") for url in requests)


@pytest.fixture(scope="module")
def published():
    return CrossLingualAlignmentExperiment("use-multilingual").run()


@pytest.fixture(scope="module")
def files(tmp_path_factory, published):
    """The pages of the published record, and of two models."""
    folder = tmp_path_factory.mktemp("pages")
    write_page(published, folder / "record.html")
    runs = [(f"model {n}", analysed(noisy(SMALL, seed=n), SMALL)) for n in (1, 2)]
    comparison = compare_results([(*run, None) for run in runs])
    write_comparison_page(comparison, runs, folder / "comparison.html")
    return {path.stem: path for path in folder.iterdir()}


def column(page, id, n):
    return page.locator(f"#{id} tbody tr:visible td:nth-child({n})").all_inner_texts()


@pytest.mark.parametrize(
    ("name", "size", "scheme"),
    [
        ("record", "wide", "light"),
        ("comparison", "narrow", "dark"),
        pytest.param("record", "narrow", "dark", marks=pytest.mark.nightly),
        pytest.param("comparison", "wide", "light", marks=pytest.mark.nightly),
    ],
)
def test_everybody_can_read_it(name, size, scheme, files, opened):
    """No rule of axe-core is broken, and nothing is wider than the window."""
    from axe_playwright_python.sync_playwright import Axe

    page = opened(files[name], size, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((part) => (part.open = true))")
    page.fill("#query", "anger")
    page.hover("table.map tbody td >> nth=1")
    checked = Axe().run(page)
    assert not checked.violations_count, checked.generate_report()
    assert len(checked.response["passes"]) > 20
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]


def test_a_table_is_sorted_by_any_column(files, published, opened):
    page = opened(files["record"])
    similarity = published.intra_concept_similarity
    button = page.locator("#table-concepts th button", has_text="similarity")
    for order, sign in (("ascending", 1), ("descending", -1)):
        button.click()
        values = list(map(float, column(page, "table-concepts", 3)))
        assert values == [round(v, 3) for v in sorted(similarity.values(), key=lambda v: sign * v)]
        heading = page.locator("#table-concepts th[aria-sort]")
        assert heading.count() == 1 and heading.get_attribute("aria-sort") == order
    page.locator("#table-concepts th button").first.press("Enter")
    assert column(page, "table-concepts", 1) == sorted(similarity)
    page.locator("#table-diagnosis th button", has_text="difference").click()
    cells = column(page, "table-diagnosis", 3)
    values = [float(cell.split()[0].rstrip("*").replace("−", "-")) for cell in cells]
    assert values[0] < 0 and values == sorted(values)


def test_a_table_is_filtered(files, published, opened):
    page = opened(files["record"])
    tables = page.locator("table.rows").count()
    assert page.get_by_label("Filter:").count() == tables > 8
    page.get_by_label("Filter: Concepts").fill("abstract good")
    shown = column(page, "table-concepts", 1)
    assert 0 < len(shown) < 15
    assert {published.concept_categories[concept] for concept in shown} == {"Abstract"}
    assert page.locator("#table-concepts .count").inner_text() == f"{len(shown)} of 15 rows"
    page.get_by_label("Filter: Concepts").fill("")
    assert len(column(page, "table-concepts", 1)) == 15
    page.get_by_label("Filter: Least similar").fill("COLERE")  # without its accent
    assert set(column(page, "table-lowest", 3) + column(page, "table-lowest", 5)) >= {"colère"}


def test_a_text_is_looked_up(files, published, opened):
    page = opened(files["record"])
    page.fill("#query", "جاذبية")
    assert page.locator("#count").inner_text() == "1 concept"
    rows = page.locator("#found tbody tr")
    assert rows.count() == 8 and "gravity" in page.locator("#found h3").inner_text()
    row = rows.nth(published.languages.index("ar"))
    neighbors = published.text_neighbors["gravity"]["ar"]
    text, wrong, nearest = (row.locator("td").nth(n) for n in (1, 2, 3))
    for concept in neighbors.errors.values():
        assert concept in wrong.inner_text()
    for concept, code, similarity in neighbors.nearest:
        near = f"{published.texts[concept][code]} ({code}) {similarity:.2f}"
        assert near in nearest.inner_text()
    span = text.locator("span")
    assert span.get_attribute("lang") == "ar"
    assert span.evaluate("(text) => getComputedStyle(text).direction") == "rtl"
    page.fill("#query", "no such text")
    assert page.locator("#count").inner_text() == "0 concepts" and not rows.count()
    page.fill("#query", "a")
    assert page.locator("#found article").count() == 10


def test_a_text_is_looked_up_in_all_models(files, opened):
    page = opened(files["comparison"])
    page.fill("#query", "Wut")
    assert sorted(page.locator("#found h4").all_inner_texts()) == ["model 1", "model 2"]
    assert page.locator("#found table").count() == 2
    assert page.locator("details").count() == 2 and page.locator("#table-models").is_visible()


def test_the_map_is_explained_by_mouse_and_by_keyboard(files, published, opened):
    page = opened(files["record"])
    tip, cells = page.locator("#tip"), page.locator("#map-table tbody td")
    cells.nth(3).hover()
    low, high = (f"{100 * end:.0f}" for end in published.retrieval_intervals["en"]["de"])
    share = f"{100 * published.cross_lingual_retrieval['en']['de']:.0f}"
    assert tip.inner_text() == (
        f"English → German: {share} % found first (95 % CI {low} to {high} %), chance 6.7 %; "
        "15 concepts"
    )
    page.mouse.move(0, 0)
    assert tip.is_hidden()
    page.locator("#map-table td[tabindex='0']").focus()
    for keys, pair in (
        (("ArrowDown", "ArrowRight"), "Spanish → French:"),
        (("End",), "Spanish → Russian:"),
    ):
        for key in keys:
            page.keyboard.press(key)
        assert tip.inner_text().startswith(pair)
    assert page.locator("#map-table td:focus").get_attribute("aria-describedby") == "tip"
    assert page.locator("#map-table td[tabindex='0']").count() == 1
    page.keyboard.press("Escape")
    assert tip.is_hidden()


def test_the_policy_keeps_what_is_put_in_later_from_running(files, browser):
    page = browser.new_page()
    page.goto(files["record"].as_uri())
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'),"
        "{textContent: 'document.title = 1'}))"
    )
    assert page.title() != "1"
    refused = "fetch('data:text/plain,x').then(() => 'answered', () => 'refused')"
    assert page.evaluate(refused) == "refused"
    page.close()


def test_it_is_whole_on_paper(files, opened):
    page = opened(files["record"], color_scheme="dark")
    page.emulate_media(media="print")
    assert page.locator("nav").is_hidden() and page.locator(".tools").first.is_hidden()
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)")
    heights = page.locator(".scroll").evaluate_all(
        "(all) => all.map((box) => [box.clientHeight, box.scrollHeight])"
    )
    assert heights and all(shown + 1 >= height for shown, height in heights)
    page.set_viewport_size({"width": 720, "height": 1000})  # A4 without its margins
    assert page.evaluate("document.documentElement.scrollWidth") <= 720


def test_it_can_be_read_without_its_script(files, opened):
    page = opened(files["record"], java_script_enabled=False)
    assert page.locator("#table-concepts tbody tr").count() == 15
    assert page.locator("#search").is_hidden() and page.locator(".without-script").is_visible()
    assert page.locator("#map-table tbody td").first.is_visible()
