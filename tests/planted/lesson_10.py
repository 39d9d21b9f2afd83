from tests.planted import Fault

FAULTS = {
    "10_optimizers_and_schedulers.ipynb": [
        Fault("adam", r"(1 - \beta_2) g_t^2$$", r"(1 - \beta_2) g_t$$", "formula"),
        Fault(
            "scale-read",
            r"\frac{\kappa - 1}{\kappa + 1}",
            r"\frac{\kappa + 1}{\kappa - 1}",
            "formula",
        ),
        Fault("floor-theory", r"\frac{\eta\, V^*}{4b}", r"\frac{\eta\, V^*}{2b}", "formula"),
        Fault("plot-variance-caption", "**그림 1.**", "**그림 0.**", "figures"),
        Fault("one-step", "(03_house_price_mlp.ipynb)", "(03_house.ipynb)", "links_resolve"),
        Fault("linear-problem", "return 2 * X[rows].T", "return X[rows].T", "check-gradient"),
        Fault("linear-problem", "/ len(rows)", "/ 506", "check-unbiased"),
        Fault("variance-code", "each[rows].mean(dim=1)", "each[rows].sum(dim=1)", "check-variance"),
        Fault("plot-variance", 'label="잰 값")', 'label="V / b ")', "twin"),
        Fault("sgd-functions", "lr * (g + mu", "lr * (mu", "check-sgd"),
        Fault("sgd-functions", 'state["v"] = mu', 'state["v"] = -mu', "check-effective"),
        Fault("adam-functions", "(v_hat**0.5 + eps)", "(v**0.5 + eps)", "check-first-step"),
        Fault("adam-functions", "adam_step(w - lr * decay * w, g", "adam_step(w, g", "check-adam"),
        Fault("condition", "/ 506  # 손실", "/ 505  # 손실", "strict"),
        Fault("rates-theory", "1 + mu - lr", "1 - lr", "check-rates"),
        Fault("noisy-descent", "* 2 * x_batch", "* x_batch", "check-floor"),
        Fault("madgrad-function", "(1 / 3)", "(1 / 2)", "check-madgrad"),
        Fault("mistake-decay-code", "decay=0.1", "decay=0.2", "check-decay"),
        Fault("descend", "lr=0.07", "lr=0.06", "check-stability"),
        Fault("paths", "Q @ A @ Q.T", "Q @ A @ Q", "check-paths"),
        Fault("check-scale", "1000 * A", "A", "check-scale"),
        Fault(
            "noisy-descent",
            "torch.linalg.lstsq(X, y).solution",
            "torch.linalg.lstsq(X, y + 1).solution",
            "check-lowest",
        ),
        Fault("falling", "lambda t: 0.08 * half", "lambda t: 0.08 + 0 * half", "check-falling"),
        Fault("scaling", '("비례", 0.02 * b / 11)', '("비례", 0.02)', "check-scaling"),
        Fault("schedulers", "(t // 30)", "(t // 31)", "check-schedulers"),
        Fault("step-400", 'table["StepLR"]', 'table["ExponentialLR"]', "check-step-400"),
        Fault("madgrad-function", "(k + 1) ** 0.5", "(k + 1) ** 0.5 + 1", "check-madgrad-scale"),
        Fault(
            "train-nets", ".repeat_interleave(num_seeds)", ".repeat(num_seeds)", "check-train-nets"
        ),
        Fault(
            "mistake-onecycle-code", "total_steps=480), 60", "total_steps=60), 60", "check-onecycle"
        ),
        Fault("mistake-order-code", "gamma=0.5", "gamma=0.4", "check-order"),
    ],
}
