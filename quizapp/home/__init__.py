"""Pages that show several rooms at once to one person: Today, the finish page, Me."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Open this room's pages; the role bar exists in the demo only."""
    from . import views

    app.register_blueprint(views.bp)
    if app.config["IS_DEMO"]:
        from . import demo

        demo.init_app(app)
    if app.config["HAS_STYLEGUIDE"]:
        from . import styleguide

        app.register_blueprint(styleguide.bp)
