"""Names: what a text of a record names, said in its type, so that a reader can look it up."""

from typing import Annotated, NamedTuple


class Named(NamedTuple):
    """What a text names.

    Attributes:
        kind: "language", "concept" …
        each: whether the keys of a table are all there are, in their order; in a table within a
            table of the same kind, all but the outer key.
        also: what else may stand there.
    """

    kind: str
    each: bool = False
    also: tuple[str, ...] = ()


Language = Annotated[str, Named("language")]
EachLanguage = Annotated[str, Named("language", each=True)]
LanguageOrAll = Annotated[str, Named("language", also=("all",))]
Concept = Annotated[str, Named("concept")]
ConceptOrNone = Annotated[str, Named("concept", also=("",))]
EachConcept = Annotated[str, Named("concept", each=True)]
Category = Annotated[str, Named("category")]
EachCategory = Annotated[str, Named("category", each=True)]
# scores, whose names are the same in every record
EachPart = Annotated[str, Named("part", each=True)]
EachScore = Annotated[str, Named("score", each=True)]  # the score and its parts
EachOfLanguage = Annotated[str, Named("score by language", each=True)]
EachCompared = Annotated[str, Named("compared score", each=True)]
EachSearched = Annotated[str, Named("compared score of a search", each=True)]
EachList = Annotated[str, Named("list", each=True)]  # of pairs
EachSpread = Annotated[str, Named("spread", each=True)]
EachHeadline = Annotated[str, Named("mean", each=True)]
ModelName = Annotated[str, Named("model")]
