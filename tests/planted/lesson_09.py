from tests.planted import Fault

FAULTS = {
    "09_loss_functions.ipynb": [
        Fault("one-number-read", r"= 2(c - \bar{y})", r"= 2(\bar{y} - c)", "formula"),
        Fault(
            "scale-net-read", r"\frac{|r|}{b} + \log(2b)$$", r"\frac{|r|}{b} + \log b$$", "formula"
        ),
        Fault("frequency-read", r"= p - 1, \qquad", r"= 1 - p, \qquad", "formula"),
        Fault("fig-penalty", "**그림 1.**", "**그림 2.**", "figures"),
        Fault("fig-band", "(06_cross_entropy.ipynb)", "(06_entropy.ipynb)", "links_resolve"),
        Fault("penalty-code", "r**2 / 2, r.abs() - 0.5)", "r**2, r.abs() - 0.5)", "check-penalty"),
        Fault("plot-penalty", 'ylabel="벌점의 미분"', 'ylabel="벌점"', "twin"),
        Fault("one-number-code", "27.0, 30.0", "28.0, 30.0", "strict"),
        Fault("one-number-code", ".mean(dim=1)", ".sum(dim=1).exp()", "check-middle"),
        Fault("plot-one-number", 'label="평균")', 'label="중앙값")', "twin"),
        Fault("question-code", "(fresh - c).abs()", "(fresh - c).square()", "check-question"),
        Fault("check-scale", "k * (2 * x_line + 1)", "2 * k * x_line + 1", "check-scale"),
        Fault("scale-net-code", "scale * y_wave)", "y_wave)", "check-scale-net"),
        Fault("fit", "scheduler.step()", "pass", "check-bounce"),
        Fault("check-huber", "delta * smooth", "smooth", "check-huber"),
        Fault("check-one-number", "snow[-1] = 1200.0", "snow[:3] = 1200.0", "check-one-number"),
        Fault("check-likelihood", "math.log(2 * b_scale)", "math.log(b_scale)", "check-likelihood"),
        Fault(
            "steps-unit",
            "0.1 * derivatives[name]",
            "0.1 * k * derivatives[name]",
            "check-steps-unit",
        ),
        Fault("drag", "Y_drag[-1] += heights", "Y_drag[10] += heights", "check-drag"),
        Fault("leverage-code", "w = w / x_sd", "w = w * x_sd", "check-leverage"),
        Fault("efficiency", "u[1].log() - u[0].log()", "u[1] - u[0]", "check-efficiency"),
        Fault("pinball", "(tau - 1) * (y", "tau * (y", "check-pinball"),
        Fault("band-code", "spread = 1 + 0.8 * x", "spread = 1 + 0 * x", "check-coverage"),
        Fault(
            "frequency",
            "yes = torch.tensor([1.0, 1.0",
            "yes = torch.tensor([0.0, 1.0",
            "check-frequency",
        ),
        Fault("steps-out", "(1 - p)\n        count", "(1 - p) * 99\n        count", "check-vanish"),
        Fault("multi-label", "z.softmax(dim=0)", "z.sigmoid()", "check-multi-label"),
        Fault("counts-code", "0.5 + 0.9 * x_count", "3 + 0 * x_count", "check-counts"),
        Fault("house-train", '"MAE": 0.5', '"MAE": 0.001', "check-house"),
        Fault("trap-order", "t = torch.tensor(order)[group]", "t = group", "check-order"),
        Fault("trap-sigmoid-code", "lambda z: z.sigmoid()))", "lambda z: z))", "check-sigmoid"),
        Fault("check-shape", "2 * truth_y", "truth_y", "check-shape"),
    ],
}
