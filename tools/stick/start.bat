@echo off
rem Finds a Python for the book and hands over to start\start.py, on Windows.
rem start.bat           makes the environment if need be, and opens JupyterLab
rem start.bat site      opens the pages in the browser
rem start.bat check     says which file of the stick is altered, missing or added
setlocal
set "here=%~dp0"
set "python="
if defined PLMREC_PYTHON call :try "%PLMREC_PYTHON%"
for %%v in (@PYTHONS@) do if not defined python call :try py -%%v
for %%p in (python python3) do if not defined python call :try %%p
if not defined python goto none
%python% -B "%here%start\start.py" %*
set "code=%errorlevel%"
if not "%code%"=="0" pause
exit /b %code%

:try
%* -B "%here%start\suits.py" >nul 2>nul
if not errorlevel 1 set python=%*
exit /b 0

:none
echo No Python is found here that this stick has packages for: @PYTHONS@ (64-bit).
echo   With a network: install one from python.org.
echo   Without: ask for an installer; the folder 'extra' of the stick may hold one.
echo   If it lies elsewhere: set PLMREC_PYTHON=C:\path\to\python.exe
echo Meanwhile read every page, with all its results: open site\index.html.
pause
exit /b 1
