"""What the server says when it does not do what was asked: in Chinese, with what to do, and nothing of its insides."""

import logging
import secrets

from dash.exceptions import DependencyException
from flask import Flask, jsonify, render_template, request
from werkzeug.exceptions import HTTPException, default_exceptions
from werkzeug.wrappers import Response

from metrics.snapshot import SnapshotUnreadable
from pipelines.accounts.account import AccountError
from pipelines.snapshots import SnapshotError

log = logging.getLogger(__name__)
TOLD: dict[int, tuple[str, str]] = {
    400: ("请求看不懂", "发来的内容不是本平台页面会发出的。请从页面上重新操作。"),
    401: ("需要登录", "没有登录，或登录已过时。请重新登录。"),
    403: ("不能打开", "这个账号没有这项权限。需要的话，请找安全管理员。"),
    404: ("没有这个页面", "网址可能抄错了，或内容已移走。"),
    405: ("不能这样请求", "这个地址不接受这种请求方式。请从页面上重新操作。"),
    413: ("文件太大", "发来的内容超过上限。请拆分后再试，或请系统管理员调整上限。"),
    429: ("请求过多", "短时间内请求过多，请稍后再试。"),
    500: ("程序出错", "已记入日志。请把编号告诉系统管理员。"),
}


def add_failure_pages(server: Flask) -> None:
    """Answer every failure with our own page, or with JSON where a script asked."""

    @server.errorhandler(HTTPException)
    def told(error: HTTPException) -> Response | tuple[Response | str, int]:
        if error.code is None or error.code < 400:
            return error.get_response()
        usual = getattr(default_exceptions.get(error.code), "description", "")
        own = error.description if error.description != usual else None
        return _answer(error.code, own if error.code < 500 else None)

    @server.errorhandler(DependencyException)
    def no_such_script(error: DependencyException) -> tuple[Response | str, int]:
        return _answer(404, None)  # Dash's own answer to a path that belongs to none of its packages

    @server.errorhandler(AccountError)
    def unusable(error: AccountError) -> tuple[Response | str, int]:
        log.error("accounts cannot be used: %s", error)
        return _answer(500, None)

    @server.errorhandler(SnapshotError)
    @server.errorhandler(SnapshotUnreadable)
    def no_snapshot(error: Exception) -> tuple[Response | str, int]:
        return _answer(404, f"{error}。")

    @server.errorhandler(Exception)
    def fault(error: Exception) -> tuple[Response | str, int]:
        reference = secrets.token_hex(4)
        log.error("fault %s at %s", reference, request.path, exc_info=error)
        return _answer(500, f"程序出错，已记入日志，编号 {reference}。请把编号告诉系统管理员。")


def _answer(code: int, own: str | None) -> tuple[Response | str, int]:
    title, told = TOLD.get(code, TOLD[400 if code < 500 else 500])
    told = own or told
    if request.path.startswith("/_"):
        return jsonify(error=title, told=told), code
    return render_template("failure.html", title=title, told=told, code=code), code
