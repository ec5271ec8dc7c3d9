if(TARGET crux_ui)
  crux_bench(bench_metrics SOURCES bench_metrics.cpp LINK crux_ui)
endif()
