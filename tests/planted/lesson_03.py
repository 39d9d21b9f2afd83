from tests.planted import Fault

FAULTS = {
    "03_house_price_mlp.ipynb": [
        Fault("columns", r"0.63)^2$$", r"0.36)^2$$", "formula"),
        Fault("towns-read", r"{\max - \min}", r"{\max + \min}", "formula"),
        Fault("columns", "(../data/README.md)", "(data/README.md)", "links_resolve"),
        Fault("plot-price-caption", "**그림 2.**", "**그림 3.**", "figures"),
        Fault("raw", "head(3)", "tail(3)", "strict"),
        Fault("plot-b", 'xlabel="흑인 주민의 비율 Bk"', 'xlabel="B"', "twin"),
        Fault("plot-price", 'ylabel="구역 수"', 'ylabel="집의 수"', "twin"),
        Fault("recover", "0.63 + root > 1", "0.63 + root > 0.99", "strict"),
        Fault("recover", 'np.sqrt(raw["B"] / 1000)', 'np.sqrt(raw["B"]) / 1000', "check-recover"),
        Fault("scaled", "/ (raw.max() - raw.min())", "/ raw.max()", "check-scaled"),
        Fault("split-code", "test_size=0.5", "test_size=0.4", "strict"),
        Fault("baseline-code", ".mean() ** 0.5", ".mean()", "check-baseline"),
        Fault("censored", "== 50).to_numpy()", ">= 45).to_numpy()", "check-censored"),
        Fault("model", "linear(13, 50)", "linear(13, 50, bias=False)", "check-model"),
        Fault("dropout-modes", "nn.Dropout(0.5)", "nn.Dropout(0.4)", "check-dropout"),
        Fault("without-b", 'features.drop(columns="B")', 'features[["B"]]', "check-without-b"),
        Fault(
            "stacked",
            "torch.baddbmm(self.bias, x, self.weight)",
            "torch.bmm(x, self.weight)",
            "check-stacked",
        ),
        Fault(
            "early",
            "copy.deepcopy(model_early.state_dict())",
            "model_early.state_dict()",
            "check-early",
        ),
        Fault("trap-eval", "model.train()", "model.eval()", "check-trap-eval"),
    ],
}
