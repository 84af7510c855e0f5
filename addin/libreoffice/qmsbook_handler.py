"""What a button of the QMS menu does in LibreOffice: starts qmsbook and lets it in; standard library only.

LibreOffice's own Python runs this. It asks nothing of that Python but `uno`: the work is done by qmsbook in
its own Python, which reaches the open document through a pipe of a random name that lets in one caller.
"""

import os
import subprocess
import threading
import uuid

import unohelper
from com.sun.star.awt.MessageBoxType import WARNINGBOX
from com.sun.star.bridge import XInstanceProvider
from com.sun.star.frame import XDispatch, XDispatchProvider
from com.sun.star.lang import XInitialization, XServiceInfo

NAME = "org.qmsbook.Handler"
PROTOCOL = "org.qmsbook:"
COMMANDS = ("period", "check", "refresh", "findings", "review", "close", "mail", "undo", "help")
#: Connections that are in use: LibreOffice lets go of what nobody holds.
BRIDGES = []


def interpreter():
    """The Python that has qmsbook, as `qmsbook install` wrote it beside this file."""
    path = os.path.join(os.path.dirname(__file__), "interpreter.txt")
    with open(path, encoding="utf-8") as file:
        return file.read().strip()


class Provider(unohelper.Base, XInstanceProvider):
    """Hands the program at the other end of the pipe what it asks for: this LibreOffice."""

    def __init__(self, context):
        self.context = context

    def getInstance(self, name):
        return self.context if name == "StarOffice.ComponentContext" else None


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
            self.start(program, url.Path)
        except Exception as problem:
            self.tell(f"LibreOffice could not start qmsbook ({problem}). Nothing was changed.")

    def start(self, program, command):
        """Open a pipe, start qmsbook, and go on at once: it calls back into this thread's LibreOffice."""
        document = self.frame.getController().getModel()
        pipe = "pipe,name=qmsbook" + uuid.uuid4().hex
        acceptor = self.create("com.sun.star.connection.Acceptor")
        threading.Thread(target=self.let_in, args=(acceptor, pipe), daemon=True).start()
        arguments = [program, "-E", "-P", "-m", "qmsbook.macros", command]
        arguments += ["--office=" + pipe, "--document=" + document.RuntimeUID]
        flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)
        process = subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            creationflags=flags,
        )
        threading.Thread(target=self.see_out, args=(process, acceptor), daemon=True).start()

    def let_in(self, acceptor, pipe):
        connection = acceptor.accept(pipe)
        if connection is not None:
            factory = self.create("com.sun.star.bridge.BridgeFactory")
            BRIDGES.append(factory.createBridge("", "urp", connection, Provider(self.context)))

    def see_out(self, process, acceptor):
        """If the program ends badly it has told nobody: so it is told here."""
        code = process.wait()
        acceptor.stopAccepting()
        if code:
            self.tell("qmsbook could not be run. Type  qmsbook doctor  in a terminal: it says why.")

    def create(self, service):
        return self.context.ServiceManager.createInstanceWithContext(service, self.context)

    def tell(self, text):
        window = self.frame.getContainerWindow()
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


g_ImplementationHelper = unohelper.ImplementationHelper()
g_ImplementationHelper.addImplementation(Handler, NAME, ("com.sun.star.frame.ProtocolHandler",))
