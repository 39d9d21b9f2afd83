"""심은 결함을 검사가 알아채는지 봅니다.

python -m tests.planted [NN ...]      강의의 번호가 없으면 모든 강의

노트북을 처음부터 실행하므로 강의 하나에 10초에서 몇 분이 걸립니다. 살아남은 결함이 하나라도 있으면 종료 코드가 1입니다.
"""

import os
import sys
import time

from tests import planted


def check(path, faults):
    """노트북 하나의 결과를 알리고, 살아남은 결함과 결함 없이도 달라진 셀의 수를 돌려줍니다."""
    from tests.planted import execution

    start = time.perf_counter()
    nb = planted.read(path)
    cheap = [fault for fault in faults if planted.is_cheap(fault)]
    reasons = [(f, execution.KILLED if planted.complaints(nb, f) else "말이 없음") for f in cheap]
    costly = [fault for fault in faults if fault not in cheap]
    broken = []
    if costly:
        found, broken = execution.in_child(
            execution.NOTEBOOK_SECONDS, execution.outcomes, nb, costly
        )
        reasons += found
    alive = [(fault, reason) for fault, reason in reasons if reason != execution.KILLED]
    name, seconds = path.relative_to(planted.FOLDER), time.perf_counter() - start
    print(f"{name}: 결함 {len(faults)}개 중 {len(faults) - len(alive)}개를 알아챔, {seconds:.0f}초")
    for fault, reason in alive:
        print(f"  [살아남음] {planted.Fault(*fault)}: {reason}")
    for told in broken:
        print(f"  [문제] 결함을 심지 않아도 다릅니다. {told}")
    sys.stdout.flush()
    return len(alive) + len(broken)


def main(arguments):
    numbers = arguments or planted.lessons()
    if unknown := [number for number in numbers if number not in planted.lessons()]:
        print(f"[문제] 결함이 없는 강의입니다: {', '.join(unknown)}", file=sys.stderr)
        return 1
    if not hasattr(os, "fork"):
        print("[문제] Windows에서는 실행할 수 없습니다. WSL에서 실행하십시오.", file=sys.stderr)
        return 1
    pairs = [pair for number in numbers for pair in planted.of_lesson(number)]
    return 1 if sum(check(*pair) for pair in pairs) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
