"""노트북이 지켜야 할 구조와 글의 규칙입니다.

규칙은 `Notebook`을 받아 `(셀, 문장)`을 하나씩 내놓는 함수입니다. `@rule`이 붙으면 셀 이름이 적힌 문장의 목록을
돌려주는 함수가 되어 `RULES`에 들어갑니다. 빈 목록은 규칙을 지켰다는 뜻입니다.
"""

import ast
import base64
import builtins
import functools
import io
import itertools
import math
import re
import statistics
from collections import Counter
from urllib.parse import unquote, urlsplit

from PIL import Image

from tests import choices, first_uses, prose_numbers, quantities, rerun
from tests.notebook import (
    CHECK,
    CORE,
    CORE_EXERCISES,
    DEEPER,
    FENCE,
    IMPORTS,
    LINK,
    NOT_YET,
    SLOT,
    SOLUTION,
    SOLUTIONS,
    SPAN,
    URL,
    DeclarationError,
    Notebook,
    bindings,
    declared_exercises,
    dotted,
    has_picture,
    impolite,
    imported,
    is_check,
    links,
    load,
    outside_code,
    parse,
    plain_text,
    prose,
    read_glossary,
    resolves,
    shown_text,
    shows,
    tags,
    term_finder,
    walk,
)

__all__ = ["SOLUTIONS", "declared_exercises", "load", "read_glossary"]  # 다른 검사가 여기서 찾음
IGNORED = "nbval-ignore-output"
TIMING = "timing"  # 시간을 재므로 수를 비교하지 않는 셀
TRAINED = "trained-figure"  # 훈련한 값을 그려, 모양만 비교하는 그림
CHECKED_WITHIN = 3  # 비교하지 않는 셀 뒤로 직접 확인이 있어야 하는 코드 셀의 수
ALLOWED_TAGS = {IGNORED, TIMING, TRAINED, "raises-exception", "nbval-raises-exception"}
PROGRESS_OFF = 'os.environ["COURSE_PROGRESS"] = "off"'
MAX_LINES = 25  # 코드 셀의 줄 수
MAX_COLUMNS = 88  # 코드 한 줄의 글자 수. notebooks/.ruff.toml의 line-length와 같음
MAX_WIDTH = 1100  # 화면에 보이는 그림의 너비. 저장한 화소는 그 두 배
MAP_CELL = "map"  # 00강에서 강의 지도가 있는 셀의 이름
BLANK = re.compile("【빈칸[^】\n]*(?:】|$)", re.MULTILINE)  # `course.py new`가 남긴 채울 곳
SOLUTION_WORDS = re.compile(r"(?<!되)풀이|(?<![A-Za-z])solutions(?![A-Za-z])|모범 답|해답")
EMOJI = re.compile("[\u2600-\u27bf\u2b50\u2b55\ufe0f\U0001f000-\U0001faff]")

# ---------------------------------------------------------------- 새 판의 한도

MOST = {  # 잰 것마다 강의와 심화의 한도. 연습 문제는 세지 않음
    "글이 {:,}어절": {CORE: 1500, DEEPER: 2200},
    "코드 셀이 {}개": {CORE: 34, DEEPER: 45},
    "직접 확인 셀이 {}개": {CORE: 8},
    "코드 셀의 중앙값이 {:g}줄": {CORE: 7, DEEPER: 9},
    "가장 긴 코드 셀이 {}줄": {CORE: 20, DEEPER: 25},
    "수업이 {}분": {CORE: 50},
    "실행이 {}초": {CORE: 15, DEEPER: 25},
}
TIME = {CORE: r"수업 (\d+)분, 실행 (\d+)초", DEEPER: r"읽고 해 보기 (\d+)분, 실행 (\d+)초"}
QUESTIONS, MISTAKES = range(2, 6), range(1, 4)  # 강의에 있는 예측해 보기와 흔한 실수의 수
# 00강은 컴퓨터를 준비하고 노트북에 익숙해지는 강의라서, 훈련도 식도 연습도 없고 길이도 절반입니다.
START = "00"
START_QUESTIONS = range(1, 6)
LIMIT = re.compile(  # 직접 확인 셀이 출력하는, 허용한 값
    r"(?P<number>\d[\d,]*(?:\.\d+)?)(?= ?(?:%p|%|\w{0,3}?)(?:까지|부터|미만|이하|이상|[을를] 넘으면|면 통과))"
)
LIMITED = re.compile(r"까지|부터|미만|이하|이상|넘으면|면 통과|여야 함|커야 함")

# ---------------------------------------------------------------- 강의 지도


def map_needs(text):
    """지도의 표에서, 강의의 번호마다 먼저 볼 강의의 번호입니다. 괄호 안의 '(7절은 02)'는 세지 않습니다."""
    rows = re.findall(r"(?m)^\| (\d\d) \|.*\|([^|\n]*)\|$", text)
    return {number: re.findall(r"\d\d", re.sub(r"\(.*?\)", "", last)) for number, last in rows}


def late(text):
    """지도에서, 자신보다 뒤에 있는 강의를 먼저 보라고 하는 줄을 찾습니다. 순서는 번호 하나입니다.

    아직 옮기지 않은 강의는 뒤의 강의가 필요할 수도 있고, 그때는 지도 밑의 글에서 '05강'처럼 말합니다.
    """
    needs = map_needs(text)
    if [*needs] != sorted(needs):
        yield f"강의 지도가 번호 순서가 아닙니다: {', '.join(needs)}"
    for number, wanted in needs.items():
        for need in wanted:
            if need not in needs:
                yield f"{number}: 먼저 볼 노트북 {need}이(가) 표에 없습니다."
            elif need >= number and number not in NOT_YET:
                yield f"{number}: 먼저 볼 노트북 {need}의 번호가 더 작아야 합니다."
            elif need >= number and f"{number}강" not in text:
                yield f"{number}: 뒤에 있는 {need}을(를) 먼저 보는데 글에 '{number}강'이 없습니다."


# ---------------------------------------------------------------- 규칙

RULES = {}
ONLY = {  # 규칙을 지켜야 하는 노트북의 갈래. 적지 않은 규칙은 모두가 지킴
    **dict.fromkeys(("listed", "no_choice_by_test", "first_use"), (CORE,)),
    **dict.fromkeys(("sections", "ending", "neighbours", "glossed"), (CORE, DEEPER)),
    "no_solutions": (CORE, DEEPER),
}
CARRIED_ONLY = {
    *("within_limits", "measured_checks", "prose_numbers_found", "no_choice_by_test", "first_use")
}


def rule(function):
    """`(셀, 문장)`을 내놓는 함수를, 문장의 목록을 돌려주는 규칙으로 등록합니다."""

    @functools.wraps(function)
    def complaints(nb):
        name = function.__name__
        if nb.kind not in ONLY.get(name, [nb.kind]) or (name in CARRIED_ONLY and not nb.is_carried):
            return []
        return [f"{cell.id if cell else nb.path.name}: {text}" for cell, text in function(nb)]

    RULES[function.__name__] = complaints
    return complaints


@rule
def file_name(nb):
    if not re.fullmatch(r"[0-9]{2}_[a-z0-9_]+\.ipynb", nb.path.name):
        yield None, "파일의 이름이 NN_topic.ipynb 모양이 아닙니다."
    if not nb.core.exists():
        yield None, f"이름이 같은 강의 {nb.path.name}이(가) notebooks 폴더에 없습니다."


@rule
def no_blanks(nb):
    for cell in nb.cells:
        for found in BLANK.findall(cell.source):
            yield cell, f"채우지 않은 {found}이(가) 있습니다."


@rule
def executed(nb):
    for count, cell in enumerate(nb.code, start=1):
        if not cell.source.strip():
            yield cell, "빈 코드 셀입니다."
        elif cell.execution_count != count:
            yield cell, f"실행 번호가 {count}이어야 하는데 {cell.execution_count}입니다."


@rule
def clean_outputs(nb):
    unwanted = {
        r"0x[0-9a-f]{6,}": "메모리 주소",
        r"/(?:home|Users|tmp)/|site-packages|\b[A-Z]:\\": "이 컴퓨터의 경로",
        r"<svg": "SVG 그림",
    }
    for cell in nb.code:
        for pattern, what in unwanted.items():
            if found := re.search(pattern, shown_text(cell)):
                yield cell, f"출력에 {what} '{found[0]}'이(가) 있습니다."
        if shows(cell, "image/svg+xml"):
            yield cell, "SVG 출력이 있습니다. 그림은 PNG로 저장합니다."
        for output in cell.outputs:
            if output.get("name") == "stderr":
                yield cell, "stderr 출력이 있습니다."
            if output.output_type == "error" and "raises-exception" not in tags(cell):
                yield cell, "오류가 저장되었는데 raises-exception 태그가 없습니다."


@rule
def cell_length(nb):
    for cell in nb.code:
        lines = cell.source.split("\n")
        if len(lines) > MAX_LINES:
            yield cell, f"{len(lines)}줄입니다. {MAX_LINES}줄까지 씁니다."
        for number, line in enumerate(lines, start=1):
            if len(line) > MAX_COLUMNS:
                yield cell, f"{number}번째 줄이 {len(line)}자입니다. {MAX_COLUMNS}자까지 씁니다."


@rule
def within_limits(nb):
    code = [cell for cell in nb.lesson if cell.cell_type == "code"]
    lengths = [len(cell.source.split("\n")) for cell in code] or [0]
    words = sum(count_words(cell.source) for cell in nb.lesson if cell.cell_type == "markdown")
    checks = sum(map(is_check, code))
    minutes, seconds = stated_time(nb) or (0, 0)  # 적은 모양은 sections가 봄
    median, longest = statistics.median(lengths), max(lengths)
    found = [words, len(code), checks, median, longest, minutes, seconds]
    for (sentence, most), measured in zip(MOST.items(), found, strict=True):
        if measured > most.get(nb.kind, measured):
            limit = sentence.split("이 ")[1].format(most[nb.kind])
            yield None, f"{sentence.format(measured)}입니다. {limit}까지 허용합니다."
    if nb.kind == CORE:
        yield from _questions(nb)
        yield from _pictures(nb, code)
    if nb.kind == CORE and nb.number != START:
        yield from _mistakes(nb)


def count_words(text):
    """마크다운의 어절을 셉니다. 인라인 코드와 식은 하나로, 표의 줄과 꾸밈은 세지 않습니다."""
    text = re.sub(r"<[^<>]*>", " ", LINK.sub(r"\1", outside_code(text)))
    return len(re.findall(rf"\S*[\w{SLOT}]\S*", text))


def _questions(nb):
    allowed, count = START_QUESTIONS if nb.number == START else QUESTIONS, 0
    for cell in (cell for cell in nb.lesson if cell.cell_type == "markdown"):
        for asked in cell.source.split("**예측해 보기**")[1:]:
            count += 1
            if not re.search(r"(?s)<details>.*?</summary>\s*[^\s<].*?</details>", asked):
                yield cell, "예측해 보기의 답이 같은 셀의 <details>에 접혀 있지 않습니다."
    if count not in allowed:
        yield None, f"예측해 보기가 {count}개입니다. {allowed[0]}-{allowed[-1]}개를 허용합니다."


def _pictures(nb, code):
    calls = [ast.unparse(call.func) for cell in code for call in walk(cell, ast.Call)]
    if not {call.split(".")[-1] for call in calls} & {"play", "sliders"}:
        yield None, "움직이는 그림이 0개입니다. play()나 sliders()를 하나 이상 씁니다."
    for cell in nb.lesson:
        text = SPAN.sub("", FENCE.sub("", cell.source)) if cell.cell_type == "markdown" else ""
        picture, formula = re.search(r"!\[", text), re.search(r"\$\$|\\begin\{", text)
        if has_picture(cell) or (picture and not (formula and formula.start() < picture.start())):
            return
        if formula and nb.number != START:
            yield cell, "첫 식보다 앞에 그림이 0개입니다. 식보다 먼저 그림을 하나 이상 보입니다."
            return
    yield None, "그림이 0개입니다. 하나 이상 그립니다."


def _mistakes(nb):
    named = [cell for cell, _, text in nb.titled if re.match(r"실수 \d", text)]
    named = named or [cell for cell, _, text in nb.titled if "흔한 실수" in text]
    if len(named) not in MISTAKES:
        allowed = f"{MISTAKES[0]}-{MISTAKES[-1]}"
        yield None, f"흔한 실수가 {len(named)}개입니다. {allowed}개를 허용합니다."
    titled = [cell.id for cell, _, _ in nb.titled]
    for cell in named:
        for below in nb.cells[nb.cells.index(cell) + 1 :]:
            if below.cell_type == "code":
                break
            if below.id in titled or below is nb.last:
                yield cell, "흔한 실수를 실행하는 코드 셀이 없습니다."
                break


@rule
def measured_checks(nb):
    for cell in filter(is_check, nb.code):
        prints = [call for call in walk(cell, ast.Call) if ast.unparse(call.func) == "print"]
        shown = [argument for call in prints for argument in call.args]
        last = (getattr(parse(cell.source), "body", None) or [None])[-1]
        shown += [last.value] if isinstance(last, ast.Expr) and last.value not in prints else []
        names = [node.id for part in shown for node in ast.walk(part) if isinstance(node, ast.Name)]
        if not [name for name in names if not hasattr(builtins, name)]:
            yield cell, "잰 값을 출력하지 않습니다. 잰 값과 허용한 값을 함께 출력합니다."


@rule
def limits_as_asserted(nb):
    for cell in filter(is_check, nb.code):
        tests = [node for found in walk(cell, ast.Assert) for node in ast.walk(found.test)]
        numbers = {float(n.value) for n in tests if quantities.is_number(n)}
        asserted = {node.id for node in tests if isinstance(node, ast.Name)}
        for limit in (m for text in walk(cell, ast.Constant) for m in limits(text.value)):
            value = quantities.to_float(limit["number"])
            meant = (value, value / 100, 1 + value / 100, 1 - value / 100)
            if not any(math.isclose(number, way) for number in numbers for way in meant):
                yield cell, f"출력에는 {limit[0]}인데, assert에 그 수가 없습니다."
        made = {
            n.id for found in walk(cell, ast.Assign) for n in names_of(found.targets, ast.Store)
        }
        for shown in walk(cell, ast.JoinedStr):
            if LIMITED.search(ast.unparse(shown)):
                for name in {n.id for n in names_of([shown], ast.Load)} & made - asserted:
                    yield cell, f"허용한 값과 함께 출력한 {name}을(를) assert가 보지 않습니다."


def limits(text):
    return LIMIT.finditer(text) if isinstance(text, str) else []


def names_of(nodes, context):
    found = (node for part in nodes for node in ast.walk(part) if isinstance(node, ast.Name))
    return [node for node in found if isinstance(node.ctx, context)]


@rule
def prose_numbers_found(nb):
    known = quantities.of_notebook(nb)
    declared = prose_numbers.DECLARED.get(nb.key, {})
    used = set()
    for cell in (cell for cell in nb.lesson if cell.cell_type == "markdown"):
        for number in [*quantities.written(cell.source), *quantities.counted(cell.source)]:
            used.add(number.text)
            if number.text in declared:
                try:
                    value = quantities.evaluate(declared[number.text], known)
                except Exception as error:
                    yield cell, f"{number.text}로 선언한 식을 계산하지 못했습니다. {error}"
                    continue
                if not number.rounds(value):
                    yield cell, f"글에는 {number.text}인데 선언한 식의 값은 {value:.6g}입니다."
            elif not quantities.holds(known, number):
                yield cell, f"글에 적힌 {number.text}이(가) 이 노트북의 코드와 출력에 없습니다."
    for text in declared.keys() - used:
        yield None, f"tests/prose_numbers.py에 선언한 {text}이(가) 글에 없습니다."


@rule
def no_choice_by_test(nb):
    yield from choices.by_test(nb)


@rule
def first_use(nb):
    yield from first_uses.early(nb)


@rule
def imports_in_one_cell(nb):
    for cell in nb.code[1:]:
        for node in walk(cell, IMPORTS):
            yield cell, f"'{ast.unparse(node)}'은(는) 첫 코드 셀에 씁니다."


@rule
def no_redefinition(nb):
    bound = [(cell, node, name) for cell in nb.code for node, name in bindings(cell)]
    home = {name: cell for cell, node, name in bound if not isinstance(node, ast.Name)}
    for cell, _, name in bound:
        if home.get(name, cell) is not cell:
            yield cell, f"셀 {home[name].id}에서 정의한 이름 '{name}'에 다시 값을 묶습니다."


@rule
def no_magic(nb):
    unwanted = {
        r"#\s*(?:NBVAL|PYTEST)_": "nbval 주석 대신 셀 태그를 씁니다.",
        r"filterwarnings|simplefilter\(\s*[\"']ignore": "경고를 끄지 않고 원인을 없앱니다.",
    }
    for cell in nb.code:
        magic = re.search(r"(?m)^[ \t]*[%!]", cell.source)
        if parse(cell.source) is None and (magic or "raises-exception" not in tags(cell)):
            yield cell, "파이썬 문법에 맞지 않습니다. 매직과 셸 명령은 쓰지 않습니다."
        for pattern, sentence in unwanted.items():
            if re.search(pattern, cell.source):
                yield cell, sentence


@rule
def quiet_ending(nb):
    for cell in nb.code:
        last = (getattr(parse(cell.source), "body", None) or [None])[-1]
        text = ast.unparse(last) if isinstance(last, ast.Expr) else ""
        if re.match(r"[\w.]+\.(manual_seed|plot|legend)\(", text) and cell.source[-1] != ";":
            yield cell, f"셀이 '{text}'(으)로 끝나 그 값이 출력됩니다."


@rule
def encoding_given(nb):
    for cell in nb.code:
        for call in map(ast.unparse, walk(cell, ast.Call)):
            opens = re.match(r"open\(|.*\.(read|write)_text\([^()]*\)$", call)
            if opens and not re.search(r"encoding=|'[rwax]\+?b", call):
                yield cell, f"'{call}'에 encoding을 적습니다."


@rule
def metadata(nb):
    if nb.path.read_bytes() != rerun.dump(rerun.canonicalise(nb.node)).encode():
        remedy = f"'python course.py rerun notebooks/{nb.key}'로 다시 저장하십시오."
        yield None, f"JupyterLab이 저장한 모양입니다. 결과와는 관계없습니다. {remedy}"
    counts = Counter(cell.id for cell in nb.cells)
    for cell in nb.cells:
        if rerun.is_automatic(cell.id) or counts[cell.id] > 1:
            yield cell, "셀 이름이 읽을 수 없거나 겹칩니다."
        if unknown := set(tags(cell)) - ALLOWED_TAGS:
            yield cell, f"쓰지 않는 태그 {sorted(unknown)}이(가) 있습니다."


@rule
def ignored_followed_by_assert(nb):
    for place, cell in enumerate(nb.code):
        near = nb.code[place : place + 1 + CHECKED_WITHIN]  # 잰 값을 출력하는 직접 확인일 수도 있음
        if IGNORED in tags(cell) and not any(map(_asserts, near)):
            yield (
                cell,
                f"이 셀이나 다음 코드 셀 {CHECKED_WITHIN}개에 값을 assert하는 '{CHECK}'이 없습니다.",
            )


def _asserts(cell):
    tests = [node.test for node in walk(cell, ast.Assert) if not isinstance(node.test, ast.Tuple)]
    uses_name = any(isinstance(node, ast.Name) for test in tests for node in ast.walk(test))
    return is_check(cell) and uses_name


@rule
def sections(nb):
    first, titles = nb.first, [text for level, text in nb.headings if level == 1]
    mark = " 심화" if nb.kind == DEEPER else ""
    if first.cell_type != "markdown" or not re.match(rf"# {nb.number}{mark}\. \S", first.source):
        yield first, f"첫 셀이 '# {nb.number}{mark}. 제목'으로 시작하지 않습니다."
    for word in ("배우는 것", "먼저 볼 노트북", "걸리는 시간"):
        if word not in first.source:
            yield first, f"첫 셀에 '{word}'이(가) 없습니다."
    if len(titles) != 1:
        yield None, f"# 제목이 하나여야 하는데 {len(titles)}개입니다."
    if nb.is_carried and not stated_time(nb):
        yield first, f"걸리는 시간이 '{re.sub(r'[(].*?[)]', 'N', TIME[nb.kind])}' 모양이 아닙니다."
    if nb.is_carried and nb.kind == CORE:
        for cell in (cell for cell, _, text in nb.titled if "선택" in text):
            yield (
                cell,
                "강의에는 선택인 절을 두지 않습니다. 제목에서 '선택'을 빼거나 심화로 옮깁니다.",
            )
    if nb.kind == DEEPER and f"../{nb.path.name}" not in links(first):
        yield first, f"'먼저 볼 노트북'에 강의의 링크 ../{nb.path.name}이(가) 없습니다."
    mistakes = [text for _, text in nb.headings if "흔한 실수" in text]
    if not (mistakes or nb.is_carried):  # 옮긴 강의에서는 within_limits가 셈
        yield None, "'흔한 실수' 절이 없습니다."
    if nb.number != START and not any(is_check(cell) for cell in nb.code):
        yield None, f"'{CHECK}' 셀이 없습니다."


def stated_time(nb):
    """첫 셀에 적은 분과 초입니다. 정해진 모양이 아니면 None입니다."""
    found = re.search(rf"(?m)^\| 걸리는 시간 \| {TIME[nb.kind]} \|$", nb.first.source)
    return found and [int(number) for number in found.groups()]


@rule
def ending(nb):
    chapters = [text for level, text in nb.headings if level == 2]
    tail = chapters[chapters.index("정리") + 1 :] if "정리" in chapters else [None]
    more = [text for text in tail if text != "연습 문제"]
    if nb.kind == DEEPER:
        if more or len(tail) > 1:
            yield None, "'정리', '연습 문제'(있다면)의 순서로 끝나야 합니다."
    elif not tail or tail[0] == "연습 문제" or not {*more} <= {*endings(nb)}:
        yield None, f"'정리', {endings(nb)} 중 하나, '연습 문제'(있다면)의 순서로 끝나야 합니다."
    text = "\n".join(cell.source for cell in nb.markdown)
    summary = re.search(r"(?ms)^## 정리[ \t]*$(.*?)(?=^#|\Z)", text)
    bullets = re.findall(r"(?m)^[-*] ", summary[1]) if summary else []
    if not 3 <= len(bullets) <= 5:
        yield None, f"정리의 항목은 3-5개인데 {len(bullets)}개입니다."


def endings(nb):
    return ["더 해 볼 것"] if nb.is_carried else ["더 해 볼 것", "다른 선택지"]


@rule
def exercises(nb):
    try:
        declared = nb.exercises
    except DeclarationError as error:
        yield None, str(error)
        return
    found = [text for _, text in nb.headings if text.startswith("연습 ") and text != "연습 문제"]
    wanted = [f"연습 {name}. {title}" for name, title in declared]
    for here, there in itertools.zip_longest(found, wanted, fillvalue="없음"):
        if here != there:
            yield None, f"연습의 제목이 선언과 다릅니다. 노트북: '{here}', 선언: '{there}'"
    if nb.kind == CORE and nb.number != START and (sentence := _wrong_count(nb)):
        yield None, f"exercises/lesson_{nb.number}.py: {sentence}"
    checked = [(cell, name) for cell in nb.code for name in CHECKED.findall(cell.source)]
    if [name for _, name in checked] != [name for name, _ in declared]:
        yield None, "check()를 부르는 순서가 선언한 연습의 순서와 다릅니다."
    verdict = "맞았습니다." if nb.kind == SOLUTION else "아직 답하지 않았습니다."
    for cell, name in checked:
        if not plain_text(cell).startswith(f"[{name}] {verdict}"):
            yield cell, f"check()의 출력이 '[{name}] {verdict}'로 시작하지 않습니다."
    if nb.kind == SOLUTION:
        yield from _solution(nb)


def _wrong_count(nb):
    """선언한 연습의 수가 알맞지 않으면 그 이유입니다. 옮긴 강의에는 셋, 심화에는 둘까지 둡니다."""
    count = len(nb.declared)
    if not nb.is_carried:
        return None if 2 <= count <= 4 else f"연습이 2-4개여야 하는데 {count}개입니다."
    most = CORE_EXERCISES + 2 if nb.deeper.exists() else CORE_EXERCISES
    if CORE_EXERCISES <= count <= most:
        return None
    allowed = CORE_EXERCISES if most == CORE_EXERCISES else f"{CORE_EXERCISES}-{most}"
    return f"연습이 {allowed}개여야 하는데 {count}개입니다(강의에 셋, 심화에 둘까지)."


CHECKED = re.compile(r"""(?m)^check\(["']([\w-]+)["'],""")


def _solution(nb):
    first = nb.first
    if not re.match(rf"# {nb.number}\. .+: 연습 문제의 풀이\n", first.source):
        yield first, f"첫 셀이 '# {nb.number}. 강의: 연습 문제의 풀이'로 시작하지 않습니다."
    if f"../{nb.path.name}" not in links(first):
        yield first, "첫 셀에 강의의 링크가 없습니다."
    if not any(PROGRESS_OFF in cell.source for cell in nb.code[:2]):
        yield None, f"풀이는 진도에 적지 않도록 '{PROGRESS_OFF}'으로 시작합니다."


@rule
def no_solutions(nb):
    """풀이 폴더는 지우고 나누어 줄 수 있으므로, 강의는 그곳으로 보내지 않습니다."""
    for cell in nb.cells:
        text = cell.source + "\n" + shown_text(cell)
        for found in dict.fromkeys(SOLUTION_WORDS.findall(text)):
            yield cell, f"'{found}'이(가) 있습니다. 지울 수 있는 풀이를 강의에서 말하지 않습니다."


@rule
def listed(nb):
    """README의 강의 표, 00강의 지도가 첫 셀과 같은 말을 하는지 봅니다."""
    first = nb.first
    reads = "수업" if nb.is_carried else "읽고 해 보기"
    file = re.escape(f"notebooks/{nb.path.name}")
    if row := re.search(rf"(?m)^\|.*\]\({file}\).*\|[ \t]*$", nb.readme):
        reading, running = (text.strip() for text in row[0].split("|")[-3:-1])
        if f"{reads} {reading}, 실행 {running} |" not in first.source:
            yield first, f"README의 강의 표에 적은 시간({reading}, 실행 {running})과 다릅니다."
    else:
        yield None, "README의 강의 표에 이 노트북의 줄이 없습니다."
    known = map_needs(chart(nb.path.parent)).get(nb.number)
    needed = needed_first(nb)
    if known is None:
        yield None, f"00강의 지도에 {nb.number}의 줄이 없습니다."
    elif needed is not None and known != needed:
        yield first, f"먼저 볼 노트북이 {needed}인데 00강의 지도에는 {known}입니다."
    if nb.is_carried and (later := [number for number in needed or [] if number >= nb.number]):
        yield first, f"먼저 볼 노트북 {later}의 번호가 {nb.number}보다 작아야 합니다."


def needed_first(nb):
    """첫 셀의 표에 적은 먼저 볼 강의의 번호입니다. 그 줄이 없으면 None입니다."""
    row = re.search(r"(?m)^\| 먼저 볼 노트북 \|(.*)", nb.first.source)
    found = re.findall(r"\((\d\d)_\w+\.ipynb\b", re.sub(r"\(\d절은.*", "", row[1])) if row else []
    return sorted(found) if row else None


def chart(folder):
    """00강에 있는 강의 지도입니다. 없으면 빈 글입니다."""
    texts = [Notebook.read(path).markdown for path in sorted(folder.glob("00_*.ipynb"))[:1]]
    return "".join(cell.source for cells in texts for cell in cells if cell.id == MAP_CELL)


@rule
def neighbours(nb):
    here = links(nb.last)
    if nb.kind == DEEPER:
        if f"../{nb.path.name}" not in here:
            yield nb.last, f"마지막 글 셀에 강의로 돌아가는 링크 ../{nb.path.name}이(가) 없습니다."
        return
    lessons = sorted(path.name for path in nb.path.parent.glob("*.ipynb"))
    place = lessons.index(nb.path.name)
    for name in lessons[max(place - 1, 0) : place] + lessons[place + 1 : place + 2]:
        if name not in here:
            yield nb.last, f"마지막 글 셀에 이웃한 강의 {name}의 링크가 없습니다."
    if nb.deeper.exists() and f"deeper/{nb.path.name}" not in here:
        yield nb.last, f"마지막 글 셀에 심화의 링크 deeper/{nb.path.name}이(가) 없습니다."


@rule
def links_resolve(nb):
    for cell in nb.markdown:
        for link in dict.fromkeys(links(cell) + URL.findall(outside_code(cell.source))):
            if problem := _broken(link, nb):
                yield cell, f"링크 '{link}': {problem}"


def _broken(link, nb):
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        is_host = re.fullmatch(r"[\w-]+(\.[\w-]+)+", parts.netloc)
        return None if parts.scheme == "https" and is_host else "https 주소가 아닙니다."
    file, anchor = unquote(parts.path), unquote(parts.fragment)
    target = nb.path.parent / file if file else nb.path
    if file.startswith("/") or not target.exists():
        return "파일이 없습니다."
    if anchor and target.suffix == ".ipynb":
        headings = (Notebook.read(target) if file else nb).headings
        if anchor not in {text.replace(" ", "-") for _, text in headings}:
            return "그런 제목이 없습니다."
    return None


@rule
def figures(nb):
    number = 0
    for cell, following in itertools.zip_longest(nb.cells, nb.cells[1:]):
        caption = re.match(r"\*\*그림 (\d+)\.\*\*(.*)", following.source if following else "")
        if not has_picture(cell):
            if caption:
                yield following, "그림이 없는 셀 다음에 그림 설명이 있습니다."
            continue
        number += 1
        if not caption or following.cell_type != "markdown" or int(caption[1]) != number:
            yield cell, f"그림 다음에 '**그림 {number}.**'으로 시작하는 글 셀이 없습니다."
        elif not any(len(part.strip()) >= 15 for part in re.split(r"(?<=[.?])\s", caption[2])):
            yield following, "그림 설명에 15자 이상인 문장이 없습니다."


@rule
def figure_size(nb):
    for cell in nb.code:
        for output in cell.outputs:
            if png := output.get("data", {}).get("image/png"):
                pixels = _width(png)
                width = output.metadata.get("image/png", {}).get("width", pixels)
                if pixels is None:
                    yield cell, "그림을 열 수 없습니다."
                elif width > MAX_WIDTH:
                    yield cell, f"화면에서 그림의 너비가 {width}입니다. {MAX_WIDTH}까지 그립니다."


def _width(png):
    """저장한 그림의 화소 너비입니다. 끝까지 읽을 수 없으면 None입니다."""
    try:
        with Image.open(io.BytesIO(base64.b64decode(png))) as image:
            image.load()
            return image.width
    except (OSError, SyntaxError, ValueError):  # 깨진 PNG
        return None


@rule
def glossary(nb):
    for cell in nb.cells:
        text = cell.source + "\n" + shown_text(cell)
        for word in dict.fromkeys(word for term in nb.terms for word in term.forbidden):
            if re.search(f"(?<![가-힣]){re.escape(word)}", text):
                yield cell, f"'{word}'은(는) 쓰지 않는 말입니다."


@rule
def glossed(nb):
    waiting = {term.korean: term.english for term in nb.terms}
    finder = term_finder(tuple(waiting))
    for cell in nb.markdown:
        text = " ".join(prose(cell.source).split())
        for found in finder.finditer(text):
            english = waiting.pop(found[0], None)
            if english and not re.match(rf"\({re.escape(english)}[,)]", text[found.end() :]):
                yield cell, f"처음 나오는 용어입니다. '{found[0]}({english})'처럼 씁니다."


@rule
def hamnida(nb):
    for cell in nb.markdown:
        text = prose(cell.source)
        for phrase in impolite(text) + re.findall(r"(?<![가-힣])(?:우리[는가]|여러분)", text):
            yield cell, f"'{phrase}'은(는) 합니다체 문장에 쓰지 않습니다."
        for emoji in EMOJI.findall(cell.source):
            yield cell, f"그림 문자 {emoji}은(는) 쓰지 않습니다."
    for cell in nb.code:
        prints = [call for call in walk(cell, ast.Call) if ast.unparse(call.func) == "print"]
        for argument in (argument for call in prints for argument in call.args):
            for phrase in impolite(_literal(argument)):
                yield cell, f"출력하는 글의 '{phrase}'은(는) 합니다체가 아닙니다."


def _literal(node):
    """글 상수나 f-문자열의 글입니다. 값이 들어갈 자리는 SLOT으로 채웁니다."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return "".join(str(part.value) if isinstance(part, ast.Constant) else SLOT for part in parts)


@rule
def dotted_names(nb):
    values = imported(nb)
    for cell in nb.markdown:
        for _, span in SPAN.findall(FENCE.sub("", cell.source)):
            for names in dotted(span.strip()):
                if not resolves(names, nb, values):
                    yield cell, f"`{'.'.join(names)}`이라는 이름을 찾을 수 없습니다."
