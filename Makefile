# Each target is one verb of dev.py, for machines without make: python3 dev.py <verb>
PYTHON ?= python3

.PHONY: help setup run dev test sure lock api bench fuzz audit clean

help:  ; @$(PYTHON) dev.py help
setup: ; @$(PYTHON) dev.py setup
run:   ; @$(PYTHON) dev.py run
dev:   ; @$(PYTHON) dev.py dev
test:  ; @$(PYTHON) dev.py test
sure:  ; @$(PYTHON) dev.py sure
lock:  ; @$(PYTHON) dev.py lock
api:   ; @$(PYTHON) dev.py api
bench: ; @$(PYTHON) dev.py bench
fuzz:  ; @$(PYTHON) dev.py fuzz
audit: ; @$(PYTHON) dev.py audit
clean: ; @$(PYTHON) dev.py clean
