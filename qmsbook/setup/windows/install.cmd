@echo off
rem qmsbook: double-click this after the zip was unpacked. It needs no administrator.
setlocal DisableDelayedExpansion
title qmsbook
rem Explorer starts this in its folder; others may not.
if exist "%~dp0program\python.exe" goto elsewhere
if exist program\python.exe goto install
goto packed

:elsewhere
pushd "%~dp0"
:install
program\python.exe -E -P -m qmsbook.setup.own_copy install
set "ended=%ERRORLEVEL%"
echo.
pause
exit /b %ended%

:packed
echo The folder "program" is not beside this file, so nothing was installed.
echo The zip has to be unpacked first: right-click it, "Extract All", then double-click install.cmd in
echo the folder that this makes.
echo.
pause
exit /b 2
