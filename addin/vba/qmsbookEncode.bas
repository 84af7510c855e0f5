Attribute VB_Name = "qmsbookEncode"
Option Explicit
Option Private Module

Private Const FIRST_HALF As Long = 55296 ' D800 to DBFF, then DC00 to DFFF: signs beyond the first 65536
Private Const SECOND_HALF As Long = 56320

' A text as in a web address: letters of every alphabet survive Shell and files, which know only the PC's own,
' and nothing that a command line could misread is left.
Public Function qmsbookEncoded(ByVal text As String) As String
    Dim place As Long
    Dim code As Long
    For place = 1 To Len(text)
        code = AscW(Mid$(text, place, 1)) And 65535 ' AscW counts from -32768
        If code >= FIRST_HALF And code < SECOND_HALF And place < Len(text) Then ' two halves make one sign
            place = place + 1
            code = 65536 + (code - FIRST_HALF) * 1024 + (AscW(Mid$(text, place, 1)) And 1023)
        End If
        qmsbookEncoded = qmsbookEncoded & qmsbookUtf8(code)
    Next place
End Function

Private Function qmsbookUtf8(ByVal code As Long) As String
    Select Case code
        Case 45 To 58, 65 To 90, 92, 95, 97 To 122 ' - . / 0-9 : A-Z \ _ a-z
            qmsbookUtf8 = ChrW$(code)
        Case Is < 128
            qmsbookUtf8 = qmsbookByte(code)
        Case Is < 2048
            qmsbookUtf8 = qmsbookByte(192 + code \ 64) & qmsbookTail(code)
        Case Is < 65536
            qmsbookUtf8 = qmsbookByte(224 + code \ 4096) & qmsbookTail(code \ 64) & qmsbookTail(code)
        Case Else
            qmsbookUtf8 = qmsbookByte(240 + code \ 262144) & qmsbookTail(code \ 4096) & _
                qmsbookTail(code \ 64) & qmsbookTail(code)
    End Select
End Function

Private Function qmsbookTail(ByVal code As Long) As String
    qmsbookTail = qmsbookByte(128 + (code And 63))
End Function

Private Function qmsbookByte(ByVal value As Long) As String
    qmsbookByte = "%" & Right$("0" & Hex$(value), 2)
End Function
