"""A lesson's pages for tests: how a reader goes on, answers, and waits until a step is there."""

from dashboards import WAIT

from collabsim.lessons.lesson_file import load_lesson

NAME = "short-term-funding"
LESSON = load_lesson(NAME)
DRAW = next(step for step in LESSON.steps if step.prediction is not None and step.prediction.type == "draw")
SEEN = next(step for step in LESSON.steps if step.kind == "observe")
BORNE_OUT = [option.text for option in SEEN.observation.options if option.means == "yes"]
CHOOSE = next(
    step for step in LESSON.steps if step.prediction is not None and step.prediction.type == "choose"
)


def started(visit, name="Play it yourself"):
    page = visit.open(f"/teach?lesson={NAME}")
    page.get_by_role("button", name=name).click()
    page.locator("#cs-step-title").wait_for(timeout=WAIT)
    return page


def at(page, step):
    """Wait until every part of a page shows a step, with what the model gives: the parts arrive one by one."""
    page.wait_for_function(
        "name => document.getElementById('cs-step-title')?.dataset.step === name"
        " && [...document.querySelectorAll('[data-step]')].every((part) => part.dataset.step === name)"
        " && !document.querySelector('[aria-busy=true]')",
        arg=step,
        timeout=WAIT,
    )


def answer(page):
    """Answer what a page asks, by keyboard."""
    step = page.locator("#cs-step-title").get_attribute("data-step")
    task = page.locator(f"form[data-step={step}]")
    task.locator(".cs-draw svg, #cs-number, .cs-option input").first.wait_for(timeout=WAIT)
    if page.get_by_role("slider", name="Year 1", exact=True).count():
        page.get_by_role("slider", name="Year 1", exact=True).focus()
        for key in ("ArrowDown", "ArrowDown", "ArrowRight", "PageDown"):
            page.keyboard.press(key)
    elif page.locator("#cs-number").count():
        page.locator("#cs-number").fill("40")
    else:
        page.locator(".cs-task input").first.focus()
        page.keyboard.press("Space")
    page.locator("#cs-send").focus()
    page.keyboard.press("Enter")


def go_on(page):
    """Go to the next step by keyboard; gives its name."""
    before = page.locator("#cs-step-title").get_attribute("data-step")
    page.locator(f".cs-way[data-step={before}] #cs-next:enabled").wait_for(timeout=WAIT)
    page.locator("#cs-next").focus()
    page.keyboard.press("Enter")
    page.wait_for_function(
        "name => document.getElementById('cs-step-title').dataset.step !== name", arg=before, timeout=WAIT
    )
    return page.locator("#cs-step-title").get_attribute("data-step")


def asks(step):
    return step.prediction is not None or step.observation is not None


def play_to(page, target, answers=True):
    """Go to a step, and answer what is asked on the way."""
    for step in LESSON.steps[: LESSON.steps.index(target)]:
        at(page, step.name)
        if answers and asks(step):
            answer(page)
        go_on(page)
    at(page, target.name)


def raw(step, k):
    """An answer of a learner without a browser."""
    if step.observation is not None:
        return [k % len(step.observation.options)]
    asked = step.prediction
    if asked.type == "choose":
        return k % len(asked.options)
    if asked.type == "number":
        return asked.low + (asked.high - asked.low) * (k % 5) / 5
    return [round(asked.low + (asked.high - asked.low) * k / 40, 2)] * len(asked.years)
