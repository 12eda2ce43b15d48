# The whole cycle, as what is made from what; run.sh calls it. What is there and newer than what it is made from is not made again.
#   APPLICATIONS  which;  SEEDS  further seeds to measure, such as 3 4;  WORK, MADE, COLLECTOR, COMPILER, LTO, LAYOUT, TARAX  as in settings.sh;  HERE  this folder
SHELL = /bin/bash
.DELETE_ON_ERROR:
.SECONDARY:

ALL = redis memcached nginx apache postgresql mariadb
APPLICATIONS ?= $(ALL)
STEPS = $(HERE)/steps
KERNELS = $(MADE)/kernels
PROFILES = $(MADE)/profiles
RUNS = $(MADE)/runs

# Another application's profile is that of the next one in the list; it and the merged profile need all six.
next = $(word $2,$(wordlist 2,99,$1) $(firstword $1))
numbers = 1 2 3 4 5 6
# With Clang LLVM's own converter makes a profile of the same recording, and that a kernel.
seeded = $(foreach s,$(SEEDS),$(foreach k,baseline $1 $(if $(incumbent),$1$(incumbent)) $(if $(laid),$1.laid),$(RUNS)/$k/$1.seed$s/statistics))
incumbent = $(if $(filter clang-%,$(COMPILER)),.llvm-profgen)
# With LAYOUT=on a kernel with a profile and the map of its blocks is recorded, and built again with its blocks and functions laid out.
laid = $(if $(incumbent),$(filter on,$(LAYOUT)))
complete = $(filter $(words $(ALL)),$(words $(filter $(ALL),$(APPLICATIONS))))
others = $(foreach n,$(numbers),$(RUNS)/$(call next,$(ALL),$n)/$(word $n,$(ALL))/statistics $(RUNS)/all/$(word $n,$(ALL))/statistics)

.PHONY: report
report: $(foreach a,$(APPLICATIONS),$(RUNS)/baseline/$a.recorded/statistics $(RUNS)/baseline/$a/statistics $(RUNS)/$a/$a/statistics $(PROFILES)/$a.overlap $(if $(incumbent),$(RUNS)/$a$(incumbent)/$a/statistics $(PROFILES)/$a$(incumbent).overlap) $(if $(laid),$(RUNS)/$a.laid/$a/statistics) $(call seeded,$a)) $(if $(complete),$(others))
	$(HERE)/report.py $(BUILT) $(MADE) $(HERE) $(APPLICATIONS)

$(COLLECTOR)/made: $(filter-out $(HERE)/collector/check.c,$(wildcard $(HERE)/collector/*.[ch])) $(HERE)/collector/Makefile $(STEPS)/collector.sh
	$(STEPS)/collector.sh
	touch $@

# Where TARAX names a converter that is there, this is not its name.
$(WORK)/tarax/tarax: $(STEPS)/tarax.sh $(shell find $(HERE)/../tarax $(HERE)/../../Tarax.AutoFdo -name '*.cs' -not -path '*/obj/*')
	$(STEPS)/tarax.sh

# Debian is made again, and with it the images, only where other packages are asked for.
$(WORK)/debian.packages: $(STEPS)/debian.sh $(wildcard $(HERE)/applications/*.sh)
	$(STEPS)/debian.sh

$(MADE).compiler: $(STEPS)/compiler.sh
	$(STEPS)/compiler.sh
	touch $@

# Applications are made ready in one folder, one after the other.
$(WORK)/images/%: $(HERE)/applications/%.sh $(HERE)/applications/web.inc $(HERE)/guest-init $(STEPS)/image.sh $(WORK)/debian.packages $(COLLECTOR)/made
	flock $(WORK)/debian.packages $(STEPS)/image.sh $*

$(KERNELS)/baseline: $(HERE)/kernel.config $(if $(incumbent),$(HERE)/kernel-clang.config) $(STEPS)/kernel.sh | $(MADE).compiler
	$(STEPS)/kernel.sh baseline

$(KERNELS)/%.mapped: $(PROFILES)/%.afdo $(KERNELS)/baseline
	$(STEPS)/kernel.sh $*.mapped $< map

$(KERNELS)/%.laid: $(PROFILES)/%.afdo $(PROFILES)/%.layout.report
	$(STEPS)/kernel.sh $*.laid $< $(PROFILES)/$*.layout

$(RUNS)/%.mapped/recorded/statistics: $(KERNELS)/%.mapped $(WORK)/images/% $(STEPS)/run.sh $(COLLECTOR)/made
	$(STEPS)/run.sh $* $*.mapped 1 $(@D) record

$(PROFILES)/%.layout.report: $(RUNS)/%.mapped/recorded/statistics $(STEPS)/layout.sh $(TARAX)
	$(STEPS)/layout.sh $(PROFILES)/$*.layout $*.mapped $(<D)/perf.data

$(KERNELS)/%: $(PROFILES)/%.afdo $(KERNELS)/baseline $(HERE)/../kernel/gcc-with-profile
	$(STEPS)/kernel.sh $* $<

$(PROFILES)/all.afdo: $(foreach a,$(ALL),$(RUNS)/baseline/$a.recorded/statistics) $(STEPS)/convert.sh $(TARAX)
	$(STEPS)/convert.sh $@ $(foreach a,$(ALL),$(RUNS)/baseline/$a.recorded/perf.data)

$(PROFILES)/%.afdo: $(RUNS)/baseline/%.recorded/statistics $(STEPS)/convert.sh $(TARAX)
	$(STEPS)/convert.sh $@ $(<D)/perf.data

$(PROFILES)/%.llvm-profgen.afdo: $(RUNS)/baseline/%.recorded/statistics $(STEPS)/llvm-profgen.sh
	$(STEPS)/llvm-profgen.sh $@ $(<D)/perf.data

$(PROFILES)/%.llvm-profgen.overlap: $(PROFILES)/%.llvm-profgen.afdo $(PROFILES)/%.afdo $(STEPS)/check.sh
	$(STEPS)/check.sh $* .llvm-profgen

$(PROFILES)/%.overlap: $(PROFILES)/%.afdo $(STEPS)/check.sh
	$(STEPS)/check.sh $*

# One seed is recorded, another measured.
$(RUNS)/baseline/%.recorded/statistics: $(KERNELS)/baseline $(WORK)/images/% $(STEPS)/run.sh $(COLLECTOR)/made
	$(STEPS)/run.sh $* baseline 1 $(@D) record

define runs_on
$(RUNS)/$1/%/statistics: $(KERNELS)/$1 $(WORK)/images/% $(STEPS)/run.sh $(COLLECTOR)/made
	$(STEPS)/run.sh $$* $1 2 $$(@D)
endef
define seeds_on
$(RUNS)/$1/%.seed$2/statistics: $(KERNELS)/$1 $(WORK)/images/% $(STEPS)/run.sh $(COLLECTOR)/made
	$(STEPS)/run.sh $$* $1 $2 $$(@D)
endef
measured = baseline $(ALL) all $(if $(incumbent),$(ALL:%=%$(incumbent))) $(if $(laid),$(ALL:%=%.laid))
$(foreach k,$(measured),$(eval $(call runs_on,$k)) $(foreach s,$(SEEDS),$(eval $(call seeds_on,$k,$s))))
