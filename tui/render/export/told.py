"""What a portable copy says of its image, in the forms that other programs read."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from dataclasses import dataclass

NAMESPACE = "https://safelight.invalid/ns/1.0/"


@dataclass(frozen=True, slots=True)
class Told:
    """`parameters` by name, as they were asked for."""

    prompt: str
    model: str
    parameters: Mapping[str, str | int | float | bool]

    @property
    def text(self) -> str:
        """As A1111 and what reads its images have it: the prompt, and a line of names and values."""
        facts = {"Model": self.model, **self.parameters}
        line = ", ".join(f"{_titled(name)}: {_quoted(str(value))}" for name, value in facts.items() if str(value))
        return f"{self.prompt}\n{line}, Version: Safelight"

    @property
    def xmp(self) -> str:
        """An XMP packet: the prompt as the description for every reader, and all of it to the letter for this one."""
        record = json.dumps(
            {"prompt": self.prompt, "model": self.model, "parameters": dict(self.parameters)}, ensure_ascii=False
        )
        return (
            '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
            '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
            '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
            f' xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:safelight="{NAMESPACE}"'
            f' xmp:CreatorTool="{_attribute(self.model)}" safelight:record="{_attribute(record)}">'
            f'<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{html.escape(self.prompt)}</rdf:li></rdf:Alt>'
            "</dc:description></rdf:Description></rdf:RDF></x:xmpmeta>"
            '<?xpacket end="w"?>'
        )


def _titled(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False) if any(letter in value for letter in ',:"\n\\') else value


def _attribute(text: str) -> str:
    """Line ends in an attribute become blanks unless they are written as references."""
    return html.escape(text).replace("\n", "&#10;").replace("\t", "&#9;")
