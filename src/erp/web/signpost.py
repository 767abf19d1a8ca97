"""Which route answers, found by how its path begins instead of by asking each in turn.

Starlette compares a path with one route after the other, and there are hundreds.
"""

from collections.abc import Sequence

from starlette.routing import BaseRoute, Match, Mount
from starlette.types import Receive, Scope, Send

SEGMENTS = 2  # such as `/api/products`
CHOSEN = "erp.route"
Beginning = tuple[str, ...]


class Signpost(BaseRoute):
    """Stands before all other routes and gives the same answer as asking them in their order."""

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        """Sorts the routes once; those that may begin in any way are looked at everywhere."""
        known = {_beginning_of(route) for route in routes} - {None}
        self._anywhere = [route for route in routes if _beginning_of(route) is None]
        self._by_beginning = {
            beginning: [route for route in routes if _beginning_of(route) in (None, beginning)]
            for beginning in known
        }

    def routes_near(self, scope: Scope) -> list[BaseRoute]:
        """The routes that this path may lead to, in their order."""
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        return self._by_beginning.get(_split(path), self._anywhere)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """The first route that fits whole, else the first that fits but for the method."""
        nearest: tuple[Match, Scope] = Match.NONE, {}
        for route in self.routes_near(scope):
            match, child_scope = route.matches(scope)
            if match == Match.FULL:
                return match, {**child_scope, CHOSEN: route}
            if match == Match.PARTIAL and nearest[0] == Match.NONE:
                nearest = match, {**child_scope, CHOSEN: route}
        return nearest

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """By the route that was chosen."""
        chosen: BaseRoute = scope[CHOSEN]
        await chosen.handle(scope, receive, send)


def _beginning_of(route: BaseRoute) -> Beginning | None:
    """None if it is a parameter's, or a mount's that goes on in any way."""
    beginning = _split(str(getattr(route, "path", "/{any}")))
    is_open = isinstance(route, Mount) and len(beginning) < SEGMENTS
    return None if is_open or "{" in "".join(beginning) else beginning


def _split(path: str) -> Beginning:
    return tuple(path.split("/", SEGMENTS + 1)[1 : SEGMENTS + 1])
