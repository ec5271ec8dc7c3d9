if(TARGET crux_interop)
  crux_bench(bench_store SOURCES bench_store.cpp LINK crux_interop)
  crux_bench(bench_evaluations SOURCES bench_evaluations.cpp LINK crux_interop)
endif()
