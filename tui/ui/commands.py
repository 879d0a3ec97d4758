"""Every action as one row: its key, its place in the footer, the palette, the help and the README's table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from textual.binding import Binding, BindingType


class Command(NamedTuple):
    """One action. `id` is what a keymap names; `keys` are Textual key names, several separated by commas.

    `scope` is where it acts: app, create, images (wherever a list of images stands), preview (wherever one
    is shown), judge (wherever images can be judged), queue, viewer or compare.
    `footer` is its order in the footer, 0 for not there. `action` is the Textual action, `id` when left out.
    `chord` is two keys after one another, for an action that has no key of its own.
    """

    id: str
    keys: str
    title: str
    help: str
    scope: str = "app"
    footer: int = 0
    action: str = ""
    priority: bool = False
    chord: str = ""

    @property
    def bindings(self) -> list[Binding]:
        """Its keys. What can't be text acts before any widget sees it: keys that come in a bunch keep their order."""
        return [
            Binding(
                key,
                self.action or self.id,
                self.title,
                show=bool(self.footer),
                id=self.id,
                tooltip=self.help,
                priority=self.priority or (self.scope in ("app", "create") and _is_no_text(key)),
            )
            for key in self.keys.split(",")
        ]


def _is_no_text(key: str) -> bool:
    return key.startswith(("ctrl+", "alt+")) or (key[0] == "f" and key[1:].isdigit())


KEY_NAMES = {
    "question_mark": "?",
    "slash": "/",
    "escape": "esc",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "colon": ":",
    "plus": "+",
    "minus": "-",
    "equals_sign": "=",
    "full_stop": ".",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "right_curly_bracket": "}",
    "space": "space",
}


def key_name(key: str) -> str:
    """A Textual key as people write it."""
    return KEY_NAMES.get(key, key)


SCOPES = {
    "app": "Everywhere",
    "create": "Create",
    "images": "Lists of images",
    "judge": "Lists of images, full screen",
    "library": "Library",
    "viewer": "Full screen",
    "compare": "Compare",
    "preview": "Images",
    "queue": "Queue",
    "spend": "Spend",
    "export": "Export",
}

# fmt: off
COMMANDS = (
    Command("create", "f5", "Create", "Write a prompt and make images", action="place('create')"),
    Command("library", "f6", "Library", "Browse the output folder", action="place('library')"),
    Command("queue", "f7", "Queue", "See the jobs, cancel and reorder them", action="place('queue')"),
    Command("spend", "f8", "Spend", "See what was spent, and save it as CSV", action="place('spend')"),
    Command("log", "f2", "Log", "Show or hide the log", footer=60, action="toggle_log"),
    Command("next_pane", "f3", "Next pane", "Go to the next pane", footer=55),
    Command("answer", "f9", "Answer", "Answer a job, or settle one that was left", footer=5),
    Command("jump", "ctrl+o", "Jump", "A letter on everything in sight: press it"),
    Command("help", "f1,question_mark", "Help", "The keys that act where you are", footer=90, action="show_help"),
    Command("palette", "ctrl+p,colon", "Commands", "Find any action by name", footer=95, action="command_palette"),
    Command("provider", "ctrl+n", "Provider", "Switch to another provider", action="choose_provider"),
    Command("theme", "ctrl+t", "Theme", "Choose how Safelight looks", action="choose_theme"),
    Command("limits", "", "Spending limit", "What jobs may cost before it asks", action="set_limits"),
    Command("redraw", "", "Redraw", "Send the whole screen again"),
    Command("look", "", "Preview", "How images are drawn here, and why", action="show_look"),
    Command("left", "", "Left by earlier runs", "Jobs that an earlier run did not end", action="show_left"),
    Command("trash", "", "Trash", "What was thrown away: have it back, or empty it", action="show_trash"),
    Command("duplicates", "", "Duplicates", "Files here of the same bytes", action="show_duplicates"),
    Command("welcome", "f12", "First steps", "What the sandbox is and where a key goes", action="welcome"),
    Command("quit", "ctrl+q,q", "Quit", "Leave; asks while jobs run", action="leave",),
    Command("generate", "ctrl+j", "Generate", "Send the request", "create", footer=1),
    Command("editor", "f4", "Editor", "Write the prompt in $EDITOR", "create", footer=20),
    Command("earlier", "alt+up", "Earlier prompt", "Bring back the prompt before", "create", action="recall(-1)"),
    Command("later", "alt+down", "Later prompt", "Bring back the prompt after", "create", action="recall(1)"),
    Command("prompts", "ctrl+r", "Prompts", "Search the prompts that you have sent", "create", footer=25),
    Command("clear", "ctrl+l", "Clear", "Empty the prompt; ctrl+z brings it back", "create"),
    Command("more", "m", "More fields", "Show or hide the rarer parameters", "create"),
    Command("open", "enter", "Full screen", "The image on the whole screen", "images", footer=10, action="open_image"),
    Command("search", "slash", "Search", "Find images by prompt, model or name", "images", footer=15),
    Command("folder", "ctrl+g", "Folder", "Open another folder, or the library again", "images", footer=30),
    Command("details", "i", "Details", "Everything that is known of the image", "images", footer=18),
    Command("mark", "space", "Mark", "Mark the image, or no longer", "images", footer=17),
    Command("mark_range", "v", "Range", "Begin a range, and end it where the cursor is then", "images"),
    Command("mark_all", "ctrl+a", "Mark all", "Mark everything that is listed, or nothing", "images"),
    Command("sort", "s", "Sort", "Sort by date, rating, model, cost or name", "images"),
    Command("reverse", "S", "Reverse", "The list the other way round", "images"),
    Command("undo", "u", "Undo", "Take back the last action on images", "images", action="app.undo"),
    Command("compare", "c", "Compare", "The marked images, or two neighbours, side by side", "images", footer=26),
    Command("parent", "less_than_sign", "Parent", "What the image was made from", "images", action="kin('made from')"),
    Command("child", "greater_than_sign", "Child", "What was made of it", "images", action="kin('made of it')"),
    Command("sibling", "right_curly_bracket", "Sibling", "The next of the same request", "images", action="sibling"),
    Command("kin", "p", "Kin", "What it was made from, made again, made of it", "images", action="kin_list"),
    *(
        Command(f"rate_{n}", str(n), f"Rate {n}", "★" * n or "No rating any longer", "judge", action=f"rate({n})")
        for n in (1, 2, 3, 4, 5, 0)
    ),
    Command("favourite", "f", "Favourite", "A favourite, or no longer", "judge", footer=27),
    Command("tags", "t", "Tags", "Add tags and take them off", "judge", footer=28),
    Command("notes", "a", "Notes", "Write notes on the image", "judge", footer=29),
    Command("reuse", "e", "To Create", "Put the image's settings into Create", "images", footer=20),
    Command("repeat", "r", "Again", "Send the same request once more", "images", footer=22),
    Command("copy", "y", "Copy…", "Copy prompt, path, URL or an scp line", "images", footer=24, action="chord('y')"),
    Command("copy_prompt", "", "Copy prompt", "Copy the prompt", "images", action="copy('prompt')", chord="y p"),
    Command("copy_path", "", "Copy path", "Copy the file's path", "images", action="copy('path')", chord="y f"),
    Command("copy_url", "", "Copy URL", "Copy a file:// address", "images", action="copy('url')", chord="y u"),
    Command("copy_scp", "", "Copy scp", "Copy a line that fetches it", "images", action="copy('scp')", chord="y s"),
    Command("discard", "d", "Discard", "Move the image to the trash", "images", footer=26, action="trash"),
    Command("delete", "D", "Delete", "Delete the image for good; asks", "images", action="delete_images"),
    Command("rename", "R", "Rename", "Give images names by a template", "images"),
    Command("move", "M", "Move", "Move images to a folder", "images", action="move_images"),
    Command("export", "X", "Export", "Write copies elsewhere: other forms, formats, sizes", "images", footer=28),
    Command("open_file", "o", "Open", "Open the file on the desktop", "images", action="open_outside('file')"),
    Command("open_folder", "O", "Open folder", "Open the file's folder", "images", action="open_outside('folder')"),
    Command("export_now", "ctrl+j", "Export", "Write the copies", "export", footer=1),
    Command("next_view", "V", "View", "List, contact sheet or tree of folders", "library", footer=19),
    Command("close", "escape,q", "Back", "Leave the full screen", "viewer", footer=1),
    Command("previous", "left_square_bracket,left,h", "Previous", "The image before", "viewer", footer=2),
    Command("next", "right_square_bracket,right,l", "Next", "The image after", "viewer", footer=3),
    Command("viewer_discard", "d", "Discard", "Move the image to the trash", "viewer", footer=7, action="trash"),
    Command("viewer_undo", "u", "Undo", "Take back the last action on images", "viewer", action="undo"),
    Command("slideshow", "s", "Slideshow", "One image after another by itself", "viewer", footer=4),
    Command("hold", "space", "Hold", "Hold the slideshow, or let it go on", "viewer", footer=2),
    Command("faster", "less_than_sign", "Faster", "Less time for an image", "viewer", action="pace(-1)"),
    Command("slower", "greater_than_sign", "Slower", "More time for an image", "viewer", action="pace(1)"),
    Command("viewer_details", "i", "Details", "Show or hide its details", "viewer", footer=5, action="details"),
    Command("leave_compare", "escape,q", "Back", "Leave the comparison", "compare", footer=1, action="close"),
    Command("flip", "tab,x", "Flip", "One of them in the place of the other", "compare", footer=2),
    Command("side_by_side", "c", "Side by side", "All of them at once again", "compare", footer=3),
    Command("compare_previous", "left,h", "Left", "The image to the left", "compare", footer=4, action="choose(-1)"),
    Command("compare_next", "right,l", "Right", "The image to the right", "compare", footer=5, action="choose(1)"),
    Command("compare_undo", "u", "Undo", "Take back the last action on images", "compare", action="app.undo"),
    Command("zoom_in", "plus", "Nearer", "Look at the image from nearer", "preview"),
    Command("zoom_out", "minus", "Further", "Look at the image from further away", "preview"),
    Command("true_size", "equals_sign", "100 %", "A pixel of the image for one of the picture", "preview"),
    Command("whole", "w", "Whole", "All of the image", "preview"),
    Command("pan_left", "H", "Left", "Look further to the left", "preview", action="pan(-1,0)"),
    Command("pan_down", "J", "Down", "Look further down", "preview", action="pan(0,1)"),
    Command("pan_up", "K", "Up", "Look further up", "preview", action="pan(0,-1)"),
    Command("pan_right", "L", "Right", "Look further to the right", "preview", action="pan(1,0)"),
    Command("style", "P", "Style", "The next way of drawing images", "preview", footer=40, action="next_style"),
    Command("pause", "full_stop", "Pause", "Stop an animation, or let it go on", "preview"),
    Command("settle", "enter", "Settle", "Answer the job, or settle one that was left", "queue", footer=8),
    Command("cancel", "x", "Cancel", "Cancel the job, or forget one that was left", "queue", footer=10),
    Command("job_again", "r", "Again", "Send the job's request once more", "queue", footer=14),
    Command("job_reuse", "e", "To Create", "Put the job's settings into Create", "queue", footer=16),
    Command("up", "K", "Earlier", "Move a waiting job forward", "queue", footer=20, action="move_job(-1)"),
    Command("down", "J", "Later", "Move a waiting job back", "queue", footer=21, action="move_job(1)"),
    Command("by_day", "d", "Day", "Spending by day", "spend", action="by('day')"),
    Command("by_week", "w", "Week", "Spending by week", "spend", action="by('week')"),
    Command("by_month", "m", "Month", "Spending by month", "spend", action="by('month')"),
    Command("by_model", "o", "Model", "Spending by model", "spend", action="by('model')"),
    Command("by_provider", "p", "Provider", "Spending by provider", "spend", action="by('provider')"),
    Command("show_images", "enter", "Show images", "The images of a row, in the Library", "spend", footer=10),
    Command("export_spending", "X", "Export", "Save the table as CSV", "spend", footer=12),
)
# fmt: on

BY_ID = {command.id: command for command in COMMANDS}


def in_scope(scope: str) -> Iterator[Command]:
    return (command for command in COMMANDS if command.scope == scope)


def bindings(scope: str) -> list[BindingType]:
    """The key bindings of a scope, for a class's BINDINGS."""
    return [binding for command in in_scope(scope) if command.keys for binding in command.bindings]


def second_keys() -> list[BindingType]:
    """The bindings of the second keys of all chords."""
    keys = {command.chord.split()[1] for command in COMMANDS if command.chord}
    return [Binding(key, f"second('{key}')", show=False) for key in sorted(keys)]


def key_table() -> str:
    """The table of keys in README, as Markdown."""
    rows = ["| key | action | where |", "|---|---|---|"]
    for command in COMMANDS:
        keys = command.chord.split() or [key_name(key) for key in command.keys.split(",") if key]
        if keys:
            joint = " then " if command.chord else ", "
            rows.append(f"| {joint.join(f'`{key}`' for key in keys)} | {command.help} | {SCOPES[command.scope]} |")
    return "\n".join(rows)


if __name__ == "__main__":
    print(key_table())  # noqa: T201  # for README
