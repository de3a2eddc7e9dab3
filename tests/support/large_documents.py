"""Manuals of hundreds of pages, in which the answer to a question stands on one page only.

A fact is about a machine, one of its parts and a property of that part. Every page is full of other facts, so the words
of the question stand on many pages: other parts of the machine, the part in other machines, other properties of the
part. Questions are asked in other words than the fact is told.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import pymupdf

FACTS_ON_A_PAGE = 14
NEAR_MISSES = 4  # pages for each kind of distractor: with two of the three things that the question is about


@dataclass(frozen=True)
class Language:
    """What manuals of a language are made of.

    Args:
        name: `English` or `Chinese`.
        font: of the PDF's own fonts.
        machine_names, part_names: with `|` in between.
        properties: how one is told, and how it is asked for; `{m}` is the machine, `{p}` the part, `{v}` the value.
        filler: sentences around the facts.
        title: of a section.
        this: what a machine is called on pages whose title names it.
    """

    name: str
    font: str
    machine_names: str
    part_names: str
    properties: Sequence[tuple[str, str]]
    filler: Sequence[str]
    title: str
    this: str

    @property
    def machines(self) -> list[str]:
        """What facts are about."""
        return self.machine_names.split("|")

    @property
    def parts(self) -> list[str]:
        """What machines have."""
        return self.part_names.split("|")


ENGLISH = Language(
    "English",
    "helv",
    "rotary dryer|bottling line|tunnel oven|sheet press|band saw|packing robot|cooling tower|boiler house|paint booth"
    "|conveyor hall|mixing plant|ring furnace|film coater|glass washer|steam turbine|labelling machine",
    "condensate drain|gear pump|drive belt|inlet filter|spindle bearing|safety valve|heat exchanger|limit switch"
    "|emergency brake|oil separator|encoder disc|vacuum hose|level sensor|feed roller|coolant nozzle|fuse holder"
    "|guide rail|clutch plate|exhaust flap|junction box|torque arm|sight glass|pressure gauge|control cabinet"
    "|chain tensioner|return spring|cable gland|thrust washer",
    (
        ("Tighten the screws of the {p} of the {m} to {v} Nm.",
         "With what torque are the screws at the {m}'s {p} fastened?"),
        ("The {p} of the {m} is replaced after {v} operating hours.",
         "How many hours of operation may pass before the {m} needs a replacement of its {p}?"),
        ("On the {m}, the {p} must not become hotter than {v} degrees.",
         "What is the highest temperature in degrees allowed for the {p} on the {m}?"),
        ("The spare {p} for the {m} has the order number {v}.",
         "Which number do I have to order as a spare part when the {m} has a broken {p}?"),
        ("Lubricate the {p} of the {m} every {v} days with lithium grease.",
         "How often, in days, does lubrication of the {m}'s {p} fall due?"),
        ("If the {p} of the {m} leaks, the display shows the error code {v}.",
         "Which error is displayed when there is a leak at the {p} in the {m}?"),
        ("The clearance between the {p} and the housing of the {m} is {v} millimetres.",
         "How wide is the gap in millimetres from the housing to the {p} of the {m}?"),
        ("The {p} of the {m} draws a current of {v} amperes when it starts.",
         "Starting the {m}: how many amperes of current go through the {p}?"),
        ("Flush the {p} of the {m} with {v} litres of clean water before the winter.",
         "What quantity of water, in litres, is used for flushing the {m}'s {p} ahead of winter?"),
        ("A test pressure of {v} bar is applied to the {p} of the {m}.",
         "Under what pressure is the {p} tested at the {m}?"),
    ),
    (
        "Read this section completely before you begin.",
        "Only trained personnel may carry out this work.",
        "Switch the main switch off and secure it against being switched on again.",
        "Keep the work area clean and dry.",
        "The figures apply to the standard version.",
        "Wear gloves and safety glasses.",
        "Record the result in the maintenance log.",
        "Contact the service department if the value is not reached.",
        "Dispose of used material according to local rules.",
        "Check that all covers are in place afterwards.",
    ),
    "Section {number}: {topic}",
    "machine",
)  # fmt: skip

CHINESE = Language(
    "Chinese",
    "china-s",
    "回转干燥机|灌装生产线|隧道炉|板材压机|带锯床|码垛机器人|冷却塔|锅炉房|喷漆室|输送大厅|混料站|环形炉|薄膜涂布机|洗瓶机|蒸汽轮机|贴标机",
    "冷凝水排放口|齿轮泵|传动皮带|进气滤芯|主轴轴承|安全阀|热交换器|限位开关|紧急制动器|油水分离器|编码器圆盘|真空软管|液位传感器|送料辊"
    "|冷却液喷嘴|熔断器座|导轨|离合器片|排气挡板|接线盒|扭力臂|观察窗|压力表|控制柜|链条张紧器|复位弹簧|电缆接头|止推垫圈",
    (
        ("{m}的{p}的螺栓应以{v}牛米的力矩拧紧。", "紧固{m}上{p}的螺栓时，力矩是多少牛米？"),
        ("{m}的{p}运行{v}小时后必须更换。", "{m}里的{p}用多少小时就要换新的？"),
        ("在{m}上，{p}的温度不得超过{v}摄氏度。", "{p}在{m}中允许的最高温度是几摄氏度？"),
        ("{m}所用{p}的备件订货号为{v}。", "{m}的{p}坏了，备件该按哪个订货号购买？"),
        ("每隔{v}天用锂基润滑脂润滑{m}的{p}。", "{m}的{p}隔多少天加一次润滑脂？"),
        ("如果{m}的{p}泄漏，显示屏会显示故障代码{v}。", "{p}漏了的时候，{m}的显示屏上会出现哪个故障代码？"),
        ("{m}的{p}与外壳之间的间隙为{v}毫米。", "外壳离{m}的{p}有多少毫米的间隙？"),
        ("{m}启动时，{p}的电流为{v}安培。", "启动{m}，通过{p}的电流有多大，几安培？"),
        ("入冬前用{v}升清水冲洗{m}的{p}。", "冬季到来之前冲洗{m}的{p}要用多少升水？"),
        ("对{m}的{p}施加{v}巴的试验压力。", "给{m}做试验时，{p}承受的压力是多少巴？"),
    ),
    (
        "开始之前请完整阅读本节。",
        "只有经过培训的人员才可以进行这项工作。",
        "关闭总开关并防止重新接通。",
        "保持工作区域清洁干燥。",
        "这些数值适用于标准型号。",
        "请戴上手套和护目镜。",
        "将结果记录在维护日志中。",
        "如果达不到该数值，请联系服务部门。",
        "按照当地规定处理废旧材料。",
        "之后检查所有护罩是否已装好。",
    ),
    "第{number}节：{topic}",
    "本机",
)

Key = tuple[int, int, int]  # machine, part, property


@dataclass(frozen=True)
class Case:
    """A question, the number of the page with its answer, the answer, and how that is told there."""

    question: str
    page: int
    answer: str
    told: str


@dataclass(frozen=True)
class Manual:
    """The text of each page, and what can be asked."""

    language: Language
    pages: tuple[str, ...]
    cases: tuple[Case, ...]

    def pdf(self) -> bytes:
        """As a file with a text layer."""
        with pymupdf.open() as document:
            for text in self.pages:
                page = document.new_page(width=420, height=595)
                page.insert_textbox((36, 30, 390, 580), text, fontsize=8, fontname=self.language.font)
            data: bytes = document.tobytes(garbage=1, deflate=True)
        return data


def manual(language: Language, seed: int, pages: int = 600, cases: int = 10, *, headed: bool = False) -> Manual:
    """The same for the same seed. In a `headed` one each page is about one machine, which only its title names."""
    chance = random.Random(f"{language.name} {seed} {headed}")
    parts, properties = range(len(language.parts)), range(len(language.properties))
    keys: list[Key] = list(product(range(len(language.machines)), parts, properties))
    asked = chance.sample(keys, cases)
    about = [place * len(language.machines) // pages for place in range(pages)] if headed else None
    facts: list[list[Key]] = [[] for _ in range(pages)]
    found: list[tuple[Key, int]] = []
    for key in asked:
        place = chance.choice([at for at in range(5, pages) if about is None or about[at] == key[0]])
        facts[place].append(key)
        found.append((key, place))
    spare = [key for key in keys if key not in set(asked)]
    for key, place in found:
        for near in _near_misses(key, spare, chance):
            others = [at for at in range(pages) if at != place and (about is None or about[at] == near[0])]
            facts[chance.choice(others)].append(near)
    for at, there in enumerate(facts):
        fitting = spare if about is None else [key for key in spare if key[0] == about[at]]
        there.extend(chance.sample(fitting, max(0, FACTS_ON_A_PAGE - len(there))))
        chance.shuffle(there)
    values = {key: _value(chance) for key in keys}
    texts = tuple(
        _page(language, number, page, values, chance, None if about is None else about[number - 1])
        for number, page in enumerate(facts, start=1)
    )
    this = language.this if headed else None
    questions = tuple(
        Case(_said(language, key, value, 1), place + 1, value, _said(language, key, value, 0, this))
        for key, place in found
        for value in [values[key]]
    )
    return Manual(language, texts, questions)


def _near_misses(key: Key, spare: list[Key], chance: random.Random) -> Iterator[Key]:
    for different in range(3):
        alike = [other for other in spare if all((other[at] == key[at]) is (at != different) for at in range(3))]
        yield from chance.sample(alike, NEAR_MISSES)


def _page(
    language: Language, number: int, keys: list[Key], values: dict[Key, str], chance: random.Random, about: int | None
) -> str:
    topic = chance.choice(language.parts) if about is None else language.machines[about]
    lines = [language.title.format(number=number, topic=topic)]
    for key in keys:
        lines.append(_said(language, key, values[key], 0, None if about is None else language.this))
        lines.append(chance.choice(language.filler))
    return "\n".join([*lines, str(number)])


def _said(language: Language, key: Key, value: str, asking: int, machine: str | None = None) -> str:
    at, part, property_ = key
    told = language.properties[property_][asking]
    return told.format(m=machine or language.machines[at], p=language.parts[part], v=value)


def _value(chance: random.Random) -> str:
    return str(chance.randrange(11, 9_999))
