"""Scripts, styles and pictures of the pages."""

from typing import Any

from django.http import FileResponse, HttpRequest
from whitenoise.middleware import WhiteNoiseMiddleware  # type: ignore[import-untyped]

LARGEST = 1_000_000  # bytes; ours have 200,000 at most


class Assets(WhiteNoiseMiddleware):  # type: ignore[misc]
    """Middleware. Each is handed over in one piece: of many, the thread that draws pages would wait until they are
    taken, and anybody may ask for one and take nothing."""

    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> FileResponse:
        answer: FileResponse = WhiteNoiseMiddleware.serve(static_file, request)
        answer.block_size = LARGEST
        return answer
