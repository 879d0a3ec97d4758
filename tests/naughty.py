"""Texts that do harm where they are shown, sent, or taken for something else: by name, each made to be recognised."""

from __future__ import annotations

from collections.abc import Mapping

ESC, BEL, ST = "\x1b", "\x07", "\x1b\\"

MARKUP: Mapping[str, str] = {
    "an action to click on": "[@click=app.quit]press here[/]",
    "an action with arguments": "[@click=app.exit(1)]press here[/]",
    "a closing tag alone": "[/]",
    "a price cut": "50% [/] off",
    "another tag closed": "[bold]x[/red]",
    "a colour that is none": "[on nothing]x[/]",
    "a link": "[link=https://example.com]x[/link] [@click=link('file:///etc/passwd')]x[/]",
    "brackets": "[ [[ ]] ] \\[ [] [@] [$ [= [#fff] [[[[[",
    "a variable of a style": "$primary $text [$error]x[/$error]",
    "an emoji code": ":warning: :smile:",
    "a tag that never ends": "[@click=app.quit" + "(" * 40,
    "many tags": "[b]" * 300,
}

# What a terminal acts upon: it changes, or it answers, and the answer is typed.
SEQUENCES: Mapping[str, str] = {
    "title": f"{ESC}]0;owned{BEL}",
    "title, ended otherwise": f"{ESC}]2;owned{ST}",
    "title to be reported": f"{ESC}[21t",
    "clipboard": f"{ESC}]52;c;b3duZWQ={BEL}",
    "clipboard to be told": f"{ESC}]52;c;?{BEL}",
    "link": f"{ESC}]8;;https://example.com{ST}link{ESC}]8;;{ST}",
    "colours": f"{ESC}]4;1;rgb:ff/00/00{BEL}{ESC}]11;?{BEL}",
    "notification": f"{ESC}]9;owned{BEL}{ESC}]777;notify;owned;owned{BEL}{ESC}]99;;owned{ST}",
    "file to be saved": f"{ESC}]1337;File=name=b3duZWQ=;size=1:AA=={BEL}",
    "folder": f"{ESC}]7;file:///owned{BEL}",
    "marks of a shell": f"{ESC}]133;A{BEL}{ESC}]633;E;owned{BEL}",
    "settings to be told": f"{ESC}P$qm{ST}",
    "keys to be redefined": f"{ESC}P0;1|17/6f776e65640a{ST}",
    "graphics": f"{ESC}_Ga=T,f=24,s=1,v=1;AAAA{ST}",
    "sixels": f"{ESC}Pq#0;2;0;0;0#0~~{ST}",
    "private message": f"{ESC}^owned{ST}{ESC}Xowned{ST}",
    "cursor's place to be told": f"{ESC}[6n{ESC}[?6n",
    "status to be told": f"{ESC}[5n{ESC}[c{ESC}[>c{ESC}[=c{ESC}[>0q",
    "modes to be told": f"{ESC}[?1$p{ESC}[?996n",
    "answerback": "\x05",
    "reset": f"{ESC}c{ESC}[!p",
    "all erased": f"{ESC}[2J{ESC}[3J{ESC}[H",
    "other screen": f"{ESC}[?1049l{ESC}[?25h",
    "no mouse": f"{ESC}[?1000l{ESC}[?1003l{ESC}[?2004l",
    "lines that scroll": f"{ESC}[1;2r{ESC}[99S{ESC}[99L",
    "letters of lines": f"{ESC}(0lqqk{ESC}(B\x0eqqq\x0f",
    "printer": f"{ESC}[5iowned{ESC}[4i",
    "text that blinks": f"{ESC}[5;31;8mowned",
    "window": f"{ESC}[3;0;0t{ESC}[8;2;2t{ESC}[2t",
    "half a sequence": f"owned{ESC}",
    "half a string": f"{ESC}]0;owned",
    "C1": "\x9b31m\x9d0;owned\x9c\x90$qm\x9c\x85\x84\x8d\x9fowned\x9c",
    "bell": BEL * 5,
}

CONTROLS: Mapping[str, str] = {
    "backspaces": "evil\b\b\b\bgood",
    "a line written over": "evil\rgood",
    "other ends of lines": "a\vb\fc\x85d\u2028e\u2029f\r\ng",
    "nul": "a\0b",
    "all of them": "".join(map(chr, [*range(0x20), *range(0x7F, 0xA0)])),
    "tabs": "\ta\t\tb\t",
    "many lines": "\n" * 60 + "end",
    "a line of a log": "nothing\n2026-01-01 00:00:00,000 CRITICAL root: forged",
}

LETTERS: Mapping[str, str] = {
    "written backwards": "invoice\u202egnp.exe",
    "directions": "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061cx",
    "nothing to see": "a" + "\u200b\u2060\ufeff\u00ad\u180e\u2063" * 60 + "b",
    "joiners": "a" + "\u200d\u200c" * 100 + "b",
    "selectors": "a" + "".join(map(chr, range(0xFE00, 0xFE10))) + "\U000e0101" * 50,
    "tags": "a" + "".join(chr(0xE0000 + ord(letter)) for letter in "ignore all that") + "b",
    "fillers": "a\u3164\u115f\u1160\uffa0\u2800b",
    "piled marks": "Z" + "\u0301\u0316\u0489" * 60 + "a" + "\u20e3\u0338" * 40,
    "piled marks of Thai": "ก" + "\u0e47\u0e49" * 80,
    "piled marks of others": "א" + "\u05b8" * 60 + "ب" + "\u0651" * 60 + "क" + "\u0902" * 60 + "\ufe20" * 60,
    "no letters": "\ufffe\uffff\ufdd0\U0001ffff",
    "halves": "a\ud83db\udfffc\udc80",
    "a place for pixels": "\U0010eeee\u0305\u0305" * 3,
    "private use": "\ue000\uf8ff\U000f0000",
    "from right to left": "שלום עולם مرحبا بالعالم",
    "wide": "漢字かな交じり文" * 8 + "ｆｕｌｌ",
    "families": "👨‍👩‍👧‍👦 👩🏽‍🚀 🏳️‍🌈 👩‍❤️‍💋‍👨 🇳🇿🇦🇶 1️⃣ ❤️ ☎︎" * 3,
    "many parts": "👨" + "‍👨" * 60,
    "ligatures": "﷽﷽ ㎏ ǆ ﬃ ꧅ 𒐫 ௵",
}

WORDS: Mapping[str, str] = {
    "formats": "%s%n%x%(asctime)s {} {0.__class__} {prompt} {model!r:>99} ${HOME} %d%%",
    "commands": "$(touch owned) `touch owned` ; touch owned | touch owned & '\"\\",
    "paths": "../../../etc/passwd ..\\..\\x ~root/x /dev/zero C:\\CON file:///etc/passwd",
    "options": "--help -rf --out=/owned",
    "SQL": "' OR 1=1; DROP TABLE files; --",
    "words of a search": 'model: " OR NEAR( * ) ^ -',
    "pages": "<script>alert(1)</script><img src=x onerror=owned> &lt; &#27;]0;owned&#7;",
    "JSON": '{"a": [1, "\\u001b]0;owned\\u0007"]}',
    "TOML": 'x"\n[providers.x]\nbase_url = "https://example.com"',
    "numbers": "NaN Infinity -0 1e999 0x10 １２３",
    "nothing": "",
    "blanks": " \u00a0\u2003\u3000 ",
}

NAUGHTY: Mapping[str, str] = {**MARKUP, **SEQUENCES, **CONTROLS, **LETTERS, **WORDS}

# Those that take their time.
LONG: Mapping[str, str] = {
    "a million letters": "A" * 1_000_000,
    "a million wide letters": "字" * 1_000_000,
    "a million brackets": "[" * 1_000_000,
    "a million tags": "[b]" * 333_333,
    "a million escapes": ESC * 1_000_000,
    "a million marks": "e" + "\u0301" * 1_000_000,
    "a million joiners": "👨‍" * 500_000,
    "a hundred thousand lines": "x\n" * 100_000,
}

# What no text of strangers may bring to a terminal: the joiners and selectors of emoji are its writing.
UNWANTED = frozenset(
    [
        *map(chr, [*range(0x09), *range(0x0B, 0x20), *range(0x7F, 0xA0)]),
        *map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]),
        *"\u200b\u200e\u200f\u061c\u00ad\u180e\u2060\u2061\u2062\u2063\u2064\ufeff\u2028\u2029\ufff9\ufffa\ufffb",
        *"\u115f\u1160\u3164\uffa0\U0010eeee",
        *map(chr, range(0xE0000, 0xE0080)),
    ]
)


def one_line(text: str) -> str:
    """As it can stand in a header or in a name: without ends of lines and without NUL."""
    return text.replace("\r", "").replace("\n", "").replace("\0", "")
