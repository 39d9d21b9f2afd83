import torch

from tests.formulas import Formulas

FORMULAS = Formulas()
ETA = 0.01


def points(rng, n=7):
    """x `(n, 1)`, y `(n, 1)`, 매개변수 `(2, 1)`입니다."""
    return [torch.from_numpy(rng.normal(size=(rows, 1))) for rows in (n, n, 2)]


@FORMULAS.pair(r"\hat{y} = wx + b")
def prediction(rng, code):
    model = code.define("LinearRegressor")().double()
    x, w, b = points(rng)[0], model.linear.weight.item(), model.linear.bias.item()
    yield [[w * x_i + b] for x_i in x.ravel()], model(x)


@FORMULAS.pair(
    r"L(w, b) = \frac{1}{n} \sum_{i=1}^{n} (\hat{y}_i - y_i)^2, \qquad \hat{y}_i = w x_i + b",
    r"\frac{\partial L}{\partial w} = \frac{2}{n} \sum_{i=1}^{n} (\hat{y}_i - y_i)\, x_i, \qquad "
    r"\frac{\partial L}{\partial b} = \frac{2}{n} \sum_{i=1}^{n} (\hat{y}_i - y_i)",
    r"w \leftarrow w - \eta\, \frac{\partial L}{\partial w}, \qquad "
    r"b \leftarrow b - \eta\, \frac{\partial L}{\partial b}",
)
def one_step(rng, code):
    x, y, theta = points(rng)
    w, b = (value.clone().detach().requires_grad_() for value in theta.ravel())
    errors = (w * x + b - y).detach()
    loss = sum(errors**2) / 7
    at = {"w": w.detach(), "b": b.detach(), "x": x, "y": y}
    yield loss, [code.expression("((w * x + b - y) ** 2).mean()", **at)]
    slopes = [2 / 7 * sum(errors * x), 2 / 7 * sum(errors)]
    names = {"errors": errors, "x": x}
    yield slopes[0], [code.expression("(2 * errors * x).mean()", **names)]
    yield slopes[1], [code.expression("(2 * errors).mean()", **names)]
    optimizer = torch.optim.SGD([w, b], lr=ETA)
    torch.nn.functional.mse_loss(w * x + b, y).backward()
    yield torch.stack(slopes), torch.stack([w.grad, b.grad])[:, None]
    optimizer.step()
    yield theta - ETA * torch.stack(slopes), torch.stack([w, b])[:, None]


@FORMULAS.pair(
    r"d \leftarrow d - \eta\lambda d = (1 - \eta\lambda)\,d, \qquad d_t = (1 - \eta\lambda)^t\, d_0"
)
def one_variable(rng, code):
    x, y, _ = points(rng)
    A = torch.cat([x, torch.ones_like(x)], dim=1)
    best = torch.linalg.lstsq(A, y).solution
    slide = code.define("slide", A=A, target=y, theta_best=best, lr=ETA)
    for column in (0, 1):
        lam = 2 / 7 * (A[:, column] ** 2).sum()
        distances = slide(column, 5)
        d = distances[0]
        yield d - ETA * lam * d, distances[1], 1e-6  # 목록이 float32를 지남
        yield (1 - ETA * lam) * d, distances[1], 1e-6
        yield (1 - ETA * lam) ** 5 * d, distances[5], 1e-6


@FORMULAS.pair(
    r"A = \begin{pmatrix} x_1 & 1 \\ \vdots & \vdots \\ x_n & 1 \end{pmatrix}, \qquad "
    r"\nabla L(\theta) = \frac{2}{n} A^\top (A\theta - y)",
    r"A^\top A\,\theta^* = A^\top y",
    r"L(\theta) = L(\theta^*) + \frac{1}{n}\lVert A\delta \rVert^2 = "
    r"L(\theta^*) + \frac{1}{2}\,\delta^\top H \delta, \qquad H = \frac{2}{n} A^\top A",
)
def matrices(rng, code):
    x, y, theta = points(rng)
    A = torch.tensor([[x_i, 1.0] for x_i in x])
    yield A, code.expression("torch.cat([x, torch.ones_like(x)], dim=1).double()", x=x)
    loss_at, leaf = code.define("loss_at", target=y), theta.clone().requires_grad_()
    loss_at(A, leaf).backward()
    step = code.define("descend")(A, theta, ETA, 1)
    yield 2 / 7 * A.T @ (A @ theta - y), leaf.grad
    yield 2 / 7 * A.T @ (A @ theta - y), (step[0] - step[1]) / ETA
    best = code.expression("torch.linalg.lstsq(A, target).solution", A=A)
    yield A.T @ A @ best, A.T @ y
    H, delta = 2 / 7 * A.T @ A, theta - best
    yield H, code.expression("2 / len(A) * A.T @ A")
    yield loss_at(A, best) + (A @ delta).norm() ** 2 / 7, loss_at(A, theta)
    yield loss_at(A, best) + (delta.T @ H @ delta).ravel() / 2, loss_at(A, theta)


@FORMULAS.pair(r"|1 - \eta\lambda_{\max}| < 1 \iff 0 < \eta < \frac{2}{\lambda_{\max}}")
def edge(rng, code):
    x, y, theta = points(rng)
    A = torch.cat([x, torch.ones_like(x)], dim=1)
    values = torch.linalg.eigvalsh(2 / 7 * A.T @ A)
    limit = code.expression("2 / eigenvalues.max().item()", eigenvalues=values)
    yield 2 / values.max(), limit
    descend = code.define("descend", target=y)
    for eta in limit * torch.tensor([-0.1, 0.01, 0.5, 0.99, 1.01, 2]).double():
        path = descend(A, theta, eta, 3000) - torch.linalg.lstsq(A, y).solution
        shrinks = path[-1].norm() < path[0].norm()
        yield abs(1 - eta * values.max()) < 1, shrinks
        yield 0 < eta < 2 / values.max(), shrinks


@FORMULAS.pair(
    r"\mathrm{sd}(w) = \frac{\sigma}{\sqrt{S}}, \qquad "
    r"\mathrm{sd}(b) = \sigma\sqrt{\frac{1}{n} + \frac{\bar{x}^2}{S}}"
)
def scatter(rng, code):
    x, _, _ = points(rng)
    sigma, S = 12**-0.5, ((x - x.mean()) ** 2).sum()
    spoken = [sigma / S.sqrt(), sigma * (1 / 7 + x.mean() ** 2 / S).sqrt()]
    yield spoken, code.define("spread")(x)
    covariance = sigma**2 * torch.linalg.inv((A := torch.cat([x, torch.ones_like(x)], dim=1)).T @ A)
    yield spoken, covariance.diagonal().sqrt()
