from tests.planted import Fault

FAULTS = {
    "00_start_here.ipynb": [
        Fault("imports-read", "검사합니다.", "검사한다.", "hamnida"),
        Fault("summary", "(01_linear_regression.ipynb)", "(01_line.ipynb)", "links_resolve"),
        Fault("fig-slider", "**그림 3.**", "**그림 2.**", "figures"),
        Fault("make-tensor", "95.0]]", "59.0]]", "strict"),
        Fault("stale-value", "price = 200", "price = 100", "strict"),
        Fault("slide", '"swing": (0, 20, 5)', '"swing": (0, 20, 6)', "twin"),
        Fault("plot-mean", '"- 평균"', '"- 합"', "twin"),
        Fault("matmul-code", "[0.2], [0.3]", "[0.3], [0.2]", "check-matmul"),
    ],
}
