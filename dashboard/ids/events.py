"""Ids of 事件与举报."""

PLACES = "events-places"
CATEGORIES = "events-categories"
