# ruff: noqa: E501 - the patterns read best with what belongs together on a line
"""The data that a paper works with, as its abstract names or describes it.

"On the KITTI and Scenes11 datasets", "we collect a dataset named Mirrored-Human", "on two widely used
benchmarks". A name counts where the words around it say that it is data, or where it stands in a
sentence on experiments behind "on"; what others work with does not. No list of known datasets is
needed, and none is kept.
"""

import re
from collections.abc import Iterator, Sequence

from rag.core.passages import Passage
from rag.text import genres, speech

_DATA = r"(?:datasets?|data[- ]sets?|benchmarks?|corpus|corpora|databases?|test[- ]?beds?|leaderboards?|test sets?|suites?|databank|data)"
_OF_DATA = (
    r"(?:benchmark |evaluation |image |video |public |challenge |test |training |validation )?"
)
# A name has a capital or a digit; one that opens a sentence or follows "the" may be any word.
_WORD = r"(?:(?:[A-Z]|\d+(?=[A-Z]))(?:[\w+$^{}/*]|[-–.:](?=\w))*|[a-z]{1,6}[A-Z](?:[\w+]|-(?=\w))*|[a-z]+(?:[-][A-Z\d]\w*)+)"
_NAME = rf"{_WORD}(?: (?:{_WORD}|[vV]?\d[\w.]*(?<!\.)|of (?:the )?[A-Z]\w+))*(?: ?\((?:[A-Z][\w-]+|\d+)\))?"
_BETWEEN = r"(?:, and (?:the )?|, (?:the )?|,? and (?:the |on )?|,? as well as (?:the )?| & | / |/)"
_LIST = rf"{_NAME}(?:{_BETWEEN}{_NAME})*"
_NO_NAME = re.compile(
    r"^(?:We|Our|The|This|These|In|On|To|It|Its|For|By|Experiments?|Extensive|Evaluations?|Results?|Code|However|Both|All|A|An|"
    r"And|With|Using|Comprehensive|Moreover|Furthermore|Empirical|Experimental|AI|ML|NLP|CV|II?|GPUs?|CPUs?|RTX|NVIDIA|A100|Raspberry|"
    r"(?:[A-Z]*(?:LLM|MLLM|VLM|CNN|RNN|GAN|DNN|LVLM|LMM|MLP|SLM|GNN|RGBD?|RGB-D|MRI|CT|IoT|PDE|ViT|GPT|NeRF|3DGS|SOTA))s?|GPT-\S+|FPGAs?|TPUs?|"
    r"\d?[23456]-?D|U-?Net\S*|ResNets?\S*|LLaMA\S*|Llama\S*|BERT|Transformers?|DINO\S*|CLIP|SAM2?|NeRFs?|Mean|Root|F1\S*|IoU|mIoU|BLEU|PSNR|SSIM|FID|AUC|AUROC|Accuracy|Precision|Recall|Dice|mAP|AP|MAE|MSE|RMSE|Kaggle|ROUGE\S*|BERTScore|METEOR|CIDEr|KV|URL|LSTMs?|\S+-(?:[a-z]+(?:ed|ing|ic|al)|based|level|free|aware|style|type|like|specific|wide)|YOLO\S*|Python|English|Chinese|Korean|Japanese|German|French|Internet|Earth)$"
)
_TESTED = re.compile(
    r"\b(?:experiment\w*|evaluat\w+|results?|benchmark\w*|datasets?|outperform\w*|tested|tests?|validat\w+|train(?:ed|ing)?|achiev\w+|accuracy|"
    r"state-of-the-art|performance|appl(?:ied|y)|demonstrat\w+|collect\w*|scores?|verif\w+|reach\w*|rais\w+|improv\w+|conducted|trials?|fine-tun\w+)\b",
    re.IGNORECASE,
)
_NAMED_BEFORE = re.compile(
    rf"(?P<about>(?:(?:two|three|four|five|six|seven|eight|nine|ten|\d+|several|multiple|many|various|widely|used|recognized|adopted|public|publicly|available|popular|challenging|standard|real-world|large-scale|common|major|well-known|existing|our|new) )*)(?P<list>{_LIST})(?P<rest>(?: (?!(?:on|in|of|for|and|can|to|is|are|with|without|from|over|by|has|have|that|than|which|using|uses?|could|may|will|might|perform\w*|utili[sz]\w+|requires?|needs?|trained|learns?)\b)[a-z][\w-]*){{0,3}}? {_OF_DATA}(?i:{_DATA}))\b"
)
_NAMED_AFTER = re.compile(
    rf"\b{_DATA}\b(?P<link>(?: (?!(?:show\w*|demonstrat\w+|that|and|where|which|when|prov\w+|indicat\w+|reveal\w*|confirm\w*|verif\w+|illustrat\w+|compared|than|by|to|our|with|we|using|against)\b)[\w-]+){{0,3}}?(?:,? (?:named|called|dubbed|termed|such as|including|like|namely|i\.e\.,?|e\.g\.,?|of|are|is|from|on)|[:,]| ?[-–—]+| ?\((?:i\.e\.,? |e\.g\.,? |namely |including )?)?,? ?(?:the )?)"
    rf"(?P<list>{_LIST})"
)
_BEHIND = re.compile(
    rf"\b(?:on|over|across) (?:(?:both|the|popular|challenging|large-scale|all|public|standard) )*(?P<list>{_LIST})(?![\w-])"
)
_ADJECTIVES = r"(?:(?!(?:the|that|and|which|where|to|is|are|on|in|for|from|with|by|of|we|our|not|can|as|than|across|against|using|via|between|over|without|how|into|through|has|have)\b)[\w$*^{}\\/-]+,? (?:and )?)"
_DESCRIBED = re.compile(
    rf"\b(?:on|across|over|using|with|in|of) (?P<list>(?:the |our |a |an )?{_ADJECTIVES}{{1,7}}(?:(?<=real )data|(?:(?<=real-world )|(?<=synthetic )|(?<=simulated )|(?<=clinical )|(?<=experimental )|(?<=[A-Z]{{2}} ))data|(?!data\b){_DATA})\b)(?! (?:set|point|distribution|efficien|augment|scarc))",
    re.IGNORECASE,
)
_MADE = re.compile(
    r"\b(?:introduc|present|releas|propos|collect|contribut|publish|creat|buil[dt]|construct|develop|curat|gather|establish|annotat|compil|generat|provid)\w* "
    rf"(?P<list>(?:\w+, )?(?:(?!(?:on|in|for|with|from|using|that|which|to|by|method|approach|model|framework|algorithm|network)\b)[\w$^{{}},-]+ ){{1,9}}?{_DATA}(?: (?:named|called|dubbed) {_NAME}|,? (?={_WORD})(?!We|The){_NAME})?)(?![\w-]| augment| distill| efficien| driven)",
)
_IS_DATA = re.compile(r"data|bench|corpus|corpora|suite|challenge|collection", re.IGNORECASE)
_PLAIN = frozenset("data dataset datasets benchmark benchmarks the our a an these this its their some synthetic new existing proposed such "
                   "training labeled unlabeled test real more other publicly public used widely popular limited local held out code respective relevant evaluation diverse entire whole full commonlyused same of all available particular common standard various several multiple many "
                   "numerous arbitrary different those both filtered large small additional much any limited realistic given where each".split())  # fmt: skip
_COUNTED = re.compile(
    r"\b(?P<list>(?:over |more than |about |around )?\d[\d,.]*(?:k|K|M| million| thousand)? (?:[\w-]+ ){0,3}?(?:images|videos|patients|scans|samples|participants|subjects|"
    r"questions|documents|clips|recordings|sequences|slides|cases|papers|examples|instances|articles|tweets|users|scenes|galaxies|stars))\b"
)


_BESIDE = frozenset(
    "baselines descriptions code leveraging languages models methods metrics protocol".split()
)


def named(title: str, sentences: Sequence[Passage]) -> Passage | None:
    """Return the words that name the data of a paper, else those that describe it.

    Parameters
    ----------
    title
        Of the paper: what it calls its own work is no data, unless the title says that it is.
    sentences
        Of the abstract.
    """
    own = frozenset() if _IS_DATA.search(title) else frozenset(re.findall(r"[\w-]+", title))
    best: tuple[float, Passage] | None = None
    for passage in sentences:
        said = speech.read(passage.text)
        if said.background or (said.others and not (said.own or _TESTED.search(passage.text))):
            continue
        for value, start, end in _spans(passage.text, own):
            value += 0.5 * said.own + 0.5 * said.result
            if best is None or value > best[0]:
                at = passage.start
                best = (
                    value,
                    Passage(passage.paper_id, at + start, at + end, passage.text[start:end]),
                )
    return best[1] if best else None


def _spans(text: str, own: frozenset[str]) -> Iterator[tuple[float, int, int]]:
    """Yield where a sentence speaks of data, and how sure that is."""
    said, new = speech.read(text), genres.shown("a new dataset", text, False)
    if new or said.proposes:
        made = (match for match in _MADE.finditer(text) if _says(match["list"]))
        yield from ((6.5 if new else 5.5, *match.span("list")) for match in made)
    yield from _named(text, own)
    if _TESTED.search(text) and (said.own or said.result):
        described = (match for match in _DESCRIBED.finditer(text) if _says(match["list"]))
        yield from ((3.0, *match.span("list")) for match in described)
        yield from ((2.5, *match.span("list")) for match in _COUNTED.finditer(text))


def _named(text: str, own: frozenset[str]) -> Iterator[tuple[float, int, int]]:
    """Yield where names of data are in a sentence."""
    for match in _NAMED_BEFORE.finditer(text):
        if count := _names(match["list"], own, opens=match.start("list") == 0):
            yield 6.0 + count / 10, match.start("about"), match.end("rest")
    for match in _NAMED_AFTER.finditer(text):
        if count := _names(match["list"], own):
            in_brackets = "(" in match["link"]
            start = match.start() if in_brackets else match.start("list")
            closes = in_brackets and text[match.end() : match.end() + 1] == ")"
            yield 6.0 + count / 10, start, match.end() + closes
    for match in _BEHIND.finditer(text):
        if _TESTED.search(text) and (count := _names(match["list"], own, strict=True)):
            yield 5.0 + count / 10, *match.span("list")


def _says(text: str) -> bool:
    """Tell whether a description says more than that there are data, and of nothing else."""
    words = re.findall(r"[a-z]+", text.lower())
    return not _PLAIN.issuperset(words) and _BESIDE.isdisjoint(words)


def _names(text: str, own: frozenset[str], opens: bool = False, strict: bool = False) -> int:
    """Return how many names of data are in a list; 0 where one of them is none.

    Parameters
    ----------
    own
        Words of the title.
    opens
        Whether the list opens its sentence, where a capital means nothing.
    strict
        Whether only coined names count: capitals or digits inside.
    """
    parts = [p for p in re.split(_BETWEEN, text) if p]
    kept = [p for p in parts if not any(_NO_NAME.match(word) for word in p.split()[:1])]
    kept = [p for p in kept if p not in own]
    if opens and kept and kept[0] == parts[0] and not re.search(r"[a-z][A-Z]|[A-Z]{2}|\d", kept[0]):
        return 0
    if strict:
        kept = [
            p for p in kept if re.search(r"[a-z-][A-Z]|[A-Z]{2,}-|[A-Za-z]-?\d|[A-Z]\w* [A-Z]", p)
        ]
    return len(kept)
