"""What every answer of the server carries: nothing from outside, no evaluated code, no framing, no guessing."""

from collections.abc import Callable, Sequence

from flask import Flask, Response, request


def content_security_policy(script_hashes: Sequence[str]) -> str:
    """Policy for our own files only; the page's few inline scripts are named by their hash.

    Inline styles stay allowed: Plotly, AG Grid and Mantine write `<style>` elements at run time.
    """
    scripts = " ".join(["'self'", *script_hashes])
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {scripts}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ]
    )


_UNUSED_FEATURES = (
    "accelerometer", "camera", "clipboard-read", "display-capture", "geolocation", "gyroscope", "hid",
    "magnetometer", "microphone", "midi", "payment", "serial", "usb",
)  # fmt: skip


def secure(server: Flask, script_hashes: Sequence[str], is_https: Callable[[], bool]) -> None:
    """Put the headers on every answer of the server.

    `same-origin` and not `no-referrer`: with the latter a browser names no origin when it sends a form, and the gate
    asks for one.
    """
    headers = {
        "Content-Security-Policy": content_security_policy(script_hashes),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _UNUSED_FEATURES),
        "X-Permitted-Cross-Domain-Policies": "none",
        "X-DNS-Prefetch-Control": "off",
        "X-Download-Options": "noopen",
    }

    @server.after_request
    def add_headers(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        if not request.path.startswith(("/assets/", "/_dash-component-suites/", "/_favicon")):
            # Nothing that was shown to somebody stays in a browser's or a proxy's cache.
            response.headers["Cache-Control"] = "no-store"
        if is_https():
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response
