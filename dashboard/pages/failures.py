"""Pages for when there is nothing to show: no snapshot, an unknown one, an unknown address, a fault of ours."""

from dash import html
from dash.development.base_component import Component

from dashboard.components.cards import empty_state
from dashboard.view import View


def nothing_published_page() -> Component:
    """No snapshot is current yet: what to run."""
    steps = html.Ol(
        [
            html.Li([html.Code("oversight intake 文件夹"), "收取报表"]),
            html.Li([html.Code("oversight build"), "计算指标、指数和预警，生成快照"]),
            html.Li([html.Code("oversight publish"), "发布快照；发布后本页会出现提示，不必重启"]),
        ],
        className="steps",
    )
    return empty_state(
        "还没有发布任何数据", "平台只显示已发布的快照，现在一份也没有。请在服务器上依次运行：", steps, is_page=True
    )


def snapshot_failure_page(message: str, view: View) -> Component:
    """The snapshot asked for cannot be used."""
    link = html.A("改看当前发布版", href=view.href(snapshot=None, explain=None, row=None), className="button")
    return empty_state("快照打不开", message, link, is_page=True)


def forbidden_page(view: View) -> Component:
    """A page that the account's role does not open."""
    link = html.A("回到总览", href=View().href(), className="button")
    return empty_state("这个账号不能看这一页", "需要的话，请找安全管理员。", link, is_page=True)


def unknown_page(view: View) -> Component:
    """An address that no page has."""
    link = html.A("回到总览", href=View().href(), className="button")
    return empty_state("没有这个页面", f"网址“{view.path}”不对应任何页面，可能是链接抄错了。", link, is_page=True)


def fault_page(reference: str) -> Component:
    """A fault of the program: nothing of its insides, only a number to find it by."""
    link = html.A("回到总览", href=View().href(), className="button")
    return empty_state(
        "页面没有生成", f"程序出错，已记入日志，编号 {reference}。请把编号告诉系统管理员。", link, is_page=True
    )
