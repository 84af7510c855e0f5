@echo off
rem qmsbook: takes out what install.cmd put into your folders. Your workbooks stay as they are.
rem Names between exclamation marks may hold any sign; between percent signs they may not.
setlocal EnableDelayedExpansion
title qmsbook
set "local=!LOCALAPPDATA!\qmsbook"
set "menu=!APPDATA!\Microsoft\Windows\Start Menu\Programs\qmsbook"
if not exist "!local!\program\python.exe" goto none
"!local!\program\python.exe" -E -P -m qmsbook.setup.own_copy uninstall
if errorlevel 1 goto kept
rem What runs keeps its folder from being renamed: nothing is half deleted.
ren "!local!\program" program.old 2>nul
if exist "!local!\program\python.exe" goto open
rmdir /s /q "!local!\program.old"
echo The program was removed from "!local!".
echo.
pause
rem This file may be the one in the Start menu: the rest is one line, which cmd.exe has read by then.
del "!menu!\qmsbook uninstall.cmd" >nul 2>nul & rmdir "!menu!" >nul 2>nul & rmdir "!local!" >nul 2>nul & exit /b 0

:none
echo qmsbook was not installed by install.cmd here; there is nothing to remove.
echo.
pause
exit /b 0

:open
echo A program of "!local!\program" is still running. Close it and start uninstall.cmd again.
:kept
echo.
pause
exit /b 3
