"""`stepgrad completion bash|zsh|fish`: a script for the shell, printed from the parsers of the subcommands."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograd.cli import commands, readers
from autograd.cli.parser import Parser
from autograd.examples import EXAMPLES
from nn.data.bundled import NAMES


def add_options(parser: argparse.ArgumentParser) -> None:
    """What the subcommand takes."""
    parser.add_argument("shell", **readers.reader_of_choices(*SHELLS), help="the shell that reads the script")


def run(chosen: argparse.Namespace) -> int:
    """Print the script; gives the exit code."""
    print(SHELLS[chosen.shell]({name: list_completions(commands.parser_of(name)[0]) for name in commands.COMMANDS}))
    return 0


@dataclass(frozen=True)
class Completion:
    """An option, or the arguments without one.

    Attributes
    ----------
    options : tuple of str
        Its names; none for arguments.
    about : str
        Its help, on one line.
    takes : bool
        Whether a value follows.
    words : tuple of str
        Values that are known.
    files : bool
        Whether the value may be a file.
    """

    options: tuple[str, ...]
    about: str
    takes: bool
    words: tuple[str, ...]
    files: bool


def list_completions(parser: Parser) -> list[Completion]:
    """What a parser takes, read from its arguments and their metavariables.

    Examples
    --------
    >>> parser = Parser(prog="paint")
    >>> _ = parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="where it goes")
    >>> _ = parser.add_argument("what", metavar="EXPR|FILE.py:name|EXAMPLE")
    >>> _, output, what = list_completions(parser)
    >>> output.options, output.files
    (('-o', '--output'), True)
    >>> what.words, what.files
    (('chain_rule', 'gates', 'xor', 'digits'), True)
    """
    found = []
    for action in parser.arguments():
        named = action.metavar if isinstance(action.metavar, str) else ""
        words, files = _values(named)
        about = " ".join((action.help or "").replace("%(default)s", str(action.default)).split())
        found.append(
            Completion(tuple(action.option_strings), about, action.nargs != 0, words, files or action.type is Path)
        )
    return found


def _values(metavar: str) -> tuple[tuple[str, ...], bool]:
    """The words that a metavariable such as "digits|DATA|FILE.csv" stands for, and whether it may be a file."""
    words: list[str] = []
    files = False
    for part in metavar.split("|"):
        if part == "EXAMPLE":
            words += EXAMPLES
        elif part == "DATA":
            words += NAMES
        elif "FILE" in part or "SCRIPT" in part:
            files = True
        elif "|" in metavar and part.islower() and ":" not in part:
            words.append(part)
    return tuple(words), files


def bash_script(found: Mapping[str, Sequence[Completion]]) -> str:
    """A script for bash 3.2 and later."""
    lines = [
        "# bash completion of stepgrad",
        "_stepgrad() {",
        '    local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}" options= words= files=',
        "    # bash takes the = of --option=value for a word of its own.",
        '    if [ "$current" = "=" ]; then current=',
        '    elif [ "$previous" = "=" ]; then previous="${COMP_WORDS[COMP_CWORD-2]}"; fi',
        '    if [ "$COMP_CWORD" -eq 1 ]; then',
        f"        COMPREPLY=($(compgen -W '{' '.join([*found, 'help', '--help', '--version'])}' -- \"$current\"))",
        "        return",
        "    fi",
        '    case "${COMP_WORDS[1]}" in',
        f"        help) words={shlex.quote(' '.join(found))} ;;",
    ]
    for name, entries in found.items():
        options = [option for entry in entries for option in entry.options]
        positional = [entry for entry in entries if not entry.options]
        lines += [f"        {name})", f"            options={shlex.quote(' '.join(options))}"]
        lines.append(f"            {_bash_values(positional)}")
        lines.append('            case "$previous" in')
        for entry in entries:
            if entry.options and entry.takes:
                lines.append(f"                {'|'.join(entry.options)}) options=; {_bash_values([entry])} ;;")
        lines += ["            esac ;;"]
    lines += [
        "    esac",
        "    # One a line, for the names of files that have spaces.",
        "    local IFS=$'\\n'",
        '    case "$current" in -*) words="$options"; files= ;; esac',
        '    COMPREPLY=($(IFS=" "; compgen -W "$words" -- "$current"))',
        '    if [ -n "$files" ]; then',
        '        COMPREPLY+=($(compgen -f -- "$current"))',
        "        compopt -o filenames 2>/dev/null",
        "    fi",
        "}",
        "complete -F _stepgrad stepgrad",
    ]
    return "\n".join(lines)


def _bash_values(entries: Sequence[Completion]) -> str:
    words = [word for entry in entries for word in entry.words]
    return f"words={shlex.quote(' '.join(words))} files={'1' if any(entry.files for entry in entries) else ''}"


def zsh_script(found: Mapping[str, Sequence[Completion]]) -> str:
    """A script for zsh, as a function of `$fpath` or for `source`."""
    lines = ["#compdef stepgrad", "", "_stepgrad() {", "    local -a subcommands", "    subcommands=("]
    lines += [f"        {shlex.quote(f'{name}:{command.summary}')}" for name, command in commands.COMMANDS.items()]
    lines += [
        "    )",
        "    if (( CURRENT == 2 )); then",
        "        _describe command subcommands",
        "        return",
        "    fi",
        "    shift words",
        "    (( CURRENT-- ))",
        "    case $words[1] in",
        "        help) _describe command subcommands ;;",
    ]
    for name, entries in found.items():
        specs = [spec for entry in entries for spec in _zsh_specs(entry)]
        lines += [f"        {name})", "            _arguments -S \\"]
        lines += [f"                {shlex.quote(spec)} \\" for spec in specs[:-1]]
        lines += [f"                {shlex.quote(specs[-1])} ;;"]
    lines += [
        "    esac",
        "}",
        "",
        'if [ "$funcstack[1]" = "_stepgrad" ]; then _stepgrad "$@"; else compdef _stepgrad stepgrad; fi',
    ]
    return "\n".join(lines)


def _zsh_specs(entry: Completion) -> list[str]:
    about = entry.about.translate(str.maketrans("[]:'", "();’"))
    action = ""
    if entry.words and entry.files:
        action = f'_alternative "words\\:word\\:({" ".join(entry.words)})" "files\\:file\\:_files"'
    elif entry.words:
        action = f"({' '.join(entry.words)})"
    elif entry.files:
        action = "_files"
    if not entry.options:
        return [f"*:{about or 'value'}:{action}"] if action else []
    value = f":value:{action}" if entry.takes else ""
    return [f"{option}[{about}]{value}" for option in entry.options]


def fish_script(found: Mapping[str, Sequence[Completion]]) -> str:
    """A script for fish 3 and later."""
    lines = ["# fish completion of stepgrad", "complete -c stepgrad -f"]
    for name, command in commands.COMMANDS.items():
        lines.append(f"complete -c stepgrad -n __fish_use_subcommand -a {name} -d {_fish_quoted(command.summary)}")
    lines.append(f"complete -c stepgrad -n '__fish_seen_subcommand_from help' -a {_fish_quoted(' '.join(found))}")
    for name, entries in found.items():
        start = f"complete -c stepgrad -n '__fish_seen_subcommand_from {name}'"
        for entry in entries:
            names = [f"-l {o[2:]}" if o.startswith("--") else f"-s {o[1:]}" for o in entry.options]
            parts = [start, *names]
            if entry.options and entry.takes:
                parts.append("-r")
            if entry.words:
                parts.append(f"-a {_fish_quoted(' '.join(entry.words))}")
            if entry.files:
                parts.append("-F")
            if entry.options:
                parts.append(f"-d {_fish_quoted(entry.about)}")
            if len(parts) > 1:
                lines.append(" ".join(parts))
    return "\n".join(lines)


def _fish_quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


SHELLS: dict[str, Callable[[Mapping[str, Sequence[Completion]]], str]] = {
    "bash": bash_script,
    "zsh": zsh_script,
    "fish": fish_script,
}
