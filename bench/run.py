"""One run: seed, start every contestant, visit them in turn, several rounds."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import URL

from bench import ninja
from bench.cases import Case, make_cases
from bench.hub import make_batch
from bench.load import Driver, Load, Measured
from bench.processes import Served, database, product_command, serving
from bench.seed import LARGE, PASSWORD, READER, SIGNERS, WRITER, seed


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    databases: tuple[str, ...] = ("SQLite", "PostgreSQL")
    rounds: int = 5
    seconds: float = 3.0
    products: int = 10_000
    large: int = 0
    only: str = ""
    with_wrk: bool = True
    is_tiny: bool = False


@dataclass
class Line:
    """One contestant in one case, over all rounds."""

    database: str
    case: str
    goal: float
    name: str
    rounds: list[Measured] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    memory: float = 0.0

    @property
    def rates(self) -> list[float]:
        return sorted(each.rate for each in self.rounds)

    @property
    def rate(self) -> float:
        return median(self.rates)

    @property
    def p50(self) -> float:
        return median(each.p50 for each in self.rounds)

    @property
    def p99(self) -> float:
        return median(each.p99 for each in self.rounds)

    @property
    def cpu_us(self) -> float:
        return median(self.cpu) * 1e6


@dataclass
class Findings:
    """All that was measured."""

    lines: list[Line] = field(default_factory=list)
    facts: list[tuple[str, str, str, str]] = field(
        default_factory=list
    )  # database, what, value, goal


@dataclass
class Scene:
    """One seeded database, the plan, and what is found."""

    kind: str
    url: URL
    folder: Path
    plan: Plan
    found: Findings
    tokens: dict[str, str] = field(default_factory=dict)

    def serving(self, name: str, command: list[str]) -> AbstractContextManager[Served]:
        return serving(name, command, self.url, self.folder)

    def page(
        self, served: Served, person: str = READER, connections: int = 16, of: str = "products"
    ) -> Load:
        """The default list, as this person sees it."""
        seconds = self.plan.seconds
        token = self.tokens[person]
        return Load(served.port, f"/api/{of}", token, connections=connections, seconds=seconds)

    def drive(self, *loads: Load) -> list[Measured]:
        """Drive these at the same time."""
        drivers = [Driver(load, with_wrk=self.plan.with_wrk) for load in loads]
        results = [driver.result() for driver in drivers]
        if failed := sum(each.failed for each in results):
            raise SystemExit(f"bench: {failed} requests failed")
        return results

    def note(self, what: str, value: str, goal: str = "") -> None:
        print(f"  {what}: {value}" + (f" (goal {goal})" if goal else ""), flush=True)
        self.found.facts.append((self.kind, what, value, goal))


def measure(plan: Plan) -> Findings:
    """Everything, one database after the other."""
    found = Findings()
    for kind in plan.databases:
        folder = tempfile.TemporaryDirectory(prefix="erp-bench-")
        with folder as name, database(kind, Path(name)) as url:
            if url is not None:
                measure_database(Scene(kind, url, Path(name), plan, found))
    return found


def measure_database(scene: Scene) -> None:
    plan = scene.plan
    print(f"{scene.kind}: seeding {plan.products:,} products", flush=True)
    middle = seed(scene.url, plan.products, plan.large)
    with ExitStack() as stack:
        product = stack.enter_context(scene.serving("product", product_command()))
        product.await_status(200, "/health/ready")
        product.await_rest()
        scene.tokens |= {email: product.sign_in(email) for email in (READER, WRITER, LARGE)}
        cases = make_cases(product, scene.tokens, middle)
        chosen = [case for case in cases if plan.only in case.name]
        contestants = [product, *start_references(scene, stack)] if chosen else []
        for case in chosen:
            scene.found.lines += compare(scene, case, contestants)
        for name, take in MEASURES.items():
            if plan.only in name:
                take(scene, product)


def start_references(scene: Scene, stack: ExitStack) -> list[Served]:
    """The bare handler, and Django-ninja where it is installed."""
    commands = {"bare": [sys.executable, "-m", "bench.bare", "PORT"]}
    if ninja.is_installed():
        commands["ninja"] = ninja.command()
    started = []
    for name, command in commands.items():
        started.append(stack.enter_context(scene.serving(name, command)))
        started[-1].await_status(200, "/api/products", scene.tokens[READER])
    return started


def compare(scene: Scene, case: Case, contestants: list[Served]) -> list[Line]:
    """Visit the contestants in turn, so that a busy moment of the machine meets them all."""
    chosen = [each for each in contestants if each.name != "ninja" or case.in_ninja]
    ensure_alike(scene, case, chosen)
    lines = [Line(scene.kind, case.name, case.goal, each.name) for each in chosen]
    for each in chosen if not scene.plan.is_tiny else ():
        scene.drive(case.load(each.port, scene.tokens, 1.0))  # to warm up
    for _ in range(scene.plan.rounds):
        for line, served in zip(lines, chosen, strict=True):
            add_round(scene, line, served, case)
    for line in lines:
        print(
            f"  {case.name} · {line.name}: {line.rate:.0f}/s ({line.rates[0]:.0f} to "
            f"{line.rates[-1]:.0f}), p50 {line.p50:.1f} ms, p99 {line.p99:.1f} ms, "
            f"{line.cpu_us:.0f} µs CPU, ratio {line.rate / lines[1].rate:.2f} "
            f"(by CPU {lines[1].cpu_us / max(1, line.cpu_us):.2f})",
            flush=True,
        )
    return lines


def add_round(scene: Scene, line: Line, served: Served, case: Case) -> None:
    before = served.cpu_seconds()
    [measured] = scene.drive(case.load(served.port, scene.tokens, scene.plan.seconds))
    line.rounds.append(measured)
    line.cpu.append((served.cpu_seconds() - before) / max(1, measured.requests))
    line.memory = served.memory_mb()


def ensure_alike(scene: Scene, case: Case, chosen: list[Served]) -> None:
    """Work is equal only if the answers are: same members, and where nothing is made, same values."""
    body = json.loads(case.bodies[0]) if case.bodies else None
    token = scene.tokens[case.person]
    answers = [served.call(case.method, case.path, body, token) for served in chosen]
    for served, answer in zip(chosen, answers, strict=True):
        seen, due = (answer, answers[0]) if body is None else map(shape, (answer, answers[0]))
        if seen != due:
            raise SystemExit(f"bench: {served.name} answers {seen}, the product {due}")


def shape(answer: tuple[int, Any]) -> Any:
    """The status and the members of an answer, without their values."""
    return answer[0], members(answer[1])


def members(value: Any) -> Any:
    return {key: members(value[key]) for key in sorted(value)} if isinstance(value, dict) else None


def measure_starts(scene: Scene, _product: Served) -> None:
    """Cold starts on a migrated database, to the first page of products."""
    starts, memory = [], 0.0
    for _ in range(1 if scene.plan.is_tiny else 5):
        with scene.serving("product", product_command()) as fresh:
            starts.append(fresh.await_status(200, "/api/products", scene.tokens[READER]))
            memory = fresh.memory_mb()
    spread = f"{median(starts):.2f} s ({min(starts):.2f} to {max(starts):.2f})"
    scene.note("cold start to the first page of products", spread, "≤ 1.5 s")
    scene.note("memory after it, worker included", f"{memory:.0f} MB", "≤ 130 MB")


def measure_sign_ins(scene: Scene, product: Served) -> None:
    """Four people who keep signing in, and what that does to everyone else."""
    signing = Load(
        product.port,
        "/api/auth/login",
        method="POST",
        bodies=tuple(json.dumps({"email": email, "password": PASSWORD}) for email in SIGNERS),
        connections=4,
        seconds=scene.plan.seconds,
    )
    quiet, storm, signed = [], [], []
    for _ in range(scene.plan.rounds):
        signed += scene.drive(signing)
        quiet += scene.drive(scene.page(product))
        storm.append(scene.drive(scene.page(product), signing)[0])
    scene.note("sign-in, 4 clients", told(signed))
    scene.note("list alone", told(quiet))
    scene.note("list while 4 clients sign in", told(storm))
    ratio = median(each.p99 for each in storm) / median(each.p99 for each in quiet)
    scene.note("p99 of the list during sign-ins : alone", f"{ratio:.2f}", "≤ 1.5")


def measure_large(scene: Scene, product: Served) -> None:
    """The same lists in an organization with a million products, all of them in stock."""
    large, small = scene.plan.large, scene.plan.products
    for of in ("products", "stock") if large else ():
        few, many = [], []
        for _ in range(scene.plan.rounds):
            few += scene.drive(scene.page(product, of=of))
            many += scene.drive(scene.page(product, LARGE, of=of))
        cost = median(each.rate for each in few) / median(each.rate for each in many)
        scene.note(f"{of}, list of {small:,} rows", told(few))
        scene.note(f"{of}, list of {large:,} rows", told(many))
        scene.note(f"{of}, cost of {large:,} rows : {small:,}", f"{cost:.2f}", "≤ 1.3")


def measure_two(scene: Scene, product: Served) -> None:
    """A second process on a second port, both driven evenly with half the connections."""
    with scene.serving("product", product_command()) as second:
        second.await_status(200, "/api/products", scene.tokens[READER])
        one, two = [], []
        for _ in range(scene.plan.rounds):
            one += scene.drive(scene.page(product))
            halves = [scene.page(each, connections=8) for each in (product, second)]
            two.append(sum(each.rate for each in scene.drive(*halves)))
    ratio = median(two) / median(each.rate for each in one)
    scene.note("two processes : one", f"{ratio:.2f}", "≥ 1.7 on 4 cores or more")


def measure_batch(scene: Scene, product: Served) -> None:
    """Another system's people, projects and tasks, all in one call and one transaction."""
    size = 500 if scene.plan.is_tiny else 5000
    spent = []
    for turn in range(scene.plan.rounds):
        batch = make_batch(f"H{turn}", size=size)
        begun = time.perf_counter()
        status, answer = product.call("POST", "/api/projects/batch", batch, scene.tokens[WRITER])
        spent.append(time.perf_counter() - begun)
        if status != 200:
            raise SystemExit(f"bench: a batch was answered {status} {answer}")
    scene.note(f"a batch of {size:,} items", f"{median(spent):.1f} s", "≤ 15 s")


MEASURES = {  # beside the cases, the product alone
    "cold start": measure_starts,
    "sign-in storm": measure_sign_ins,
    "million rows": measure_large,
    "batch": measure_batch,
    "two processes": measure_two,
}


def told(rounds: list[Measured]) -> str:
    rate, p50, p99 = (
        median(getattr(each, key) for each in rounds) for key in ("rate", "p50", "p99")
    )
    return f"{rate:.0f}/s, p50 {p50:.0f} ms, p99 {p99:.0f} ms"
