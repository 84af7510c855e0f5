Attribute VB_Name = "qmsbookRibbon"
Option Explicit

Private Const STARTING As String = "qmsbook starts: "
Private Const NO_BOOK As String = "Open your workbook, or make one with:  qmsbook new acme.xlsx  (at a command" & _
    " prompt; on a Mac in Terminal). Then press Help again: it says what the workbook needs next, and what each" & _
    " button does."
Private Const PATIENCE As Long = 30 ' seconds
Private mStarted As Date

' Every button of the tab QMS ends here; its id says which one was pressed.
Public Sub qmsbookPressed(ByVal control As Object)
    Dim wanted As String
    Dim problem As String
    Select Case control.ID
        Case "qmsbookPeriod": wanted = "period"
        Case "qmsbookCheck": wanted = "check"
        Case "qmsbookRefresh": wanted = "refresh"
        Case "qmsbookFindings": wanted = "findings"
        Case "qmsbookReview": wanted = "review"
        Case "qmsbookClose": wanted = "close"
        Case "qmsbookMail": wanted = "mail"
        Case "qmsbookUndo": wanted = "undo"
        Case "qmsbookHelp": wanted = "help"
        Case Else: Exit Sub
    End Select
    If ActiveWorkbook Is Nothing And wanted = "help" Then
        ' Said here: what is started cannot reach an Excel without a workbook.
        MsgBox NO_BOOK, vbInformation, "qmsbook"
        Exit Sub
    ElseIf ActiveWorkbook Is Nothing Then
        problem = "No workbook is open for editing. Open your workbook first; if a yellow bar on top says" & _
            " Protected View, click Enable Editing there. Then press the button again."
    Else
        problem = qmsbookStarted(wanted)
    End If
    If Len(problem) = 0 Then
        qmsbookAwait wanted
    Else
        MsgBox problem, vbExclamation, "qmsbook"
    End If
End Sub

' What was started writes to the status bar first of all; if it does not, something has gone wrong.
Private Sub qmsbookAwait(ByVal wanted As String)
    mStarted = Now
    Application.StatusBar = STARTING & wanted & " ..."
    Application.OnTime mStarted + TimeSerial(0, 0, PATIENCE), _
        "'" & ThisWorkbook.Name & "'!qmsbookRibbon.qmsbookStillNothing"
End Sub

Public Sub qmsbookStillNothing()
    If Now < mStarted + TimeSerial(0, 0, PATIENCE - 1) Then Exit Sub ' pressed again meanwhile
    If Left$(CStr(Application.StatusBar), Len(STARTING)) <> STARTING Then Exit Sub
    Application.StatusBar = False
    MsgBox qmsbookSilence(), vbExclamation, "qmsbook"
End Sub

' Python asks for this on a Mac, for AppleScript has no word for it: the workbook as it stands, in another file.
' Gives "saved" if that went well, else the reason; a blank word may get lost on its way through AppleScript.
Public Function QmsbookSaveCopy(ByVal bookName As String, ByVal path As String) As String
    On Error GoTo Failed
    Workbooks(bookName).SaveCopyAs path
    QmsbookSaveCopy = "saved"
    Exit Function
Failed:
    QmsbookSaveCopy = Err.Description
End Function
