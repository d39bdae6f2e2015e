# The book's commands: tools/make.py does the work, also where there is no make. `make` lists them.
.DEFAULT_GOAL := help
COMMANDS := help book test lab data stick release-check page notebook experiments tidy bench \
	lint format lock clean
.PHONY: $(COMMANDS)

# What is given on the command line: make book PYTHON=python3.12, make test PAGE=math/self-attention
given = $(filter command,$(firstword $(origin $1)))
ifeq ($(call given,PYTHON),)
PYTHON := $(shell for p in python3.11 python3.12 python3.13 python3 python; do \
	if $$p -c "" >/dev/null 2>&1; then echo $$p; break; fi; done)
KEEP := --keep
endif
OPTIONS = $(foreach name,PAGE NAME FAST UPGRADE EDITION PLATFORM PYTHONS,$(if $(call given,$(name)),$(name)='$($(name))'))

$(COMMANDS):
	@"$(PYTHON)" -c "" || { echo "No Python is found as '$(PYTHON)'. Install Python 3.11 (Debian:" \
		"apt install python3 python3-venv; macOS: brew install python@3.11), or name one:" \
		"make $@ PYTHON=/path/to/python3.11" >&2; exit 1; }
	@"$(PYTHON)" tools/make.py $(KEEP) $@ $(OPTIONS)
