"""Facts of incidents, tips and alerts (Art. 36, 38, 39), just below, at and above each limit."""

from tests.drawn import drawn_connection, with_facts
from tests.flags import flags


def test_an_incident_waits_for_its_investigation_until_it_is_opened_or_closed() -> None:
    connection = with_facts(drawn_connection(incidents="""
        division_code|period |incident_code|found_at        |reported_at     |investigation_opened_on|closed_on
        652901       |2026-03|same day     |2026-03-01 08:00|2026-03-01 09:00|2026-03-01             |
        652901       |2026-03|day before   |2026-03-01 08:00|2026-03-02 09:00|2026-03-01             |
        652901       |2026-03|last day     |2026-03-01 08:00|2026-03-01 23:59|2026-03-31             |
        652901       |2026-03|not yet      |2026-03-01 08:00|2026-03-01 09:00|2026-04-01             |
        652901       |2026-03|never        |2026-03-01 08:00|2026-03-01 09:00|                       |
        652901       |2026-03|closed       |2026-03-01 08:00|2026-03-01 09:00|                       |2026-03-11
    """))
    assert flags(connection, "incidents", "2026-03", "found", "days_to_investigate") == {
        "same day": [1, 0], "day before": [1, 0], "last day": [1, 30], "not yet": [1, 30], "never": [1, 30],
        "closed": [1, 10]}


def test_a_tip_is_answered_within_seven_days() -> None:
    connection = with_facts(drawn_connection(tips="""
        division_code|period |tip_code     |received_on|accepted_on|decided_on|outcome
        652901       |2026-03|seventh day  |2026-03-24 |2026-03-31 |          |pending
        652901       |2026-03|eighth day   |2026-03-24 |2026-04-01 |          |pending
        652901       |2026-03|not due      |2026-03-25 |2026-03-25 |          |pending
        652901       |2026-03|declined     |2026-03-10 |           |2026-03-17|not_accepted
        652901       |2026-03|declined late|2026-03-10 |           |2026-03-18|not_accepted
        652901       |2026-03|handed over  |2026-03-10 |           |2026-03-11|handed_over
        652901       |2026-03|skipped      |2026-03-10 |           |2026-03-11|substantiated
        652901       |2026-03|no answer    |2026-03-10 |           |          |pending
    """))
    assert flags(connection, "tips", "2026-03", "answer_due", "answered_in_7_days") == {
        "seventh day": [1, 1], "eighth day": [1, 0], "not due": [0, 0], "declined": [1, 1], "declined late": [1, 0],
        "handed over": [1, 1], "skipped": [1, 0], "no answer": [1, 0]}


def test_a_tip_is_decided_within_sixty_days_and_rewarded_if_it_was_right() -> None:
    connection = with_facts(drawn_connection(period="2026-06", tips="""
        division_code|period |tip_code   |received_on|decided_on|outcome        |reward_given
        652901       |2026-03|60th day   |2026-01-30 |2026-03-31|substantiated  |true
        652901       |2026-03|61st day   |2026-01-29 |2026-03-31|partly         |false
        652901       |2026-03|not due    |2026-01-31 |2026-03-31|unsubstantiated|false
        652901       |2026-03|not yet    |2026-01-30 |2026-04-01|substantiated  |true
        652901       |2026-03|undecided  |2026-01-30 |          |pending        |false
    """))
    columns = ("decision_due", "decided_in_60_days", "substantiated", "rewarded")
    assert flags(connection, "tips", "2026-03", *columns) == {
        "60th day": [1, 1, 1, 1], "61st day": [1, 0, 1, 0], "not due": [0, 0, 0, 0], "not yet": [1, 0, 0, 0],
        "undecided": [1, 0, 0, 0]}
    assert flags(connection, "tips", "2026-04", "substantiated")["not yet"] == 1


def test_an_alert_is_verified_within_a_day_to_the_minute() -> None:
    connection = with_facts(drawn_connection(alert_checks="""
        division_code|period |alert_code    |alert_received_at|verified_at     |result
        652901       |2026-03|to the minute |2026-03-30 09:00 |2026-03-31 09:00|true_alert
        652901       |2026-03|minute late   |2026-03-30 09:00 |2026-03-31 09:01|false_alarm
        652901       |2026-03|never         |2026-03-30 23:59 |                |undecided
        652901       |2026-03|not due       |2026-03-31 00:00 |2026-03-31 09:00|true_alert
        652901       |2026-03|next month    |2026-03-31 23:00 |2026-04-01 00:00|true_alert
    """))
    columns = ("verification_due", "verified_24h", "verified", "true_alert")
    assert flags(connection, "alert_checks", "2026-03", *columns) == {
        "to the minute": [1, 1, 1, 1], "minute late": [1, 0, 1, 0], "never": [1, 0, 0, 0], "not due": [0, 0, 1, 1],
        "next month": [0, 0, 0, 0]}


def test_an_alert_is_disposed_of_within_fifteen_days() -> None:
    connection = with_facts(drawn_connection(alert_checks="""
        division_code|period |alert_code|alert_received_at|disposed_on
        652901       |2026-03|15th day  |2026-03-16 23:00 |2026-03-31
        652901       |2026-03|16th day  |2026-03-15 23:00 |2026-03-31
        652901       |2026-03|never     |2026-03-16 00:00 |
        652901       |2026-03|not due   |2026-03-17 00:00 |2026-03-17
    """))
    assert flags(connection, "alert_checks", "2026-03", "disposal_due", "disposed_in_15_days") == {
        "15th day": [1, 1], "16th day": [1, 0], "never": [1, 0], "not due": [0, 0]}
