"""Numbers with their units, durations, days and times of day in words."""

from datetime import date, datetime, timedelta

from .speech import Sentences

PERCENT = "%"
_BIG = 1000
_SMALL = 10
_WEEK = 7
_PARTS = (("hours", 3600), ("minutes", 60), ("seconds", 1))
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NOON = 12


def quantity(sentences: Sentences, number: float, unit: str = "") -> str:
    """Return a number with its unit, as precise as people would say it."""
    digits = 0 if abs(number) >= _BIG else 1 if abs(number) >= _SMALL else 2
    text = f"{number:.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    whole, _, part = ("0" if text == "-0" else text).partition(".")
    text = sentences.say("decimal", whole=whole, part=part) if part else whole
    if unit == PERCENT:
        return sentences.say("percent", value=text)
    return f"{text} {unit}".strip()


def duration(sentences: Sentences, seconds: int) -> str:
    """Return hours, minutes and seconds; those that are nought are left out."""
    parts: list[str] = []
    for name, length in _PARTS:
        count, seconds = divmod(seconds, length)
        if count or (name == "seconds" and not parts):
            key = f"{name}_{sentences.plural(count)}"
            parts.append(sentences.say(key, count=str(count)))
    return sentences.listed(parts, "duration_and")


def clock(sentences: Sentences, time: datetime) -> str:
    """Return a time of day."""
    return sentences.say(
        "time_am" if time.hour < _NOON else "time_pm",
        hour=str((time.hour - 1) % _NOON + 1 if sentences.halves_days else time.hour),
        minute=f"{time.minute:02}",
    )


def day(sentences: Sentences, then: date, today: date) -> str:
    """Return what people call a day: today, tomorrow, on Monday, on a date."""
    away = (then - today).days
    if away in (0, 1):
        return sentences.say("day_tomorrow" if away else "day_today")
    if 0 < away < _WEEK:
        own = sentences.known(f"day_on_{_WEEKDAYS[then.weekday()]}") or "day_on"
        return sentences.say(own, day=weekday(sentences, then))
    return sentences.say("day_on", day=calendar_date(sentences, then))


def weekday(sentences: Sentences, then: date) -> str:
    """Return the name of a day of the week."""
    return sentences.say(f"day_{_WEEKDAYS[then.weekday()]}")


def calendar_date(sentences: Sentences, then: date) -> str:
    """Return a day with its date."""
    month = sentences.say(f"month_{then.month}")
    day_of_week = weekday(sentences, then)
    return sentences.say("date", weekday=day_of_week, day=str(then.day), month=month)


def days_meant(word: str, today: date) -> tuple[date, ...]:
    """Return the days that a word of a question stands for; none if it is no such word."""
    if word in ("today", "tonight"):
        return (today,)
    if word == "tomorrow":
        return (today + timedelta(days=1),)
    coming = tuple(today + timedelta(days=number) for number in range(_WEEK))
    if word == "week":
        return coming
    names = ("saturday", "sunday") if word == "weekend" else (word,)
    return tuple(each for each in coming if _WEEKDAYS[each.weekday()] in names)
