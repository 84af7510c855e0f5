-- What the buttons of the tab QMS call in Excel for macOS. It belongs, with the path of Python filled in, into
-- ~/Library/Application Scripts/com.microsoft.Excel, the one folder from which Excel may call a script.
-- Any macro in any workbook may call it: so it starts this one program only, and only for these commands.
property interpreter : ""
property knownCommands : {"period", "check", "refresh", "findings", "review", "close", "mail", "undo", "help"}
property doctor : "Open Terminal, type  qmsbook doctor  and press Return: it says what is wrong on this Mac."

-- Given a command and the workbook's encoded full name, on two lines; gives "" or what to tell the person.
on qmsbookRun(asked)
	set wanted to paragraph 1 of asked
	set book to ""
	if (count of paragraphs of asked) > 1 then set book to paragraph 2 of asked
	if wanted is not in knownCommands then return "qmsbook has no button of that name."
	if interpreter is "" then return "The QMS buttons are not set up on this Mac yet: run  qmsbook install  once."
	try
		do shell script "test -x " & quoted form of interpreter
	on error
		return "Python is no longer where it was when qmsbook was installed (" & interpreter & "). " & doctor
	end try
	try
		set arguments to " -E -P -m qmsbook.macros " & quoted form of wanted & " " & quoted form of ("--wb=" & book)
		do shell script quoted form of interpreter & arguments & " >/dev/null 2>&1 &"
	on error reason
		return "The Mac could not start qmsbook (" & reason & "). Nothing was changed. " & doctor
	end try
	return ""
end qmsbookRun
