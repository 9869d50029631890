"""Which columns are languages, in files as people have them: by evidence, and as requested."""

import gzip
import io
import json

import openpyxl
import pytest

from alignment import InputError
from alignment.grids import evidence, resolve_grid
from alignment.grids.languages import language_code
from concepts import CONCEPTS

EN = """the house is big|water flows down the hill|I am reading a book today
we were happy about it|children play outside|the market opens early""".replace("\n", "|").split("|")
DE = """das Haus ist groß|Wasser fließt den Hügel hinab|ich lese heute ein Buch
wir haben uns darüber gefreut|Kinder spielen draußen|der Markt öffnet früh""".replace(
    "\n", "|"
).split("|")
FR = """la maison est grande|l'eau coule en bas de la colline|je lis un livre aujourd'hui
nous en étions heureux|les enfants jouent dehors|le marché ouvre tôt""".replace("\n", "|").split(
    "|"
)
KO = [
    *("집이 크다", "물이 언덕을 흐른다", "나는 책을 읽는다"),
    *("우리는 기뻤다", "아이들이 논다", "시장이 일찍 연다"),
]
NUMBERS = [str(n) for n in range(1, 7)]
LABELS = ["noun", "verb", "noun", "noun", "verb", "noun"]


def table(delimiter=",", **columns):
    lines = [delimiter.join(columns), *map(delimiter.join, zip(*columns.values(), strict=True))]
    return "\n".join(lines) + "\n"


@pytest.fixture
def read(tmp_path):
    """Read a file of this content in these languages."""

    def read(content, name="texts.csv", languages=None):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return resolve_grid(path, languages, CONCEPTS)

    return read


@pytest.mark.parametrize("heading", ["id", "No", "nr", "idx", "key"])
def test_row_numbers_name_the_concepts(heading, read):
    grid = read(table(**{heading: NUMBERS, "en": EN, "de": DE}))
    assert grid.languages == ("en", "de") and grid.concepts == tuple(NUMBERS)
    assert f"'{heading}' is read as the concept" in grid.notices[0]


def test_a_column_of_concepts_has_precedence_over_row_numbers(read):
    grid = read(table(id=NUMBERS, index=NUMBERS, concept=LABELS[:1] + NUMBERS[1:], en=EN, de=DE))
    assert grid.concepts == ("noun", *NUMBERS[1:]) and "'id', 'index'" in grid.notices[-1]


@pytest.mark.parametrize("heading", ["cat", "label", "type"])
def test_labels_are_categories(heading, read):
    grid = read(table(**{heading: LABELS, "en": EN, "de": DE}))
    assert grid.languages == ("en", "de") and grid.categories == tuple(LABELS)


@pytest.mark.parametrize("heading", ["src", "tgt", "trg", "ref", "hyp", "ids", "score", "url"])
def test_columns_of_data_sets_are_never_languages(heading, read):
    grid = read(table(**{"en": EN, heading: FR, "de": DE}))
    assert grid.languages == ("en", "de") and f"'{heading}'" in grid.notices[0]


def test_a_word_is_a_language_only_if_its_texts_are_in_it(read):
    pytest.importorskip("py3langid")
    indonesian = ["rumah itu besar", "saya membaca buku", "kami senang", "pasar buka", "a", "b"]
    assert read(table(en=EN, id=indonesian)).languages == ("en", "id")
    assert read(table(en=EN, ko=KO)).languages == ("en", "ko")
    for heading, texts in (("mt", DE), ("kr", KO), ("uk", EN), ("to", FR)):
        with pytest.raises(InputError, match=f"and has 1 .*left out: '{heading}'"):
            read(table(en=EN, **{heading: texts}))


COLUMNS = """
id ids no cat src mt ref trg tgt kr is it as an am be he me my so to or in at on us we by do go
ok key url age sex day max min sum avg std var num row col pos neg tag tok lem lex dom top txt
sub sup obj ent rel doc sid uid pid cid tid gid qid aid nid set map log bin raw hex str int bit
par sec seg sent tm mono bi ter wer cer chr bpe tl sl ll ng mg kg km cm mm ha la li lo ma na ne
ni pa pe pi po ra re sa sc se si su ta te ti tu ug uk ve vi vo wa ya yi za
""".split()  # noqa: SIM905


@pytest.mark.parametrize(
    "texts",
    [EN, NUMBERS, LABELS, [f"item{n}" for n in NUMBERS], [f"http://x/{n}" for n in NUMBERS]],
    ids=["English", "numbers", "labels", "identifiers", "addresses"],
)
def test_no_code_that_is_a_word_is_a_language_by_accident(texts):
    pytest.importorskip("py3langid")
    codes = [word for word in COLUMNS if language_code(word) and word not in evidence.NEVER]
    assert len(codes) > 90
    wrong = [c for c in codes if evidence.is_certain(c) or evidence.fits(language_code(c), texts)]
    assert not wrong


def test_without_py3langid_the_doubt_is_said(read, monkeypatch):
    monkeypatch.setattr(evidence, "guesser", lambda: None)
    grid = read(table(en=EN, mt=DE))
    assert grid.languages == ("en", "mt") and "pip install py3langid" in grid.notices[0]


def test_an_unknown_heading_is_an_error_only_if_it_misspells_a_language(read):
    with pytest.raises(InputError, match=r"'Germn', did you mean German \(de\)"):
        read(table(en=EN, Germn=DE))
    grid = read(table(en=EN, de=DE, Notes=FR, status=LABELS))
    assert grid.languages == ("en", "de") and "'Notes', 'status'" in grid.notices[0]


@pytest.mark.parametrize(
    ("heading", "code"),
    [
        *(("oci_Latn_aran1260", "oc-aran1260"), ("nob_Latn_radical", "nb-radical")),
        *(("apc_Arab_nort3139", "apc-nort3139"), ("zh-CHS", "zh-Hans"), ("zh-CHT", "zh-Hant")),
        *(("tl", "fil"), ("tgl", "fil"), ("fil", "fil"), ("sh", "sr-Latn"), ("hbs", "sr-Latn")),
        *(("English (en)", "en"), ("English (US)", "en-US"), ("Portuguese (BR)", "pt-BR")),
        *(("Japanese (日本語)", "ja"), ("Mandarin", "zh"), ("Farsi", "fa"), ("Castilian", "es")),
        *(("is-valid", None), ("de-en", None), ("deu-eng", None)),
    ],
)
def test_a_heading_has_the_code_that_a_person_means(heading, code):
    assert language_code(heading) == code


def test_columns_that_fall_together_keep_their_codes_or_are_joined(read):
    grid = read(table(eng_Latn=EN, lav_Latn=DE, lvs_Latn=FR))
    assert grid.languages == ("en", "lav", "lvs") and "keep their codes" in grid.notices[0]
    grid = read(table(en=EN, German=[*DE[:3], "", "", ""], de=["", "", "", *DE[3:]]))
    assert grid.languages == ("en", "de") and [row[1] for row in grid.texts] == DE
    grid = read(table(en=EN, German=DE, Deutsch=FR))
    assert [row[1] for row in grid.texts] == DE and "'Deutsch' is German (de) again" in str(
        grid.notices
    )


def test_what_is_not_requested_is_neither_read_nor_judged(read, tmp_path):
    columns = {"en": EN, "Germn": FR, "spa": KO, "es": FR, "de": DE, "fr": ["\x92"] * 6}
    grid = read(table(**columns) + "a,b,c,d,e,f,beyond\n", languages=["en", "de"])
    assert grid.languages == ("en", "de") and grid.notices == ()
    (tmp_path / "folder").mkdir()
    for name, content in {"eng": EN, "deu": DE, "fra": ["short"]}.items():
        (tmp_path / "folder" / f"{name}.txt").write_text("\n".join(content))
    (tmp_path / "folder" / "notes.xlsx").write_bytes(b"\xff")
    assert resolve_grid(tmp_path / "folder", ["en", "de"], CONCEPTS).languages == ("en", "de")
    with pytest.raises(InputError, match="no texts in ja"):
        resolve_grid(tmp_path / "texts.csv", ["en", "ja"], CONCEPTS)


def test_words_in_place_of_a_gap_are_the_same_everywhere(read):
    de = [*DE[:3], "nan", "#N/A", "NA"]
    fr = [*FR[:3], "null", "None", "NA"]
    rows = [dict(zip(("en", "de", "fr"), row, strict=True)) for row in zip(EN, de, fr, strict=True)]
    for grid in (
        read(table(en=EN, de=de, fr=fr)),
        read(json.dumps(rows), "texts.json"),
        read("\n".join(map(json.dumps, rows)), "texts.jsonl"),
    ):
        assert [row[1:] for row in grid.texts[3:]] == [(None, "null"), (None, "None"), ("NA", "NA")]
        notices = " ".join(grid.notices)
        assert "1 cell with 'nan' read as empty" in notices and "French (3)" in notices


def workbook(*sheets):
    """A workbook of sheets, each a title, whether it is hidden, and its rows."""
    book, raw = openpyxl.Workbook(), io.BytesIO()
    book.remove(book.active)
    for title, hidden, rows in sheets:
        page = book.create_sheet(title)
        page.sheet_state = "hidden" if hidden else "visible"
        for row in rows:
            page.append(row)
    book.save(raw)
    return raw.getvalue()


def test_a_workbook_as_excel_leaves_it(read):
    rows = [["en", "de"], ["a_x000D_b", "Haus"], ["sea", "=A2"], ["sun", "Sonne"], ["x", "#REF!"]]
    rows += [["tree", "Baum"]]
    grid = read(workbook(("old", True, [["x"]]), ("texts", False, rows)), "texts.xlsx")
    assert grid.texts == (("a b", "Haus"), ("sun", "Sonne"), ("tree", "Baum"))
    notices = " ".join(grid.notices)
    for words in ("sheet 'texts' is read; left out: 'old' (hidden)", "1 formula without a saved"):
        assert words in notices


def segment(code, text):
    return f'<tuv xml:lang="{code}"><seg>{text}</seg></tuv>'


def memory(*units):
    body = "".join(f"<tu>{''.join(unit)}</tu>" for unit in units)
    head = '<?xml version="1.0"?><tmx version="1.4"><header srclang="en"/>'
    return f"{head}<body>{body}</body></tmx>"


def test_a_translation_memory_as_people_have_it(read):
    units = [(segment("en", e), segment("de", d)) for e, d in zip(EN, DE, strict=True)]
    units += [(segment("en", e), segment("fr", f)) for e, f in zip(EN, FR, strict=True)]
    grid = read(memory(*units), "pairs.tmx")
    assert grid.texts == tuple(zip(EN, DE, FR, strict=True))
    assert "12 units joined to 6" in grid.notices[0]
    odd = [(segment("ES-EM", e), segment("zh-CHS", d)) for e, d in zip(EN, DE, strict=True)]
    assert read(memory(*odd), "odd.tmx").languages == ("es-em", "zh-Hans")
    broken = "Open<ph>&lt;br/&gt;</ph>file<bpt>&lt;b></bpt>s"
    twice = [(segment("en", e), segment("de", d), segment("de", "x")) for e, d in ("ac", "bd")]
    grid = read(memory((segment("en", broken), segment("de", "e")), *twice), "twice.tmx")
    assert grid.texts == (("Open files", "e"), ("a", "c"), ("b", "d"))
    assert "2 further translations" in grid.notices[0]
    with pytest.raises(InputError, match="unit 7: no <seg>"):
        read(memory(*units[:6], ('<tuv xml:lang="en"/>',)), "empty.tmx")


def test_a_quoted_cell_may_span_rows_and_tabs_need_no_quotes(read):
    grid = read('en,de\na,"b\nc,d"\ne,f\n')
    assert grid.texts == (("a", "b c,d"), ("e", "f")) and "not closed" in grid.notices[-1]
    grid = read('en\tde\n"Hi" he said\tHallo\nbye\t"Tschüss" sagte er\n', "texts.tsv")
    assert grid.texts[0] == ('"Hi" he said', "Hallo")


@pytest.mark.parametrize("orient", ["split", "records", "index", "columns", "table"])
def test_pandas_json_of_each_orientation(orient, read):
    pandas = pytest.importorskip("pandas")
    data = pandas.DataFrame({"en": EN, "de": DE, "n": range(6)})
    grid = read(data.to_json(orient=orient, force_ascii=False), "texts.json")
    assert grid.languages == ("en", "de") and grid.texts == tuple(zip(EN, DE, strict=True))


def test_other_kinds_of_files_packed_or_not_and_data_in_memory(read, tmp_path):
    expected = tuple(zip(EN, DE, strict=True))
    records = [{"en": e, "de": d} for e, d in expected]
    packed = gzip.compress("\n".join(map(json.dumps, records)).encode())
    sources = [read(packed, "texts.jsonl.gz"), read(gzip.compress(table(en=EN, de=DE).encode()))]
    data = {"en": EN, "de": DE}
    sources += [resolve_grid(each, None, CONCEPTS) for each in (data, records)]
    pandas = pytest.importorskip("pandas")
    sources.append(resolve_grid(pandas.DataFrame(data), None, CONCEPTS))
    pandas.DataFrame(data).to_parquet(tmp_path / "texts.parquet")
    sources.append(resolve_grid(tmp_path / "texts.parquet", None, CONCEPTS))
    assert all(grid.texts == expected and grid.notices == () for grid in sources)
    with pytest.raises(InputError, match="damaged gzip file"):
        read(packed[:40], "texts.csv.gz")


def test_flores_plus_in_both_of_its_layouts(read, tmp_path):
    varieties = {"eng_Latn_stan1293": EN, "oci_Latn_aran1260": DE, "oci_Latn_occi1239": FR}
    for name, texts in varieties.items():
        language, script, variety = name.split("_")
        rows = [
            {"id": n, "iso_639_3": language, "iso_15924": script, "glottocode": variety, "text": t}
            for n, t in enumerate(texts)
        ]
        (tmp_path / "plus").mkdir(exist_ok=True)
        (tmp_path / "plus" / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)))
        (tmp_path / "flores").mkdir(exist_ok=True)
        (tmp_path / "flores" / f"{name}.devtest").write_text("\n".join(texts))
    (tmp_path / "flores" / "README.md").write_text("about")
    plus = resolve_grid(tmp_path / "plus", None, CONCEPTS)
    assert plus.languages == ("en", "oc-aran1260", "oc-occi1239")
    assert plus.texts == tuple(zip(EN, DE, FR, strict=True))
    flores = resolve_grid(tmp_path / "flores", None, CONCEPTS)
    assert flores.languages[1:] == plus.languages[1:]
    assert any("'README.md' left out" in notice for notice in flores.notices)


def test_the_tatoeba_challenge_names_its_languages_by_its_folder(tmp_path):
    folder = tmp_path / "deu-eng"
    folder.mkdir()
    for part, texts in {"src": DE, "trg": EN, "id": ["deu\teng"] * 6}.items():
        (folder / f"test.{part}").write_text("\n".join(texts))
    assert resolve_grid(folder, None, CONCEPTS).languages == ("de", "en")


def test_data_sets_wide_with_prefixes_and_saved_to_disk(tmp_path):
    datasets = pytest.importorskip("datasets")
    rows = datasets.Dataset.from_dict(
        {"id": range(6), "url": EN, "sentence_eng_Latn": EN, "sentence_deu_Latn": DE}
    )
    rows.save_to_disk(tmp_path / "saved")
    for source in (tmp_path / "saved", f"hub:{tmp_path / 'saved'}"):
        grid = resolve_grid(source, None, CONCEPTS)
        assert grid.languages == ("en", "de") and grid.texts == tuple(zip(EN, DE, strict=True))


def test_texts_that_concepts_share_are_told(read):
    grid = read(table(concept=NUMBERS, en=["Open", "Open", *EN[2:]], de=DE))
    assert "texts of several concepts, each a wrong answer to the others: English (1)" in str(
        grid.notices
    )
