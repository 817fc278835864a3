"""Projects: government information systems from approval to retirement (Art. 19), and secret procurement (Art. 25)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from data_contracts.periods import month_range, period_end, period_start
from pipelines.simulation.contents import Ask, Row, Simulated, World
from pipelines.simulation.draws import draw_between, draw_day, draw_weighted, known_by, month_of
from pipelines.simulation.organisations import Organisation
from pipelines.simulation.settings import load

STAGES = ("approval", "procurement", "construction", "operation", "retired")
MEASURES = (
    "has_procurement_measures",
    "has_construction_measures",
    "has_operation_measures",
    "has_retirement_measures",
)


@dataclass(frozen=True)
class Project:
    """An information system project with every date it will ever have.

    `reached` holds the day of each stage; a project given up has only the stages before, and its retirement.
    """

    code: str
    organisation_code: str
    kind: str
    system_kind: str
    grade: str
    is_graded_late: bool
    investment: float
    adjusted_investment: float
    joint_review_on: date | None
    result: str
    approved_on: date
    has_protection_system: bool
    reached: dict[str, date]
    measures: dict[str, bool]
    left_on: date


def _begin(world: World, contract: str, rng: np.random.Generator) -> Iterator[tuple[str, Organisation, date]]:
    """Code, organisation and first day of everything that begins over the whole time."""
    settings, numbers = load("duties")[contract], dict[str, int]()
    builders = [one for one in world.standing if not one.is_temporary and one.level != "township"]
    for month in month_range(world.traits.months[0], world.traits.months[-1]):
        count = int(rng.poisson(settings["per_month"][world.reporter.kind]))
        for day in sorted(draw_day(period_start(month), period_end(month), rng) for _ in range(count)):
            one = builders[int(rng.integers(len(builders)))]
            numbers[one.code] = numbers.get(one.code, 0) + 1
            yield f"{settings['prefix']}-{one.code[2:]}-{numbers[one.code]:03d}", one, day


def plan_projects(world: World, rng: np.random.Generator) -> list[Project]:
    """All projects over the whole time, in order of the day they were put forward."""
    return [_project(code, one, day, world, rng) for code, one, day in _begin(world, "project_reviews", rng)]


def _project(code: str, one: Organisation, day: date, world: World, rng: np.random.Generator) -> Project:
    settings, traits = load("duties")["project_reviews"], world.traits
    reached = {"approval": day}
    approved = day + timedelta(days=draw_between(settings["approval_days"], rng))
    later = approved
    for stage in STAGES[1:4]:
        later += timedelta(days=draw_between(settings["stage_days"][stage], rng))
        reached[stage] = later
    if rng.random() < settings["given_up_chance"]:
        stage = STAGES[draw_between((1, 3), rng)]
        reached = {name: on for name, on in reached.items() if STAGES.index(name) < STAGES.index(stage)}
        reached["retired"] = max(approved, *reached.values()) + timedelta(days=draw_between((20, 90), rng))
    is_reviewed = rng.random() < traits.chance("project_reviewed", month_of(approved))
    gap = timedelta(days=draw_between(settings["review_days"], rng))
    is_late = rng.random() < settings["late_review_chance"]
    system = draw_weighted(settings["system_weights"], rng)
    investment = round(
        float(np.clip(np.exp(rng.normal(*settings["log_investment"])), settings["least"], settings["most"])), 1
    )
    is_adjusted = rng.random() < settings["adjusted_chance"]
    return Project(
        code=code,
        organisation_code=one.code,
        kind=draw_weighted(settings["kind_weights"], rng),
        system_kind=system,
        grade="classified" if system == "classified" else draw_weighted(settings["grade_weights"], rng),
        is_graded_late=rng.random() < settings["graded_late_chance"],
        investment=investment,
        adjusted_investment=round(investment * float(rng.uniform(0.8, 1.3)), 1) if is_adjusted else investment,
        joint_review_on=(approved + 3 * gap if is_late else max(day, approved - gap)) if is_reviewed else None,
        result=draw_weighted(settings["given_up_weights" if "retired" in reached else "result_weights"], rng),
        approved_on=approved,
        has_protection_system=rng.random() < traits.chance("routine_duty", month_of(day)),
        reached=reached,
        measures={name: rng.random() < traits.chance("routine_duty", month_of(day)) for name in MEASURES},
        left_on=max(reached.values()) + timedelta(days=settings["days_on_file_after"]),
    )


def project_rows(projects: list[Project], ask: Ask) -> list[Row]:
    """The ledger of a month: projects from the day they were put forward until they have been in use for a while."""
    day = period_end(ask.period)
    rows = []
    for one in projects:
        if one.reached["approval"] > day or one.left_on <= ask.since:
            continue
        stage = max((name for name, on in one.reached.items() if on <= day), key=STAGES.index)
        reviewed = known_by(one.joint_review_on, day)
        is_ungraded = stage == "approval" or (one.is_graded_late and one.system_kind != "classified")
        asked = {
            name: STAGES.index(stage) > place and _is_asked(name, stage, one) for place, name in enumerate(MEASURES)
        }
        rows.append(
            {
                "project_code": one.code,
                "organisation_code": one.organisation_code,
                "project_kind": one.kind,
                "system_kind": one.system_kind,
                "planned_investment": one.investment if stage == "approval" else one.adjusted_investment,
                "joint_review_on": reviewed,
                "review_result": one.result if reviewed else None,
                "approved_on": known_by(one.approved_on, day),
                "protection_grade": "undecided" if is_ungraded else one.grade,
                "has_protection_system": one.has_protection_system,
                "stage": stage,
                **{name: one.measures[name] if asked[name] else None for name in MEASURES},
            }
        )
    return rows


def _is_asked(name: str, stage: str, one: Project) -> bool:
    """Whether a stage that comes before is asked about: of a project given up, only the stages it went through."""
    passed = STAGES[MEASURES.index(name) + 1]
    return passed in one.reached or stage != "retired"


@dataclass(frozen=True)
class Procurement:
    """A secret procurement with every date it will ever have; one that is called off has no contract."""

    code: str
    organisation_code: str
    category: str
    method: str
    amount: float
    agency: str
    begun_on: date
    determined_secret_on: date | None
    agency_agreement_on: date | None
    procuring_on: date
    reviewer_count: int
    reviewer_agreement_count: int
    supplier_agreement_on: date | None
    contract_on: date
    has_secrecy_terms: bool
    completed_on: date
    is_called_off: bool

    @property
    def left_on(self) -> date:
        """From when on nothing of it changes any more."""
        return self.contract_on if self.is_called_off else self.completed_on


def procure(world: World, rng: np.random.Generator) -> list[Procurement]:
    """All secret procurements over the whole time; no organisation buys the same kind twice for the same sum."""
    settings, traits = load("duties")["secret_procurement"], world.traits
    found, seen = [], set[tuple[str, str, float]]()
    for code, one, day in _begin(world, "secret_procurement", rng):
        month, agency = month_of(day), draw_weighted(settings["agency_weights"], rng)
        method = draw_weighted(settings["method_weights"], rng)
        procuring = day + timedelta(days=draw_between(settings["preparing_days"], rng))
        contract = procuring + timedelta(days=draw_between(settings["procuring_days"], rng))
        signed, determined = traits.chance("agreement_signed", month), traits.chance("routine_duty", month)
        reviewers = draw_between(settings["reviewers"], rng)
        made = Procurement(
            code=code,
            organisation_code=one.code,
            category=draw_weighted(settings["category_weights"], rng),
            method=method,
            amount=round(float(np.exp(rng.normal(*settings["log_amount"]))) + settings["least"], 2),
            agency=agency,
            begun_on=day,
            determined_secret_on=day if rng.random() < determined else None,
            agency_agreement_on=procuring if agency != "own" and rng.random() < signed else None,
            procuring_on=procuring,
            reviewer_count=reviewers,
            reviewer_agreement_count=reviewers if rng.random() < signed else int(rng.integers(0, reviewers)),
            supplier_agreement_on=contract - timedelta(days=draw_between((0, 10), rng))
            if rng.random() < signed
            else None,
            contract_on=contract,
            has_secrecy_terms=rng.random() < signed,
            completed_on=contract + timedelta(days=draw_between(settings["completing_days"], rng)),
            is_called_off=rng.random() < settings["called_off_chance"],
        )
        if (one.code, made.category, made.amount) not in seen:
            seen.add((one.code, made.category, made.amount))
            found.append(made)
    return found


def procurement_rows(procurements: list[Procurement], ask: Ask) -> list[Row]:
    """The ledger of a quarter, with the state known on its last day."""
    day = period_end(ask.period)
    rows = []
    for one in procurements:
        if one.begun_on > day or one.left_on <= ask.since:
            continue
        contract = None if one.is_called_off else known_by(one.contract_on, day)
        completed = known_by(one.completed_on, day) if contract else None
        is_over = one.contract_on <= day
        rows.append(
            {
                "project_code": one.code,
                "organisation_code": one.organisation_code,
                "category": one.category,
                "determined_secret_on": one.determined_secret_on,
                "method": one.method,
                "amount": one.amount,
                "agency": one.agency,
                "agency_agreement_on": known_by(one.agency_agreement_on, day),
                "reviewer_count": one.reviewer_count if contract else 0,
                "reviewer_agreement_count": one.reviewer_agreement_count if contract else 0,
                "supplier_agreement_on": known_by(one.supplier_agreement_on, day) if contract else None,
                "contract_on": contract,
                "has_secrecy_terms": one.has_secrecy_terms if contract else None,
                "state": "completed"
                if completed
                else "contracted"
                if contract
                else "cancelled"
                if is_over
                else "procuring"
                if one.procuring_on <= day
                else "preparing",
                "completed_on": completed,
            }
        )
    return rows


REVIEWS = Simulated("project_reviews", plan_projects, project_rows)
PROCUREMENT = Simulated("secret_procurement", procure, procurement_rows)
