"""The published grid: 15 concepts of four categories in 8 languages of five scripts."""

from typing import NamedTuple

from alignment.grids import ConceptGrid


class Language(NamedTuple):
    """The English name of a language, and its script."""

    name: str
    script: str


LANGUAGES = {
    "en": Language("English", "Latin"),
    "es": Language("Spanish", "Latin"),
    "fr": Language("French", "Latin"),
    "de": Language("German", "Latin"),
    "zh": Language("Chinese", "Han"),
    "ja": Language("Japanese", "Japanese"),
    "ar": Language("Arabic", "Arabic"),
    "ru": Language("Russian", "Cyrillic"),
}

# A neutral sentence around a word, right whatever the word's gender is. Without quotation marks:
# each language has its own, and a model takes words in different ones for different things.
TEMPLATES = {
    "en": "The word is {}.",
    "es": "La palabra es {}.",
    "fr": "Le mot est {}.",
    "de": "Das Wort ist {}.",
    "zh": "这个词是{}。",
    "ja": "この言葉は{}です。",
    "ar": "الكلمة هي {}.",
    "ru": "Это слово — {}.",
}

# concept, category, then one word for each of LANGUAGES
_WORDS = """
freedom   Abstract   freedom libertad liberté Freiheit 自由 自由 حرية свобода
love      Abstract   love amor amour Liebe 爱 愛 حب любовь
justice   Abstract   justice justicia justice Gerechtigkeit 正义 正義 عدالة справедливость
knowledge Abstract   knowledge conocimiento connaissance Wissen 知识 知識 معرفة знание
peace     Abstract   peace paz paix Frieden 和平 平和 سلام мир
water     Concrete   water agua eau Wasser 水 水 ماء вода
sun       Concrete   sun sol soleil Sonne 太阳 太陽 شمس солнце
tree      Concrete   tree árbol arbre Baum 树 木 شجرة дерево
house     Concrete   house casa maison Haus 房子 家 بيت дом
mountain  Concrete   mountain montaña montagne Berg 山 山 جبل гора
gravity   Scientific gravity gravedad gravité Schwerkraft 重力 重力 جاذبية гравитация
energy    Scientific energy energía énergie Energie 能量 エネルギー طاقة энергия
happiness Emotion    happiness felicidad bonheur Glück 幸福 幸せ سعادة счастье
fear      Emotion    fear miedo peur Angst 恐惧 恐怖 خوف страх
anger     Emotion    anger ira colère Wut 愤怒 怒り غضب гнев
"""

CONCEPTS = ConceptGrid.from_dict(
    {
        concept: {"category": category, **dict(zip(LANGUAGES, words, strict=True))}
        for concept, category, *words in map(str.split, _WORDS.strip().splitlines())
    },
    name="published",
    templates=TEMPLATES,
)
