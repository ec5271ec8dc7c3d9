# Two commands: `make run` and `make test`. Both install what is missing (packaging/setup.sh), build,
# and say what they do; with nothing changed they are quick.
.PHONY: run test bench format setup build headless engine-only sanitize clean help

help:
	@echo "make run        install what is missing, build, open the demo (headless: run its main job)"
	@echo "make test       the same set-up, then the tests; ends with 'N passed, N failed'"
	@echo "make bench      the benchmarks of tests/bench, each against a peer or the machine's limit"
	@echo "make format     clang-format over all sources"
	@echo "make sanitize   core without LibTorch under address and undefined sanitizers, with its tests"
	@echo "make headless   crux-cli and crux-worker without Qt (build/headless/bin)"
	@echo "make engine-only  crux-cli with the engine alone, for a bare GPU machine"

setup:
	@packaging/setup.sh

build: setup
	@packaging/build.sh release

run: build
	@packaging/run_demo.sh

test: setup
	@packaging/build.sh $(if $(CI),ci,release)
	@packaging/run_tests.sh

bench: build
	@tests/bench/run.sh

sanitize: setup
	@packaging/build.sh sanitize
	@ctest --test-dir build/sanitize --output-on-failure -LE peer

headless:
	@CRUX_HEADLESS=1 packaging/setup.sh
	@packaging/build.sh headless

engine-only:
	@CRUX_ENGINE_ONLY=1 packaging/setup.sh
	@packaging/build.sh engine-only

format:
	@git ls-files '*.h' '*.cpp' | xargs clang-format -i

clean:
	@rm -rf build
