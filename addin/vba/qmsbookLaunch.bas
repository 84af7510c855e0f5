Attribute VB_Name = "qmsbookLaunch"
Option Explicit
Option Private Module

Private Const ASK_DOCTOR As String = "Run  qmsbook doctor  (from the Start menu or a command prompt): it says" & _
    " what is wrong on this computer and what to do."

' Starts what a button stands for. Gives "" if that went well, else what to tell the person.
Public Function qmsbookStarted(ByVal wanted As String) As String
    Dim book As String
    On Error GoTo Failed
    If Not ActiveWorkbook Is Nothing Then book = qmsbookEncoded(ActiveWorkbook.FullName)
    If qmsbookSetting("mode") = "watch" Then
        qmsbookRequest qmsbookSetting("requests"), wanted, book
    Else
        qmsbookStarted = qmsbookProgram(wanted, book)
    End If
    Exit Function
Failed:
    qmsbookStarted = "Excel could not start qmsbook (" & Err.Number & ": " & Err.Description & ")." & _
        " Nothing was changed. Often the reason is that Office may not start programs here. " & ASK_DOCTOR
End Function

' What to say if something was started and gave no sign of life.
Public Function qmsbookSilence() As String
    If qmsbookSetting("mode") = "watch" Then
        qmsbookSilence = "Nobody took up what you asked for. Start  qmsbook watch  from the Start menu; it then" & _
            " does what you asked for."
    Else
        qmsbookSilence = "qmsbook was started but gave no sign for half a minute. " & ASK_DOCTOR
    End If
End Function

' Read from the add-in's own hidden sheet only: no opened workbook may choose what a button starts.
Private Function qmsbookSetting(ByVal key As String) As String
    Dim row As Long
    For row = 2 To 9
        If ThisWorkbook.Worksheets("Settings").Cells(row, 1).Value = key Then
            qmsbookSetting = CStr(ThisWorkbook.Worksheets("Settings").Cells(row, 2).Value)
            Exit Function
        End If
    Next row
End Function

Private Function qmsbookProgram(ByVal wanted As String, ByVal book As String) As String
#If Mac Then
    ' The script holds the interpreter itself: any macro may call it, so it takes no program's name.
    qmsbookProgram = AppleScriptTask("qmsbook.applescript", "qmsbookRun", wanted & vbLf & book)
#Else
    Dim interpreter As String
    interpreter = qmsbookSetting("interpreter")
    If Len(interpreter) = 0 Or InStr(interpreter, """") > 0 Then
        qmsbookProgram = "The QMS buttons are not set up on this computer yet: run  qmsbook install  once."
    ElseIf Len(Dir$(interpreter)) = 0 Then
        qmsbookProgram = "Python is no longer where it was when qmsbook was installed (" & interpreter & "). " & ASK_DOCTOR
    Else
        ' Nothing here can be misread: a path holds no quotes, and the workbook's name is encoded (qmsbookEncode).
        Shell """" & interpreter & """ -E -P -m qmsbook.macros " & wanted & " --wb=" & book & _
            " --hwnd=" & qmsbookWindow(), vbNormalNoFocus
    End If
#End If
End Function

' For computers where Office may not start programs: a file that qmsbook watch, started by the person, takes up.
Private Sub qmsbookRequest(ByVal folder As String, ByVal wanted As String, ByVal book As String)
    Dim place As String
    Dim window As String
    Dim channel As Integer
    window = qmsbookWindow()
    place = folder & Application.PathSeparator & Format$(Now, "yyyymmdd-hhmmss") & "-" & CStr(CLng(Timer * 100))
    channel = FreeFile
    Open place & ".part" For Output As #channel
    Print #channel, "command=" & wanted
    Print #channel, "wb=" & book
    Print #channel, "hwnd=" & window
    Close #channel
    Name place & ".part" As place & ".request" ' so nobody reads half a file
End Sub

' Which of several running Excels it was; on a Mac there is only one.
Private Function qmsbookWindow() As String
#If Not Mac Then
    qmsbookWindow = CStr(Application.Hwnd)
#End If
End Function
