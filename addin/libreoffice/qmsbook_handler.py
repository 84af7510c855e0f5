"""What a button of the QMS menu does in LibreOffice: starts qmsbook and lets it in; standard library only.

LibreOffice's own Python runs this, whichever version that is. The work is done by qmsbook in its own Python,
which need not be able to load LibreOffice's `uno`: it says by its output what is to be done here, and reads
what came of it from its input, a line of JSON each. No other program can see either.
"""

import json
import os
import queue
import subprocess
import threading
import time
import traceback

import uno
import unohelper
from com.sun.star.awt import XCallback, XKeyHandler
from com.sun.star.awt.MessageBoxType import WARNINGBOX
from com.sun.star.frame import XDispatch, XDispatchProvider, XStatusListener
from com.sun.star.lang import XInitialization, XServiceInfo

#: Longer than LibreOffice takes for a key that is given back, and the least that one takes. Seconds.
PATIENCE, PAUSE = 10, 0.005

#: mallopt's name of the size from which a block of memory is taken from the system for itself; bytes.
MMAP_THRESHOLD, MEGABYTE = -3, 1 << 20

#: The names of the fields of each kind of struct.
FIELDS = {}
#: How what has a name is read of objects: a method and what it is given; None if only as an attribute.
WAYS = {}
#: Workers that have nothing to do.
IDLE = []

NAME = "org.qmsbook.Handler"
PROTOCOL = "org.qmsbook:"
COMMANDS = ("period", "check", "refresh", "findings", "review", "close", "mail", "undo", "help")


def interpreter():
    """The Python that has qmsbook, as `qmsbook install` wrote it beside this file."""
    path = os.path.join(os.path.dirname(__file__), "interpreter.txt")
    with open(path, encoding="utf-8") as file:
        return file.read().strip()


def command(frame, name):
    """What carries out a command of LibreOffice's in a frame, or None, and the address to call it by."""
    url = uno.createUnoStruct("com.sun.star.util.URL")
    url.Protocol, url.Path = ".uno:", name
    url.Complete = url.Main = url.Protocol + url.Path
    return frame.queryDispatch(url, "_self", 0), url


def listen(frame, name, listener):
    """Have a listener told the state of a command, once and at once, if there is that command."""
    given, url = command(frame, name)
    if given:
        given.addStatusListener(listener, url)
        given.removeStatusListener(listener, url)


def alone(document, work):
    """Do something while LibreOffice's own thread stands still: see qmsbook.hosts.libreoffice.alone."""
    controller = document.getCurrentController()
    listener = Listener(lambda event: work())
    if controller:
        listen(controller.getFrame(), "ToggleSheetGrid", listener)
    return listener.outcome()


def enabled(frame, name):
    """Whether a command can be given now; None if there is no such command."""
    listener = Listener(lambda event: event and event.IsEnabled)
    listen(frame, name, listener)
    return listener.outcome()


def finish(frame):
    """Finish what is being typed into a cell as Enter does it, before anything else happens."""
    given, url = command(frame, "AcceptFormula")
    if given:
        at_once = uno.createUnoStruct("com.sun.star.beans.PropertyValue")
        at_once.Name, at_once.Value = "SynchronMode", True
        given.dispatch(url, (at_once,))


def allocator():
    """The C library, if its store of memory can be told something, as that of Linux can; else None."""
    try:
        import ctypes

        found = ctypes.CDLL(None)
        return found if found.malloc_trim and found.mallopt else None
    except Exception:  # another system's, or a Python without ctypes
        return None


def save_memory(library):
    """Have blocks of a megabyte taken from the system each for itself, and only as much of them as is used.

    LibreOffice reserves three of them for every chart of a sheet that is removed, and keeps them until the
    workbook is closed (`EmbeddedObjectContainer::RemoveEmbeddedObject` of 7.4); hardly anything is in them.
    """
    if library is not None:
        library.mallopt(MMAP_THRESHOLD, MEGABYTE)


def give_back(library):
    """Give free memory back to the system, which takes some milliseconds.

    The C library keeps what a drawn sheet took for a while: a hundred megabytes in small pieces.
    """
    if library is not None:
        library.malloc_trim(0)


def read(held, name):
    """What an object has under a name, or a method.

    LibreOffice's Python (7.4) keeps the name for good each time that an attribute is asked for, half a
    megabyte at a press. What calls a method instead, `uno.invoke`, keeps nothing. Where that gives nothing
    the attribute is asked for: *Title* of a shape is a property, that of a chart is not.
    """
    if WAYS.get(name):
        try:
            found = uno.invoke(held, *WAYS[name])
        except Exception:  # an object of another kind
            found = None
        return getattr(held, name) if found is None else found
    found = getattr(held, name)
    if name not in WAYS and type(found).__name__ != "PyUNO_callable":
        WAYS[name] = way_to_read(held, name)
    return found


def way_to_read(held, name):
    """The method that gives what an object has under a name, and what it is given; None without one."""
    for way in (("get" + name, ()), ("getPropertyValue", (name,))):
        try:
            uno.invoke(held, *way)
            return way
        except Exception:
            continue
    return None


def call(held, name, given):
    """Call a method. Raises AttributeError if there is none."""
    try:
        return uno.invoke(held, name, tuple(given))
    except Exception:
        getattr(held, name)
        raise


class Listener(unohelper.Base, XStatusListener):
    """Does its work once: when a command tells it its state, or when it is asked for the outcome."""

    def __init__(self, work):
        self.work = work
        self.given = self.problem = None

    def statusChanged(self, event):
        work, self.work = self.work, None
        try:
            self.given = work(event) if work else self.given
        except Exception as problem:  # it would not pass through LibreOffice
            self.problem = problem

    def disposing(self, event):
        """Nothing is held of what goes."""

    def outcome(self):
        self.statusChanged(None)
        if self.problem:
            raise self.problem
        return self.given


class Keys(unohelper.Base, XKeyHandler, XCallback):
    """Keeps the keys that are pressed in a window which takes none for a while, and gives them to it then.

    Who types on while a sheet is drawn would else lose the first figures of a number, and not see it. What is
    given back comes to the window without passing here again; until all is, what is pressed waits behind it.
    """

    def __init__(self, context, window):
        self.window, self.toolkit = window, window.getToolkit()
        self.queue = context.ServiceManager.createInstanceWithContext(
            "com.sun.star.awt.AsyncCallback", context
        )
        self.kept = []
        self.told = threading.Event()
        self.over = False
        self.toolkit.addKeyHandler(self)
        window.setEnable(False)

    def mine(self, event):
        """Whether a key was meant for the window: the keyboard belongs to the frame around it."""
        frame = self.window.getAccessibleContext().getAccessibleParent()
        return event.Source == frame or event.Source == self.window

    def keyPressed(self, event):
        mine = self.mine(event)
        if mine:
            self.kept.append(event)
        return mine

    def keyReleased(self, event):
        return self.mine(event)

    def disposing(self, event):
        """Nothing is held of what goes."""

    def notify(self, nothing):
        """LibreOffice's own thread is here: all that was given before is through."""
        if not self.kept and not self.over:
            self.over = True
            self.toolkit.removeKeyHandler(self)
        self.told.set()

    def give_back(self):
        """Give one key after the other, each when the one before is through: else two may change places.

        That goes on for as long as LibreOffice takes them: one that is pressed meanwhile may come to the
        window only behind all that wait.
        """
        self.window.setEnable(True)
        while not self.over:
            if self.kept:
                self.toolkit.keyPress(self.kept.pop(0))
            self.told.clear()
            self.queue.addCallback(self, None)
            if not self.told.wait(PATIENCE):
                break
            time.sleep(PAUSE)
        if not self.over:
            self.over = True
            self.toolkit.removeKeyHandler(self)
            for event in self.kept:
                self.toolkit.keyPress(event)


class Relay:
    """Reads, sets and calls members of LibreOffice's objects for the program at the other end.

    A request is a list: what (get, set, call, alone, enabled, keys, struct), the number of an object, a name,
    values, and the numbers of objects that are needed no more. A value that JSON has no word for is an object
    of one member: ``{"enum": ["com.sun.star.table.CellContentType", "TEXT"]}``.
    """

    def __init__(self, context):
        self.objects = {0: context}
        self.last = 0
        self.keys = {}

    def answer(self, line):
        """The answer to a line; what goes wrong is an answer too."""
        try:
            what, number, name, given, gone = json.loads(line)
            for each in gone:
                self.objects.pop(each, None)
            found = self.given(self.do(what, number, name, [self.taken(each) for each in given]))
        except Exception as problem:
            kind = getattr(type(problem), "__pyunostruct__", type(problem).__name__)
            found = {"error": [kind, str(getattr(problem, "Message", problem))]}
        return json.dumps(found)

    def do(self, what, number, name, given):
        if what == "struct":
            return uno.createUnoStruct(name)
        held = self.objects[number]
        if what == "set":
            return setattr(held, name, given[0])
        if what == "enabled":
            return enabled(held, name)
        if what == "keys":
            return self.hold(number, held.getContainerWindow(), name)
        if what == "alone":
            return alone(given[0], lambda: call(held, name, given[1:]))
        return call(held, name, given) if what == "call" else read(held, name)

    def hold(self, number, window, name):
        """Take no keys in a frame's window (off), take them again (on), or say how many wait (count)."""
        if name == "off" and number not in self.keys:
            self.keys[number] = Keys(self.objects[0], window)
        if name == "on" and number in self.keys:
            self.keys.pop(number).give_back()
        return len(self.keys[number].kept) if number in self.keys else 0

    def end(self):
        """Whatever became of the program: no window may go on taking no keys."""
        for keys in self.keys.values():
            try:
                keys.give_back()
            except Exception:  # it was closed
                continue
        self.keys.clear()
        self.objects.clear()

    def given(self, value):
        """A value as JSON."""
        if value is None or isinstance(value, (bool, int, float, str)):
            return value
        if isinstance(value, (tuple, list)):
            return [each if isinstance(each, (str, float)) else self.given(each) for each in value]
        kind = type(value).__name__
        if kind == "pyuno":
            self.last += 1
            self.objects[self.last] = value
            return {"object": self.last}
        if kind == "PyUNO_callable":
            return {"method": True}
        if isinstance(value, uno.Enum):
            return {"enum": [value.typeName, value.value]}
        if isinstance(value, uno.ByteSequence):
            return {"bytes": value.value.hex()}
        if hasattr(value, "__pyunostruct__"):
            kind = value.__pyunostruct__
            if kind not in FIELDS:  # LibreOffice 7.4 forgets to free what it is asked for here
                names = dir(value.__dict__["value"])
                FIELDS[kind] = [name for name in names if not name.startswith("__")]
            return {"struct": [kind, {name: self.given(getattr(value, name)) for name in FIELDS[kind]}]}
        return str(value)

    def taken(self, value):
        """A value from JSON."""
        if isinstance(value, list):
            return tuple([self.taken(each) if isinstance(each, (list, dict)) else each for each in value])
        if not isinstance(value, dict):
            return value
        ((kind, held),) = value.items()
        if kind == "object":
            return self.objects[held]
        if kind == "enum":
            return uno.Enum(*held)
        if kind == "bytes":
            return uno.ByteSequence(bytes.fromhex(held))
        made = uno.createUnoStruct(held[0])
        for name, each in held[1].items():
            setattr(made, name, self.taken(each))
        return made


class Worker(threading.Thread):
    """A thread that is used again: of each new one LibreOffice would keep some memory of its own for good."""

    def __init__(self):
        super().__init__(daemon=True)
        self.jobs = queue.SimpleQueue()
        self.start()

    @classmethod
    def start_on(cls, job):
        """Have something done at once, by a thread that has nothing else to do."""
        try:
            worker = IDLE.pop()
        except IndexError:
            worker = cls()
        worker.jobs.put(job)

    def run(self):
        while True:
            job = self.jobs.get()
            try:
                job()
            except Exception:
                traceback.print_exc()  # as a thread that ends by it would
            IDLE.append(self)


class Handler(unohelper.Base, XServiceInfo, XInitialization, XDispatchProvider, XDispatch):
    """Takes the commands of menu and toolbar."""

    def __init__(self, context, *args):
        self.context = context
        self.frame = args[0] if args else None

    def initialize(self, args):
        if args:
            self.frame = args[0]

    def queryDispatch(self, url, target, flags):
        return self if url.Protocol == PROTOCOL and url.Path in COMMANDS else None

    def queryDispatches(self, requests):
        return tuple(self.queryDispatch(r.FeatureURL, r.FrameName, r.SearchFlags) for r in requests)

    def dispatch(self, url, args):
        try:
            program = interpreter()
            if not os.path.exists(program):
                raise OSError("Python is no longer where it was: " + program)
            finish(self.frame)
            self.start(program, url.Path)
        except Exception as problem:
            self.tell(f"LibreOffice could not start qmsbook ({problem}). Nothing was changed.")

    def start(self, program, command):
        """Start qmsbook, and go on at once: it calls back into this LibreOffice."""
        document = self.frame.getController().getModel()
        process = subprocess.Popen(
            [program, "-E", "-P", "-m", "qmsbook.macros", command, "--document=" + document.RuntimeUID],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        Worker.start_on(lambda: self.serve(process))

    def serve(self, process):
        """Do what the program asks for until it ends; one that ends badly has told nobody, so it is told."""
        relay = Relay(self.context)
        try:
            for line in process.stdout:
                process.stdin.write(relay.answer(line.decode("ascii")).encode("ascii") + b"\n")
                process.stdin.flush()
        except OSError:
            pass  # it ended while it was answered
        relay.end()
        give_back(LIBRARY)
        if process.wait():
            self.tell("qmsbook could not be run. Type  qmsbook doctor  in a terminal: it says why.")

    def tell(self, text):
        try:
            window = self.frame.getContainerWindow()
        except Exception:  # it was closed, so nobody is there to be told
            return
        box = window.getToolkit().createMessageBox(window, WARNINGBOX, 1, "qmsbook", text)
        box.execute()
        box.dispose()

    def addStatusListener(self, listener, url):
        """Buttons are never greyed out, so nobody has to be told of their state."""

    def removeStatusListener(self, listener, url):
        """Nothing was added."""

    def getImplementationName(self):
        return NAME

    def supportsService(self, name):
        return name in self.getSupportedServiceNames()

    def getSupportedServiceNames(self):
        return ("com.sun.star.frame.ProtocolHandler",)


LIBRARY = allocator()
save_memory(LIBRARY)
g_ImplementationHelper = unohelper.ImplementationHelper()
g_ImplementationHelper.addImplementation(Handler, NAME, ("com.sun.star.frame.ProtocolHandler",))
