# The jar is made by Maven; these are shortcuts.
#   make run ARGS="--nodes 5 --restart"

MVN ?= mvn -q -B
ARGS ?=
JAR := target/ringleader.jar

.DEFAULT_GOAL := help
.PHONY: help build run sim soak test model-check mutants test-differential test-clients test-failover jepsen bench bench-memory bench-restart bench-micro \
	format check-config clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: $(JAR) ## Make target/ringleader.jar, without tests

$(JAR): pom.xml $(shell find src/main -type f)
	$(MVN) -Dmaven.test.skip=true -Dspotless.check.skip=true package

# exec: Ctrl-C goes to the program itself, which stops its nodes and ends without an error
run: build ## Run a cluster on this machine until Ctrl-C (ARGS="--nodes 5")
	@exec bin/ringleader local $(ARGS)

test: ## Build, check the format and run all tests
	$(MVN) verify

model-check: ## Explore more states of small clusters than the tests do (minutes)
	$(MVN) -DargLine=-Xmx3g -Dringleader.modelcheck=large -Dtest=ModelCheckerTest test

SECONDS_LONG ?= 300
test-differential: ## Compare with memcached for longer (SECONDS_LONG=300, MEMCACHED=path), installing it if that is possible
	@src/test/clients/install-memcached.sh
	$(MVN) -Dtest=NONE -Dsurefire.failIfNoSpecifiedTests=false -Dit.test='*DifferentialIT' \
		-Dringleader.differential.seconds=$(SECONDS_LONG) -Dringleader.differential.seed=$$(date +%s) verify

test-clients: build ## Let client libraries of other languages loose on a cluster (ARGS=--write: table into docs)
	@src/test/clients/run.sh $(ARGS)

ONLY ?=
mutants: ## Break the source in every way listed and show which test notices (ONLY=regex of names)
	$(MVN) -Dtest=MutantGate -Dringleader.mutants.only="$(ONLY)" -Dspotless.check.skip=true test

SECONDS ?= 15
test-failover: build ## Measure what clients notice of faults, as root (ONLY=regex, SECONDS=15 each, ARGS=--write: tables into docs)
	$(MVN) -Dtest='FailoverGate,OverloadGate,FairnessGate' -Dringleader.failover.only="$(ONLY)" -Dringleader.failover.seconds=$(SECONDS) \
		-Dringleader.failover.write=$(if $(filter --write,$(ARGS)),true,false) -Dspotless.check.skip=true test

WORKLOAD ?= .*
NEMESIS ?= .*
MUTANT ?=
jepsen: MINUTES = 60
jepsen: build ## Clients against a nemesis on real nodes, as root (MINUTES=60, WORKLOAD=regex, NEMESIS=regex, MUTANT=name)
	$(MVN) -Dspotless.check.skip=true test-compile
	@java -cp target/test-classes:$(JAR) io.ringleader.jepsen.Jepsen --minutes $(MINUTES) \
		--workload '$(WORKLOAD)' --nemesis '$(NEMESIS)' --mutant '$(MUTANT)' $(ARGS)

SEED ?= 1
sim: build ## Run one simulated cluster, with everything that goes wrong in it (SEED=1, ARGS="--html run.html")
	@bin/ringleader simulate --seed $(SEED) $(ARGS)

MINUTES ?= 10
soak: build ## Run simulated clusters of random seeds on all cores (MINUTES=10)
	@bin/ringleader simulate --minutes $(MINUTES)

SECONDS ?= 10
ROUNDS ?= 5
MEASURE = java -cp target/test-classes:$(JAR) io.ringleader.comparison
bench: build ## Measure beside memcached, Redis and etcd: an hour and a half, writes docs/benchmarks.md (SECONDS=10, ROUNDS=5)
	@src/test/comparison/install.sh
	$(MVN) -Dspotless.check.skip=true test-compile
	@$(MEASURE).Comparison --seconds $(SECONDS) --rounds $(ROUNDS) $(ARGS)

ITEMS ?= 5000000
bench-memory: build ## Measure the memory that an item takes, here and in memcached (ITEMS=5000000)
	@src/test/comparison/install.sh
	$(MVN) -Dspotless.check.skip=true test-compile
	@$(MEASURE).MemoryComparison --items $(ITEMS)
	@java -Xmx4g -XX:+UseG1GC -XX:MaxGCPauseMillis=10 -XX:G1HeapRegionSize=1m -XX:MaxNewSize=32m \
		-cp target/test-classes:$(JAR) io.ringleader.store.StoreStalls # the heap as in bin/ringleader

bench-restart: build ## Measure what snapshots of a GiB cost, and how long a restart with it takes (ARGS="--bytes 100000000")
	$(MVN) -Dspotless.check.skip=true test-compile
	@$(MEASURE).RestartBench $(ARGS)

MICRO ?= .*
MICRO_ARGS ?= -wi 3 -w 2 -i 5 -r 2 -f 2
bench-micro: ## Measure single parts with JMH: time and bytes allocated per operation (MICRO=regex)
	$(MVN) -Pbench-micro -Dspotless.check.skip=true test-compile
	@java -cp target/bench-micro-classes:target/classes:$$(cat target/bench-micro.classpath) org.openjdk.jmh.Main '$(MICRO)' \
		-bm avgt -tu ns -prof gc -foe true $(MICRO_ARGS)

format: ## Format the sources
	$(MVN) spotless:apply

FILE ?= data/cluster.toml
check-config: build ## Check a configuration file (FILE=data/cluster.toml)
	@bin/ringleader check $(FILE)

clean: ## Remove what was built; data stays
	$(MVN) clean
