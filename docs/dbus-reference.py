#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Renders the comments of the interface definition to Markdown, one file for all interfaces.

    dbus-reference.py INTERFACES.xml OUTPUT.md

Refuses a method, property, signal or argument that is not described: the
reference is complete or there is none.
"""

import re
import sys
import textwrap
import xml.etree.ElementTree as ElementTree


class Undocumented(Exception):
    pass


def clean(comment):
    """The comment's lines without the indentation that they share."""
    first, _, rest = comment.partition('\n')
    return ([first.strip()] if first.strip() else []) + textwrap.dedent(rest).rstrip().split('\n')


def read(path):
    """The preface, and the interfaces, each element with the lines of the comment before it in .attrib['doc']."""
    parser = ElementTree.XMLParser(target=ElementTree.TreeBuilder(insert_comments=True))
    root = ElementTree.parse(path, parser=parser).getroot()
    for parent in root.iter():
        comment = []
        for child in parent:
            if child.tag is ElementTree.Comment:
                comment = clean(child.text)
            else:
                child.set('doc', comment)
                comment = []
    with open(path, encoding='utf-8') as file:
        before = re.findall(r'<!--(.*?)-->', file.read().partition('<node>')[0], re.S)
    return '\n'.join(clean(before[-1])).strip(), root.findall('interface')


def parse(lines, name):
    """Splits a comment into (short description, {argument: text}, text).

    An argument's text goes on in lines that are further in."""
    if not lines or not lines[0].startswith(name + ':'):
        raise Undocumented(name)
    short, arguments, text, current = '', {}, [], None
    for line in [lines[0].removeprefix(name + ':').strip()] + lines[1:]:
        match = re.match(r'@(\w+): *(.*)', line) if lines[0] == name + ':' else None
        if match and match.group(1) == 'short_description':
            short = match.group(2)
        elif match:
            current = match.group(1)
            arguments[current] = match.group(2)
        elif current and line.startswith(' '):
            arguments[current] += ' ' + line.strip()
        else:
            current = None
            text.append(line.strip())
    return short, arguments, '\n'.join(text).strip()


def emphasize(text):
    """A short comment such as "Give: @purpose: allows it." describes its argument in the text."""
    return re.sub(r'@(\w+)', r'*\1*', text)


def signature(element):
    given = [a for a in element.findall('arg') if a.get('direction', 'out' if element.tag == 'signal' else 'in') == 'in']
    taken = [a for a in element.findall('arg') if a not in given]

    def typed(arguments):
        return ', '.join(f'{a.get("name")}: {a.get("type")}' for a in arguments)
    if element.tag == 'signal':
        return f'{element.get("name")} ({typed(taken)})'
    return f'{element.get("name")} ({typed(given)})' + (f' → ({typed(taken)})' if taken else '')


def callable_section(element):
    name = element.get('name')
    _, arguments, text = parse(element.get('doc'), name)
    lines = [f'### {signature(element)}', '']
    for argument in element.findall('arg'):
        described = arguments.get(argument.get('name'))
        if described is None and element.tag == 'method' and f'@{argument.get("name")}' not in text:
            raise Undocumented(f'{name}.{argument.get("name")}')
        if described is not None:
            lines.append(f'- **{argument.get("name")}** `{argument.get("type")}`: {described}')
    lines += ['', emphasize(text), '']
    return lines


def property_rows(properties):
    lines = ['| property | type | access | |', '|---|---|---|---|']
    for element in properties:
        doc = element.get('doc')
        text = ' '.join(parse(doc, element.get('name'))[2].split()) if doc else ''
        row = (element.get('name'), f'`{element.get("type")}`', element.get('access'), text.replace('|', r'\|'))
        lines.append(f'| {" | ".join(row)} |')
    return lines + ['']


def interface_section(interface):
    name = interface.get('name')
    short, _, text = parse(interface.get('doc'), name)
    lines = [f'## {name}', '', f'{short}.', '', text, '']
    if interface.findall('property'):
        lines += property_rows(interface.findall('property'))
    for element in interface.findall('method') + interface.findall('signal'):
        lines += callable_section(element)
    return lines


def render(path):
    preface, interfaces = read(path)
    lines = ['<!-- SPDX-License-Identifier: Apache-2.0 -->', '# D-Bus interfaces', '', preface, '',
             'Types are D-Bus signatures. This page is made from `data/dbus/org.wattle.Companion1.xml`.', '']
    for interface in interfaces:
        lines += interface_section(interface)
    return re.sub(r'\n{3,}', '\n\n', '\n'.join(line.rstrip() for line in lines)).strip() + '\n'


def main():
    source, output = sys.argv[1:]
    try:
        text = render(source)
    except Undocumented as missing:
        sys.exit(f'{source}: {missing} has no description')
    with open(output, 'w', encoding='utf-8') as file:
        file.write(text)


if __name__ == '__main__':
    main()
