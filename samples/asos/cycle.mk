# The whole cycle, as what is made from what; run.sh calls it. What is there and newer than what it is made from is not made again.
#   APPLICATIONS  which;  WORK  where;  HERE  this folder
SHELL = /bin/bash
.DELETE_ON_ERROR:
.SECONDARY:

ALL = redis memcached nginx apache postgresql mariadb
APPLICATIONS ?= $(ALL)
KERNELS = $(WORK)/kernels
RUNS = $(WORK)/runs

# Another application's profile is that of the next one in the list; it and the merged profile need all six.
next = $(word $2,$(wordlist 2,99,$1) $(firstword $1))
numbers = 1 2 3 4 5 6
complete = $(filter $(words $(ALL)),$(words $(filter $(ALL),$(APPLICATIONS))))

.PHONY: report
report: $(foreach a,$(APPLICATIONS),$(RUNS)/baseline/$a.recorded $(RUNS)/baseline/$a $(RUNS)/$a/$a $(WORK)/profiles/$a.overlap) \
        $(if $(complete),$(foreach n,$(numbers),$(RUNS)/$(call next,$(ALL),$n)/$(word $n,$(ALL)) $(RUNS)/all/$(word $n,$(ALL))))
	$(HERE)/report.py $(WORK) $(HERE) $(APPLICATIONS)

$(WORK)/collector/collector.so: $(wildcard $(HERE)/collector/*)
	$(HERE)/steps/collector.sh

$(WORK)/converter:
	$(HERE)/steps/tarax.sh
	touch $@

$(WORK)/debian: $(HERE)/steps/debian.sh
	$(HERE)/steps/debian.sh
	touch $@

$(WORK)/$(COMPILER).made: $(HERE)/steps/compiler.sh $(HERE)/../kernel/gcc-with-profile
	$(HERE)/steps/compiler.sh
	touch $@

# Applications are made ready in one folder, one after the other.
$(WORK)/images/%: $(HERE)/applications/%.sh $(HERE)/guest-init $(HERE)/steps/image.sh $(WORK)/collector/collector.so | $(WORK)/debian
	flock $(WORK)/debian.log $(HERE)/steps/image.sh $*

$(KERNELS)/baseline: $(HERE)/kernel.config $(HERE)/steps/kernel.sh | $(WORK)/$(COMPILER).made
	$(HERE)/steps/kernel.sh baseline

$(KERNELS)/%: $(WORK)/profiles/%.afdo $(KERNELS)/baseline
	$(HERE)/steps/kernel.sh $* $<

$(WORK)/profiles/all.afdo: $(foreach a,$(ALL),$(RUNS)/baseline/$a.recorded) $(HERE)/steps/convert.sh | $(WORK)/converter
	$(HERE)/steps/convert.sh $@ $(foreach a,$(ALL),$(RUNS)/baseline/$a.recorded/perf.data)

$(WORK)/profiles/%.afdo: $(RUNS)/baseline/%.recorded $(HERE)/steps/convert.sh | $(WORK)/converter
	$(HERE)/steps/convert.sh $@ $</perf.data

$(WORK)/profiles/%.overlap: $(WORK)/profiles/%.afdo $(HERE)/steps/check.sh
	$(HERE)/steps/check.sh $*

# One seed is recorded, another measured.
$(RUNS)/baseline/%.recorded: $(KERNELS)/baseline $(WORK)/images/%
	$(HERE)/steps/run.sh $* baseline 1 $@ record

define runs_on
$(RUNS)/$1/%: $(KERNELS)/$1 $(WORK)/images/%
	$(HERE)/steps/run.sh $$* $1 2 $$@
endef
$(foreach k,baseline $(ALL) all,$(eval $(call runs_on,$k)))
