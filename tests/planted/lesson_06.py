from tests.planted import Fault

FAULTS = {
    "06_cross_entropy.ipynb": [
        Fault("route2", r"= -z_t + \log", r"= z_t + \log", "formula"),
        Fault("traps", r"\approx 0.551$$", r"\approx 0.515$$", "formula"),
        Fault("gradient", "05강에서 유도한 식을", "05강에서 우리가 유도한 식을", "hamnida"),
        Fault("plot-surprise-caption", "**그림 1.**", "**그림 2.**", "figures"),
        Fault("links", "(05_spiral_classification.ipynb)", "(05_spiral.ipynb)", "links_resolve"),
        Fault("plot-surprise", 'ylabel="손실 -log p"', 'ylabel="손실 log p"', "twin"),
        Fault("plot-gradient", 'label="레이블")', 'label="예측")', "twin"),
        Fault("route1-code", "-p[target].log()", "-p[0].log()", "check-one"),
        Fault(
            "batch-code", ".exp().sum(dim=1).log()", ".exp().sum(dim=0)[rows].log()", "check-batch"
        ),
        Fault("gradient-code", "/ len(labels)", "/ 10", "check-gradient"),
        Fault("weight", "sample_w = w[labels]", "sample_w = w[:4]", "check-weight"),
        Fault(
            "ignore-code",
            "[3, -100, 9, -100])\nignored",
            "[3, 0, 9, -100])\nignored",
            "check-ignore",
        ),
        Fault("smoothing-code", "(1 - eps) + eps / 10", "(1 - eps) + eps / 9", "check-smoothing"),
        Fault("twice", "z.softmax(dim=1), t)", "z, t)", "check-twice"),
        Fault(
            "nll-code",
            "nn.NLLLoss()(z.softmax(dim=1), t)",
            "nn.CrossEntropyLoss()(z, t)",
            "check-nll",
        ),
        Fault(
            "targets-code",
            "one_hot(t, 3).double()",
            "one_hot(t, 3).flip(1).double()",
            "check-targets",
        ),
        Fault(
            "single",
            '("CrossEntropyLoss", nn.CrossEntropyLoss())',
            '("CrossEntropyLoss", nn.BCEWithLogitsLoss())',
            "check-single",
        ),
        Fault("axis", "z.reshape(10, 5)", "z.transpose(1, 2).reshape(10, 5)", "check-axis"),
        Fault("mean-of-means-code", "z[8:, 1] = 5.0", "z[8:, 0] = 5.0", "check-means"),
    ],
}
