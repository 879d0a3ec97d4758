"""From the texts in an image to what they say: who wrote them, and with what prompt and parameters it was made.

The forms are those that the programs write: A1111 and its kin, Fooocus and SwarmUI (`parameters`), ComfyUI (`prompt`,
a graph), InvokeAI (`invokeai_metadata`), NovelAI (`comment`), Midjourney (`description`), and this program's copies.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from tui.core.recalled import Recalled
from tui.core.text import clean, clean_line
from tui.render.recall.texts import COMMENT, EXIF, XMP, Texts

MAX_PARAMETERS, MAX_VALUE = 60, 400
# Links in a graph from one node to another.
_MAX_HOPS = 40
_PAIR = re.compile(r'\s*(\w[\w \-/]{0,60}):\s*("(?:\\.|[^\\"])*"|[^,]*)(?:,|$)')
_NEGATIVE = "\nNegative prompt:"
_OURS = re.compile(r'safelight:record="([^"]*)"')
_XMP_DESCRIPTION = re.compile(r"<dc:description>.{0,200}?<rdf:li[^>]*>([^<]*)</rdf:li>", re.DOTALL)
_MIDJOURNEY = re.compile(r"\s*Job ID: [0-9a-f-]+\s*$")
# Names that programs have for the same, as they are shown.
_NAMES = {
    "sampler_name": "sampler", "cfg": "cfg scale", "cfg_scale": "cfg scale", "guidance_scale": "cfg scale",
    "scale": "cfg scale", "base_model": "model", "sdmodel": "model", "noise_seed": "seed", "denoise": "denoising",
}  # fmt: skip


def recalled(texts: Texts) -> Recalled:
    """What the texts say, cleaned; an empty one where they say nothing that is known here."""
    for reading in (_ours, _parameters, _invoke, _comfy, _novel, _midjourney, _described):
        try:
            found = reading(texts.named)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            continue
        if found is not None and (found.prompt or found.parameters):
            return _cleaned(replace(found, credentials=texts.credentials))
    return Recalled(credentials=texts.credentials)


def _cleaned(found: Recalled) -> Recalled:
    parameters = {
        clean_line(name, limit=60): clean_line(value, limit=MAX_VALUE) for name, value in found.parameters.items()
    }
    return Recalled(
        tool=clean_line(found.tool, limit=60),
        prompt=clean(found.prompt).strip(),
        negative=clean(found.negative).strip(),
        model=clean_line(found.model, limit=200),
        parameters={name: value for name, value in list(parameters.items())[:MAX_PARAMETERS] if name and value},
        credentials=found.credentials,
    )


def _ours(named: Mapping[str, str]) -> Recalled | None:
    """What this program's portable copies say, to the letter."""
    found = _OURS.search(named.get(XMP, ""))
    if found is None:
        return None
    data = json.loads(html.unescape(found[1]))
    return Recalled(
        tool="Safelight",
        prompt=_text(data["prompt"]),
        model=_text(data.get("model")),
        parameters=_told(data.get("parameters", {})),
    )


def _parameters(named: Mapping[str, str]) -> Recalled | None:
    """A1111's form, on which others build; JSON where it is Fooocus or SwarmUI."""
    text = named.get("parameters") or named.get(EXIF, "") or named.get(COMMENT, "")
    if not text or ("parameters" not in named and not ("Steps: " in text or (EXIF in named and "{" in text[:9]))):
        return None
    if text.lstrip().startswith("{"):
        return _json(json.loads(text))
    head, negative, tail = text.partition(_NEGATIVE)
    lines = (tail if negative else head).strip().split("\n")
    pairs = dict(_pairs(lines[-1])) if len(lines) > 1 or negative else {}
    if len(pairs) < 2:
        pairs = {}
    else:
        lines.pop()
    rest = "\n".join(lines)
    told = _told(pairs)
    tool = "A1111" if "steps" in told else told.pop("version", "")
    return Recalled(
        tool=tool,
        prompt=head if negative else rest,
        negative=rest if negative else "",
        model=told.pop("model", ""),
        parameters=told,
    )


def _pairs(line: str) -> Iterator[tuple[str, str]]:
    for name, value in _PAIR.findall(line):
        yield name, json.loads(value) if value.startswith('"') else value.strip()


def _json(data: Mapping[str, Any]) -> Recalled:
    swarm = data.get("sui_image_params")
    if isinstance(swarm, Mapping):
        data = swarm
    told = _told(data)
    prompt, negative = told.pop("prompt", ""), ""
    for name in ("negative_prompt", "negativeprompt", "uc"):
        negative = told.pop(name, "") or negative
    tool = "SwarmUI" if swarm else "Fooocus" if "fooocus" in json.dumps(data)[:20_000].lower() else ""
    prompt = _text(data.get("prompt")) or prompt
    return Recalled(tool=tool, prompt=prompt, negative=negative, model=told.pop("model", ""), parameters=told)


def _invoke(named: Mapping[str, str]) -> Recalled | None:
    text = named.get("invokeai_metadata") or named.get("sd-metadata")
    if not text:
        return None
    data = json.loads(text)
    image = data.get("image")
    told = dict(image) if isinstance(image, Mapping) else dict(data)
    model = told.pop("model", "")
    if isinstance(model, Mapping):
        model = model.get("name") or model.get("model_name") or ""
    return Recalled(
        tool="InvokeAI",
        prompt=_prompt(told.pop("positive_prompt", None) or told.pop("prompt", "")),
        negative=_text(told.pop("negative_prompt", "")),
        model=_text(model),
        parameters=_told(told),
    )


def _prompt(value: Any) -> str:
    """A text, or a list of weighed ones."""
    if isinstance(value, list):
        return " ".join(_text(each.get("prompt")) for each in value[:20] if isinstance(each, Mapping))
    return _text(value)


def _comfy(named: Mapping[str, str]) -> Recalled | None:
    """A graph of nodes; what is wanted hangs on the node that samples."""
    text = named.get("prompt")
    if not text or not text.lstrip().startswith("{"):
        return None
    nodes = {key: node for key, node in json.loads(text).items() if isinstance(node, Mapping)}
    samplers = [node for node in nodes.values() if "positive" in node.get("inputs", {})]
    told: dict[str, Any] = {}
    prompt = negative = ""
    for node in samplers[:1]:
        inputs = node["inputs"]
        prompt, negative = (_followed(nodes, inputs.get(name), _words) for name in ("positive", "negative"))
        wanted = ("seed", "noise_seed", "steps", "cfg", "sampler_name", "scheduler", "denoise")
        told = {name: inputs[name] for name in wanted if isinstance(inputs.get(name), int | float | str)}
    if not prompt:
        words = [_words(node) for node in nodes.values() if "encode" in _text(node.get("class_type")).lower()]
        prompt = max(words, key=len, default="")
    model = next((name for node in nodes.values() if (name := _model(node))), "")
    return Recalled(tool="ComfyUI", prompt=prompt, negative=negative, model=model, parameters=_told(told))


def _followed(nodes: Mapping[str, Any], link: Any, reading: Callable[[Mapping[str, Any]], str]) -> str:
    """What the first node says that does, along the links."""
    waiting, seen = [link], 0
    while waiting and seen < _MAX_HOPS:
        link, seen = waiting.pop(0), seen + 1
        node = nodes.get(str(link[0])) if isinstance(link, list) and link else None
        if node is None:
            continue
        if found := reading(node):
            return found
        waiting += [value for value in node.get("inputs", {}).values() if isinstance(value, list)]
    return ""


def _words(node: Mapping[str, Any]) -> str:
    inputs = node.get("inputs", {})
    said = [
        inputs[name] for name in ("text", "text_g", "text_l", "t5xxl", "prompt", "value", "string") if name in inputs
    ]
    return next((text for text in said if isinstance(text, str) and text.strip()), "")


def _model(node: Mapping[str, Any]) -> str:
    inputs = node.get("inputs", {})
    return next((_text(inputs[name]) for name in ("ckpt_name", "unet_name", "model_name") if name in inputs), "")


def _novel(named: Mapping[str, str]) -> Recalled | None:
    text = named.get(COMMENT, "")
    if not text.lstrip().startswith("{"):
        return None
    data = json.loads(text)
    told = _told(data)
    prompt, negative = told.pop("prompt", ""), told.pop("uc", "")
    model = named.get("source", "")
    return Recalled(tool=named.get("software", ""), prompt=prompt, negative=negative, model=model, parameters=told)


def _midjourney(named: Mapping[str, str]) -> Recalled | None:
    text = named.get("description", "")
    if not _MIDJOURNEY.search(text):
        return None
    return Recalled(tool="Midjourney", prompt=_MIDJOURNEY.sub("", text))


def _described(named: Mapping[str, str]) -> Recalled | None:
    """What is meant for every reader: XMP's description, or EXIF's."""
    found = _XMP_DESCRIPTION.search(named.get(XMP, ""))
    text = html.unescape(found[1]) if found else named.get("description", "")
    return Recalled(tool=named.get("software", ""), prompt=text) if text.strip() else None


def _told(data: Mapping[str, Any]) -> dict[str, str]:
    """Plain values by the names that are shown."""
    told: dict[str, str] = {}
    for name, value in list(data.items())[: MAX_PARAMETERS * 2]:
        if isinstance(value, str | int | float):
            word = str(name).lower().strip()
            told.setdefault(_NAMES.get(word, word), str(value))
    return told


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
