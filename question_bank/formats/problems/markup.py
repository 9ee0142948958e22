"""What was left out or mended when marked-up text became plain: codes and their sentences."""

ERRORS: dict[str, str] = {}
DECISIONS: dict[str, str] = {}
FIXES: dict[str, str] = {}
WARNINGS: dict[str, str] = {
    "markup.active_content": "Script or other active content was left out ({tags}).",
    "markup.drawing": "A drawing inside the text was left out. Add it as a picture.",
    "markup.form": "Form fields inside the text were left out.",
    "markup.remote_media": "“{url}” lies on another server and was not fetched. Add the file.",
    "markup.embedded_media": "A file inside the text could not be read and was left out.",
    "markup.media_missing": "The file “{name}” is not enclosed.",
    "markup.formula": "A formula was written out as text. Please compare it: {text}",
}
