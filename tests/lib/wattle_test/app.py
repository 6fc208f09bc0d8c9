# SPDX-License-Identifier: Apache-2.0
"""A person at the real window: sees what a screen reader is told, presses keys and buttons."""

import os
import pathlib
import re

from gi.repository import GLib

from .accessible import CONTROLS, AccessibilityBus
from .appearance import Appearance
from .languages import Language
from .process import ProcessFailed, run
from .screen import Screen
from .session import ROOT, Session

SIZES = {'handset': (360, 640), 'desktop': (1024, 768)}
SCHEMA = 'org.wattle.Wattle'
# The window fills the screen from its first frame on, as on a handset.
OVERRIDE = f'[{SCHEMA}]\nwindow-maximized=true\n'
WARNING = re.compile(r'^.*\([\w.-]+:\d+\): (?:[\w./-]+-)?(?:WARNING|CRITICAL|ERROR) \*\*.*$', re.M)
MOST_TABS = 80


class AppSession(Session):
    """A session with a screen, in one of LANGUAGES; start_app() once the rest of it is as the test wants it."""

    def __init__(self, size=(360, 640), language='en', build=None):
        super().__init__(build)
        self.size, self.language = size, Language(self.build, language)

    def __enter__(self):
        super().__enter__()
        self.env.update(self.language.environment())
        return self

    def start_bus(self):
        super().start_bus()
        self.screen = Screen(self, self.size).start()
        env = {name: value for name, value in self.screen.env.items() if name != 'NO_AT_BRIDGE'}
        self.accessibility = AccessibilityBus(self, env)
        self.appearance = Appearance(self.env['DBUS_SESSION_BUS_ADDRESS'])
        self.app_env = {**env, 'GDK_BACKEND': 'x11', 'GSK_RENDERER': 'cairo', 'GDK_DEBUG': 'gl-disable',
                        'G_DEBUG': 'fatal-criticals',
                        'GSETTINGS_SCHEMA_DIR': str(self._compile_settings())}
        return self.bus

    def _compile_settings(self):
        folder = self.dir / 'schemas'
        folder.mkdir()
        (folder / f'{SCHEMA}.gschema.xml').write_bytes((ROOT / f'data/gui/{SCHEMA}.gschema.xml').read_bytes())
        (folder / f'{SCHEMA}.gschema.override').write_text(OVERRIDE)
        run(['glib-compile-schemas', '--strict', folder], self.env)
        return folder

    def install_app(self):
        """So that the bus starts it, on this screen, as a desktop's does."""
        services = self.home / 'data/dbus-1/services'
        services.mkdir(parents=True, exist_ok=True)
        (services / f'{SCHEMA}.service').write_text(
            f'[D-BUS Service]\nName={SCHEMA}\nExec={self.build}/gui-gtk/wattle-gtk --gapplication-service\n')
        self.ask_bus('UpdateActivationEnvironment', '(a{ss})', self.app_env)
        self.ask_bus('ReloadConfig')

    def ask_bus(self, method, signature='()', *arguments):
        return self.client().raw('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', method,
                                 GLib.Variant(signature, arguments))

    def app_of_bus(self):
        """The one that it has started."""
        self.client().wait_for_name(SCHEMA)
        return App(self, process=OfBus(self, self.ask_bus('GetConnectionUnixProcessID', '(s)', SCHEMA)[0])).meet()

    def start_app(self, *arguments):
        self.app = App(self, arguments).start()
        return self.app


class OfBus:
    """A program that the bus has started; what it prints is in the bus's log."""

    def __init__(self, session, pid):
        self.bus, self.pid, self.proc = session.bus, pid, pathlib.Path(f'/proc/{pid}')

    @property
    def running(self):
        return self.proc.exists()

    def log(self, whole=False):
        return self.bus.log(whole)


class App:
    """The app as it runs; find(), see() and wait_for() read its tree, press() and type() act on it."""

    def __init__(self, session, arguments=(), program=None, process=None):
        self.session, self.screen, self.client = session, session.screen, session.client()
        self.tr = session.language
        self.process = process or session.process('wattle-gtk', [program or session.build / 'gui-gtk/wattle-gtk', *arguments],
                                                  env=session.app_env)
        self.acts = 0  # what the person has done since somebody set it to 0
        self.faults = {}  # of controls, by page
        self._worn = 'light'

    def start(self, extra_env=None):
        self.process.start(extra_env=extra_env)
        return self.meet()

    def meet(self):
        """Once it runs."""
        bus = self.session.accessibility
        self.accessible = self._wait(lambda: bus.app(self.process.pid), 'the app tells assistive programs of itself')
        self._wait(lambda: self.windows() and self._front(), 'the window has the keyboard')
        return self

    def _wait(self, condition, what, timeout=None):
        def checked():
            if not self.process.running:
                raise ProcessFailed(f'the app ended: {self.process.popen.returncode}\n{self.process.log()}')
            return condition()
        return self.client.wait(checked, what, timeout)

    def kill(self):
        self.process.kill()

    def close(self):
        """As a person does it; the process must end by itself."""
        self.screen.key('ctrl+q')
        assert self.process.wait() == 0, self.process.log()
        self.process.check_sanitizers()

    def warnings(self):
        """What GLib, GTK or the app itself complained of, since its first start; by the bus, too."""
        return WARNING.findall(self.process.log(whole=True) + self.session.bus.log(whole=True))

    # ------------------------------------------------------------------ seeing

    def tree(self):
        return self.accessible.tree()

    def windows(self):
        return self.tree().children

    def top(self):
        """The window or dialog in front: the one with the keyboard, else the last."""
        windows = self.windows()
        return next((w for w in windows if w.has('active')), windows[-1] if windows else self.tree())

    def find(self, name=None, role=None, containing=None):
        """The first such object that is shown; None where there is none."""
        return next((n for n in self.tree().find_all(name, role, containing) if n.shown), None)

    def wait_for(self, name=None, role=None, containing=None, timeout=None):
        what = f'{role or "something"} “{containing or getattr(name, "pattern", name)}” is shown'
        try:
            return self._wait(lambda: self.find(name, role, containing), what, timeout)
        except AssertionError as error:
            raise AssertionError(f'{error}\n{self.tree().describe()}\n{self.process.log()[-2000:]}') from None

    def wait_for_none(self, name=None, role=None, containing=None, timeout=None):
        try:
            self._wait(lambda: self.find(name, role, containing) is None, f'“{name or containing}” goes', timeout)
        except AssertionError as error:
            raise AssertionError(f'{error}\n{self.tree().describe()}') from None

    def sees(self, *texts, timeout=None):
        """Waits until each of the texts, in the session's language, is part of something shown."""
        for text in texts:
            self.wait_for(containing=self.tr(text), timeout=timeout)

    def reads(self):
        """All that is shown, as one text."""
        return '\n'.join(n.name for n in self.top().walk() if n.role in ('label', 'heading', 'link') and n.name)

    def _name(self, text):
        """@text in the session's language; a compiled pattern as it is."""
        return self.tr(text) if isinstance(text, str) else text

    # ------------------------------------------------------------------ acting

    def press(self, text, role='button|link|list item|cell|check box|menu item|combo box|radio button'):
        """By the widget's own action, as assistive programs do, or where GTK has none by mouse."""
        node = self._sensitive(self._name(text), role)
        self.acts += 1
        index = node.action()
        if index is not None:
            node.call('Action.DoAction', '(i)', index)
        else:
            self._click(node)
        return node

    def _sensitive(self, name, role):
        def found():
            node = self.find(name, role)
            return node if node is not None and node.has('sensitive') else None
        try:
            return self._wait(found, f'{role} “{name}” can be pressed')
        except AssertionError as error:
            raise AssertionError(f'{error}\n{self.tree().describe()}\n{self.process.log()[-2000:]}') from None

    def _click(self, node):
        """Scrolls until it is in sight."""
        for _ in range(60):
            x, y, width, height = node.extents()
            middle = y + height // 2
            if 50 < middle < self.screen.height - 4:
                break
            before = y
            self.screen.click(self.screen.width // 2, self.screen.height // 2, 5 if middle > 50 else 4)
            self.client.wait(lambda: node.extents()[1] != before, f'{node} scrolls', 5)
        self.screen.click(x + width // 2, middle)
        self.screen.park()

    def fill(self, text, value, role='text|password|entry|spin button'):
        """Puts @value into the field of that name at once, as pasting does."""
        node = self._sensitive(self._name(text), role)
        self.acts += 1
        assert node.call('EditableText.SetTextContents', '(s)', value)[0]
        return node

    # ---------------------------------------------------------------- keyboard

    def focus(self):
        """What has the keyboard in the window that has it."""
        front = self._wait(self._front, 'a window has the keyboard', 20)
        return next((n for n in front.walk() if n.has('focused')), None)

    def _front(self):
        """GTK 4.8 does not say that a dialog is active, but that its window no longer is."""
        *behind, front = self.windows()
        active = [w for w in behind if w.has('active')]
        return front if front.has('active') or ((front.role == 'dialog' or front.has('modal')) and not active) else None

    def _tab(self, key):
        """To the next; its (name, role) without reading the whole tree."""
        bus = self.session.accessibility
        before = bus.focus_changes
        self.screen.key(key)
        try:
            self._wait(lambda: bus.focus_changes > before, f'{key} leads on', 5)
        except AssertionError as error:
            raise AssertionError(f'{error}\n{self.tree().describe()}') from None
        sender, path = bus.focused
        return self.accessible.node(path) if sender == self.accessible.name else self.focus()

    def tab_to(self, text, role=None, key='Tab'):
        """By keyboard only: the control gets the focus, on the way that Tab goes."""
        name, passed = self._name(text), []
        self.wait_for(name, role)
        node = self.focus()
        while node is None or not node.matches(name, role):
            passed.append(repr(node))
            assert len(passed) < MOST_TABS, f'Tab does not lead to “{name}”, but to {passed}\n{self.tree().describe()}'
            node = self._tab(key)
        return node

    def has_focus(self, text, role=None):
        """Waits until that has the keyboard, wherever from."""
        def focused():
            node = self.focus()
            return node if node is not None and node.matches(self._name(text), role) else None
        try:
            return self._wait(focused, f'“{self._name(text)}” has the keyboard', 10)
        except AssertionError as error:
            raise AssertionError(f'{error}: {self.focus()!r}\n{self.tree().describe()}') from None

    def press_key(self, text, role=None, key='Return'):
        """Goes there by Tab and presses @key."""
        node = self.tab_to(text, role)
        self.acts += 1
        self.screen.key(key)
        return node

    def type_into(self, text, value, role='text|password|entry'):
        """Goes there by Tab and types, letter by letter, over what is there."""
        node = self.tab_to(text, role)
        self.acts += 1
        self.screen.key('ctrl+a', 'BackSpace')
        self.screen.type(value)
        self._wait(lambda: node.text().replace(' ', '') == value.replace(' ', ''), f'“{value}” is typed')
        return node

    # ----------------------------------------------------------- GTK's dialogs

    def press_last(self, before=None):
        """In a dialog of GTK's own, in any language, the last button is the one that does it. @before: is called where it
        cannot be pressed yet."""
        def found():
            front = self._front()
            buttons = [n for n in front.walk() if n.role == 'button' and not n.nameless] if front and front.has('modal') else []
            return buttons[-1] if buttons else None
        button = self._wait(found, 'a dialog has the keyboard')
        if before is not None and not button.has('sensitive'):
            before()
        button = self._wait(lambda: (b := found()) and b.has('sensitive') and b, 'its last button can be pressed')
        button.call('Action.DoAction', '(i)', 0)  # its only one, whose name is translated
        self._goes(button.window)

    def _goes(self, dialog):
        self._wait(lambda: all(window.path != dialog.path for window in self.windows()), 'the dialog closes')

    def choose_file(self, path, replace=False):
        """A file to open, or to save under that name: "/" begins a path."""
        chooser = self._wait(lambda: (front := self._front()) and front.has('modal') and front, 'the dialog for files')
        if self._wait(self.focus, 'it has the keyboard').role == 'text':  # a name is suggested
            self.screen.key('ctrl+a')
        self.screen.type('/')
        self._wait(lambda: self._typed('/'), 'there is an entry for a path')
        self.screen.type(str(path)[1:])
        self._wait(lambda: self._typed(str(path)), 'the path is typed')
        self.screen.key('Return')
        if replace:
            self._wait(lambda: (front := self._front()) and front.path != chooser.path, 'whether to replace it')
            self.press_last()
        self._goes(chooser)

    def _typed(self, text):
        node = self.focus()
        return node is not None and node.role == 'text' and node.text() == text

    # ---------------------------------------------------------------- pictures

    def shoot(self, page, styles=('light',)):
        """build/screenshots/PAGE-SIZE-LANGUAGE-STYLE.png; "large" is light with text at 200 %."""
        size = f'{self.screen.width}x{self.screen.height}'
        folder = pathlib.Path(os.environ.get('WATTLE_SCREENSHOTS', self.session.build / 'screenshots'))
        for style in styles:
            self._wear(style)
            self.audit(f'{page} {style}')
            self.screen.save(folder / f'{page}-{size}-{self.tr.name}-{style}.png', self.client)
        self._wear('light')

    def _wear(self, style):
        """Until it is seen. Size and colours one after the other, or the one would be taken for the other."""
        look = 'light' if style == 'large' else style
        if self._worn == 'large' and style != 'large':
            self._change(lambda: self.screen.scale_text(1), 'light')
        if self._worn not in (look, 'large'):
            self._change(lambda: self.session.appearance.switch(look), look)
        if self._worn != style:
            self._change(lambda: self.screen.scale_text(2), 'large')

    def _change(self, act, style):
        before = self.screen.dump()
        act()
        self.client.wait(lambda: self.screen.dump() != before, f'the window looks {style}', 20)
        self._worn = style

    def audit(self, page):
        """Walks what is shown: each control has a name and a role, and none is cut off by the window's sides."""
        faults, sticking, inside = [], [], set()
        top = self.top()
        x, _, width, _ = top.extents()
        for node in top.walk():
            if node.role not in CONTROLS and not (node.has('focusable') and node.role == '20'):
                continue
            left, _, wide, high = node.extents()
            if not wide or not high:
                continue
            # The button of a toast is libadwaita's own.
            if (node.nameless or node.role == '20') and node.parent.name != 'AdwToastWidget':
                faults.append(f'{node!r} has no name or role, in {node.parent!r}')
            if left < x or left + wide > x + width:
                sticking.append((node, f'{node!r} sticks out of the window: {left} to {left + wide} of {width}'))
            else:
                inside.add((node.role, node.name))
        # A question of libadwaita's has its answers twice, side by side and one above the other; AT-SPI does not
        # tell which of them are hidden.
        faults += [fault for node, fault in sticking if (node.role, node.name) not in inside]
        if top.role == 'window' and width != self.screen.width:
            faults.append(f'the window is {width} wide, the screen {self.screen.width}')
        if faults:
            self.faults[page] = faults
        return faults
